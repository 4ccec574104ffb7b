"""Local overrides: JSON files in content/updates/ that set fields of patches in place of the server's.

`{"id": 12, "state": "accepted"}` does what a PATCH request to the API of a server does, and
`{"series": 12, "previous": 7}` says which series is the version before another. Remove a file, and the
next build shows again what the server says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from generator.archive import series_versions, vocabulary
from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.overrides import (
    FIELDS,
    patch_override,
    patch_overrides,
    patches_named,
    user_named,
)
from generator.archive.projects import project_of_series
from generator.archive.worked_out_series import is_worked_out
from generator.archive.writer import Writer
from generator.errors import ConfigError, InputError
from generator.sources import json_files


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many patches and series were changed, and how many overrides were skipped."""

    changed: int
    skipped: int


def apply(archive: Archive, folder: Path, report: Callable[[str], None]) -> Outcome:
    """Set the archive's overrides to those in the files; `report` gets a line for each that is skipped.

    A file that can't be read removes nothing: what it set before stays.
    """
    patches: dict[int, dict[str, Any]] = {}
    previous: dict[int, int | None] = {}
    invalid = unreadable = 0
    for item in _read(folder):
        if isinstance(item, InputError):
            unreadable += 1
            report(str(item))
            continue
        try:
            if isinstance(item.value, dict) and "series" in item.value:
                previous |= [_series_override(archive, item.value)]
                continue
            number, fields = _patch_override(archive, item.value)
            patches[number] = {**patches.get(number, {}), **fields}
        except InputError as error:
            invalid += 1
            report(f"{item.where}: {error}")
    changed = _set_patches(archive, patches, keep_others=unreadable > 0)
    changed += _set_previous(archive, previous, keep_others=unreadable > 0)
    return Outcome(changed, invalid + unreadable)


def _set_patches(archive: Archive, wanted: dict[int, dict[str, Any]], *, keep_others: bool) -> int:
    """Set the overrides of patches; how many patches that changes."""
    known = patch_overrides(archive)
    removed = set() if keep_others else known.keys() - wanted.keys()
    numbers = sorted(n for n in wanted.keys() | removed if wanted.get(n) != known.get(n))
    if numbers:
        with archive.transaction():
            writer = Writer(archive)
            for number in numbers:
                writer.override(number, wanted.get(number, {}))
    return len(numbers)


def _set_previous(archive: Archive, wanted: dict[int, int | None], *, keep_others: bool) -> int:
    """Set the previous versions of series (None: there is none); how many series that changes."""
    known = series_versions.links(archive)
    wanted = {**known, **wanted} if keep_others else wanted
    if wanted != known:
        with archive.transaction():
            series_versions.set_links(archive, wanted)
    return sum(wanted.get(n, 0) != known.get(n, 0) for n in wanted.keys() | known.keys())


def _series_override(archive: Archive, value: dict[str, Any]) -> tuple[int, int | None]:
    """A series and the version before it, which is None where there is none; raises InputError."""
    if value.keys() != {"series", "previous"}:
        raise InputError(
            "an override of a series has the fields series and previous, and no others"
        )
    number = _series(archive, value["series"])
    previous = None if value["previous"] is None else _series(archive, value["previous"])
    if (
        previous is not None
        and len({project_of_series(archive, n) for n in (number, previous)}) > 1
    ):
        raise InputError(f"series {number} and {previous} are of different projects")
    return number, previous


def _series(archive: Archive, number: Any) -> int:
    """The id of a series that the archive has; raises InputError."""
    known = object_id({"id": number})
    if known is not None and is_worked_out(known):
        series_versions.refresh(archive)  # these are made when a build begins
    if known is None or not series_versions.is_series(archive, known):
        raise InputError(f"unknown series {json.dumps(number)[:60]}")
    return known


def find(archive: Archive, name: str) -> int:
    """The id of a patch, from its id, its message id or the URL of its page.

    Raises ConfigError when there is none, or more than one.
    """
    numbers = candidates(archive, name)
    if len(numbers) != 1:
        several = f"{name}: {len(numbers)} patches match: {', '.join(map(str, numbers))}"
        raise ConfigError(several if numbers else f"no such patch: {name}")
    return numbers[0]


def candidates(archive: Archive, name: str) -> list[int]:
    """The ids of all patches that are meant by an id, a message id or the URL of a page."""
    if name.isascii() and name.isdecimal():
        return patches_named(archive, number=int(name[:15]))
    try:
        match = re.search(r"/patch/([^/]+)", urlsplit(name).path) if "://" in name else None
    except ValueError:  # brackets that are no IPv6 address
        match = None
    msgid = unquote(unquote(match[1])) if match else name
    if msgid.isascii() and msgid.isdecimal():
        return patches_named(archive, number=int(msgid[:15]))
    return patches_named(archive, msgid=msgid.strip("<>"))


