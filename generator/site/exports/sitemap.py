"""The sitemap and its index (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from generator.site.build_context import Context, Files

#: The protocol's limit of URLs in one file (sitemaps.org).
SITEMAP_URLS = 50_000


def sitemap_index(context: Context, key: tuple[()], parts: int) -> Files:
    """`/sitemap.xml`, the list of the sitemap's parts (sitemaps.org, protocol 0.9)."""
    page = context.renderer.render("sitemap-index.xml", "sitemap.xml", parts=range(1, parts + 1))
    return {"sitemap.xml": page}


def sitemap_part(context: Context, key: int, entries: tuple[tuple[str, int | None], ...]) -> Files:
    """One part: (URL relative to the root, date or None)."""
    page = context.renderer.render("sitemap.xml", f"sitemap-{key}.xml", entries=entries)
    return {f"sitemap-{key}.xml": page}
