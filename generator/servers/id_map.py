"""A map from Patchwork's addresses by number to pages, for the web servers of large archives.

For clients that don't run the 404 page's script: `curl …/patch/ID/mbox/`, crawlers, old tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from generator.archive import page_numbers
from generator.archive.database import Archive
from generator.archive.page_refs import refs_between
from generator.servers.rules import NUMBERED

#: How many numbers are looked up at a time.
_STEP = 10_000

_BEFORE = {
    "nginx": """\
# Made by Stillwork. Include it in the http block, and put this into the server block, before the other rules:
#   location ~ "{pattern}" {{
#       set $stillwork_number $1;
#       if ($stillwork_place) {{ return 301 $stillwork_place$2; }}
#       try_files $uri $uri/index.html =404;
#   }}
map_hash_max_size {size};
map_hash_bucket_size 1024;
map $stillwork_number $stillwork_place {{
""",
    "apache": """\
# Made by Stillwork. Put this into the VirtualHost section; with httxt2dbm and dbm: it is faster still.
#   RewriteEngine On
#   RewriteMap stillwork "txt:/…/this-file"
#   RewriteCond ${{stillwork:$1}} ^(.+)$
#   RewriteRule "{pattern}" "%1$2" [R=301,NE,L]
""",
    "caddy": """\
# Made by Stillwork. Import it in the site block, before the other rules.
route {{
@numbered path_regexp numbered {pattern}
map {{re.numbered.1}} {{stillwork_place}} {{
default -
""",
}
_LINE = {"nginx": '{} "{}";\n', "apache": "{} {}\n", "caddy": "{} {}\n"}
_AFTER = {
    "nginx": "}\n",
    "apache": "",
    "caddy": """\
}
@placed expression {stillwork_place} != "-"
route @numbered {
redir @placed {stillwork_place}{re.numbered.2} 301
}
}
""",
}
SERVERS = tuple(_LINE)


def lines(archive: Archive, server: str) -> Iterator[str]:
    """The text of the map, line by line; `server` is one of SERVERS."""
    size = max(2048, 2 * page_numbers.count(archive))
    yield _BEFORE[server].format(pattern=NUMBERED, size=size)
    for address, url in _pages(archive):
        # Quoted, it means the same to a server, and nothing special to its configuration.
        yield _LINE[server].format(address, quote(f"/{url}", safe="/%@+-._~=#"))
    yield _AFTER[server]


def _pages(archive: Archive) -> Iterator[tuple[str, str]]:
    """(`KIND/NUMBER`, URL) of each page; a comment's URL leads to its anchor on a page."""
    for kind in page_numbers.NUMBERED_KINDS:
        for first, last in page_numbers.ranges(archive, kind, _STEP):
            for number, ref in refs_between(archive, kind, first, last).items():
                anchor = f"#{number}" if kind == "comment" else ""
                yield f"{kind}/{number}", ref.url + anchor
