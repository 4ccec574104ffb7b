"""How a web server must answer: one table, from which `serve` and all server configurations are made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.config import Config

#: No inline code or style, nothing from other hosts: a mail's text could otherwise smuggle them in.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer-when-downgrade",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How files whose path matches are served. The first rule that matches counts."""

    pattern: str
    type: str
    cache: str


_SHORT = "max-age=300"
_FOREVER = "max-age=31536000, immutable"

RULES = [
    # Mail and diffs are text for programs and people, never HTML.
    Rule(r"^/(project/[^/]+/(patch|cover)/[^/]+|series/\d+)/(mbox|raw)$", "text/plain; charset=utf-8",
         _SHORT),
    Rule(r"^/search/data/.+$", "application/octet-stream", _FOREVER),
    Rule(r"\.atom$", "application/atom+xml; charset=utf-8", _SHORT),
    Rule(r"\.html$", "text/html; charset=utf-8", _SHORT),
    Rule(r"\.css$", "text/css; charset=utf-8", _SHORT),
    Rule(r"\.js$", "text/javascript; charset=utf-8", _SHORT),
    Rule(r"\.svg$", "image/svg+xml", _SHORT),
    Rule(r"\.json$", "application/json", "no-cache"),
    Rule(r"\.xml$", "application/xml; charset=utf-8", _SHORT),
    Rule(r"\.txt$", "text/plain; charset=utf-8", _SHORT),
]  # fmt: skip

#: Downloads have no extension, and Patchwork's URLs of them end in a slash: /…/mbox/ is the file /…/mbox.
SLASHED = r"^(/.+/(?:mbox|raw))/$"
#: Never served, wherever it is asked for.
HIDDEN = r"^/\.stillwork(/|$)"

DEFAULT = Rule("", "application/octet-stream", _SHORT)


def rule_for(path: str) -> Rule:
    """The rule of a (decoded) path."""
    return next((rule for rule in RULES if re.search(rule.pattern, path)), DEFAULT)


def configurations(config: Config) -> dict[str, bytes]:
    """File name → content of the configuration for each kind of server."""
    return {"nginx.conf": _nginx().encode()}


def _nginx() -> str:
    """What belongs into a `server` block, after `root` and `listen`."""
    always = [f'add_header {name} "{value}" always;' for name, value in HEADERS.items()]
    lines = [
        "# Made by Stillwork. Include it in a server block that has `listen`, `server_name` and `root`.",
        "index index.html;",
        "charset off;",
        "error_page 404 /404.html;",
        *always,
        "",
        f"location ~ {HIDDEN} {{ return 404; }}",
        f'location ~ "{SLASHED}" {{ rewrite "{SLASHED}" $1 last; }}',
    ]
    for rule in RULES:
        lines += [
            f'location ~ "{rule.pattern}" {{',
            "    types { }",
            f'    default_type "{rule.type}";',
            f'    add_header Cache-Control "{rule.cache}" always;',
            *(f"    {line}" for line in always),
            "}",
        ]
    return "\n".join(lines) + "\n"
