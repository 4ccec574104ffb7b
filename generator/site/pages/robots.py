"""`/robots.txt`."""

from __future__ import annotations

from generator.site.build_context import Context, Files


def robots(context: Context, key: tuple[()], sitemaps: int) -> Files:
    """`/robots.txt`, which names the sitemap where there is one."""
    page = context.renderer.render("robots.txt", "robots.txt", has_sitemap=bool(sitemaps))
    return {"robots.txt": page}