def write(archive: Archive, folder: Path, number: int, fields: dict[str, Any]) -> Path:
    """Add overrides to the file of a patch, and return its path; raises ConfigError when they are invalid."""
    path = _file_of(folder, number)
    try:
        _, checked = _patch_override(archive, {"id": number, **fields})
    except InputError as error:
        raise ConfigError(str(error)) from error
    if isinstance(checked.get("delegate"), dict):
        fields = {**fields, "delegate": checked["delegate"]["username"]}
    try:
        old = json_files.decode(path.read_bytes()) if path.is_file() else {}
    except InputError as error:
        raise ConfigError(f"{path}: {error}") from error
    if not isinstance(old, dict):
        raise ConfigError(f"{path}: not the overrides of one patch")
    merged = {**old, "id": number, **fields}
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(path)
    return path


def reset(folder: Path, number: int) -> bool:
    """Delete the file of a patch; whether there was one."""
    path = _file_of(folder, number)
    if not path.exists():
        return False
    path.unlink()
    return True


def describe(archive: Archive, number: int) -> str:
    """The overrides of a patch for a person to read: `commit_ref "f00d", state "accepted"`."""
    fields = patch_override(archive, number)
    shown = {k: v["username"] if isinstance(v, dict) else v for k, v in fields.items()}
    text = ", ".join(f"{key} {json.dumps(value)}" for key, value in sorted(shown.items()))
    return text or "no local overrides"


def _file_of(folder: Path, number: int) -> Path:
    return folder / f"patch-{number}.json"


def _read(folder: Path) -> Iterator[json_files.Found | InputError]:
    """The overrides in the files, by file name; a later one of the same field wins."""
    if folder.is_dir():
        for path in sorted(folder.glob("*.json")):
            yield from json_files.read(path)


def _patch_override(archive: Archive, value: Any) -> tuple[int, dict[str, Any]]:
    """A patch's id and its overrides in the API's form; raises InputError when they are invalid."""
    number = object_id(value)
    if number is None:
        raise InputError("not an object with the id of a patch")
    fields = {key: held for key, held in value.items() if key != "id"}
    if unknown := sorted(fields.keys() - set(FIELDS)):
        raise InputError(f"patch {number}: cannot override {unknown[0]}, only {', '.join(FIELDS)}")
    if not patches_named(archive, number=number):
        raise InputError(f"patch {number}: not in the archive")
    try:
        found = {key: _value(archive, key, held) for key, held in fields.items()}
        if found.get("delegate"):
            _check_maintainer(archive, number, found["delegate"])
        return number, found
    except InputError as error:
        raise InputError(f"patch {number}: {error}") from error


def _check_maintainer(archive: Archive, number: int, user: dict[str, Any]) -> None:
    """Raise InputError for a user who isn't among the maintainers of a patch's project, if it names any."""
    named = (archive.raw("patch", number) or {})["project"]["id"]
    project = archive.raw("project", named) or {}
    maintainers = project.get("maintainers") or []
    if maintainers and user["id"] not in {one.get("id") for one in maintainers}:
        raise InputError(f"user {user['username']} is no maintainer of {project['link_name']}")


def _state(archive: Archive, value: Any) -> str:
    """The slug of a state that is given by slug or by name, as the API takes it; raises InputError.

    As there, case and what stands between words don't count.
    """
    named = {slug: slug for slug in vocabulary.states(archive)}
    for state in vocabulary.server_states(archive, {}):
        named |= {state.slug: state.slug, state.name.lower(): state.slug}
    found = None
    if isinstance(value, str):
        found = named.get(value.lower()) or named.get(vocabulary.slug_of(value))
    if found is None:
        known = ", ".join(sorted({*named.values()}))
        raise InputError(f"unknown state {json.dumps(value)}; known states: {known}")
    return found


def _value(archive: Archive, key: str, value: Any) -> Any:
    if key == "archived":
        if not isinstance(value, bool):
            raise InputError(f"archived must be true or false, not {json.dumps(value)}")
        return value
    if key == "state":
        return _state(archive, value)
    if value in (None, ""):
        return None
    if key == "delegate":
        user = user_named(archive, value.get("id") if isinstance(value, dict) else value)
        if user is None:
            raise InputError(f"unknown user {json.dumps(value)}")
        return user
    if not isinstance(value, str) or not value.isprintable() or len(value) > 1024:
        raise InputError(f"{key} must be one line of printable text")
    return value
