"""`/404.html`."""

from __future__ import annotations

from urllib.parse import urlsplit

from generator.site.build_context import Context, Files


def not_found_page(context: Context, key: tuple[()], payload: None) -> Files:
    """`/404.html`, which stands at any depth: its links start at the site's root."""
    root = urlsplit(context.config.base_url).path or "/"
    page = context.renderer.render("not_found.html", "404.html", root=root)
    return {"404.html": page}
