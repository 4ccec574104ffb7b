"""What names one thing: a message id, a commit or a number. `identifiers.js` in the theme is the same."""

from __future__ import annotations

import re
from urllib.parse import unquote

from generator.search.reading import HEX, Reading, Readings, commit, phrase

_HEX = re.compile(rf"^{HEX}$", re.I | re.A)
_ENDING = re.compile(r"(?:/(?:raw|T|t|t\.mbox\.gz|t\.atom)?){0,2}(?:#[A-Za-z0-9]*)?$", re.A)
_LONGEST_ID = 1000


def read_id(text: str, kind: str = "patch") -> Readings:
    """What names one thing: a message id, a commit, or a number (of a patch, unless `kind` says else)."""
    bare = decoded(text).strip("<> ,;")
    if is_number(bare):
        return (Reading("id" if kind == "patch" else kind, bare.lstrip("0") or "0"),)
    return commit(bare) if _HEX.match(bare) else read_message_id(text)


def read_message_id(text: str) -> Readings:
    """A message id, and what mentions it; it may have `<>`, and what public-inbox appends: `/T/#u`."""
    bare = decoded(text).strip("<> ,;")
    if "@" in bare:
        bare = _ENDING.sub("", bare, count=1)
    bare = bare[:_LONGEST_ID].lower()
    return (Reading("m", bare), *((phrase(bare),) if "@" in bare else ())) if bare else ()


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def decoded(text: str) -> str:
    return unquote(text, errors="replace")
