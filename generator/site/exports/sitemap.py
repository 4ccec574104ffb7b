"""The sitemap and its index (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, SitemapEntry, Stage, Unit

#: The protocol's limit of URLs in one file (sitemaps.org).
SITEMAP_URLS = 50_000


@dataclass(frozen=True)
class SitemapIndexView:
    """What `sitemap-index.xml` shows: the numbers of the parts."""

    parts: range


@dataclass(frozen=True)
class SitemapView:
    """What `sitemap.xml` shows: (URL relative to the root, date in seconds since 1970 or None)."""

    entries: tuple[tuple[str, int | None], ...]


def sitemap_index(context: Context, key: tuple[()], parts: int) -> Files:
    """`/sitemap.xml`, the list of the sitemap's parts (sitemaps.org, protocol 0.9)."""
    view = SitemapIndexView(range(1, parts + 1))
    page = context.render("sitemap-index.xml", "sitemap.xml", view)
    return {"sitemap.xml": page}


def sitemap_part(context: Context, key: int, entries: tuple[tuple[str, int | None], ...]) -> Files:
    """One part: (URL relative to the root, date or None)."""
    page = context.render("sitemap.xml", f"sitemap-{key}.xml", SitemapView(entries))
    return {f"sitemap-{key}.xml": page}


def _parts(plan: Plan) -> Iterator[tuple[SitemapEntry, ...]]:
    """The pages' URLs in stretches of the protocol's limit; none without an address of the site."""
    entries = plan.sitemap() if plan.config.base_url else iter(())
    while part := tuple(islice(entries, SITEMAP_URLS)):
        yield part


def _units(plan: Plan) -> Iterator[Unit]:
    for number, part in enumerate(_parts(plan), 1):
        yield plan.unit("sitemap", number, part, part)


def _index_units(plan: Plan) -> Iterator[Unit]:
    if parts := sum(1 for _ in _parts(plan)):
        yield plan.unit("sitemap-index", (), parts, parts)


SITEMAP = PageKind(
    "sitemap", _units, sitemap_part, templates=("sitemap.xml",), stage=Stage.ENTRY_POINTS
)
SITEMAP_INDEX = PageKind(
    "sitemap-index",
    _index_units,
    sitemap_index,
    templates=("sitemap-index.xml",),
    stage=Stage.ENTRY_POINTS,
)
