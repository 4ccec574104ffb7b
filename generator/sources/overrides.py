"""Local overrides: JSON files in content/updates/ that set fields of patches in place of the server's.

`{"id": 12, "state": "accepted"}` does what a PATCH request to the API of a server does,
`{"series": 12, "previous": 7}` says which series is the version before another, and
`{"id": 12, "commit": "0a1b2c3"}` which commit a patch became (null: none). Remove a file, and the next build
shows again what the server says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from generator.archive import landed, series_versions
from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.overrides import (
    patch_override,
    patch_overrides,
    patches_named,
)
from generator.archive.projects import project_of_series
from generator.archive.worked_out_series import is_worked_out
from generator.archive.writer import Writer
from generator.errors import ConfigError, InputError
from generator.sources import json_files
from generator.sources.override_values import checked_override
from generator.sources.relations import Relations


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
    related = Relations(archive)
    commits: dict[int, str | None] = {}
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
            number, fields = checked_override(archive, item.value)
            if "related" in fields:
                related.relate(number, fields.pop("related"))
            if "commit" in fields:
                commits[number] = fields.pop("commit")
            if fields:
                patches[number] = {**patches.get(number, {}), **fields}
        except InputError as error:
            invalid += 1
            report(f"{item.where}: {error}")
    for number, stubs in related.overrides().items():
        patches[number] = {**patches.get(number, {}), "related": stubs}
    changed = _set_patches(archive, patches, keep_others=unreadable > 0)
    changed += _set_previous(archive, previous, keep_others=unreadable > 0)
    changed += _set_commits(archive, commits, keep_others=unreadable > 0)
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


def _set_commits(archive: Archive, wanted: dict[int, str | None], *, keep_others: bool) -> int:
    """Set the commits that patches became (None: there is none); how many patches that changes."""
    known = landed.overrides(archive)
    wanted = {**known, **wanted} if keep_others else wanted
    if wanted != known:
        with archive.transaction():
            landed.set_overrides(archive, wanted)
    return sum(wanted.get(n, "") != known.get(n, "") for n in wanted.keys() | known.keys())


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
        _, checked = checked_override(archive, {"id": number, **fields})
    except InputError as error:
        raise ConfigError(str(error)) from error
    if isinstance(checked.get("delegate"), dict):
        fields = {**fields, "delegate": checked["delegate"]["username"]}
    for key in ("state", "related"):
        if key in checked:
            fields = {**fields, key: checked[key]}
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


def write_all(
    archive: Archive, folder: Path, source: Path, report: Callable[[str], None]
) -> Outcome:
    """Add each override in a file (`-`: standard input) to the file of its patch.

    `report` gets a line for each that is invalid; the others are written.
    """
    written: set[int] = set()
    skipped = 0
    for item in json_files.read(source):
        if isinstance(item, InputError):
            skipped += 1
            report(str(item))
            continue
        try:
            number, _ = checked_override(archive, item.value)
            fields = {key: held for key, held in item.value.items() if key != "id"}
            write(archive, folder, number, fields)
            written.add(number)
        except (InputError, ConfigError) as error:
            skipped += 1
            report(f"{item.where}: {error}")
    return Outcome(len(written), skipped)


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
    commits = landed.overrides(archive)
    if number in commits:
        fields = {**fields, "commit": commits[number]}
    shown = {key: _shown(value) for key, value in fields.items()}
    text = ", ".join(f"{key} {json.dumps(value)}" for key, value in sorted(shown.items()))
    return text or "no local overrides"


def _shown(value: Any) -> Any:
    """A delegate's user name, the numbers of related patches, any other value."""
    if isinstance(value, list):
        return [stub["id"] for stub in value]
    return value["username"] if isinstance(value, dict) else value


def _file_of(folder: Path, number: int) -> Path:
    return folder / f"patch-{number}.json"


def _read(folder: Path) -> Iterator[json_files.Found | InputError]:
    """The overrides in the files, by file name; a later one of the same field wins."""
    if folder.is_dir():
        for path in sorted(folder.glob("*.json")):
            yield from json_files.read(path)
