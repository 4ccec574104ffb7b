"""Files that an earlier stage of a build has published, for units that are put together from them."""

from __future__ import annotations

from pathlib import Path


class Published:
    """Reads below the output folder."""

    def __init__(self, output: Path) -> None:
        self._output = output

    def read(self, path: str) -> bytes | None:
        """A file by its path below the output folder; None where the unit that makes it failed."""
        try:
            return (self._output / path).read_bytes()
        except FileNotFoundError:
            return None
