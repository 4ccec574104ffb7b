"""Files on disk: each is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from generator.disk_errors import describe
from generator.errors import ConfigError, StorageError
from generator.site.workers import wait_for_workers

#: The folder below the output that is never published.
PRIVATE = ".stillwork"

#: Errors that every other file would meet as well: the disk is full, read-only or broken.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}

#: What a unit made: (path below the output, digest of the content, bytes).
Made = tuple[str, bytes, int]


@dataclass(frozen=True, slots=True)
class SymlinkTo:
    """A file with the same content as another; `target` is that one's path from the file's folder."""

    target: str


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """A file too large to hold in memory: moved into place from `path`, on the output's own disk."""

    path: Path


#: What is put into a file of the site.
Content = bytes | SymlinkTo | SpooledFile


def write(output: Path, path: str, content: Content) -> tuple[Made, bool]:
    """Put one file in place; whether it had to be written, because it wasn't there or differed.

    A reader sees the old file or the new one, never a part: it is written beside and renamed. One that
    wasn't there is written in place, which takes a third of the time: nothing leads to it yet, and what
    a killed build left of it is not known to the manifest, so that the next one makes it again.

    Raises StorageError where the disk can't take any file or the path leads through a symlinked folder,
    and ConfigError where a file or a folder stands in the way.
    """
    try:
        return _write(output, path, content)
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            raise StorageError(describe(error, output / path)) from error
        raise


def _write(output: Path, path: str, content: Content) -> tuple[Made, bool]:
    # Plain strings: this is called a dozen times for each patch.
    target = f"{output}/{path}"
    if target[: target.rfind("/")] not in _own_folders:
        require_own_folder(str(output), path.rpartition("/")[0])
    if isinstance(content, SpooledFile):
        return _move(content.path, Path(target), path)
    try:
        held = os.fsencode(content.target) if isinstance(content, SymlinkTo) else content
        made = path, hashlib.blake2b(held, digest_size=8).digest(), len(held)
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
        raise ConfigError(f"{target}: path blocked by a file: {error}") from error
    return made, True


#: Folders that are known to be no symlinks: few are written to at a time, so there are few to remember.
_own_folders: set[str] = set()
_MAX_OWN_FOLDERS = 4096


def require_own_folder(output: str, folder: str) -> None:
    """Raise StorageError where a folder below the output, or one on the way to it, is a symlink."""
    target = f"{output}/{folder}" if folder else output
    if target in _own_folders:
        return
    if folder:
        require_own_folder(output, folder.rpartition("/")[0])
        # Most often it isn't there yet, and this is the fastest way to see that.
        if os.access(target, os.F_OK) and os.path.islink(target):  # noqa: PTH114
            raise StorageError(f"{target}: a symlink where the site needs a folder; remove it")
    if len(_own_folders) >= _MAX_OWN_FOLDERS:
        _own_folders.clear()
    _own_folders.add(target)


def remove(output: Path, path: str) -> bool:
    """Delete a file of the site; False where it is left because a folder on its path is a symlink."""
    try:
        require_own_folder(str(output), path.rpartition("/")[0])
    except StorageError:
        return False
    (output / path).unlink(missing_ok=True)
    return True


def _create(target: str, content: bytes | SymlinkTo) -> None:
    """Make a file, or a link, that isn't there."""
    if isinstance(content, SymlinkTo):
        os.symlink(content.target, target)  # noqa: PTH211
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


def _holds(target: str, content: bytes | SymlinkTo) -> bool:
    """Whether a file has this content already."""
    try:
        if isinstance(content, SymlinkTo):
            return os.readlink(target) == content.target  # noqa: PTH115
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe would let us wait for ever
        with open(os.open(target, flags), "rb") as file:  # noqa: PTH123
            return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
    except OSError:
        return False  # a link in place of a file, or the other way round, or a folder


def _replace(fresh: str, target: str) -> None:
    try:
        os.replace(fresh, target)  # noqa: PTH105
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            raise
        raise ConfigError(f"{target}: path blocked by a folder: {error}") from error


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
    """The digest of a file's content, or of a link's target; raises OSError where it is neither."""
    if path.is_symlink():
        return hashlib.blake2b(os.fsencode(path.readlink()), digest_size=8).digest()
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "Not a file", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=8)).digest()


def own_name() -> str:
    """A file's name that no other thread has, on whichever machine of a cluster."""
    return f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"


def temporary_folder(output: Path) -> Path:
    """Where half-made files are: on the output's own disk, never published, emptied by each build."""
    return output / PRIVATE / "tmp"


def workers_lock(output: Path) -> Path:
    """The file that workers hold, so that no other build begins before the last of them has ended."""
    return output / PRIVATE / "workers"


@contextlib.contextmanager
def locked(output: Path) -> Iterator[None]:
    """Keep other builds out of an output folder, and clear away what a killed one left behind.

    Raises ConfigError when another build has the lock. It ends with the process, however that ends.
    """
    private = output / PRIVATE
    try:
        private.mkdir(parents=True, exist_ok=True)
        with FileLock(private / "lock", timeout=0):
            _own_folders.clear()
            wait_for_workers(workers_lock(output))
            shutil.rmtree(temporary_folder(output), ignore_errors=True)
            temporary_folder(output).mkdir()
            yield
            shutil.rmtree(temporary_folder(output), ignore_errors=True)
    except Timeout:
        raise ConfigError(f"{output}: another build is running") from None
    except OSError as error:
        raise StorageError(describe(error, output)) from error
