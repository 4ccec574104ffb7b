"""Makes sure that what was written outlasts a crash of the machine."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path


def flush(folder: Path) -> None:
    """Wait until all that was written to the file system of a folder is on its disk.

    One call for many files: a flush of each would take longer than to make them. Raises OSError where the
    system reports that something could not be written.
    """
    if sys.platform != "linux":
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if _LIBC.syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(descriptor)


_LIBC = ctypes.CDLL(None, use_errno=True)
