"""Merges a newly read object with the stored one, so that no known field is lost."""

from __future__ import annotations

from typing import Any


def merge(old: Any, new: Any) -> Any:
    """The new value (decoded JSON), completed by the old one.

    A key that the new object lacks keeps its old value: API versions differ in their keys, and the
    list form of a patch has no headers, content or diff. A key that it has counts, null included.
    Embedded objects (a project within a patch) are merged likewise if they have the same id.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        if old.get("id") != new.get("id"):
            return new
        if "id" not in new:  # a mail's headers: a whole, not a set of fields
            return new
        return {**old, **{key: merge(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        known = {item["id"]: item for item in old if isinstance(item, dict) and "id" in item}
        return [
            merge(known[item["id"]], item)
            if isinstance(item, dict) and item.get("id") in known
            else item
            for item in new
        ]
    return new
