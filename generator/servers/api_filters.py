"""Filters of the API's collections: which queries are understood, and which prepared list answers them.

A query of known parameters, each at most once, is redirected to a path that has all of them in a fixed order,
such as `/api/lists/patches/project=P,state=new,archived=,delegate=,order=-id,page=`. Lists that aren't there
are empty. The patterns are of the kind that generator/servers/rules.py describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: The states that git-pw and b4 ask for where nobody says which.
ASKED_STATES = ("new", "under-review")
EMPTY = "/api/empty.json"
_STATE = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_USERNAME = re.compile(r"[A-Za-z0-9][\w.@-]{0,98}[\w@-]|[A-Za-z0-9]", re.ASCII)


def is_listed_state(state: str) -> bool:
    """Whether the patches in a state have a list: its slug has Patchwork's own form, fit for a path."""
    return _STATE.fullmatch(state) is not None


def is_listed_delegate(username: str) -> bool:
    """Whether the patches that are delegated to an account have lists: its name is fit for a path."""
    return _USERNAME.fullmatch(username) is not None


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a collection: `names` of the parameters, in the order of the path.

    Two values of `state`, one behind the other, come as `A+B`. How many entries a page has can't be chosen:
    `per_page` may be there, too.
    """

    collection: str
    names: tuple[str, ...]

    @property
    def _others(self) -> str:
        return "|".join([*(name for name in self.names if name != "state"), "per_page"])

    @property
    def has_states(self) -> bool:
        """Whether there can be two states."""
        return "state" in self.names

    @property
    def repeated(self) -> str:
        """A query in which a parameter that isn't `state` comes twice."""
        return "|".join(rf"(?:^|&){name}=.*&{name}=" for name in self._others.split("|"))

    @property
    def two_states(self) -> str:
        """A query with known parameters and two states, its groups."""
        value = rf"(?:{self._others})=[^&]*"
        return rf"^(?:{value}&)*state=([^&]*)&state=([^&]*)(?:&{value})*$"

    @property
    def more_states(self) -> str:
        """A query with several states."""
        return r"(?:^|&)state=.*&state="

    @property
    def known(self) -> str:
        """A query with known parameters only."""
        names = "|".join([*self.names, "per_page"])
        return rf"^(?:(?:{names})=[^&]*(?:&|$))+$"

    def path(self, values: dict[str, str]) -> str:
        """The path for a query with these values."""
        parts = ",".join(f"{name}={values[name]}" for name in self.names)
        return f"/api/lists/{self.collection}/{parts}"


def value_of(name: str) -> str:
    """The pattern that finds a parameter's value in a query."""
    return rf"(?:^|&){name}=([^&]*)"


FILTERS = {
    "patches": Filters("patches", ("project", "state", "archived", "delegate", "order", "page")),
    **{
        name: Filters(name, ("project", "order", "page"))
        for name in ("covers", "series", "bundles")
    },
}
_NEWEST_FIRST = "order=-(?:id|date)"
#: A page, and what the file is called: `{}` is the number of the group.
_PAGES = (("page=1?", "1.json"), (r"page=(\d+)", "${}.json"))


def lists(projects: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """(pattern of the path, files of which the first that exists answers) for an archive with these projects.

    Where there is one project only, it needn't be named, and its objects are all there are.
    """
    project, folder, first = "project=([^,/]+)", "/project/$1/lists", 2
    if len(projects) == 1:
        (only,) = projects
        project, folder, first = f"project=(?:{re.escape(only)})?", f"/project/{only}/lists", 1
    for page, file in _PAGES:
        yield from _patch_lists(project, folder, first, page, file)
        ending = file.format(first)
        for name, order in (
            ("covers", _NEWEST_FIRST), ("series", _NEWEST_FIRST), ("bundles", "order=name"),
        ):  # fmt: skip
            files = [f"{folder}/{name}/{ending}", EMPTY]
            yield rf"^/api/lists/{name}/{project},{order},{page}$", files
        if len(projects) == 1:
            for name, filters in FILTERS.items():
                between = "state=,archived=,delegate=," if filters.has_states else ""
                path = rf"^/api/lists/{name}/{project},{between}order=(?:id)?,{page}$"
                yield path, [f"/api/{name}/pages/{ending}", EMPTY]
    yield "^/api/lists/", [EMPTY]


def _patch_lists(
    project: str, folder: str, first: int, page: str, file: str
) -> Iterator[tuple[str, list[str]]]:
    """The same for lists of patches. first: the number of the first group behind the project's."""
    for archived, variant in (("archived=", "all"), ("archived=false", "false")):
        for delegate, above in (("delegate=", ""), ("delegate=([^,/]+)", "delegate=${}/")):
            end = f"{archived},{delegate},{_NEWEST_FIRST},{page}$"
            for count in (1, 2):
                state = r"([^,+/]*)" if count == 1 else r"([^,+/]+)\+([^,+/]+)"
                names = (
                    [f"${first}"]
                    if count == 1
                    else [f"${first}+${first + 1}", f"${first + 1}+${first}"]
                )
                named = above.format(first + count)
                ending = file.format(first + count + bool(above))
                files = [
                    f"{folder}/patches/{named}state={name}/{which}/{ending}"
                    for name in names
                    for which in ("any", variant)
                ]
                yield rf"^/api/lists/patches/{project},state={state},{end}", [*files, EMPTY]
