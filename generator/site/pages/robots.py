"""`/robots.txt`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Stage, Unit


@dataclass(frozen=True)
class RobotsView:
    """What `robots.txt` shows."""

    has_sitemap: bool


def robots(context: Context, key: tuple[()], sitemaps: int) -> Files:
    """`/robots.txt`, which names the sitemap where there is one."""
    view = RobotsView(has_sitemap=bool(sitemaps))
    return {"robots.txt": context.render("robots.txt", "robots.txt", view)}


def _units(plan: Plan) -> Iterator[Unit]:
    has_sitemap = bool(plan.config.base_url)
    yield plan.unit("robots", (), has_sitemap, has_sitemap)


ROBOTS = PageKind("robots", _units, robots, templates=("robots.txt",), stage=Stage.ENTRY_POINTS)
