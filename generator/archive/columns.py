"""Values of an object that have columns of their own, so that plans and lists needn't decode it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from generator.diff.sections import changed_paths
from generator.mail import subject
from generator.mail.encoded_words import decoded
from generator.model import Patch, Series

#: The longest name of a folder that has a page of its own, and how far down it may lie.
_LONGEST_FOLDER, _DEEPEST_FOLDER = 80, 20
#: Of one patch, the values of a facet that may get lists of their own. Pages of these facets say so.
MAX_VALUES = {"folder": 100, "prefix": 20}


def seconds(date: datetime) -> int:
    """Seconds since 1970 of a date of the API (UTC when it names no zone)."""
    return int((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())


def object_id(value: Any) -> int | None:
    """The id of an object (decoded JSON) that nobody has validated yet; None without a usable one."""
    number = value.get("id") if isinstance(value, dict) else None
    # JSON has integers of any size; SQLite holds 63 bits, and JavaScript 53.
    return number if type(number) is int and 0 <= number < 1 << 53 else None


def payload_id(payload: dict[str, Any], kind: str) -> int | None:
    """The id of the object of a kind that an event is about; None when the event names none."""
    return object_id(payload.get(kind))


def series_columns(item: Series) -> dict[str, Any]:
    """The columns of a series, of which the archive may have no more than the stub in its patches."""
    name = decoded(item.name or "")
    return {
        "id": item.id, "project_id": item.project.id, "name": name,
        "topic": subject.topic(name), "version": item.version, "total": item.total,
        "date": seconds(item.date) if item.date else None,
        "submitter_id": item.submitter.id if item.submitter else None,
        "cover_id": item.cover_letter.id if item.cover_letter else None,
    }  # fmt: skip


def text_digest(item: Patch) -> int:
    """A number (64 bits) that changes with the text of a patch, but not with its state or its checks."""
    text = (item.name, item.msgid, item.date, item.submitter, item.content, item.diff, item.headers,
            item.hash, item.commit_ref, item.series, item.project.id)  # fmt: skip
    encoded = msgspec.msgpack.encode([None if part is msgspec.UNSET else part for part in text])
    digest = hashlib.blake2b(encoded, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def paths_of(patch: Patch) -> tuple[str, ...]:
    """The paths of the files that a patch changes, old and new, in the order of its diff."""
    return tuple(changed_paths(patch.diff)) if isinstance(patch.diff, str) else ()


def facets_of(patch: Patch, paths: Iterable[str]) -> set[tuple[str, str]]:
    """(kind, value): the folders of the tree that a patch touches, and its prefixes in lower case.

    The first ones only, as each may get a page of its own. paths: those of the files that it changes.
    """
    folders = filter(None, map(_folder, paths))
    facets = {("folder", folder) for folder in _first(MAX_VALUES["folder"], folders)}
    prefixes = (prefix.lower()[:40] for prefix in subject.parse(decoded(patch.name or "")).prefixes)
    return facets | {("prefix", prefix) for prefix in _first(MAX_VALUES["prefix"], prefixes)}


def _folder(path: str) -> str:
    """The folder that a path lies in; empty for a file at the root, and where no list could be named so."""
    *folders, _ = path.strip("/").split("/")
    is_plain = len(folders) <= _DEEPEST_FOLDER and not {"", ".", ".."} & set(folders)
    return "/".join(folders) if is_plain and all(len(f) <= _LONGEST_FOLDER for f in folders) else ""


def _first(count: int, values: Iterable[str]) -> Iterable[str]:
    """The first values that differ."""
    return islice(dict.fromkeys(values), count)
