"""Filtered lists of the API, as far as clients ask for them: a project's patches, also by state, and others.

They are newest first. `project/P/lists/NAME/1.json` has the newest entries, at most two full pages; the
others are links to files that are numbered from the oldest, so that these stay as they are.
generator/servers/api_filters.py says which query gets which list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from generator import urls
from generator.archive import planning, vocabulary
from generator.archive.page_refs import refs
from generator.servers.api_filters import ASKED_STATES, is_listed_delegate, is_listed_state
from generator.site.build_context import Context, Files
from generator.site.exports.api_collections import PER_PAGE, entry
from generator.site.facets import ProjectPatches
from generator.site.files import SymlinkTo
from generator.site.pagination import Cut, cut_by_count, cut_by_place, pages
from generator.site.plan import Plan
from generator.site.published import Published
from generator.site.registry import CollectionKind, Part, Unit


@dataclass(frozen=True, slots=True)
class ApiList:
    """A list before it is cut into pages: its folder, its objects by kind and number, and the cuts."""

    folder: str
    kind: str
    ids: tuple[int, ...]
    cuts: tuple[Cut, ...]


def list_files(
    context: Context, published: Published, key: str, payload: tuple[str, Sequence[Any]]
) -> Files:
    """A page of a list (`key`: its path, `payload`: kind and numbers of its objects), or links to pages.

    For links, `key` is their folder, and `payload` an empty kind and (number of the page, path from there).
    """
    kind, members = payload
    if not kind:
        return {f"{key}/{page}.json": SymlinkTo(target) for page, target in members}
    found = refs(context.archive, kind, members) if kind in ("patch", "cover") else {}
    entries = [e for n in members if (e := entry(published, kind, n, found.get(n)))]
    return {key: b"[" + b",".join(entries) + b"]"}


def patch_lists(
    folder: str,
    ids: Sequence[int],
    state_of: Mapping[int, str],
    archived: Set[int],
    delegated: Mapping[str, Sequence[int]] | None = None,
) -> Iterator[ApiList]:
    """The lists of a project's patches (by number): all, by state, and of the states that git-pw asks for.

    delegated: patches by the username of their delegate; each has the first and the last of these lists, too.

    `any` answers whether or not archived ones are asked for, where a list has none. Otherwise the list of all
    has them (`all`), and those by state, which clients ask for without them, don't (`false`): with both, each
    patch would be stored five times.
    """
    place = {number: at for at, number in enumerate(ids)}
    by_state: defaultdict[str, list[int]] = defaultdict(list)
    for number in ids:
        by_state[state_of[number]].append(number)
    lists: dict[str, Sequence[int]] = {"state=": ids}
    lists |= {
        f"state={state}": by_state[state] for state in sorted(by_state) if is_listed_state(state)
    }
    asked = "+".join(ASKED_STATES)
    lists[f"state={asked}"] = [n for n in ids if state_of[n] in ASKED_STATES]
    for username, members in (delegated or {}).items():
        lists[f"delegate={username}/state="] = members
        lists[f"delegate={username}/state={asked}"] = [
            number for number in members if state_of[number] in ASKED_STATES
        ]
    for name, members in lists.items():
        kept = [number for number in members if number not in archived]
        variant, chosen = (
            ("any", list(members))
            if len(kept) == len(members)
            else ("all", list(members))
            if name.endswith("state=")
            else ("false", kept)
        )
        # Patches leave all lists but the first.
        cuts = (
            cut_by_count(len(chosen), PER_PAGE)
            if name == "state="
            else cut_by_place([place[number] for number in chosen], PER_PAGE)
        )
        yield ApiList(f"{folder}patches/{name}/{variant}", "patch", tuple(chosen), tuple(cuts))


def files_of(found: ApiList) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """The files of a list by name, newest first in each, and the names of its pages from the second on."""
    *full, (_, newest) = pages("", list(found.ids), list(found.cuts))
    # The last full page is a part of the newest one.
    older = {f"from-oldest-{number}": shown.ids for number, shown in full[:-1]}
    return {**older, "1": newest.ids}, list(reversed(older))


def _patch_units(
    plan: Plan, patches: ProjectPatches, folder: str, numbers: Mapping[str, int]
) -> Iterator[Unit]:
    """The lists of a project's patches; `numbers`: those of delegates, by username."""
    state_of = {
        number: value
        for (facet, value), members in patches.facets.items()
        if facet == "state"
        for number in members
    }
    ids = sorted(number for number in patches.ids if number in state_of)
    delegated = _by_delegate(patches, state_of)
    same: dict[tuple[int, ...], str] = {}
    project = plan.projects[patches.project]
    for found in patch_lists(folder, ids, state_of, patches.archived, delegated):
        other = same.setdefault(found.ids, found.folder)
        if other is found.folder:
            yield from _units_of(plan, found, lambda n: (project, patches.fingerprint([n])))
        else:
            yield _links_to(plan, found, found.folder, other)
        name = found.folder.removeprefix(f"{folder}patches/delegate=").partition("/")[0]
        if found.folder.startswith(f"{folder}patches/delegate=") and name in numbers:
            by_number = found.folder.replace(f"/delegate={name}/", f"/delegate={numbers[name]}/", 1)
            yield _links_to(plan, found, by_number, other)


