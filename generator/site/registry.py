"""The kinds of page. Each registers itself in its own module, in `pages/` or `exports/`, as a `PageKind`.

A kind says which units of it exist and what each depends on, how a unit is made, with which templates
and in which stage, and which of its pages the sitemap lists. Nothing else has to know of a new kind.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from generator.site import exports, pages

if TYPE_CHECKING:
    from generator.site.build_context import Context, Files
    from generator.site.plan import Plan
    from generator.site.published import Published


class Stage(IntEnum):
    """When a kind's files are written: first pages of single objects, last what leads to them."""

    OBJECTS = 1
    LISTS = 2
    PAGES = 3
    ENTRY_POINTS = 4
    HOME = 5

    @property
    def label(self) -> str:
        """What progress calls it."""
        labels = {1: "patches and series", 2: "lists", 3: "pages", 4: "feeds", 5: "home page"}
        return labels[self]


class Part(StrEnum):
    """The two halves of a plan, which can be worked out at the same time."""

    MAILS = "mails"  # of single mails and series, or of all of them in their order
    LISTS = "lists"  # selections of them, and everything else


@dataclass(frozen=True, slots=True)
class Unit:
    """Some files that are made together. They are made again when `digest` changes."""

    kind: str
    key: Any
    digest: bytes
    payload: Any = None
    #: Units of one group are made one after the other: they read the same objects.
    group: int = 0

    @property
    def name(self) -> str:
        """What the manifest knows it by."""
        return f"{self.kind}:{self.key!r}"


#: (URL relative to the root, date in seconds since 1970 or None)
SitemapEntry = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class PageKind:
    """A kind of page whose units are made from the archive, the theme and the configuration alone.

    `make` gets the context and the unit's key and payload. `templates` are those that a unit is made
    with; a kind without any doesn't depend on the theme. `sitemap` yields the pages that the sitemap lists.
    """

    name: str
    units: Callable[[Plan], Iterator[Unit]]
    make: Callable[[Context, Any, Any], Files]
    templates: tuple[str, ...] = ()
    stage: Stage = Stage.PAGES
    part: Part = Part.LISTS
    sitemap: Callable[[Plan], Iterator[SitemapEntry]] | None = None


@dataclass(frozen=True, slots=True)
class CollectionKind:
    """A kind that is put together from files that an earlier stage published: `make` gets these, too."""

    name: str
    units: Callable[[Plan], Iterator[Unit]]
    make: Callable[[Context, Published, Any, Any], Files]
    templates: tuple[str, ...] = ()
    stage: Stage = Stage.PAGES
    part: Part = Part.LISTS
    sitemap: None = None


AnyKind = PageKind | CollectionKind


@cache
def kinds() -> dict[str, AnyKind]:
    """Every kind by name, the earliest stage first. Raises ValueError where two have the same name."""
    by_name: dict[str, AnyKind] = {}
    for room in (pages, exports):
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for value in vars(import_module(module.name)).values():
                if not isinstance(value, PageKind | CollectionKind):
                    continue
                if by_name.setdefault(value.name, value) is not value:
                    raise ValueError(f"two kinds of page are called {value.name}")
    return dict(sorted(by_name.items(), key=lambda item: (item[1].stage, item[0])))


def names(part: Part) -> frozenset[str]:
    """The names of the kinds that belong to a part of the plan."""
    return frozenset(name for name, kind in kinds().items() if kind.part is part)
