"""The kinds of output: which function makes each, from which template, and in which order they appear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.site.pages import (
    api,
    bulk,
    collections,
    compare,
    conversation,
    extras,
    feeds,
    figures,
    lists,
    mails,
    numbers,
    people,
    projects,
    series,
)
from generator.site.pages.context import Context, Files


@dataclass(frozen=True, slots=True)
class Kind:
    """`make` gets the context, the unit's key and its payload. Later stages are written later."""

    make: Callable[[Context, Any, Any], Files]
    template: str
    stage: int


#: Pages of single objects come first; what leads to them (lists, feeds, the home page) comes last.
KINDS: dict[str, Kind] = {
    "patch": Kind(lambda context, key, _: mails.patch_page(context, key), "patch.html", 1),
    "cover": Kind(lambda context, key, _: mails.cover_page(context, key), "cover.html", 1),
    "series": Kind(lambda context, key, _: series.series_page(context, key), "series.html", 1),
    "thread": Kind(
        lambda context, key, _: conversation.thread_page(context, key), "thread.html", 1
    ),
    "versus": Kind(lambda context, key, _: compare.versus_page(context, key), "versus.html", 1),
    "list": Kind(lists.list_page, "list.html", 2),
    "series-list": Kind(lists.series_list_page, "series-list.html", 2),
    "person": Kind(lambda context, key, _: people.person_page(context, key), "person.html", 3),
    "facet": Kind(lists.facet_page, "facet.html", 3),
    "owner": Kind(extras.owner_page, "page.html", 3),
    "api": Kind(api.index_files, "404.html", 3),
    "collection": Kind(collections.page, "404.html", 3),
    "number": Kind(numbers.number_file, "404.html", 3),
    "search": Kind(extras.search_page, "search.html", 3),
    "404": Kind(extras.not_found_page, "404.html", 3),
    "project": Kind(projects.project_page, "project.html", 3),
    "figures": Kind(lambda context, key, _: figures.figures_page(context, key), "figures.html", 3),
    "bulk": Kind(bulk.month_file, "404.html", 3),
    "bulk-index": Kind(bulk.bulk_index, "bulk.html", 4),
    "feed": Kind(feeds.list_feed, "feed.atom", 4),
    "sitemap": Kind(extras.sitemap_part, "sitemap.xml", 4),
    "sitemap-index": Kind(extras.sitemap_index, "sitemap-index.xml", 4),
    "robots": Kind(extras.robots, "robots.txt", 4),
    "home": Kind(projects.home_page, "home.html", 4),
}


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
