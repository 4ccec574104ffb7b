"""What is read out of an object when it is stored, so that plans and lists needn't read it again."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from generator.mail import subject
from generator.model import Patch, Series

_GIT_PATH = re.compile(r"\"?a/([^/\n\"]{1,80})/")
_OTHER_PATH = re.compile(r"^--- [^\n]+\n\+\+\+ (?:b/)?([^/\n\t ]{1,80})/", re.MULTILINE)


def seconds(date: datetime) -> int:
    """Seconds since 1970 of a date of the API (UTC when it names no zone)."""
    return int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())


def payload_id(payload: dict[str, Any], key: str) -> int | None:
    """The number of an object that an event is about; None when the event names none."""
    named = payload.get(key)
    number = named.get("id") if isinstance(named, dict) else None
    # SQLite holds no larger integer.
    return number if isinstance(number, int) and 0 <= number < 1 << 53 else None


def series_columns(item: Series) -> dict[str, Any]:
    """The columns of a series, which may be known from its patches alone."""
    return {
        "id": item.id, "project_id": item.project.id, "name": item.name or "",
        "topic": subject.topic(item.name or ""), "version": item.version, "total": item.total,
        "date": seconds(item.date) if item.date else None,
        "submitter_id": item.submitter.id if item.submitter else None,
        "cover_id": item.cover_letter.id if item.cover_letter else None,
    }  # fmt: skip


def words_digest(item: Patch) -> int:
    """A number that changes with the text of a patch, but not with its state or its checks."""
    text = (item.name, item.msgid, item.date, item.submitter, item.content, item.diff, item.headers,
            item.hash, item.commit_ref, item.series, item.project.id)  # fmt: skip
    encoded = msgspec.msgpack.encode([None if part is msgspec.UNSET else part for part in text])
    digest = hashlib.blake2b(encoded, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def facets_of(patch: Patch) -> set[tuple[str, str]]:
    """The folders at the top of the tree that a patch touches, and its prefixes in lower case."""
    found = set()
    if isinstance(patch.diff, str):
        headers = f"\n{patch.diff}".split("\ndiff --git ")[1:]
        folders = [match[1] for text in headers if (match := _GIT_PATH.match(text))]
        folders = folders or _OTHER_PATH.findall(patch.diff)
        found |= {("folder", folder) for folder in folders}
    for prefix in subject.parse(patch.name or "").prefixes:
        found.add(("prefix", prefix.lower()[:40]))
    return found
