"""Reads a mail's text: its message and notes, the people in trailers, and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.mail.encoded_words import decoded

_SEPARATOR = re.compile(r"^---[ \t\r]*$")
#: `Reviewed-by: Name <address>` and its kin.
PERSON_TRAILER = re.compile(
    r"^(signed-off|acked|reviewed|tested|reported|suggested|co-developed|nacked|reported-and-tested)"
    r"-by:[ \t]*(\S.*)$",
    re.IGNORECASE,
)
_CHANGELOG = re.compile(
    r"^[ \t*#=-]{0,8}(?:change(?:s|d|log)\b|(?:new in |since |in |from )?v\d{1,3}\b)",
    re.IGNORECASE | re.MULTILINE,
)
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
class Trailer:
    """`Reviewed-by: Name <address>`: tag is the lower-case word before `-by`."""

    tag: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class TextLink:
    """A range of characters to link. `kind` is `url`, `msgid` or `commit`; `target` is the bare text."""

    start: int
    end: int
    kind: str
    target: str


def split_notes(content: str) -> tuple[str, str]:
    """Split a message at its first `---` line into the commit message and the notes below it."""
    lines = content.split("\n")
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line):
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :])
    return content, ""


def is_changelog(notes: str) -> bool:
    """Whether notes below the `---` line tell of versions: `Changes since v1:`, `v2: …`."""
    return bool(_CHANGELOG.search(notes))


def trailers(content: str) -> list[Trailer]:
    """The trailers of a message that name a person; quoted lines don't count."""
    parsed = []
    for line in content.split("\n"):
        if match := PERSON_TRAILER.match(line.rstrip()):
            person = match[2].strip()
            address = next(_addresses(person), None)
            email = address[1] if address else ""
            name = person[: address.start()].strip(' "') if address else person
            parsed.append(Trailer(match[1].lower(), decoded(name) or email, email))
    return parsed


def _addresses(text: str) -> Iterator[re.Match[str]]:
    """Every `<x@y>` in a text. A pattern for each side of the `@` would take quadratic time on `<a@a@a…`."""
    return (match for match in _BRACKETS.finditer(text) if "@" in match[1][1:-1])


def tag_counts(content: str) -> dict[str, int]:
    """How often a message has each of Patchwork's tags (A, R, T), counted as Patchwork does."""
    counts = {"A": 0, "R": 0, "T": 0}
    for match in _TAG.finditer(content):
        counts[TAGS[match[1].lower()]] += 1
    return counts


def mentions(content: str) -> set[str]:
    """The message ids in a text, without the mail addresses that trailers put in the same brackets."""
    return {match[1] for match in _addresses(content) if looks_like_msgid(match[1])}


def looks_like_msgid(text: str) -> bool:
    """Whether `x@y` is more likely a message id than a mail address: long, with a digit."""
    local = text.partition("@")[0]
    return len(local) >= 8 and len(text) < 400 and any(c.isdigit() for c in local)


def links(text: str) -> list[TextLink]:
    """URLs, message ids and commit ids in a text, in order and without overlaps."""
    text_links: list[TextLink] = []
    if "://" not in text and "@" not in text and not _LIKE_A_COMMIT.search(text):
        return text_links
    for match in _LINK.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind == "url":
            end = start + len(_trim_url(match["url"]))
        if kind == "commit" and match["commit"].isdigit():
            continue  # a plain number in parentheses
        text_links.append(TextLink(start, end, "url" if kind == "angle" else kind, text[start:end]))
    return text_links


def _trim_url(url: str) -> str:
    """Cut off what belongs to the sentence around a URL: punctuation, an unmatched closing bracket."""
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
