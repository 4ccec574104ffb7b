"""Subjects that people paste, with what senders and mail programs put before them.

`pasted_subjects.js` in the theme is the same.
"""

from __future__ import annotations

import re

from generator.search.reading import Readings, subject
from generator.search.tokenizer import words

_REPLY = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|antw|sv|vb|rv|odp|答复|回复|转发)(?:\[[0-9]{1,3}\])? ?[:：] ?){1,20}",
    re.I | re.A,
)
_TAGS = re.compile(r"^(?:\[[A-Za-z0-9 ,./:#&+@_=-]{0,100}\] ?){1,10}")
_FIELD = re.compile(r"^-?[a-z]+:", re.A)
#: `* [PATCH] title @ 2026-03-03 10:12 Name`, as public-inbox lists threads.
_IN_LIST = re.compile(r"^(?:\* )?(\[.+) @ [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{1,2}:[0-9]{2} .*$", re.A)


def read_subject(text: str) -> Readings:
    """A subject without what mail programs and senders put before it, and without a word that was cut off."""
    title = text
    while title != (shorter := _TAGS.sub("", _REPLY.sub("", title)).strip()):
        title = shorter
    if title.endswith(("...", "…")):
        title = title.rpartition(" ")[0] or title
    return (subject(title),) if words(title) else ()


def read_reply(text: str) -> Readings:
    """`Re: [PATCH] title`, `Fwd: AW: title`."""
    return read_subject(text) if _REPLY.match(text) else ()


def read_tagged(text: str) -> Readings:
    """`[PATCH v2 1/3] title`, also as Patchwork lists it; not if fields of a query follow."""
    if listed := _IN_LIST.match(text):
        text = listed[1]
    tags = _TAGS.match(text)
    if not tags or any(
        _FIELD.match(word) and word[-1] != ":" for word in text[tags.end() :].split()
    ):
        return ()
    return read_subject(text)


def is_subject(text: str) -> bool:
    """Whether a line is a subject by its form: it begins with `Re:` and the like, or with tags."""
    return bool(_REPLY.match(text) or read_tagged(text))
