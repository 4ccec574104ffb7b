"""From Patchwork's addresses by number to pages, for large archives: a map that a web server reads.

It serves who has no script to follow the 404 page: `curl …/patch/ID/mbox/`, crawlers, old tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

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
    """The text of the map, in parts; `server` is one of SERVERS."""
    count = sum(
        archive.sql.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]
        for kind in ("patch", "cover", "comment")
    )
    yield _BEFORE[server].format(pattern=NUMBERED, size=max(2048, 2 * count))
    for number, place in _places(archive):
        # What is quoted here means the same to a server, and none of it to its configuration.
        yield _LINE[server].format(number, quote(f"/{place}", safe="/%@+-._~=#"))
    yield _AFTER[server]


def _places(archive: Archive) -> Iterator[tuple[str, str]]:
    """`KIND/NUMBER` and the URL of the page or, of a comment, of its place on one."""
    for kind in ("patch", "cover", "comment"):
        # From number to number that is there: a stranger's may be any, however large.
        query = f"SELECT min(id) FROM {kind} WHERE id >= ?"
        first = archive.sql.execute(query, (0,)).fetchone()[0]
        while first is not None:
            last = first + _STEP - 1
            for number, ref in refs_between(archive, kind, first, last).items():
                anchor = f"#{number}" if kind == "comment" else ""
                yield f"{kind}/{number}", ref.url + anchor
            first = archive.sql.execute(query, (last + 1,)).fetchone()[0]
