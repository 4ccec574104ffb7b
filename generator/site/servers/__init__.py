"""Configurations of web servers, all made from one table of rules."""

from __future__ import annotations

from collections.abc import Sequence

from generator.site.servers import apache, caddy, nginx, pages


def configurations(projects: Sequence[str]) -> dict[str, bytes]:
    """File name → content of the configuration for each kind of server.

    `projects` are the folder names of the archive's projects.
    """
    return {
        "nginx.conf": nginx.configuration(projects).encode(),
        "apache.conf": apache.configuration(projects).encode(),
        "_headers": pages.headers().encode(),
        "_redirects": pages.redirects().encode(),
        "Caddyfile": caddy.configuration(projects).encode(),
    }
