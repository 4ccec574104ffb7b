"""The kinds of output: which function makes each, from which template, and in which order they appear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from generator.site.build_context import Context, Files
from generator.site.exports import api, api_collections, bulk, feeds, id_lookup, sitemap
from generator.site.pages import (
    authored,
    comparison,
    cover,
    facet,
    home,
    not_found,
    patch,
    patch_list,
    person,
    project,
    robots,
    search,
    series,
    series_list,
    statistics,
    thread,
)


@dataclass(frozen=True, slots=True)
class PageKind:
    """`make` gets the context, the unit's key and its payload. Later stages are written later."""

    make: Callable[[Context, Any, Any], Files]
    template: str
    stage: int


#: Pages of single objects come first; what leads to them (lists, feeds, the home page) comes last.
KINDS: dict[str, PageKind] = {
    "patch": PageKind(lambda context, key, _: patch.patch_page(context, key), "patch.html", 1),
    "cover": PageKind(lambda context, key, _: cover.cover_page(context, key), "cover.html", 1),
    "series": PageKind(lambda context, key, _: series.series_page(context, key), "series.html", 1),
    "thread": PageKind(lambda context, key, _: thread.thread_page(context, key), "thread.html", 1),
    "comparison": PageKind(
        lambda context, key, _: comparison.comparison_page(context, key), "comparison.html", 1
    ),
    "patch-list": PageKind(patch_list.list_page, "patch_list.html", 2),
    "series-list": PageKind(series_list.series_list_page, "series_list.html", 2),
    "person": PageKind(lambda context, key, _: person.person_page(context, key), "person.html", 3),
    "facet": PageKind(facet.facet_page, "facet.html", 3),
    "authored": PageKind(authored.authored_page, "authored.html", 3),
    "api": PageKind(api.index_files, "not_found.html", 3),
    "api-collection": PageKind(api_collections.page, "not_found.html", 3),
    "id-lookup": PageKind(id_lookup.lookup_file, "not_found.html", 3),
    "search": PageKind(search.search_page, "search.html", 3),
    "not-found": PageKind(not_found.not_found_page, "not_found.html", 3),
    "project": PageKind(project.project_page, "project.html", 3),
    "statistics": PageKind(
        lambda context, key, _: statistics.statistics_page(context, key), "statistics.html", 3
    ),
    "bulk": PageKind(bulk.month_file, "not_found.html", 3),
    "bulk-index": PageKind(bulk.bulk_index, "bulk.html", 4),
    "feed": PageKind(feeds.list_feed, "feed.atom", 4),
    "sitemap": PageKind(sitemap.sitemap_part, "sitemap.xml", 4),
    "sitemap-index": PageKind(sitemap.sitemap_index, "sitemap-index.xml", 4),
    "robots": PageKind(robots.robots, "robots.txt", 4),
    "home": PageKind(home.home_page, "home.html", 4),
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
