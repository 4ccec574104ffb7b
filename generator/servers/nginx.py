"""The rules for nginx, to be included in a `server` block after `root` and `listen`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from generator.servers.api_filters import EMPTY, Filters
from generator.servers.rules import (
    API_MISSING,
    API_PATHS,
    API_READ_ONLY,
    GONE,
    GONE_PAGE,
    HEADERS,
    HIDDEN,
    KINDS,
    REDIRECTS,
    VARIANTS,
    Packed,
    Redirect,
    Route,
    RuleKind,
    routes,
    stored,
)

#: Leads from a folder to its page, where that is stored compressed only.
_INDEX = 'rewrite "^(.*)/$" $1/index.html last;'


def configuration(projects: Sequence[str], packed: Packed = False) -> str:
    """The text of the file to be included.

    Where files are stored `packed` "only", nginx needs ngx_http_gunzip_module.
    """
    only = packed == "only"
    lines = [
        "# Made by Stillwork. Include it in a server block that has `listen`, `server_name` and `root`.",
        "index index.html;",
        "charset off;",
        "error_page 404 /404.html;",
        # A folder without a page.
        "error_page 403 =404 /404.html;",
        f"error_page 405 {API_READ_ONLY};",
        f"error_page 410 /$gone/{GONE_PAGE};",
        'set $gone "-";',
        # A named group: a numbered one would be encoded.
        f'if ($uri ~ "{GONE.replace("(", "(?<gone_mail>", 1)}") {{ set $gone "$gone_mail"; }}',
        f'if (-f "$document_root/$gone/{GONE_PAGE}") {{ return 410; }}',
        "if ($request_method !~ ^(?:GET|HEAD)$) { return 405; }",
        *_headers(),
        *(["gzip_static always;", "gunzip on;"] if only else []),
        *(["gzip_static on;"] if packed and not only else []),
        *(["gzip_vary on;"] if packed else []),
        *(f'if ($arg_{v.query}) {{ rewrite "{v.pattern}" {v.path} last; }}' for v in VARIANTS),
        "",
        f'location ~ "{HIDDEN}" {{ return 404; }}',
    ]
    for redirect in REDIRECTS:
        lines += _redirect(redirect, packed_only=only)
    for route in routes(projects):
        lines += _route(route, route.files, packed_only=only)
    lines += _route(Route(API_PATHS, [API_MISSING]), [], packed_only=only)
    for kind in KINDS:
        lines += [f'location ~ "{kind.pattern}" {{', *_kind(kind), "}"]
    if only:  # `index` looks for plain files
        lines.append(f'location ~ "/$" {{ {_INDEX} }}')
    return "\n".join(lines) + "\n"


def _headers() -> list[str]:
    return [f'add_header {name} "{value}" always;' for name, value in HEADERS.items()]


def _kind(kind: RuleKind) -> list[str]:
    """The type and headers of a location. One with headers of its own inherits none from the server block."""
    return [
        "    types { }",
        f'    default_type "{kind.type}";',
        f'    add_header Cache-Control "{kind.cache}" always;',
        *(f"    {line}" for line in _headers()),
        *([f'    add_header Content-Disposition "attachment; filename={kind.download}";']
          if kind.download else []),
    ]  # fmt: skip


def _redirect(redirect: Redirect, *, packed_only: bool) -> list[str]:
    # A rewrite encodes the groups of its own pattern, `return` would send them decoded.
    rewrite = f'rewrite "{redirect.pattern}" {redirect.target} redirect;'
    head = f'location ~ "{_named(redirect.pattern)}" {{'
    if not redirect.needs:
        return [f"{head} {rewrite} }}"]
    return [
        head,
        f'    set $other "{_file(stored(redirect.needs, packed_only=packed_only))}";',
        f'    if (-f "{_file(stored(redirect.unless, packed_only=packed_only))}") {{ set $other "-"; }}',
        f"    if (-f $other) {{ {rewrite} }}",
        *([f"    {_INDEX}"] if packed_only else []),
        "}",
    ]


def _route(route: Route, files: Sequence[str], *, packed_only: bool) -> list[str]:
    head = f'location ~ "{_named(route.pattern)}" {{'
    if files and not files[0].startswith("/"):
        return [f'{head} rewrite "{route.pattern}" {files[0]} last; }}']
    lines = [head, *_kind(route.kind)]
    if route.pattern.startswith(API_PATHS):
        lines.append(f"    error_page 404 {API_MISSING};")
    for name, path in route.queries:
        # The parameters are still encoded, so another request has to decode them.
        to = f"{path}/$arg_{name}/$arg_project"
        lines.append(f"    if ($arg_{name}) {{ return 302 {to}; }}")
    for query, target in route.pages:
        lines.append(f'    if ($args ~ "{query}") {{ return 302 {target}; }}')
    if route.filters:
        lines += _filters(route.filters)
    if route.needs:
        needed = stored(route.needs, packed_only=packed_only)
        lines.append(f"    if (!-f {_file(needed)}) {{ return 404; }}")
    if route.unless:
        lines.append(f"    if (-f {_file(route.unless)}) {{ return 404; }}")
    if packed_only:
        # What `try_files` finds would be sent as it is. Of an address that is rewritten, the form with
        # `.gz` at its end is looked for, and unpacked where a client needs it.
        for file in ("$uri", *files):
            name = re.sub(r"\$(\d)", r"${g\1}", file)
            lines.append(f'    if (-f "$document_root{name}.gz") {{ rewrite ^ "{name}" break; }}')
    return [*lines, f"    try_files {' '.join(['$uri', *files])} =404;", "}"]


def _filters(filters: Filters) -> list[str]:
    values = {name: f"$arg_{name}" for name in filters.names}
    lines = [f'    if ($args ~ "{filters.repeated}") {{ return 302 {EMPTY}; }}']
    if filters.has_states:
        two = re.sub(r"\(\[", "(?<one_state>[", filters.two_states, count=1)
        two = re.sub(r"=\(\[", "=(?<other_state>[", two, count=1)
        path = filters.path({**values, "state": "$one_state+$other_state"})
        lines += [
            f'    if ($args ~ "{two}") {{ return 302 {path}; }}',
            f'    if ($args ~ "{filters.more_states}") {{ return 302 {EMPTY}; }}',
        ]
    return [*lines, f'    if ($args ~ "{filters.known}") {{ return 302 {filters.path(values)}; }}']


def _named(pattern: str) -> str:
    """A pattern whose groups have names, `g1` and so on, beside their numbers."""
    count = itertools.count(1)
    return re.sub(r"\((?!\?)", lambda _: f"(?<g{next(count)}>", pattern)


def _file(template: str) -> str:
    """The path of a file with the groups of a location in it: conditions get them encoded by number."""
    return "$document_root" + re.sub(r"\$(\d)", r"${g\1}", template)
