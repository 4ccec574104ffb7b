"""The sitemap and its index (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from dataclasses import dataclass

from generator.site.build_context import Context, Files

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
