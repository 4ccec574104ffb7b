"""Reads the `Depends-on:` lines of a mail, which name patches and series that are to be applied before it.

Patchwork takes a message id in angle brackets, the URL of a patch, and that of the list of one series. This
module also reads URLs with a number (`/patch/12/`), URLs with a message id in their path (such as
lore's), and DPDK's `series-12` and `patch-12`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from generator.mail.headers import bare_msgid

_LINE = re.compile(r"^Depends-on:[ \t]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_MSGID = re.compile(r"<[^<>\s]{1,900}>")
_DPDK = re.compile(r"(series|patch)-([0-9]{1,15})\b")
_NUMBER = re.compile(r"[0-9]{1,15}")
_SPACE = re.compile(r"\s")
_NUMBERED = re.compile(
    r"/(?:api/(?:\d\.\d/)?)?(series|patch|patches|cover|covers)/(\d{1,15})(?:/|$)"
)
_OWN_SERIES = re.compile(r"/api/series/([0-9]{1,15})/")
_LONGEST_URL = 1000
#: No mail names more: the rest of a hostile one adds nothing.
MAX_LINES = 100


class Dependency(NamedTuple):
    """What a line names.

    `target`: as it was written, to be shown. `kind`, `value`: `msgid` and a message id without brackets, or
    `series`, `patch`, `cover` and the number that the server `host` has for it (empty: the mail's own
    server); `kind` is empty where the address leads to neither.
    """

    target: str
    kind: str
    value: str
    host: str = ""


def depends_on(content: str) -> list[Dependency]:
    """What the lines of a message name, each once, in their order; of more than MAX_LINES the first ones."""
    found: dict[str, Dependency] = {}
    for match in _LINE.finditer(content):
        dependency = _parse(match[1].strip())
        if dependency and len(found) < MAX_LINES:
            found.setdefault(dependency.target, dependency)
    return list(found.values())


def from_urls(urls: Sequence[str]) -> list[Dependency]:
    """What URLs name, those that are valid; of more than MAX_LINES the first ones.

    A path without a host is the server's own, as it is in objects that name none.
    """
    return [found for url in urls[:MAX_LINES] if (found := _own_series(url) or _from_url(url))]


def _own_series(path: str) -> Dependency | None:
    match = _OWN_SERIES.fullmatch(path)
    return Dependency(path, "series", match[1]) if match else None


def _from_url(url: str) -> Dependency | None:
    if not url.startswith(("http://", "https://")) or len(url) > _LONGEST_URL or _SPACE.search(url):
        return None
    try:
        parts = urlsplit(url)
        series = parse_qs(parts.query, max_num_fields=50).get("series", [""])[0]
    except ValueError:
        return None
    host = parts.netloc.lower()
    segments = [unquote(unquote(segment)) for segment in parts.path.split("/")]
    if msgid := next((segment for segment in segments if "@" in segment[1:-1]), None):
        return Dependency(url, "msgid", bare_msgid(msgid))
    if numbered := _NUMBERED.search(parts.path):
        kind = {"patches": "patch", "covers": "cover"}.get(numbered[1], numbered[1])
        return Dependency(url, kind, numbered[2], host)
    if _NUMBER.fullmatch(series):
        return Dependency(url, "series", series, host)
    return Dependency(url, "", "")


def _parse(text: str) -> Dependency | None:
    if _MSGID.fullmatch(text):
        return Dependency(text, "msgid", bare_msgid(text))
    if match := _DPDK.match(text):
        return Dependency(match[0], match[1], match[2])
    return _from_url(text)
