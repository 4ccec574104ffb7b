"""`/404.html`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


@dataclass(frozen=True)
class NotFoundView:
    """What `not_found.html` shows; `root`: the site's root, to which other pages have a relative path."""

    root: str


def not_found_page(context: Context, key: tuple[()], payload: None) -> Files:
    """`/404.html`, which stands at any depth: its links start at the site's root."""
    root = urlsplit(context.config.base_url).path or "/"
    return {"404.html": context.render("not_found.html", "404.html", NotFoundView(root))}


def _units(plan: Plan) -> Iterator[Unit]:
    yield plan.unit("not-found", (), ())


NOT_FOUND = PageKind("not-found", _units, not_found_page, templates=("not_found.html",))
