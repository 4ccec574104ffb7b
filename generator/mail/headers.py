"""Mail headers as the API gives them, message ids, and folder names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from generator.mail.header_order import in_likely_order
from generator.model import Header

_MSGID = re.compile(r"<([^<>\s]{1,900})>")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")
_FOLD = re.compile(r"\r?\n[ \t]*")
#: The tokens of an address list; comments nest, so brackets are counted. Possessive, so that an unclosed
#: quote is read only once.
_ADDRESS_TOKEN = re.compile(
    r"<(?P<angle>[^<>]*)>|(?P<end>[,;:])|\"(?:[^\"\\]|\\.)*+\"?|\\.|[()]|[^<>,;:\"()\\]++|.",
    re.DOTALL,
)
_PLAIN_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\]+")
#: Common file systems take 255 bytes, and some tools need room for a suffix.
_MAX_SLUG = 200
#: What percent-encoding leaves as it is, which most names consist of.
_UNQUOTED = re.compile(r"[\w.~@+=&'()!*,;:$-]*+", re.ASCII)
_SAFE_LINK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
#: Names of the site's own files and of paths in server rules: no folder named after outside text has one.
_RESERVED = re.compile(
    r"index\.html|lookup\.json|raw|mbox(?:\.series|\.with|\.refused)?|t\.mbox\.gz", re.IGNORECASE
)


def header(headers: Mapping[str, Header | None], name: str) -> str:
    """The first value of a header, unfolded; empty where there is none. The name's case is ignored."""
    wanted = name.lower()
    for key, value in headers.items():
        if key.lower() == wanted and value:
            first = value if isinstance(value, str) else value[0]
            return _FOLD.sub(" ", first).strip()
    return ""


def all_headers(headers: Mapping[str, Header | None]) -> list[tuple[str, str]]:
    """Every header as (name, value), with its folding, in the order that they most likely had."""
    values = [
        (name, value if isinstance(value, list) else [value or ""])
        for name, value in headers.items()
    ]
    return in_likely_order(values)


def msgids(text: str) -> list[str]:
    """The message ids (without brackets) in a header such as References, in order."""
    return _MSGID.findall(text)


def bare_msgid(msgid: str) -> str:
    """A message id without its angle brackets."""
    return msgid.strip().removeprefix("<").removesuffix(">")


def addresses(text: str) -> list[str]:
    """The plain addresses (`x@y`) in a header such as To, in order (RFC 5322 §3.4); [] where it has none.

    The standard library's parser takes quadratic time on brackets and quotes, and fails on deep nesting.
    """
    candidates: list[str] = []
    bare: list[str] = []
    bracketed = ""
    depth = 0
    for match in _ADDRESS_TOKEN.finditer(text):
        kind, token = match.lastgroup, match[0]
        if token == "(" or token == ")":
            depth = max(0, depth + (1 if token == "(" else -1))
        elif depth:
            continue
        elif kind == "angle":
            # RFC 5322 §4.4: a route, ended by a colon, may stand before the address.
            bracketed = bracketed or match["angle"].rpartition(":")[2].strip()
        elif kind == "end":
            candidates.append(bracketed or "".join(bare).strip())
            bare, bracketed = [], ""
        elif token not in "<>":
            bare.append(token)
    candidates.append(bracketed or "".join(bare).strip())
    return [address for address in candidates if is_plain_address(address)]


def is_plain_address(text: str) -> bool:
    """Whether a text is `x@y`, without blanks or characters that need quotes."""
    return "@" in text[1:-1] and bool(_PLAIN_ADDRESS.fullmatch(text))


def answered(headers: Mapping[str, Header | None] | object) -> list[str]:
    """The message ids that a mail replies to, nearest first (RFC 5322 §3.6.4)."""
    if not isinstance(headers, Mapping):
        return []
    direct = msgids(header(headers, "In-Reply-To"))[:1]
    references = [*reversed(msgids(header(headers, "References")))]
    return [*direct, *(msgid for msgid in references if msgid not in direct)]


def slug(msgid: str, number: int) -> str:
    """The folder name for a message id: one path component that stays in its folder.

    A slash becomes the literal text `%2F`, as Patchwork prints it. An id that can't name
    a folder on every common file system becomes `~NUMBER`.
    """
    name = bare_msgid(msgid).replace("/", "%2F")
    if (
        not name
        or name.startswith((".", "~"))
        or name.endswith((".", " "))
        or is_reserved(name)
        or _UNSAFE.search(name)
        or len(name.encode("utf-8", "replace")) > _MAX_SLUG
    ):
        return f"~{number}"
    return name


def slashed(msgid: str) -> str:
    """A message id that has slashes, as a relative path; empty for one without, or unfit for a path.

    Web servers decode `%2F` to a slash before their rules see it, so such ids are found under this path.
    """
    parts = bare_msgid(msgid).split("/")
    is_safe = len(parts) > 1 and all(slug(part, 0) == part for part in parts)
    return "/".join(parts) if is_safe and slug(msgid, 0) != "~0" else ""


def project_slug(link_name: str, number: int) -> str:
    """The folder name of a project: its link name if that is safe, else `~NUMBER`."""
    is_safe = _SAFE_LINK_NAME.fullmatch(link_name) and not is_reserved(link_name)
    return link_name if is_safe and not link_name.endswith(".") else f"~{number}"


def is_reserved(name: str) -> bool:
    """Whether a folder of this name would collide with a file of the site or with a server rule."""
    return _RESERVED.fullmatch(name) is not None


def quote_segment(name: str) -> str:
    """Percent-encode one path component as Patchwork's own links do; `@` stays literal."""
    if _UNQUOTED.fullmatch(name):
        return name
    return quote(name, safe="@+=&'()!*,;:$~", errors="replace")
