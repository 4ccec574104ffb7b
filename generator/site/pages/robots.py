"""`/robots.txt`."""

from __future__ import annotations

from collections.abc import Iterator

from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Stage, Unit


def robots(context: Context, key: tuple[()], has_sitemap: bool) -> Files:
    """`/robots.txt`, which names the sitemap where there is one."""
    page = context.renderer.render("robots.txt", "robots.txt", has_sitemap=has_sitemap)
    return {"robots.txt": page}


def _units(plan: Plan) -> Iterator[Unit]:
    has_sitemap = bool(plan.config.base_url)
    yield plan.unit("robots", (), has_sitemap, has_sitemap)


ROBOTS = PageKind("robots", _units, robots, templates=("robots.txt",), stage=Stage.ENTRY_POINTS)
