"""A mail's text → blocks (prose, quotes, trailers), trailers with their people, and links within it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SEPARATOR = re.compile(r"^---[ \t\r]*$")
_QUOTE = re.compile(r"^[ ]?>")
_PERSON_TRAILER = re.compile(
    r"^(signed-off|acked|reviewed|tested|reported|suggested|co-developed|nacked|reported-and-tested)"
    r"-by:[ \t]*(\S.*)$",
    re.IGNORECASE,
)
_ANY_TRAILER = re.compile(r"^[A-Z][A-Za-z]*(?:-[A-Za-z]+)*: ?\S")
_BRACKETS = re.compile(r"<([^<>\s]+)>")
_TAG = re.compile(r"^(acked|reviewed|tested)-by:(.*)$", re.IGNORECASE | re.MULTILINE)

_LINK = re.compile(
    r"<(?P<angle>(?:https?|ftps?|git)://[^<>\s]+)>"
    r"|(?P<url>\b(?:https?|ftps?|git)://[^\s<>\"]+)"
    r"|<(?P<msgid>[^<>\s@]{1,400}@[^<>\s@]{1,255})>"
    r"|\b(?:(?<=commit )|(?<=Fixes: )|(?=[0-9a-f]{7,40} \(\S)|(?=[0-9a-f]{40}\b))"
    r"(?P<commit>[0-9a-f]{7,40})\b",
)
_LIKE_A_COMMIT = re.compile(r"[0-9a-f]{7}")
_CLOSERS = {")": "(", "]": "[", "}": "{"}

TAGS = {"acked": "A", "reviewed": "R", "tested": "T"}


@dataclass(frozen=True, slots=True)
class Block:
    """Some neighbouring lines: kind is `text`, `quote` or `trailers`."""

    kind: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Trailer:
    """`Reviewed-by: Name <address>`: tag is the lower-case word before `-by`."""

    tag: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class TextLink:
    """A range of characters that links: kind is `url`, `msgid` or `commit`; target is its bare text."""

    start: int
    end: int
    kind: str
    target: str


def split_notes(content: str) -> tuple[str, str]:
    """Part a message at its first `---` line: what becomes the commit message, and the rest."""
    lines = content.split("\n")
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line):
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :])
    return content, ""


def blocks(text: str) -> list[Block]:
    """Cut a text into runs of prose, quotes and trailers; every line is in exactly one of them."""
    lines = text.split("\n")
    last_paragraph = _last_paragraph(lines)
    found: list[Block] = []
    for number, line in enumerate(lines):
        if _QUOTE.match(line):
            kind = "quote"
        elif _PERSON_TRAILER.match(line) or number in last_paragraph:
            kind = "trailers"
        else:
            kind = "text"
        if found and found[-1].kind == kind:
            found[-1].lines.append(line)
        else:
            found.append(Block(kind, [line]))
    return found


def _last_paragraph(lines: list[str]) -> range:
    """The lines of the last paragraph, if it is made of trailers (git-interpret-trailers(1))."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    paragraph = lines[start:end]
    looks = [bool(_ANY_TRAILER.match(line)) or line[:1] in " \t" for line in paragraph]
    has_known = any(_PERSON_TRAILER.match(line) for line in paragraph)
    return range(start, end) if has_known and sum(looks) * 4 >= len(looks) * 3 else range(0)


def trailers(content: str) -> list[Trailer]:
    """Everyone who signed, reviewed, acked, tested, reported … in a message; quoted lines don't count."""
    found = []
    for line in content.split("\n"):
        if match := _PERSON_TRAILER.match(line.rstrip()):
            who = match[2].strip()
            address = next(_addresses(who), None)
            email = address[1] if address else ""
            name = who[: address.start()].strip(' "') if address else who
            found.append(Trailer(match[1].lower(), name or email, email))
    return found


def _addresses(text: str) -> Iterator[re.Match[str]]:
    """Each `<x@y>` of a text. Two patterns around the `@` would take quadratic time on `<a@a@a…`."""
    return (match for match in _BRACKETS.finditer(text) if "@" in match[1][1:-1])


def tag_counts(content: str) -> dict[str, int]:
    """How often each of Patchwork's tags (A, R, T) stands in a message, counted as Patchwork does."""
    counts = {"A": 0, "R": 0, "T": 0}
    for match in _TAG.finditer(content):
        counts[TAGS[match[1].lower()]] += 1
    return counts


def mentions(content: str) -> set[str]:
    """Message ids in a text, as opposed to the mail addresses that trailers hold in the same brackets."""
    return {match[1] for match in _addresses(content) if looks_like_msgid(match[1])}


def looks_like_msgid(text: str) -> bool:
    """Whether `x@y` is rather a message id than somebody's address: long, with a digit."""
    local = text.partition("@")[0]
    return len(local) >= 8 and len(text) < 400 and any(c.isdigit() for c in local)


def links(text: str) -> list[TextLink]:
    """URLs, message ids and commit ids in a text, in order, none within another."""
    found: list[TextLink] = []
    if "://" not in text and "@" not in text and not _LIKE_A_COMMIT.search(text):
        return found
    for match in _LINK.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind == "url":
            end = start + len(_trim_url(match["url"]))
        if kind == "commit" and match["commit"].isdigit():
            continue  # a plain number in parentheses
        found.append(TextLink(start, end, "url" if kind == "angle" else kind, text[start:end]))
    return found


def _trim_url(url: str) -> str:
    """Leave out what belongs to the sentence around a URL: final punctuation, an unopened bracket."""
    unopened = {close: url.count(close) - url.count(_CLOSERS[close]) for close in _CLOSERS}
    end = len(url)
    while end:
        last = url[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in ".,;:!?'*_":
            break
        end -= 1
    return url[:end]
