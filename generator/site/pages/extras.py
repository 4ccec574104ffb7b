"""The pages that are not about patches: the owner's, search, 404; and what robots read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from generator.site import urls
from generator.site.pages import markdown
from generator.site.pages.context import Context, Files
from generator.store import queries

#: The protocol's limit of URLs in one file (sitemaps.org).
SITEMAP_URLS = 50_000


def owner_page(context: Context, key: str, path: str) -> Files:
    """A page written in Markdown, at `/SLUG/`."""
    page = markdown.read(Path(path))
    url = f"{page.slug}/"
    return {urls.file_of(url): context.renderer.render("page.html", url, page=page)}


def search_page(context: Context, key: tuple[()], payload: None) -> Files:
    """The search, with its help and filters; it says so where JavaScript is off."""
    projects = [(slug, project.name) for slug, project in queries.projects(context.archive)]
    query = "SELECT DISTINCT state FROM patch ORDER BY state"
    states = [row[0] for row in context.archive.sql.execute(query)]
    page = context.renderer.render("search.html", "search/", projects=projects, states=states)
    return {"search/index.html": page}


def not_found_page(context: Context, key: tuple[()], payload: None) -> Files:
    """`/404.html`, which stands at any depth: its links start at the site's root."""
    root = urlsplit(context.config.base_url).path or "/"
    page = context.renderer.render("404.html", "404.html", root=root)
    return {"404.html": page}


def robots(context: Context, key: tuple[()], sitemaps: int) -> Files:
    """`/robots.txt`, which names the sitemap where there is one."""
    page = context.renderer.render("robots.txt", "robots.txt", has_sitemap=bool(sitemaps))
    return {"robots.txt": page}


def sitemap_index(context: Context, key: tuple[()], parts: int) -> Files:
    """`/sitemap.xml`, the list of the sitemap's parts (sitemaps.org, protocol 0.9)."""
    page = context.renderer.render("sitemap-index.xml", "sitemap.xml", parts=range(1, parts + 1))
    return {"sitemap.xml": page}


def sitemap_part(context: Context, key: int, entries: tuple[tuple[str, int | None], ...]) -> Files:
    """One part: (URL relative to the root, date or None)."""
    page = context.renderer.render("sitemap.xml", f"sitemap-{key}.xml", entries=entries)
    return {f"sitemap-{key}.xml": page}
