"""What the last builds made, so that the next one knows what to leave alone."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.archive import read_only as reading
from generator.disk_errors import describe, is_damage
from generator.errors import ConfigError, StorageError
from generator.site.files import PRIVATE, Made, digest_of, remove


@dataclass(frozen=True, slots=True)
class Totals:
    """What a site amounts to: its files, their bytes, and what its pages counted, by name."""

    files: int = 0
    bytes: int = 0
    tally: Mapping[str, int] = field(default_factory=dict)


class DamagedManifest(StorageError):
    """The manifest of an output folder can't be read. It is a cache: `renew` makes it anew."""


class Manifest:
    """What the last builds made, so that the next one knows what to leave alone. One SQLite file."""

    def __init__(self, output: Path, *, read_only: bool = False) -> None:
        """Open, or make, the manifest of an output folder; `read_only`: neither makes nor changes anything.

        Raises ConfigError where it isn't there to be read, DamagedManifest where it can't be read, and
        StorageError where the disk is full or the like; so do its methods.
        """
        self.path = path_of(output)
        if read_only and not self.path.is_file():
            raise ConfigError(f"{output}: no site has been built here")
        with self._faults():
            if read_only:
                self._sql: sqlite3.Connection = reading.connect(self.path)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(self.path)
            self._sql.execute("PRAGMA journal_mode = WAL")
            self._sql.execute("PRAGMA synchronous = NORMAL")
            self._sql.executescript(
                """CREATE TABLE IF NOT EXISTS unit (name TEXT PRIMARY KEY, digest BLOB NOT NULL)
                WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS file (
                    path TEXT PRIMARY KEY, unit TEXT NOT NULL, digest BLOB NOT NULL,
                    size INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX IF NOT EXISTS file_unit ON file (unit);
                CREATE TABLE IF NOT EXISTS tally (
                    unit TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (unit, name)) WITHOUT ROWID;
                -- One row: the name of the archive that the site is built from.
                CREATE TABLE IF NOT EXISTS archive (name TEXT NOT NULL);
                -- Units whose files a crash of the machine could still undo.
                CREATE TABLE IF NOT EXISTS unflushed (unit TEXT PRIMARY KEY) WITHOUT ROWID;"""
            )

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Turn errors raised inside into ours, which name the file."""
        try:
            yield
        except OSError as error:
            raise StorageError(describe(error, self.path)) from error
        except sqlite3.Error as error:
            # Also an error in a statement: then the file has other tables than ours.
            is_useless = is_damage(error) or error.sqlite_errorname == "SQLITE_ERROR"
            kind = DamagedManifest if is_useless else StorageError
            line = f"{self.path}: damaged" if is_useless else describe(error, self.path)
            raise kind(line) from error

    def close(self) -> None:
        self._sql.close()

    def archive_name(self) -> str | None:
        """The name of the archive that the site is built from; None where that isn't known."""
        with self._faults():
            row = self._sql.execute("SELECT name FROM archive").fetchone()
        return row[0] if row else None

    def units(self, kinds: Collection[str] = (), *, others: bool = False) -> dict[str, bytes]:
        """The digest with which each unit was last made: those of some kinds, or of all the others."""
        with self._faults():
            rows = self._sql.execute("SELECT name, digest FROM unit WHERE name <> ''").fetchall()
        return {
            name: value for name, value in rows if (name.partition(":")[0] in kinds) is not others
        }

    def count(self, kind: str) -> int:
        """How many units of a kind the site has."""
        with self._faults():
            query = "SELECT count(*) FROM unit WHERE name >= ? AND name < ?"
            # ";" comes after ":".
            count: int = self._sql.execute(query, (f"{kind}:", f"{kind};")).fetchone()[0]
        return count

    def whole(self) -> bytes | None:
        """The digest of everything that the last finished build depended on; None since it began."""
        with self._faults():
            row = self._sql.execute("SELECT digest FROM unit WHERE name = ''").fetchone()
        return row[0] if row else None

    def begin(self, archive_name: str) -> None:
        """Note that the site is being worked on, and from which archive."""
        with self._faults():
            self._sql.execute("DELETE FROM archive")
            self._sql.execute("INSERT INTO archive VALUES (?)", (archive_name,))
        self.set_whole(None)

    def set_whole(self, digest: bytes | None) -> None:
        """Note that the site is up to date with `digest`, or that it is being worked on (None).

        A crash of the machine undoes neither this nor what was noted before.
        """
        with self._faults():
            self._sql.commit()
            self._sql.execute("PRAGMA synchronous = FULL")
            self._sql.execute("DELETE FROM unit WHERE name = ''")
            if digest is not None:
                self._sql.execute("INSERT INTO unit VALUES ('', ?)", (digest,))
            self._sql.commit()
            self._sql.execute("PRAGMA synchronous = NORMAL")

    def set_flushed(self) -> None:
        """Note that the files of all units are on disk for good."""
        with self._faults():
            self._sql.execute("DELETE FROM unflushed")
            self._sql.commit()

    def doubt_unflushed(self, output: Path) -> None:
        """Compare the files of which a crash of the machine could have lost the content.

        A unit of which one is damaged counts as made from something else, so that it is made again.
        """
        query = "SELECT path, file.digest, size, unit FROM file NATURAL JOIN unflushed"
        with self._faults():
            damaged = {
                (unit,)
                for path, value, size, unit in self._sql.execute(query)
                if not _is_whole(output / path, value, size)
            }
            self._sql.executemany("UPDATE unit SET digest = x'' WHERE name = ?", damaged)
            self._sql.commit()

    def is_void(self, output: Path) -> bool:
        """Whether the output folder was emptied: the home page, or else the first file, isn't there."""
        query = "SELECT path FROM file WHERE unit <> '' "
        query += "ORDER BY path NOT IN ('index.html', 'index.html.gz'), path LIMIT 1"
        with self._faults():
            row = self._sql.execute(query).fetchone()
        return bool(row) and not os.path.lexists(output / row[0])

    def record(
        self, name: str, digest: bytes, files: Iterable[Made], tally: Mapping[str, int]
    ) -> None:
        """Note what a unit made, and counted. Files that it no longer has belong to nobody."""
        with self._faults():
            self._sql.execute("UPDATE file SET unit = '' WHERE unit = ?", (name,))
            self._sql.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
                [(path, name, value, size) for path, value, size in files],
            )
            self._sql.execute("INSERT OR REPLACE INTO unit VALUES (?, ?)", (name, digest))
            self._sql.execute("INSERT OR IGNORE INTO unflushed VALUES (?)", (name,))
            self._sql.execute("DELETE FROM tally WHERE unit = ?", (name,))
            if tally:
                counts = [(name, key, count) for key, count in tally.items()]
                self._sql.executemany("INSERT INTO tally VALUES (?, ?, ?)", counts)

    def commit(self) -> None:
        with self._faults():
            self._sql.commit()

    def sweep(self, output: Path, vanished: Iterable[str]) -> int:
        """Forget the units that no longer exist, and delete files that belong to nobody; how many."""
        with self._faults():
            for name in vanished:
                self._sql.execute("UPDATE file SET unit = '' WHERE unit = ?", (name,))
                self._sql.execute("DELETE FROM unit WHERE name = ?", (name,))
                self._sql.execute("DELETE FROM tally WHERE unit = ?", (name,))
            paths = [row[0] for row in self._sql.execute("SELECT path FROM file WHERE unit = ''")]
            for path in paths:
                if remove(output, path):
                    _remove_empty(output, (output / path).parent)
            self._sql.execute("DELETE FROM file WHERE unit = ''")
            self._sql.commit()
        return len(paths)

    def tally(self) -> dict[str, int]:
        """What all units counted, by name."""
        with self._faults():
            return dict(self._sql.execute("SELECT name, sum(count) FROM tally GROUP BY name"))

    def size(self) -> tuple[int, int]:
        """How many files the site consists of, without the search index, and their bytes."""
        with self._faults():
            query = "SELECT count(*), coalesce(sum(size), 0) FROM file WHERE unit <> ''"
            files, size = self._sql.execute(query).fetchone()
        return files, size

    def files(self) -> Iterator[Made]:
        """Every file that the site consists of."""
        with self._faults():
            yield from self._sql.execute(
                "SELECT path, digest, size FROM file WHERE unit <> '' ORDER BY path"
            )


def path_of(output: Path) -> Path:
    """Where the manifest of an output folder lies."""
    return output / PRIVATE / "manifest.db"


def renew(output: Path) -> None:
    """Make a damaged manifest anew, empty: the next build makes every file again."""
    for suffix in ("", "-wal", "-shm"):
        path_of(output).with_name(f"{path_of(output).name}{suffix}").unlink(missing_ok=True)
    Manifest(output).close()


def totals(output: Path) -> Totals:
    """The totals of the site in an output folder; raises ConfigError where there is none."""
    manifest = Manifest(output, read_only=True)
    try:
        sizes = [size for _, _, size in manifest.files()]
        return Totals(len(sizes), sum(sizes), manifest.tally())
    finally:
        manifest.close()


def _is_whole(path: Path, digest: bytes, size: int) -> bool:
    try:
        return path.lstat().st_size == size and digest_of(path) == digest
    except OSError:
        return False


def _remove_empty(output: Path, folder: Path) -> None:
    with contextlib.suppress(OSError):
        while folder != output:
            folder.rmdir()
            folder = folder.parent
