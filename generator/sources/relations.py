"""Which patches local overrides relate to each other, as a PATCH request with `related` does on a server."""

from __future__ import annotations

from typing import Any

from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.overrides import patches_named
from generator.errors import InputError

#: What the API says of a related patch (Patchwork API 1.2).
_STUB = ("id", "url", "web_url", "msgid", "list_archive_url", "date", "name", "mbox")


def numbers(archive: Archive, value: Any) -> list[int]:
    """The patches in a value of `related`, numbers or objects with an id; raises InputError."""
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise InputError("related must be a list of the numbers of patches")
    found = [object_id(one if isinstance(one, dict) else {"id": one}) for one in value]
    for number, one in zip(found, value, strict=True):
        if number is None or not patches_named(archive, number=number):
            raise InputError(f"related: no such patch: {str(one)[:60]}")
    return [number for number in found if number is not None]


class Relations:
    """Sets of related patches: those of the server, changed by one override after the other."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._sets: dict[int, set[int]] = {}

    def relate(self, number: int, others: list[int]) -> None:
        """Relate a patch to others and to what these are related to; none takes it out of its set.

        Raises InputError where two sets would become one, which a server refuses, too.
        """
        mine = self._set_of(number)
        if not others:
            mine.discard(number)
            self._sets[number] = {number}
            return
        sets = [mine, *(self._set_of(other) for other in others)]
        if len({id(one) for one in sets if len(one) > 1}) > 1:
            raise InputError(
                f"patch {number}: some of these are related to other patches: take them out first"
            )
        joined = set[int]().union(*sets)
        self._sets |= dict.fromkeys(joined, joined)

    def overrides(self) -> dict[int, list[dict[str, Any]]]:
        """By patch whose relations differ from the server's: `related` in the API's form."""
        return {
            number: [self._stub(other) for other in sorted(related - {number})]
            for number, related in sorted(self._sets.items())
            if related != self._of_server(number)
        }

    def _set_of(self, number: int) -> set[int]:
        if number not in self._sets:
            related = self._of_server(number)
            for one in related:
                self._sets.setdefault(one, related)
        return self._sets[number]

    def _of_server(self, number: int) -> set[int]:
        listed = (self._archive.raw("patch", number) or {}).get("related") or []
        known = {object_id(stub) for stub in listed}
        there = {one for one in known if one and patches_named(self._archive, number=one)}
        return {number} | there

    def _stub(self, number: int) -> dict[str, Any]:
        value = self._archive.raw("patch", number) or {}
        return {key: value[key] for key in _STUB if key in value}
