"""Local changes: JSON files in content/updates/ whose partial patches are laid over what was imported.

`{"id": 12, "state": "accepted"}` does what a PATCH request to the API of a server does, and
`{"series": 12, "previous": 7}` says which series is the version before another. The files are the truth:
take one away, and the next build shows again what the server said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from generator.archive import series_versions
from generator.archive.database import Archive
from generator.archive.overrides import (
    FIELDS,
    local_change,
    local_changes,
    patches_named,
    states,
    user_named,
)
from generator.archive.writer import Writer
from generator.errors import ConfigError, InputError
from generator.sources import json_files

#: The states that every Patchwork begins with.
_DEFAULT_STATES = {
    "new", "under-review", "accepted", "rejected", "rfc", "not-applicable", "changes-requested",
    "awaiting-upstream", "superseded", "deferred",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many patches are shown otherwise than before, and how many changes were refused."""

    changed: int
    left_out: int


def apply(archive: Archive, folder: Path, report: Callable[[str], None]) -> Outcome:
    """Bring the archive's local changes level with the files; `report` gets a line for each refusal.

    A file that can't be read takes nothing away: what it said before stays.
    """
    wanted: dict[int, dict[str, Any]] = {}
    links: dict[int, int | None] = {}
    faults = unread = 0
    for found in _read(folder):
        if isinstance(found, InputError):
            unread += 1
            report(str(found))
            continue
        try:
            if isinstance(found.value, dict) and "series" in found.value:
                links |= [_link(archive, found.value)]
                continue
            number, fields = _checked(archive, found.value)
            wanted[number] = {**wanted.get(number, {}), **fields}
        except InputError as error:
            faults += 1
            report(f"{found.where}: {error}")
    known = local_changes(archive)
    gone = set() if unread else known.keys() - wanted.keys()
    changed = {n: wanted.get(n, {}) for n in wanted.keys() | gone if wanted.get(n) != known.get(n)}
    if changed:
        with archive.transaction():
            writer = Writer(archive)
            for number, fields in sorted(changed.items()):
                writer.lay_over(number, fields)
    known_links = series_versions.links(archive)
    links = {**known_links, **links} if unread else links
    if links != known_links:
        with archive.transaction():
            series_versions.set_links(archive, links)
    others = sum(
        links.get(n, 0) != known_links.get(n, 0) for n in links.keys() | known_links.keys()
    )
    return Outcome(len(changed) + others, faults + unread)


def _link(archive: Archive, value: dict[str, Any]) -> tuple[int, int | None]:
    """A series and the version before it, which is None where there is none."""
    if value.keys() != {"series", "previous"}:
        raise InputError("a link of versions has two fields, series and previous")
    previous = None if value["previous"] is None else _series(archive, value["previous"])
    return _series(archive, value["series"]), previous


def _series(archive: Archive, number: Any) -> int:
    """The number of a series that the archive has."""
    if type(number) is not int or not series_versions.is_series(archive, number):
        raise InputError(f"{json.dumps(number)[:60]} is no series of the archive")
    return number


def find(archive: Archive, name: str) -> int:
    """The number of a patch from its number, its message id or an address of its page.

    Raises ConfigError when there is none, or more than one.
    """
    if name.isdigit():
        numbers = patches_named(archive, number=int(name[:15]))
    else:
        match = re.search(r"/patch/([^/]+)", urlsplit(name).path) if "://" in name else None
        msgid = unquote(unquote(match[1])) if match else name
        if msgid.isdigit():
            return find(archive, msgid)
        numbers = patches_named(archive, msgid=msgid.strip("<>"))
    if len(numbers) != 1:
        several = f"{len(numbers)} patches are {name}: {', '.join(map(str, numbers))}"
        raise ConfigError(several if numbers else f"the archive has no patch {name}")
    return numbers[0]


def write(archive: Archive, folder: Path, number: int, fields: dict[str, Any]) -> Path:
    """Add changes to the file of a patch; raises ConfigError when they aren't allowed."""
    path = _file_of(folder, number)
    try:
        _, checked = _checked(archive, {"id": number, **fields})
    except InputError as error:
        raise ConfigError(str(error)) from error
    if isinstance(checked.get("delegate"), dict):
        fields = {**fields, "delegate": checked["delegate"]["username"]}
    try:
        old = json.loads(path.read_text("utf-8")) if path.exists() else {}
        merged = {**old, "id": number, **fields} if isinstance(old, dict) else None
    except ValueError:
        merged = None
    if merged is None:
        raise ConfigError(f"{path}: it holds something else than the changes of one patch")
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(path)
    return path


def reset(folder: Path, number: int) -> bool:
    """Take the file of a patch away; whether there was one."""
    path = _file_of(folder, number)
    if not path.exists():
        return False
    path.unlink()
    return True


def describe(archive: Archive, number: int) -> str:
    """The local changes of a patch in words."""
    local = local_change(archive, number)
    shown = {k: v["username"] if isinstance(v, dict) else v for k, v in local.items()}
    told = ", ".join(f"{key} {json.dumps(value)}" for key, value in sorted(shown.items()))
    return told or "as on the server"


def _file_of(folder: Path, number: int) -> Path:
    return folder / f"patch-{number}.json"


def _read(folder: Path) -> Iterator[json_files.Found | InputError]:
    """What the files hold, in the order of their names; a later change of a field wins."""
    if folder.is_dir():
        for path in sorted(folder.glob("*.json")):
            yield from json_files.read(path)


def _checked(archive: Archive, value: Any) -> tuple[int, dict[str, Any]]:
    """A patch's number and its changes in the API's form; raises InputError on what can't be meant."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), int):
        raise InputError("a change must be an object with the id of a patch")
    number = value["id"]
    fields = {key: held for key, held in value.items() if key != "id"}
    if unknown := sorted(fields.keys() - set(FIELDS)):
        raise InputError(
            f"patch {number}: {unknown[0]} can't be changed here; {', '.join(FIELDS)} can"
        )
    if not 0 <= number < 1 << 53 or not patches_named(archive, number=number):
        raise InputError(f"patch {number}: the archive has no such patch")
    try:
        return number, {key: _value(archive, key, held) for key, held in fields.items()}
    except InputError as error:
        raise InputError(f"patch {number}: {error}") from error


def _value(archive: Archive, key: str, value: Any) -> Any:
    if key == "archived":
        if not isinstance(value, bool):
            raise InputError(f"archived is true or false, not {json.dumps(value)}")
        return value
    if key == "state":
        known = _DEFAULT_STATES | states(archive)
        if not isinstance(value, str) or value not in known:
            raise InputError(
                f"{json.dumps(value)} is no state; there are {', '.join(sorted(known))}"
            )
        return value
    if value in (None, ""):
        return None
    if key == "delegate":
        user = user_named(archive, value.get("id") if isinstance(value, dict) else value)
        if user is None:
            raise InputError(f"no user {json.dumps(value)} is known to the archive")
        return user
    if not isinstance(value, str) or not value.isprintable() or len(value) > 1024:
        raise InputError(f"{key} is a line of text")
    return value
