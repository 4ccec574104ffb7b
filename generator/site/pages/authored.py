"""Pages that the archive's owner writes in Markdown with front matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.site.registry import PageKind, SitemapEntry, Unit

if TYPE_CHECKING:
    from generator.site.plan import Plan

import re
from dataclasses import dataclass
from pathlib import Path

import markdown
from markupsafe import Markup

from generator import urls
from generator.errors import ConfigError
from generator.limits import LimitError, ceiling
from generator.site.build_context import Context, Files
from generator.site.theme import Theme

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
#: Folders at the top that have other pages or files of the site.
TAKEN = frozenset(
    "api archive bundle comment commit cover number patch person project search series static".split()
)
_NAV = re.compile(r"[0-9]{1,9}|no")
#: What rendering one page may take: some texts cost the library the square of their length.
_SECONDS, _MEGABYTES = 30, 2048


@dataclass(frozen=True, slots=True)
class AuthoredPage:
    """A page that the owner wrote. `nav` is its place in the navigation; None keeps it out."""

    slug: str
    title: str
    nav: int | None
    html: Markup


@dataclass(frozen=True)
class AuthoredView:
    """What `authored.html` shows."""

    page: AuthoredPage


def read(path: Path) -> AuthoredPage:
    """Render one file. Front matter: `title: …`, `nav: NUMBER` (or `nav: no`), then a blank line.

    The owner's own HTML is kept. Raises ConfigError for a file that can't be a page.
    """
    try:
        if path.exists() and not path.is_file():
            raise OSError("not a file")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if path.parent.name != "project":
        if not _SLUG.fullmatch(path.stem):
            raise ConfigError(f"{path}: a page's name may hold a-z, 0-9 and - only")
        if path.stem in TAKEN:
            raise ConfigError(f"{path}: the site has other pages at /{path.stem}/; rename this one")
    converter = markdown.Markdown(extensions=["extra", "meta", "sane_lists", "toc"])
    try:
        with ceiling(_SECONDS, _MEGABYTES):
            html = converter.convert(text)
    except (LimitError, RecursionError) as error:
        raise ConfigError(f"{path}: not rendered: {error}") from error
    meta: dict[str, list[str]] = getattr(converter, "Meta", {})
    title = " ".join(meta.get("title", [])) or path.stem.replace("-", " ").capitalize()
    nav = (meta.get("nav") or ["50"])[0]
    if not _NAV.fullmatch(nav):
        raise ConfigError(f"{path}: nav {nav!r} is neither a number nor `no`")
    return AuthoredPage(path.stem, title, None if nav == "no" else int(nav), Markup(html))


def read_all(content: Path, theme: Theme) -> list[AuthoredPage]:
    """The owner's pages, in the order of the navigation; the theme's about.md stands in for a missing one."""
    about = theme.file("pages/about.md")
    pages = [read(path) for path in sorted((content / "pages").glob("*.md"))]
    if about and not any(page.slug == "about" for page in pages):
        pages.append(read(about))
    return sorted(pages, key=lambda page: (page.nav is None, page.nav or 0, page.title))


def authored_page(context: Context, key: str, path: str) -> Files:
    """A page written in Markdown, at `/SLUG/`."""
    page = read(Path(path))
    url = f"{page.slug}/"
    return {urls.file_of(url): context.render("authored.html", url, AuthoredView(page))}


def _units(plan: Plan) -> Iterator[Unit]:
    for page in plan.pages:
        path = plan.context.content / "pages" / f"{page.slug}.md"
        source = path if path.is_file() else plan.context.theme.file(f"pages/{page.slug}.md")
        yield plan.unit("authored", page.slug, page.html, str(source))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    for page in plan.pages:
        yield f"{page.slug}/", None


AUTHORED = PageKind(
    "authored", _units, authored_page, templates=("authored.html",), sitemap=_sitemap
)
