"""Configurations of web servers, all made from one table of rules."""

from __future__ import annotations

from collections.abc import Sequence

from generator.servers import apache, caddy, nginx, static_hosts
from generator.servers.rules import Packed


def configurations(projects: Sequence[str], packed: Packed = False) -> dict[str, bytes]:
    """File name → content of the configuration for each kind of server.

    `projects` are the folder names of the archive's projects; `packed`: whether there are files
    compressed beforehand, or these "only".
    """
    return {
        "nginx.conf": nginx.configuration(projects, packed).encode(),
        "apache.conf": apache.configuration(projects, packed).encode(),
        "_headers": static_hosts.headers().encode(),
        "_redirects": static_hosts.redirects().encode(),
        "Caddyfile": caddy.configuration(projects, packed).encode(),
    }
