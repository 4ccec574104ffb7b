"""One form of what servers and files write in several ways: dates, and lists that are null."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from generator.errors import InputError

#: Objects of a Patchwork server nest four or five deep. Code that follows them down relies on a bound.
MAX_DEPTH = 100
#: Fields that hold lists. Null means an empty one.
_LISTS = frozenset({"series", "patches", "related", "maintainers"})
#: Fields whose content is the mail's own, whatever its names.
_VERBATIM = frozenset({"headers"})


def normal_form(value: dict[str, Any]) -> dict[str, Any]:
    """An object (decoded JSON) with its dates in UTC, without a zone, and with lists in place of nulls.

    Raises InputError for a date that has no equivalent in UTC, and for an object that nests too deeply.
    """
    normalized: dict[str, Any] = _normal(value, MAX_DEPTH)
    return normalized


def check_depth(value: Any, depth: int = MAX_DEPTH) -> None:
    """Raise InputError when a value (decoded JSON) nests deeper than that."""
    if isinstance(value, dict | list):
        if depth == 0:
            raise InputError(f"nested deeper than {MAX_DEPTH} levels")
        for held in value.values() if isinstance(value, dict) else value:
            if isinstance(held, dict | list):
                check_depth(held, depth - 1)


def _normal(value: Any, depth: int) -> Any:
    """The value itself where nothing changes: most objects are in this form already."""
    if depth == 0:
        raise InputError(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, list):
        items = [_normal(x, depth - 1) if isinstance(x, dict | list) else x for x in value]
        return value if all(map(_same, items, value)) else items
    changed: dict[str, Any] = {}
    for key, held in value.items():
        if held is None:
            if key in _LISTS:
                changed[key] = []
        elif key in _VERBATIM:
            check_depth(held, depth - 1)
        elif isinstance(held, dict | list):
            new = _normal(held, depth - 1)
            if new is not held:
                changed[key] = new
        elif key == "date" and isinstance(held, str) and len(held) > 19:
            changed[key] = _in_utc(held)
    return {**value, **changed} if changed else value


def _same(one: Any, other: Any) -> bool:
    return one is other


def _in_utc(text: str) -> str:
    """A date (RFC 3339) in UTC; what isn't one, or names no zone, stays as it is."""
    try:
        date = msgspec.convert(text, datetime)
        return date.astimezone(UTC).replace(tzinfo=None).isoformat() if date.tzinfo else text
    except msgspec.ValidationError:
        return text
    except OverflowError as error:
        raise InputError(f"date {text} is out of range in UTC") from error
