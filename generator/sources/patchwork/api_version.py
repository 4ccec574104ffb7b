"""Versions of Patchwork's REST API."""

from __future__ import annotations

from typing import NamedTuple


class ApiVersion(NamedTuple):
    """A version, which compares by its numbers: 1.10 is later than 1.9."""

    major: int
    minor: int

    @staticmethod
    def parse(text: str) -> ApiVersion:
        """The version that text such as "1.4" names; raises ValueError."""
        major, _, minor = text.partition(".")
        return ApiVersion(int(major), int(minor))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


#: The versions that a pull understands, newest first. Each adds fields to the one before.
VERSIONS = tuple(ApiVersion(1, minor) for minor in (4, 3, 2, 1, 0))
#: The first version that has comments (as resources of their own), and the first with events about them.
WITH_COMMENTS = ApiVersion(1, 1)
WITH_COMMENT_EVENTS = ApiVersion(1, 3)
#: The first version whose series name those that they depend on.
WITH_DEPENDENCIES = ApiVersion(1, 4)
