"""Files on disk: written whole or not at all, and a manifest of what each unit made."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from generator.errors import ConfigError

#: The folder below the output that is never published.
PRIVATE = ".stillwork"

#: What a unit made: (path below the output, digest of the content, bytes).
Made = tuple[str, bytes, int]


class Link(bytes):
    """The content of a file that is the same as another's: that one's path from the file's folder."""


class Spooled(bytes):
    """The content of a file that is too large to hold in memory: the path where it lies, to be moved."""


def write(output: Path, path: str, content: bytes) -> tuple[Made, bool]:
    """Put one file in place; whether it had to be written, because it wasn't there or differed.

    A reader sees the old file or the new one, never a part: it is written beside and renamed. One that
    wasn't there is written in place, which takes a third of the time: nothing leads to it yet, and what
    a killed build left of it is not known to the manifest, so that the next one makes it again.
    """
    if isinstance(content, Spooled):
        return _move(Path(os.fsdecode(content)), output / path, path)
    made = path, hashlib.blake2b(content, digest_size=8).digest(), len(content)
    # Plain strings from here on: this is called a dozen times for each patch.
    target = f"{output}/{path}"
    try:
        try:
            _create(target, content)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
            _create(target, content)
    except FileExistsError:
        if _holds(target, content):
            return made, False
        fresh = f"{temporary_folder(output)}/{own_name()}"
        Path(fresh).unlink(missing_ok=True)
        _create(fresh, content)
        _replace(fresh, target)
    except NotADirectoryError as error:
        raise ConfigError(f"{target}: in the way of a file of the site: {error}") from error
    return made, True


def _create(target: str, content: bytes) -> None:
    """Make a file, or a link, that isn't there."""
    if isinstance(content, Link):
        os.symlink(os.fsdecode(content), target)  # noqa: PTH211
        return
    file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(file, view) :]
    except BaseException:
        Path(target).unlink()
        raise
    finally:
        os.close(file)


def _holds(target: str, content: bytes) -> bool:
    """Whether what is there is this already."""
    try:
        if isinstance(content, Link):
            return os.fsencode(os.readlink(target)) == content  # noqa: PTH115
        with open(os.open(target, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123
            return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
    except OSError:
        return False  # a link in place of a file, or the other way round, or a folder


def _replace(fresh: str, target: str) -> None:
    try:
        os.replace(fresh, target)  # noqa: PTH105
    except OSError as error:
        raise ConfigError(f"{target}: in the way of a file of the site: {error}") from error


def _move(spooled: Path, target: Path, path: str) -> tuple[Made, bool]:
    """Put a file in place that was made elsewhere on the same disk."""
    made = path, digest_of(spooled), spooled.stat().st_size
    if target.is_file() and target.stat().st_size == made[2] and digest_of(target) == made[1]:
        spooled.unlink()
        return made, False
    target.parent.mkdir(parents=True, exist_ok=True)
    spooled.replace(target)
    return made, True


def digest_of(path: Path) -> bytes:
    """The digest of a file's content, or of a link's target."""
    if path.is_symlink():
        return hashlib.blake2b(os.fsencode(path.readlink()), digest_size=8).digest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).digest()


def own_name() -> str:
    """A file's name that no other thread has, on whichever machine of a cluster."""
    return f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"


def temporary_folder(output: Path) -> Path:
    """Where half-made files are: on the output's own disk, never published, emptied by each build."""
    return output / PRIVATE / "tmp"


@contextlib.contextmanager
def claimed(output: Path) -> Iterator[None]:
    """Keep other builds out of an output folder, and clear away what a killed one left behind."""
    private = output / PRIVATE
    try:
        private.mkdir(parents=True, exist_ok=True)
        with (private / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigError(f"{output}: another build is at work there") from None
            shutil.rmtree(temporary_folder(output), ignore_errors=True)
            temporary_folder(output).mkdir()
            yield
            shutil.rmtree(temporary_folder(output), ignore_errors=True)
    except OSError as error:
        raise ConfigError(f"{output}: can't be written to: {error}") from error


class Manifest:
    """What the last builds made, so that the next one knows what to leave alone. One SQLite file."""

    def __init__(self, output: Path) -> None:
        self.path = output / PRIVATE / "manifest.db"
        try:
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
                    PRIMARY KEY (unit, name)) WITHOUT ROWID;"""
            )
        except (sqlite3.Error, OSError) as error:
            raise ConfigError(f"{self.path}: the manifest can't be opened: {error}") from error

    def close(self) -> None:
        self._sql.close()

    def units(self, kinds: Collection[str] = (), *, others: bool = False) -> dict[str, bytes]:
        """The digest with which each unit was last made: those of some kinds, or of all the others."""
        rows = self._sql.execute("SELECT name, digest FROM unit WHERE name <> ''")
        return {
            name: value for name, value in rows if (name.partition(":")[0] in kinds) is not others
        }

    def whole(self) -> bytes | None:
        """The digest of everything that the last finished build depended on; None since it began."""
        row = self._sql.execute("SELECT digest FROM unit WHERE name = ''").fetchone()
        return row[0] if row else None

    def set_whole(self, digest: bytes | None) -> None:
        """Note that the site is as `digest` would have it, or that it is being worked on (None)."""
        self._sql.execute("DELETE FROM unit WHERE name = ''")
        if digest is not None:
            self._sql.execute("INSERT INTO unit VALUES ('', ?)", (digest,))
        self._sql.commit()

    def record(
        self, name: str, digest: bytes, files: Iterable[Made], tally: Mapping[str, int]
    ) -> None:
        """Note what a unit made, and counted. Files that it no longer has belong to nobody."""
        self._sql.execute("UPDATE file SET unit = '' WHERE unit = ?", (name,))
        self._sql.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
            [(path, name, value, size) for path, value, size in files],
        )
        self._sql.execute("INSERT OR REPLACE INTO unit VALUES (?, ?)", (name, digest))
        self._sql.execute("DELETE FROM tally WHERE unit = ?", (name,))
        if tally:
            counts = [(name, key, count) for key, count in tally.items()]
            self._sql.executemany("INSERT INTO tally VALUES (?, ?, ?)", counts)

    def commit(self) -> None:
        self._sql.commit()

    def sweep(self, output: Path, vanished: Iterable[str]) -> int:
        """Forget the units that no longer exist, and delete files that belong to nobody; how many."""
        for name in vanished:
            self._sql.execute("UPDATE file SET unit = '' WHERE unit = ?", (name,))
            self._sql.execute("DELETE FROM unit WHERE name = ?", (name,))
            self._sql.execute("DELETE FROM tally WHERE unit = ?", (name,))
        paths = [row[0] for row in self._sql.execute("SELECT path FROM file WHERE unit = ''")]
        for path in paths:
            (output / path).unlink(missing_ok=True)
            _remove_empty(output, (output / path).parent)
        self._sql.execute("DELETE FROM file WHERE unit = ''")
        self._sql.commit()
        return len(paths)

    def tally(self) -> dict[str, int]:
        """What all units counted, by name."""
        return dict(self._sql.execute("SELECT name, sum(count) FROM tally GROUP BY name"))

    def files(self) -> Iterator[Made]:
        """Every file that the site consists of."""
        yield from self._sql.execute(
            "SELECT path, digest, size FROM file WHERE unit <> '' ORDER BY path"
        )


def _remove_empty(output: Path, folder: Path) -> None:
    with contextlib.suppress(OSError):
        while folder != output:
            folder.rmdir()
            folder = folder.parent
