"""What a commit's message says of mails and of other commits: message ids, reverts, cherry-picks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

#: `Link: https://…`, `Message-Id: <…>`: git-interpret-trailers(1), anywhere in the message.
_TRAILER_LINE = re.compile(
    r"^[ \t]{0,8}([A-Za-z][A-Za-z0-9-]{1,40}):[ \t]+(\S.{0,2000})$", re.MULTILINE
)
_BRACKETED = re.compile(r"<([^<>\s@]{1,250}@[^<>\s@]{1,250})>")
_URL = re.compile(r"https?://[^\s<>\"']{1,1000}")
_PATCH_NUMBER = re.compile(r"/patch/(\d{1,15})(?:/|$)")
_ID_TRAILERS = frozenset(("message-id", "in-reply-to", "x-message-id", "submitted-as", "mail-id"))
_REVERTS = re.compile(r"[Tt]his reverts commit ([0-9a-f]{7,64})\b")
#: git-cherry-pick(1) `-x`; the stable trees of Linux name the commit in words of their own.
_PICKED = re.compile(
    r"\(cherry[- ]picked from commit ([0-9a-f]{7,64})\b"
    r"|^commit ([0-9a-f]{7,64}) upstream"
    r"|^\[ ?[Uu]pstream commit ([0-9a-f]{7,64}) ?\]",
    re.MULTILINE,
)
#: A message longer than this is read as far as here.
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Mentions:
    """msgids: of mails, without brackets. numbers: of patches on a Patchwork server.

    reverts, picked: the commit (beginning of its name) that this one reverts or was picked from, or empty.
    """

    msgids: frozenset[str]
    numbers: frozenset[int]
    reverts: str
    picked: str


NONE = Mentions(frozenset(), frozenset(), "", "")


def mentions(message: str) -> Mentions:
    """What a commit's message, with the notes below it, says of mails and commits."""
    text = message[:_LONGEST]
    if ":" not in text and "commit" not in text:
        return NONE
    msgids: set[str] = set()
    numbers: set[int] = set()
    if "@" in text or "%40" in text or "/patch/" in text:
        for key, value in _TRAILER_LINE.findall(text):
            if key.lower() in _ID_TRAILERS:
                msgids.update(_BRACKETED.findall(value))
            for url in _URL.findall(value):
                msgids.update(_msgids_in(url))
                numbers.update(int(number) for number in _PATCH_NUMBER.findall(url))
    reverts, picked = _REVERTS.search(text), _PICKED.search(text)
    return Mentions(
        frozenset(msgids),
        frozenset(numbers),
        reverts[1] if reverts else "",
        next(filter(None, picked.groups()), "") if picked else "",
    )


def _msgids_in(url: str) -> Iterator[str]:
    """The message ids among the parts of an address's path: any archive's, on any host."""
    path = url.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")[2]
    for part in path.split("/"):
        plain = unquote(part).strip("<>.,;)")
        # Some archives' addresses hold folders (`/r/`), others quote the id twice.
        plain = unquote(plain) if "%40" in plain else plain
        if 0 < plain.find("@") < len(plain) - 1:
            yield plain
