"""`/robots.txt`."""

from __future__ import annotations

from dataclasses import dataclass

from generator.site.build_context import Context, Files


@dataclass(frozen=True)
class RobotsView:
    """What `robots.txt` shows."""

    has_sitemap: bool


def robots(context: Context, key: tuple[()], sitemaps: int) -> Files:
    """`/robots.txt`, which names the sitemap where there is one."""
    view = RobotsView(has_sitemap=bool(sitemaps))
    return {"robots.txt": context.render("robots.txt", "robots.txt", view)}