def _by_delegate(patches: ProjectPatches, listed: Mapping[int, str]) -> dict[str, list[int]]:
    """Patches that are listed, by the username of their delegate. On some disks, case makes no difference."""
    delegated: dict[str, list[int]] = {}
    taken: set[str] = set()
    for (facet, name), members in sorted(patches.facets.items()):
        if facet == "delegate" and is_listed_delegate(name) and name.lower() not in taken:
            taken.add(name.lower())
            delegated[name] = sorted(number for number in members if number in listed)
    return delegated


def _links_to(plan: Plan, found: ApiList, folder: str, other: str) -> Unit:
    """Links from the pages of a list in a folder to those of the same list in another one."""
    # Both are below the folder of the project's lists of patches.
    root, path = other.partition("/patches/")[::2]
    up = "../" * (folder.removeprefix(f"{root}/patches/").count("/") + 1)
    count = 1 + len(files_of(found)[1])
    return _links(plan, folder, [(n, f"{up}{path}/{n}.json") for n in range(1, count + 1)])


def _units_of(plan: Plan, found: ApiList, depends: Any) -> Iterator[Unit]:
    """The files of a list. depends: by number of an object, what its entry depends on."""
    files, later = files_of(found)
    for name, numbers in files.items():
        path = f"{found.folder}/{name}.json"
        shown = [(number, depends(number)) for number in numbers]
        yield plan.unit("api-list", path, shown, (found.kind, numbers))
    if later:
        targets = [(page, f"{name}.json") for page, name in enumerate(later, 2)]
        yield _links(plan, found.folder, targets)


def _links(plan: Plan, folder: str, targets: list[tuple[int, str]]) -> Unit:
    return plan.unit("api-list", folder, targets, ("", targets))


def _other_units(plan: Plan, folders: dict[int, str]) -> Iterator[Unit]:
    """The lists of each project's cover letters and series, and of its bundles, which are by name."""
    prints = plan.fingerprints
    for kind, name in (("cover", "covers"), ("series", "series")):
        members: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for page in planning.in_pages(plan.archive, kind, 1000):
            for number, digest, project in page:
                if project is not None:
                    members[project][number] = digest
        for project, own in sorted(members.items()):
            ids = tuple(own)
            found = ApiList(
                f"{folders[project]}{name}", kind, ids, tuple(cut_by_count(len(ids), PER_PAGE))
            )
            of = plan.projects[project]
            mails = prints.series_mails if kind == "series" else {}
            others = prints.dependencies if kind == "series" else {}
            yield from _units_of(
                plan,
                found,
                lambda n: (of, own[n], mails.get(n), others.get(n)),  # noqa: B023
            )
    by_name: defaultdict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for bundle in plan.bundles:
        by_name[bundle.project_id].append((bundle.label, bundle.id, bundle.digest))
    for project, rows in sorted(by_name.items()):
        rows.sort()
        for at in range(0, len(rows), PER_PAGE):
            part = rows[at : at + PER_PAGE]
            path = f"{folders[project]}bundles/{at // PER_PAGE + 1}.json"
            ids = tuple(number for _, number, _ in part)
            yield plan.unit("api-list", path, (part, plan.projects[project]), ("bundle", ids))


def _units(plan: Plan) -> Iterator[Unit]:
    if not plan.config.api:
        return
    folders = {
        number: urls.file_of(f"{urls.project(slug)}lists/").removesuffix("index.html")
        for number, slug in planning.project_slugs(plan.archive).items()
    }
    yield from _other_units(plan, folders)
    numbers = {name: n for n, name in vocabulary.server_delegates(plan.archive).items()}
    for patches in plan.project_patches:
        yield from _patch_units(plan, patches, folders[patches.project], numbers)


API_LIST = CollectionKind("api-list", _units, list_files, part=Part.LISTS)
