"""The rules for Caddy 2: a snippet that a site block imports."""

from __future__ import annotations

from collections.abc import Sequence

from generator.servers.api_filters import EMPTY, Filters, value_of
from generator.servers.rules import (
    API_MISSING,
    API_PATHS,
    API_READ_ONLY,
    DEFAULT,
    GONE,
    GONE_PAGE,
    HEADERS,
    HIDDEN,
    KINDS,
    ONLY_GZIP,
    PACKED,
    REDIRECTS,
    VARIANTS,
    Packed,
    Redirect,
    Route,
    routes,
    stored,
)


def configuration(projects: Sequence[str], packed: Packed = False) -> str:
    """The text of the file to be imported in a site block that has `root`."""
    only = packed == "only"
    lines = [
        "# Made by Stillwork. In a site block: `root * …/output`, and import this file.",
        "# All within one route: there, what is written first happens first.",
        "route {",
        "@writes not method GET HEAD",
        "error @writes 405",
        f"@hidden path_regexp {HIDDEN}",
        "error @hidden 404",
        f"@mail path_regexp gone {GONE}",
        "route @mail {",
        f"@gone file /{{re.gone.1}}/{GONE_PAGE}",
        "error @gone 410",
        "}",
        "header {",
        *(f'\t{name} "{value}"' for name, value in HEADERS.items()),
        f'\tContent-Type "{DEFAULT.type}"',
        "}",
    ]
    for variant in VARIANTS:
        name = variant.query
        lines += [
            f"@{name} {{\n\tpath_regexp {name} {variant.pattern}\n\tquery {name}=*\n}}",
            f"rewrite @{name} {_numbered(variant.path, name)}",
        ]
    for number, redirect in enumerate(REDIRECTS):
        lines += _redirect(f"m{number}", redirect, packed_only=only)
    for number, route in enumerate(routes(projects)):
        lines += _route(f"r{number}", route, packed_only=only)
    # A folder's path becomes that of its index file, so that the type is known here.
    lines += [
        "@folder {",
        "\tpath_regexp folder ^(.*)/$",
        f"\tfile {{re.folder.1}}/{stored('index.html', packed_only=only)}",
        "}",
        "rewrite @folder {re.folder.1}/index.html",
    ]
    for number, kind in reversed([*enumerate(KINDS)]):  # the last one that matches wins
        lines += [
            f"@kind{number} path_regexp kind{number} {kind.pattern}",
            f"header @kind{number} {{",
            f'\tContent-Type "{kind.type}"',
            f'\tCache-Control "{kind.cache}"',
        ]
        if kind.download:
            name = _numbered(kind.download, f"kind{number}")
            lines.append(f"\tContent-Disposition `attachment; filename={name}`")
        lines.append("}")
    lines += [
        *(["header ?Vary Accept-Encoding"] if packed else []),
        *(_packed_only() if only else []),
        # Without these, Caddy would redirect from a download's address to its file.
        "@found file {path}",
        "file_server @found {",
        "\tdisable_canonical_uris",
        *(["\tprecompressed br gzip"] if packed and not only else []),
        "}",
        # A folder's address without its slash is redirected. Anything else is left to none of Caddy's own
        # answers: for what can't be the name of a file, such as one too long, that would be 500.
        "@place file {path}/",
        "file_server @place",
        "error 404",
        "}",
        "handle_errors {",
        "\troute {",
        *(f'\t\theader {name} "{value}"' for name, value in HEADERS.items()),
        '\t\theader Content-Type "text/html; charset=utf-8"',
        "\t\theader -Content-Disposition",
        "\t\t@gone expression {err.status_code} == 410",
        "\t\troute @gone {",
        f"\t\t\trewrite * /{{re.gone.1}}/{GONE_PAGE}",
        "\t\t\tfile_server",
        "\t\t}",
        f"\t\t@api path_regexp {API_PATHS}",
        '\t\theader @api Content-Type "application/json"',
        "\t\t@write expression {err.status_code} == 405",
        f"\t\trewrite @write {API_READ_ONLY}",
        "\t\t@api404 {",
        f"\t\t\tpath_regexp {API_PATHS}",
        "\t\t\texpression {err.status_code} != 405",
        "\t\t}",
        f"\t\trewrite @api404 {API_MISSING}",
        "\t\t@page404 not path_regexp ^/api/",
        "\t\trewrite @page404 /404.html",
        '\t\theader @write Content-Type "application/json"',
        "\t\tfile_server",
        "\t}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _packed_only() -> list[str]:
    """Send files that are stored compressed only. Caddy can't unpack them for who doesn't accept them."""
    return [
        "@packed {",
        f"\tpath_regexp {PACKED}",
        "\tfile {path}.gz",
        "}",
        "route @packed {",
        "\t@plain not header Accept-Encoding *gzip*",
        "\troute @plain {",
        '\t\theader Content-Type "text/plain; charset=utf-8"',
        f'\t\trespond "{ONLY_GZIP}" 406',
        "\t}",
        "\theader Content-Encoding gzip",
        "\trewrite {path}.gz",
        "}",
    ]


def _redirect(name: str, redirect: Redirect, *, packed_only: bool) -> list[str]:
    """The files are those of the decoded path, the target has the parts of the path as it was sent."""
    lines = []
    if redirect.needs:
        lines = [
            f"@{name}lacks {{",
            f"\tfile {_numbered(stored(redirect.needs, packed_only=packed_only), name)}",
            f"\tnot file {_numbered(stored(redirect.unless, packed_only=packed_only), name)}",
            "}",
        ]
    sent = redirect.pattern.replace("[^/]", "[^/?]").removesuffix("$") + r"(?:\?|$)"
    target = _numbered(redirect.target, f"{name}sent")
    return [
        f"@{name} path_regexp {name} {redirect.pattern}",
        f"route @{name} {{",
        *lines,
        f"@{name}sent vars_regexp {name}sent {{uri}} {sent}",
        *([f"route @{name}lacks {{"] if lines else []),
        f"redir @{name}sent {target} 302",
        *(["}"] if lines else []),
        "}",
    ]


def _route(name: str, route: Route, *, packed_only: bool) -> list[str]:
    files = [_numbered(file, name) for file in route.files]
    lines = [f"try_files {{path}} {' '.join(files)}"]
    if packed_only:
        lines = _first_stored(name, files)
    if route.download:
        saved = _numbered(route.download, name)
        # Deferred, so that it wins over the header of the file's kind.
        lines += [
            "header {",
            f"\tContent-Disposition `attachment; filename={saved}`",
            "\tdefer",
            "}",
        ]
    if route.unless:
        lines.insert(0, f"@unless file {_numbered(route.unless, name)}")
        lines.insert(1, "error @unless 404")
    asked: list[str] = []
    if route.needs:
        needed = _numbered(stored(route.needs, packed_only=packed_only), name)
        lines = [f"@needs file {needed}", "route @needs {", *lines, "}"]
    for query, path in route.queries:
        # The placeholders of single parameters are decoded: here they come as they were sent.
        own, of = f"{name}{query}", f"{name}{query}of"
        asked += [
            f"@{own} vars_regexp {own} {{query}} (?:^|&){query}=([^&]+)",
            f"route @{own} {{",
            f"@{of} vars_regexp {of} {{query}} (?:^|&)project=([^&]*)",
            f"redir @{of} {path}/{{re.{own}.1}}/{{re.{of}.1}} 302",
            f"redir * {path}/{{re.{own}.1}}/ 302",
            "}",
        ]
    chosen = _filters(f"{name}list", route.filters) if route.filters else []
    lines = [*asked, *chosen, *lines]
    for number, (query, target) in enumerate(route.pages):
        own = f"{name}p{number}"
        move = f"redir @{own} {_numbered(target, own)} 302"
        lines = [f"@{own} vars_regexp {own} {{query}} {query}", move, *lines]
    return [f"@{name} path_regexp {name} {route.pattern}", f"route @{name} {{", *lines, "}"]


def _filters(name: str, filters: Filters) -> list[str]:
    def leads(label: str, condition: str, path: str) -> list[str]:
        own = f"{name}{label}"
        return [
            f"@{own} vars_regexp {own} {{query}} {condition}",
            f"redir @{own} {_numbered(path, own)} 302",
        ]

    values = {part: f"{{vars.{name}{part}}}" for part in filters.names}
    lines = leads("again", filters.repeated, EMPTY)
    for part in filters.names:
        own = f"{name}{part}"
        lines += [
            f"@{own} vars_regexp {own} {{query}} {value_of(part)}",
            f"vars @{own} {own} {{re.{own}.1}}",
        ]
    if filters.has_states:
        lines += leads("two", filters.two_states, filters.path({**values, "state": "$1+$2"}))
        lines += leads("more", filters.more_states, EMPTY)
    return [*lines, *leads("known", filters.known, filters.path(values))]


def _first_stored(name: str, files: Sequence[str]) -> list[str]:
    """Make a path that is no file that of the first of some that is one, in whatever form it is stored."""
    lines = ["@absent not file {path} {path}.gz", "route @absent {"]
    for number, file in reversed([*enumerate(files)]):  # the last one that matches wins
        own = f"{name}f{number}"
        lines += [f"@{own} file {file} {file}.gz", f"rewrite @{own} {file}"]
    return [*lines, "}"]


def _numbered(template: str, matcher: str) -> str:
    """A template with Caddy's names for the groups of a pattern."""
    for group in range(1, 6):
        template = template.replace(f"${group}", f"{{re.{matcher}.{group}}}")
    return template
