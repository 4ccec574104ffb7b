"""The archive's own bundles: content/bundles/*.toml, each a set of patches in an order that its owner chose.

title = "Fixes for the stable branch"
patches = [4117, "20260301.1@example.org", "https://patchwork.example.org/patch/4120/"]
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from generator import toml_file
from generator.archive import patch_bundles
from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.overrides import user_named
from generator.archive.projects import all_projects
from generator.errors import ConfigError, InputError
from generator.mail.headers import slug
from generator.sources import overrides
from generator.sources.overrides import Outcome

#: Who owns a bundle whose file names nobody.
OWNER = "archive"
#: What a bundle holds of a patch.
_STUB = ("id", "url", "web_url", "msgid", "list_archive_url", "date", "name", "mbox")

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`name`, `owner`: as in the address; the name is that of the file where none is given."""

    patches: Annotated[tuple[int | Text, ...], Meta(min_length=1, max_length=100_000)]
    name: Text | None = None
    owner: Text = OWNER
    title: Text | None = None
    project: Text | None = None


def apply(archive: Archive, folder: Path, report: Callable[[str], None]) -> Outcome:
    """Make the bundles in the files the archive's own; `report` gets a line for each that is skipped.

    As long as there is one that can't be read, no bundle is removed: it may be the one of that file.
    """
    wanted: dict[int, dict[str, Any]] = {}
    files: dict[int, Path] = {}
    skipped = 0
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        try:
            number, value = _bundle(archive, path)
            if number in files:
                raise InputError(f"the same owner and name as in {files[number]}")
        except (InputError, ConfigError) as error:
            skipped += 1
            report(str(error) if str(error).startswith(str(path)) else f"{path}: {error}")
            continue
        wanted[number], files[number] = value, path
    changed = patch_bundles.set_own(archive, wanted, keep_others=skipped > 0)
    return Outcome(changed, skipped)


def _bundle(archive: Archive, path: Path) -> tuple[int, dict[str, Any]]:
    """A bundle's number and what the API would say of it; raises InputError or ConfigError."""
    try:
        found = msgspec.convert(toml_file.read(path), _File)
    except msgspec.ValidationError as error:
        raise InputError(str(error)) from error
    name = found.name or path.stem
    for label, text in (("name", name), ("owner", found.owner)):
        if not text.isprintable() or "/" in text or slug(text, 0).startswith("~"):
            raise InputError(f"{label} {text!r} can't be a part of an address")
    if patch_bundles.is_taken(archive, found.owner, name):
        raise InputError(f"the server has a bundle {found.owner}/{name}; choose another name")
    patches = list(_patches(archive, found))
    projects = {patch["project"]["id"] for patch in patches}
    if len(projects) > 1:
        raise InputError(f"patches of {len(projects)} projects; a bundle has those of one")
    key = f"{found.owner}/{name}".lower().encode()
    number = (
        patch_bundles.FIRST_OWN
        + int.from_bytes(hashlib.blake2b(key, digest_size=5).digest()) % 10**12
    )
    owner = user_named(archive, found.owner)
    if owner is None or owner["username"] != found.owner:  # their number or address
        owner = {"id": 0, "username": found.owner}
    return number, {
        "id": number,
        "project": patches[0]["project"],
        "name": name,
        "title": found.title or "",
        "owner": owner,
        "patches": [{key: patch[key] for key in _STUB if key in patch} for patch in patches],
        "public": True,
    }


def _patches(archive: Archive, found: _File) -> Iterator[dict[str, Any]]:
    """The patches that a file names, in its order; raises InputError or ConfigError."""
    named = {project.link_name: project.id for _, project in all_projects(archive)}
    if found.project is not None and found.project not in named:
        raise InputError(f"unknown project {found.project!r}")
    seen: set[int] = set()
    for name in found.patches:
        if isinstance(name, int) and object_id({"id": name}) is None:
            raise InputError(f"no such patch: {name}")
        numbers = overrides.candidates(archive, str(name))
        values = [value for n in numbers if (value := archive.raw("patch", n))]
        if found.project is not None:
            values = [v for v in values if v["project"]["id"] == named[found.project]]
        if len(values) != 1:
            several = f"{name}: in several projects; name one by `project`"
            raise InputError(several if values else f"no such patch: {name}")
        if values[0]["id"] in seen:
            raise InputError(f"patch {name} is named twice")
        seen.add(values[0]["id"])
        yield values[0]
