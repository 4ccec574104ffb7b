"""The archive: one SQLite file. Opening it, transactions, and objects in and out by kind and number."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import zstandard

from generator.archive import read_only as reading
from generator.archive import schema
from generator.archive.recent import Recent
from generator.errors import ConfigError
from generator.model import KINDS, Object

T = TypeVar("T", bound=Object)

#: Bytes of objects that are kept at hand, in all and of one.
_ROOM, _LARGEST = 16 << 20, 1 << 20

#: Kinds whose table has another name because the kind's own is a word of SQL.
_TABLES = {"check": "check_result"}


class Archive:
    """A connection to the archive. Use it in a `with` block, and write within `transaction()`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open, or make, the archive at `path`; raises ConfigError where it can't be used."""
        try:
            if read_only:
                if not path.is_file():
                    raise ConfigError(f"{path}: no such archive")
                self.sql = reading.connect(path)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                self.sql = sqlite3.connect(path, isolation_level=None)
                self.sql.execute("PRAGMA journal_mode = WAL")
                self.sql.execute("PRAGMA synchronous = NORMAL")
            self.sql.execute("PRAGMA cache_size = -32000")
            self._check_version(path, read_only)
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(f"{path}: the archive can't be opened: {error}") from error
        self.is_read_only = read_only
        # While it is only read, nothing that was read can have changed.
        self.recent = Recent(_ROOM, _LARGEST if read_only else -1)
        self._packer = zstandard.ZstdCompressor(level=1)
        self._unpacker = zstandard.ZstdDecompressor()

    def _check_version(self, path: Path, read_only: bool) -> None:
        version = self.sql.execute("PRAGMA user_version").fetchone()[0]
        if version < schema.VERSION and not read_only:
            steps = "".join(schema.STEPS[version:])
            self.sql.executescript(
                f"BEGIN; {steps} PRAGMA user_version = {schema.VERSION}; COMMIT;"
            )
        elif version < schema.VERSION:
            raise ConfigError(f"{path}: made by an older Stillwork; `stillwork build` converts it")
        elif version > schema.VERSION:
            raise ConfigError(f"{path}: the archive has format {version}, not {schema.VERSION}")

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.sql.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside takes effect together, or not at all."""
        self.sql.execute("BEGIN IMMEDIATE")
        before = self.sql.total_changes
        try:
            yield
            if self.sql.total_changes != before:
                self.sql.execute("UPDATE meta SET revision = revision + 1")
        except BaseException:
            if self.sql.in_transaction:  # SQLite itself ends one on grave errors
                self.sql.execute("ROLLBACK")
            raise
        self.sql.execute("COMMIT")

    def revision(self) -> tuple[str, int]:
        """Something that is different whenever the archive, or anything in it, may be another one."""
        row: tuple[str, int] = self.sql.execute("SELECT name, revision FROM meta").fetchone()
        return row

    def pack(self, encoded: bytes, local: bytes = b"") -> tuple[int, bytes]:
        """An object's JSON (UTF-8) as (digest, compressed bytes); `local`: what is laid over it."""
        digest = hashlib.blake2b(encoded + local, digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True), self._packer.compress(encoded)

    def unpack(self, raw: bytes) -> bytes:
        """The JSON (UTF-8) of a `raw` column."""
        return self._unpacker.decompress(raw)

    def raw(self, kind: str, number: int) -> dict[str, Any] | None:
        """An object as it came, merged over all imports; None when it isn't there."""
        encoded = self.encoded(kind, number)
        return None if encoded is None else msgspec.json.decode(encoded)

    def encoded(self, kind: str, number: int) -> bytes | None:
        """The JSON (UTF-8) of an object; None when it isn't there."""

        def read() -> tuple[bytes | None, int]:
            query = f"SELECT raw FROM {table(kind)} WHERE id = ?"
            row = self.sql.execute(query, (number,)).fetchone()
            encoded = self.unpack(row[0]) if row else None
            return encoded, len(encoded or b"") + 100

        return self.recent.get((kind, number), read)

    def get(self, cls: type[T], number: int) -> T | None:
        """An object by its type and number; None when it isn't there."""

        def read() -> tuple[T | None, int]:
            encoded = self.encoded(_KIND_OF[cls], number)
            value = None if encoded is None else msgspec.json.decode(encoded, type=cls)
            return value, len(encoded or b"") + 100

        return self.recent.get((cls, number), read)

    def decode(self, cls: type[T], raw: bytes) -> T:
        """A `raw` column as a typed object."""
        return msgspec.json.decode(self.unpack(raw), type=cls)


def table(kind: str) -> str:
    """The table that holds a kind of object."""
    return _TABLES.get(kind, kind)


_KIND_OF: dict[type[Object], str] = {cls: kind for kind, cls in KINDS.items()}
