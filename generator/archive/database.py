"""The archive: one SQLite file. Opens it, runs transactions, and reads objects by kind and id."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard

from generator.archive import read_only as reading
from generator.archive import schema
from generator.archive.read_cache import ReadCache
from generator.disk_errors import describe, is_damage
from generator.errors import ConfigError
from generator.model import KINDS, Object

T = TypeVar("T", bound=Object)

#: Bytes of cached objects, in all and of one.
_CACHE_BYTES, _CACHED_OBJECT_BYTES = 16 << 20, 1 << 20

#: Kinds whose name is a keyword of SQL, and their tables.
_TABLES = {"check": "check_result"}


class Archive:
    """A connection to the archive. Use it in a `with` block, and write within `transaction()`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the archive at `path`; raises ConfigError when that fails."""
        try:
            if read_only and not path.exists():
                raise ConfigError(f"{path}: no such archive")
            if os.path.lexists(path) and not path.is_file():  # a device or pipe, or a broken link
                raise ConfigError(f"{path}: not a file")
            if read_only:
                self.sql = reading.connect(path)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                self.sql = sqlite3.connect(path, isolation_level=None)
            version = self._version(path)
            if not read_only:
                self.sql.execute("PRAGMA journal_mode = WAL")
                self.sql.execute("PRAGMA synchronous = NORMAL")
            self.sql.execute("PRAGMA cache_size = -32000")
            self._convert(path, version, read_only=read_only)
        except (sqlite3.Error, OSError) as error:
            advice = "; restore a backup (`stillwork backup` makes them)"
            is_damaged = isinstance(error, sqlite3.Error) and is_damage(error)
            raise ConfigError(describe(error, path) + (advice if is_damaged else "")) from error
        self.is_read_only = read_only
        # What was read from a writable archive may have changed since, so nothing of it is cached.
        self.recent = ReadCache(_CACHE_BYTES, _CACHED_OBJECT_BYTES if read_only else -1)
        self._packer = zstandard.ZstdCompressor(level=1)
        self._unpacker = zstandard.ZstdDecompressor()

    def _version(self, path: Path) -> int:
        """The version of the archive's form, 0 for one that is new; raises ConfigError for other files."""
        version: int = self.sql.execute("PRAGMA user_version").fetchone()[0]
        tables = {name for (name,) in self.sql.execute("SELECT name FROM sqlite_master")}
        if version > schema.VERSION:
            raise ConfigError(
                f"{path}: archive format {version}, but this Stillwork has {schema.VERSION}; "
                "update Stillwork"
            )
        is_new = version == 0 and not tables
        is_ours = (
            version > 0 and "meta" in tables and self.sql.execute("SELECT 1 FROM meta").fetchone()
        )
        if not (is_new or is_ours):
            raise ConfigError(f"{path}: an SQLite file, but not an archive")
        return version

    def _convert(self, path: Path, version: int, *, read_only: bool) -> None:
        """Bring the tables to today's form."""
        if version < schema.VERSION and not read_only:
            steps = "".join(schema.STEPS[version:])
            self.sql.executescript(
                f"BEGIN; {steps} PRAGMA user_version = {schema.VERSION}; COMMIT;"
            )
        elif version < schema.VERSION:
            raise ConfigError(f"{path}: made by an older Stillwork; `stillwork build` converts it")

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: what is written inside takes effect together, or not at all."""
        self.sql.execute("BEGIN IMMEDIATE")
        before = self.sql.total_changes
        try:
            yield
            if self.sql.total_changes != before:
                self.sql.execute("UPDATE meta SET revision = revision + 1")
        except BaseException:
            if self.sql.in_transaction:  # SQLite itself ends one on some errors
                self.sql.execute("ROLLBACK")
            raise
        self.sql.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Many reads of one state, for which SQLite locks the file once instead of each time."""
        self.sql.execute("BEGIN")
        try:
            yield
        finally:
            if self.sql.in_transaction:  # SQLite itself ends one on some errors
                self.sql.execute("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction: what is written inside takes effect together, or not at all."""
        self.sql.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.sql.in_transaction:
                self.sql.execute("ROLLBACK TO part")
            raise
        finally:
            if self.sql.in_transaction:
                self.sql.execute("RELEASE part")

    def revision(self) -> tuple[str, int]:
        """The archive's name and revision; one of them differs whenever its content may."""
        row: tuple[str, int] = self.sql.execute("SELECT name, revision FROM meta").fetchone()
        return row

    def pack(self, encoded: bytes, override: bytes = b"") -> tuple[int, bytes]:
        """(digest, compressed bytes) of an object's JSON (UTF-8); `override`: that of its local overrides."""
        digest = hashlib.blake2b(encoded + override, digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True), self._packer.compress(encoded)

    def unpack(self, raw: bytes) -> bytes:
        """The JSON (UTF-8) of a `raw` column."""
        return self._unpacker.decompress(raw)

    def raw(self, kind: str, number: int) -> dict[str, Any] | None:
        """An object (decoded JSON), merged from all imports; None when the archive hasn't got it."""
        encoded = self.encoded(kind, number)
        return None if encoded is None else msgspec.json.decode(encoded)

    def encoded(self, kind: str, number: int) -> bytes | None:
        """The JSON (UTF-8) of an object; None when the archive hasn't got it."""

        def read() -> tuple[bytes | None, int]:
            query = f"SELECT raw FROM {table(kind)} WHERE id = ?"
            row = self.sql.execute(query, (number,)).fetchone()
            encoded = self.unpack(row[0]) if row else None
            return encoded, len(encoded or b"") + 100

        return self.recent.get((kind, number), read)

    def get(self, cls: type[T], number: int) -> T | None:
        """An object by its type and id; None when the archive hasn't got it."""

        def read() -> tuple[T | None, int]:
            encoded = self.encoded(_KIND_OF[cls], number)
            value = None if encoded is None else msgspec.json.decode(encoded, type=cls)
            return value, len(encoded or b"") + 100

        return self.recent.get((cls, number), read)

    def copy_to(self, path: Path) -> None:
        """Write a copy of the archive, in one piece and without its journal, to a file that isn't there."""
        self.sql.execute("VACUUM INTO ?", (str(path),))

    def decode(self, cls: type[T], raw: bytes) -> T:
        """A `raw` column as a typed object."""
        return msgspec.json.decode(self.unpack(raw), type=cls)


def table(kind: str) -> str:
    """The table that holds a kind of object."""
    return _TABLES.get(kind, kind)


_KIND_OF: dict[type[Object], str] = {cls: kind for kind, cls in KINDS.items()}
