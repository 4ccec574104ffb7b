"""Files that an earlier stage of a build has published, plain or compressed only."""

from __future__ import annotations

import gzip
from pathlib import Path

from generator.servers.rules import stored


class Published:
    """Reads below the output folder."""

    def __init__(self, output: Path) -> None:
        self._output = output

    def read(self, path: str) -> bytes | None:
        """A file by its path below the output folder; None where the unit that makes it failed."""
        try:
            return (self._output / path).read_bytes()
        except FileNotFoundError:
            return self._unpacked(path)

    def _unpacked(self, path: str) -> bytes | None:
        place = stored(path, packed_only=True)
        try:
            return gzip.decompress((self._output / place).read_bytes()) if place != path else None
        except FileNotFoundError:
            return None


def address_of(file: str) -> str:
    """The path at which a file answers: that of a file which is stored compressed has no `.gz` at its end."""
    plain = file.removesuffix(".gz")
    return plain if stored(plain, packed_only=True) == file else file
