"""The rules for Apache httpd 2.4, for a <Directory> section or a `.htaccess`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

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
    RuleKind,
    routes,
    stored,
)


def configuration(projects: Sequence[str], packed: Packed = False) -> str:
    """The text of the file. Of its modules, Debian enables all but two (`a2enmod rewrite headers`)."""
    only = packed == "only"
    lines = [
        "# Made by Stillwork. Include it in the <Directory> section of the output folder, or put a copy",
        "# into that folder as .htaccess (then with `AllowOverride All`). Needs mod_rewrite,",
        "# mod_headers and mod_setenvif.",
        "Options -Indexes -MultiViews +FollowSymLinks",
        "DirectoryIndex index.html",
        "AddDefaultCharset off",
        "ErrorDocument 404 /404.html",
        f"ErrorDocument 405 {API_READ_ONLY}",
        "ErrorDocument 410 /%{escape:%{reqenv:GONE}}",
        *(f'Header always set {name} "{value}"' for name, value in HEADERS.items()),
        "",
        "RewriteEngine On",
        "RewriteCond %{REQUEST_METHOD} !^(?:GET|HEAD)$",
        "RewriteRule ^ - [R=405,L]",
        f"RewriteRule {_local(HIDDEN)} - [R=404,L]",
        f"RewriteCond %{{DOCUMENT_ROOT}}/$1/{GONE_PAGE} -f",
        f"RewriteRule {_local(GONE)} - [E=GONE:$1/{GONE_PAGE},R=410,L]",
    ]
    for variant in VARIANTS:
        lines += [
            f"RewriteCond %{{QUERY_STRING}} (?:^|&){variant.query}=",
            f"RewriteRule {_local(variant.pattern)} {variant.path} [L,QSD]",
        ]
    for redirect in REDIRECTS:
        lines += _redirect(redirect, packed_only=only)
    for route in routes(projects):
        lines += _route(route, packed_only=only)
    # A folder without a page.
    lines += [
        "RewriteCond %{REQUEST_FILENAME} -d",
        f"RewriteCond %{{REQUEST_FILENAME}}/{stored('index.html', packed_only=only)} !-f",
        "RewriteRule ^ - [R=404,L]",
    ]
    if packed:
        lines += _packed_only() if only else _packed()
    lines += [
        "",
        f'<If "%{{REQUEST_URI}} =~ m#{API_PATHS}#">',
        f"    ErrorDocument 404 {API_MISSING}",
        "</If>",
    ]
    for kind in [DEFAULT, *reversed(KINDS)]:  # the last one that matches wins
        lines += _kind(_with_packed(kind) if packed else kind)
    return "\n".join(lines) + "\n"


def _packed() -> list[str]:
    """Send files that are stored compressed to clients that accept them, the smallest form first."""
    lines = []
    for end, name in (("br", "br"), ("gz", "gzip")):
        lines += [
            f'RewriteCond %{{HTTP:Accept-Encoding}} "(?:^|[, ]){name}(?:[,; ]|$)"',
            f"RewriteCond %{{REQUEST_FILENAME}}.{end} -f",
            f'RewriteRule "^(.*{PACKED.removesuffix("$")})$" $1.{end} [L]',
            rf'<If "%{{REQUEST_URI}} =~ m#{PACKED.removesuffix("$")}\.{end}$#">',
            f"    Header set Content-Encoding {name}",
            "</If>",
        ]
    return [*lines, "Header append Vary Accept-Encoding"]


def _packed_only() -> list[str]:
    """Send files that are stored compressed only.

    What a rule has rewritten, Apache's own filter doesn't unpack for those who don't accept it.
    """
    packed = PACKED.removesuffix("$")
    return [
        f'ErrorDocument 406 "{ONLY_GZIP}"',
        "RewriteCond %{HTTP:Accept-Encoding} !gzip",
        f'RewriteRule "{packed}\\.gz$" - [R=406,L]',
        # A folder's page: as its index file, it would come without these rules. What a rule above has
        # rewritten begins with a slash, and goes through them once more.
        "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI}index.html.gz -f",
        'RewriteRule "^(|[^/].*/)$" $1index.html.gz [B=%#,L]',
        "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI}.gz -f",
        f'RewriteRule "^(.*{packed})$" $1.gz [B=%#,L]',
        rf'<If "%{{REQUEST_URI}} =~ m#{packed}\.gz$#">',
        "    Header set Content-Encoding gzip",
        "</If>",
        "Header append Vary Accept-Encoding",
    ]


def _with_packed(kind: RuleKind) -> RuleKind:
    """A kind that also matches the compressed forms of its files."""
    if not kind.pattern.endswith("$"):
        return kind
    return replace(kind, pattern=kind.pattern.removesuffix("$") + r"(?:\.br|\.gz)?$")


def _local(pattern: str) -> str:
    """A pattern for paths below the folder, which have no slash at the front there."""
    return re.sub(r"^\^(\(?)/", r"^\1", pattern)


def _redirect(redirect: Redirect, *, packed_only: bool) -> list[str]:
    conditions = [(redirect.unless, "!-f"), (redirect.needs, "-f")]
    return [
        *(
            f"RewriteCond %{{DOCUMENT_ROOT}}{stored(file, packed_only=packed_only)} {test}"
            for file, test in conditions
            if file
        ),
        f"RewriteRule {_local(redirect.pattern)} {redirect.target} [R=302,L]",
    ]


def _route(route: Route, *, packed_only: bool) -> list[str]:
    pattern = _local(route.pattern)
    lines = []
    for name, path in route.queries:
        lines += [
            # A path with an encoded slash is refused, so the parameter's are decoded, one in each round.
            f"RewriteCond %{{QUERY_STRING}} ^((?:.*&)?{name}=[^&]*?)%2F(.*)$ [NC]",
            f"RewriteRule {pattern} %{{REQUEST_URI}}?%1/%2 [N=32,NE]",
            # A rule sees the groups of the last condition alone, so the project comes along in it.
            "RewriteCond %{QUERY_STRING} (?:^|&)project=([^&]*)",
            f"RewriteCond %1&%{{QUERY_STRING}} ^([^&]*)&(?:.*&)?{name}=([^&]+)",
            f"RewriteRule {pattern} {path}/%2/%1 [R=302,L,NE,QSD]",
            f"RewriteCond %{{QUERY_STRING}} (?:^|&){name}=([^&]+)",
            f"RewriteRule {pattern} {path}/%1/ [R=302,L,NE,QSD]",
        ]
    for query, target in route.pages:
        lines += [
            f"RewriteCond %{{QUERY_STRING}} {query}",
            f"RewriteRule {pattern} {target.replace('$', '%')} [R=302,L,QSD]",
        ]
    if route.filters:
        lines += _filters(pattern, route.filters)
    if not route.files[0].startswith("/"):
        if packed_only:
            return [
                "RewriteCond %{DOCUMENT_ROOT}/$1.gz -f",
                f"RewriteRule {pattern} $1.gz [B=%#,L]",
            ]
        # To Apache, the slash after a file's name is path info; a rewrite would lead to where it is.
        return ['<FilesMatch "^(?:mbox|raw)$">', "    AcceptPathInfo On", "</FilesMatch>"]
    for file in route.files:
        held = stored(file, packed_only=packed_only)
        lines.append("RewriteCond %{REQUEST_FILENAME} !-f")
        if packed_only:
            lines.append("RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI}.gz !-f")
        if route.needs:
            needed = stored(route.needs, packed_only=packed_only)
            lines.append(f"RewriteCond %{{DOCUMENT_ROOT}}{needed} -f")
        if route.unless:
            lines.append(f"RewriteCond %{{DOCUMENT_ROOT}}{route.unless} !-f")
        lines += [
            f"RewriteCond %{{DOCUMENT_ROOT}}{held} -f",
            # What it leads to is decoded once more.
            f"RewriteRule {pattern} {held.removeprefix('/')} [B=%#,L]",
        ]
    return lines


def _filters(pattern: str, filters: Filters) -> list[str]:
    def leads(condition: str, path: str) -> list[str]:
        return [
            f"RewriteCond %{{QUERY_STRING}} {condition}",
            f"RewriteRule {pattern} {path} [R=302,L,NE,QSD]",
        ]

    values = {name: f"%{{ENV:list_{name}}}" for name in filters.names}
    lines = leads(filters.repeated, EMPTY)
    for name in filters.names:
        lines += [
            f"RewriteCond %{{QUERY_STRING}} {value_of(name)}",
            f"RewriteRule {pattern} - [E=list_{name}:%1]",
        ]
    if filters.has_states:
        lines += leads(filters.two_states, filters.path({**values, "state": "%1+%2"}))
        lines += leads(filters.more_states, EMPTY)
    return [*lines, *leads(filters.known, filters.path(values))]


def _kind(kind: RuleKind) -> list[str]:
    condition = f"%{{REQUEST_URI}} =~ m#{kind.pattern}#"
    inner = [f'ForceType "{kind.type}"', f'Header always set Cache-Control "{kind.cache}"']
    if not kind.pattern:
        return inner
    if kind.download:
        saved = '"attachment; filename=%{DOWNLOAD}e"'
        return [f'SetEnvIf Request_URI "{kind.pattern}" DOWNLOAD={kind.download}',
                f'<If "{condition}">', *(f"    {line}" for line in inner),
                f"    Header set Content-Disposition {saved}", "</If>"]  # fmt: skip
    return [f'<If "{condition}">', *(f"    {line}" for line in inner), "</If>"]
