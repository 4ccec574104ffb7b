"""What the fields of a local override may hold: what a PATCH request to the API may, and more forms of it."""

from __future__ import annotations

import json
import re
from typing import Any

from generator.archive import vocabulary
from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.overrides import FIELDS, patches_named, user_named
from generator.errors import InputError
from generator.sources import relations

_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")
_USER_URL = re.compile(r"/api/(?:[0-9.]{1,9}/)?users/([0-9]{1,18})/?$", re.A)


def checked_override(archive: Archive, value: Any) -> tuple[int, dict[str, Any]]:
    """A patch's id and its overrides in the API's form; raises InputError when they are invalid."""
    number = object_id(value)
    if number is None:
        raise InputError("not an object with the id of a patch")
    fields = {key: held for key, held in value.items() if key != "id"}
    if unknown := sorted(fields.keys() - {*FIELDS, "commit"}):
        known = ", ".join((*FIELDS, "commit"))
        raise InputError(f"patch {number}: cannot override {unknown[0]}, only {known}")
    if not patches_named(archive, number=number):
        raise InputError(f"patch {number}: not in the archive")
    try:
        values = {key: _value(archive, key, held) for key, held in fields.items()}
        if values.get("delegate"):
            _require_maintainer(archive, number, values["delegate"])
        return number, values
    except InputError as error:
        raise InputError(f"patch {number}: {error}") from error


def _state(archive: Archive, value: Any) -> str:
    """The slug of a state that is given by slug or by name, as the API takes it, or by its number.

    Raises InputError.
    """
    named = {slug: slug for slug in vocabulary.states(archive)}
    for state in vocabulary.server_states(archive, {}):
        named |= {state.slug: state.slug, str(state.number): state.slug}
    is_number = isinstance(value, int) and not isinstance(value, bool)
    found = None
    if isinstance(value, str) or is_number:
        found = named.get(str(value)) or named.get(vocabulary.slug_of(str(value)))
    if found is None:
        known = ", ".join(sorted({*named.values()}))
        raise InputError(f"unknown state {json.dumps(value)}; known states: {known}")
    return found


def _user(archive: Archive, value: Any) -> dict[str, Any]:
    """A user by number, name, address, the API's object or its address; raises InputError."""
    name = value.get("id") if isinstance(value, dict) else value
    if isinstance(name, str) and (match := _USER_URL.search(name)):
        name = match[1]
    user = user_named(archive, name)
    if user is None and isinstance(name, str) and re.fullmatch(r"[0-9]{1,18}", name):
        user = user_named(archive, int(name))
    if user is None:
        raise InputError(f"unknown user {json.dumps(value)}")
    return user


def _require_maintainer(archive: Archive, number: int, user: dict[str, Any]) -> None:
    """As the API does, refuse a delegate who maintains another project; raises InputError.

    Anybody goes where the archive doesn't know the maintainers, and who is the delegate already.
    """
    value = archive.raw("patch", number)
    assert value is not None  # its number was looked up before
    project = archive.raw("project", value["project"]["id"]) or {}
    maintainers = project.get("maintainers") or []
    allowed = (*maintainers, value.get("delegate") or {})
    if maintainers and user["id"] not in {one.get("id") for one in allowed}:
        names = ", ".join(sorted(str(m.get("username")) for m in maintainers))
        raise InputError(f"{user['username']} is no maintainer of its project; these are: {names}")


def _commit(value: Any) -> str:
    """The name of a commit, or its first digits; raises InputError."""
    if not isinstance(value, str) or not _COMMIT.match(value.lower()):
        raise InputError(
            f"commit must be 7 hexadecimal digits or more, not {json.dumps(value)[:60]}"
        )
    return value.lower()


def _value(archive: Archive, key: str, value: Any) -> Any:
    if key == "archived":
        if not isinstance(value, bool):
            raise InputError(f"archived must be true or false, not {json.dumps(value)}")
        return value
    if key == "state":
        return _state(archive, value)
    if key == "related":
        return relations.numbers(archive, value)
    if value in (None, ""):
        return None
    if key == "delegate":
        return _user(archive, value)
    if key == "commit":
        return _commit(value)
    if not isinstance(value, str) or not value.isprintable() or len(value) > 1024:
        raise InputError(f"{key} must be one line of printable text")
    return value
