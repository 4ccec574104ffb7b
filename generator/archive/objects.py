"""Objects as the API gave them (decoded JSON) and what they refer to: what the API's files are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from generator.archive import checks, comments, landed, mails, projects
from generator.archive.database import Archive
from generator.archive.landed import LandedLink
from generator.archive.page_refs import PageRef, cover_of_series, page_ref
from generator.archive.patch_rows import PatchRow, rows_of_series
from generator.archive.series_dependencies import SeriesDependencies, dependencies_of

#: An object of the API.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProjectObject:
    """A project, and the name of its folder."""

    slug: str
    value: Json


@dataclass(frozen=True, slots=True)
class MailObjects:
    """A patch (with its local overrides) or a cover letter, its page, its comments and all its checks.

    landed: the commits that a patch is linked with. same_hash: the other patches of the project with its
    hash, where it is the first of them; else None.
    """

    value: Json
    ref: PageRef
    project: ProjectObject | None
    comments: list[Json]
    checks: list[Json]
    landed: tuple[LandedLink, ...]
    same_hash: list[tuple[Json, PageRef]] | None


@dataclass(frozen=True, slots=True)
class SeriesObjects:
    """A series with its patches in the archive, by number in the series, and its cover letter.

    patches and cover are loaded only where the series itself does not name them. refs: the pages of the
    patches and cover letter that it names, where it does not give their addresses (API 1.0).
    """

    value: Json
    project: ProjectObject | None
    rows: list[PatchRow]
    patches: list[Json]
    cover: Json | None
    refs: dict[tuple[str, int], PageRef]
    dependencies: SeriesDependencies


def patch_objects(archive: Archive, ref: PageRef) -> MailObjects:
    """What the API shows of a patch."""
    value = _with_own_series(archive, mails.raw_patch(archive, ref.id))
    return MailObjects(
        value,
        ref,
        _project_of(archive, value),
        comments.raw_comments(archive, "patch", ref.id),
        checks.raw_checks(archive, ref.id),
        landed.landed_links(archive, [ref.id]).get(ref.id, ()),
        _same_hash(archive, ref.id, value),
    )


def cover_objects(archive: Archive, ref: PageRef) -> MailObjects:
    """What the API shows of a cover letter."""
    value = _with_own_series(archive, archive.raw("cover", ref.id) or {})
    replies = comments.raw_comments(archive, "cover", ref.id)
    return MailObjects(value, ref, _project_of(archive, value), replies, [], (), None)


def series_objects(archive: Archive, number: int) -> SeriesObjects | None:
    """What the API shows of a series; None where it is known by its number alone."""
    value = archive.raw("series", number)
    if value is None:
        return None
    rows: list[PatchRow] = []
    patches: list[Json] = []
    letter = None
    if "patches" not in value:
        rows = sorted(rows_of_series(archive, number), key=lambda row: (row.number or 0, row.id))
        patches = [archive.raw("patch", row.id) or {} for row in rows]
        ref = cover_of_series(archive, number)
        letter = archive.raw("cover", ref.id) if ref else None
    named = value if "patches" in value else {"patches": patches, "cover_letter": letter, **value}
    first = letter or next(iter(patches), {})
    project = _project_of(archive, {"project": first.get("project"), **value})
    refs, dependencies = _missing_refs(archive, named), dependencies_of(archive, number)
    return SeriesObjects(value, project, rows, patches, letter, refs, dependencies)


@dataclass(frozen=True, slots=True)
class BundleObjects:
    """A bundle, its project, and the pages of its patches whose addresses it does not give (API 1.0)."""

    value: Json
    project: ProjectObject | None
    refs: dict[tuple[str, int], PageRef]


def bundle_objects(archive: Archive, number: int) -> BundleObjects:
    """What the API shows of a bundle."""
    value = archive.raw("bundle", number) or {}
    refs = _missing_refs(archive, {"patches": value.get("patches")})
    return BundleObjects(value, _project_of(archive, value), refs)


def project_objects(archive: Archive) -> list[Json]:
    """All projects, by name."""
    return [
        archive.raw("project", project.id) or {} for _, project in projects.all_projects(archive)
    ]


def _project_of(archive: Archive, value: Json) -> ProjectObject | None:
    """The project that an object names."""
    named = value.get("project")
    if not isinstance(named, dict):
        return None
    number = named["id"]
    slug, _ = projects.project(archive, number)
    return ProjectObject(slug, archive.raw("project", number) or {})


def _same_hash(archive: Archive, number: int, value: Json) -> list[tuple[Json, PageRef]] | None:
    project, patch_hash = value["project"]["id"], value.get("hash")
    if not patch_hash:
        return None
    numbers = mails.patches_with_hash(archive, project, patch_hash)
    if numbers[:1] != [number]:
        return None
    refs = [page_ref(archive, "patch", other) for other in numbers[1:]]
    values = [(mails.raw_patch(archive, ref.id), ref) for ref in refs if ref]
    return [(_with_own_series(archive, other), ref) for other, ref in values]


def _with_own_series(archive: Archive, value: Json) -> Json:
    """A patch or cover letter without the series of other projects that it claims to be in."""
    project, stubs = value["project"]["id"], value.get("series") or []
    own = [s for s in stubs if projects.project_of_series(archive, s["id"]) == project]
    return value if own == stubs else {**value, "series": own}


def _missing_refs(archive: Archive, value: Json) -> dict[tuple[str, int], PageRef]:
    """The pages of the mails that a series or bundle names without the addresses of their mboxes."""
    stubs = [("patch", stub) for stub in value["patches"] or []]
    if value.get("cover_letter"):
        stubs.append(("cover", value["cover_letter"]))
    refs = {(kind, stub["id"]): page_ref(archive, kind, stub["id"])
            for kind, stub in stubs if "mbox" not in stub}  # fmt: skip
    return {key: ref for key, ref in refs.items() if ref}
