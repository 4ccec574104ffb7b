"""The values that patches of an archive have: states, delegates; and what its server calls them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from generator.archive.database import Archive


@dataclass(frozen=True, slots=True)
class State:
    """A state as Patchwork knows it: `slug` stands in the API, `number` in the addresses of lists.

    action_required: whether patches in this state wait for somebody, which lists show without a filter;
    None where that isn't known. place: by which the server lists it among the others; None: by its number.
    """

    number: int
    name: str
    slug: str
    action_required: bool | None = None
    place: int | None = None


class Tag(msgspec.Struct, frozen=True):
    """A trailer that the server counts: what it is called, and the expression that finds it."""

    name: str
    pattern: str
    abbrev: str
    show_column: bool


class DelegationRule(msgspec.Struct, frozen=True):
    """To whom (number) the server delegates new patches of a project (number) that change such a path."""

    project: int
    user: int
    path: str
    priority: int


Setting = Tag | DelegationRule
S = TypeVar("S", Tag, DelegationRule)
#: What the archive calls them.
_SETTINGS: dict[type, str] = {Tag: "tag", DelegationRule: "delegation-rule"}

#: What Patchwork comes with (its fixture `default_states`).
DEFAULT_STATES = [
    State(number, name, name.lower().replace(" ", "-"), number <= 2)
    for number, name in enumerate(
        ["New", "Under Review", "Accepted", "Rejected", "RFC", "Not Applicable", "Changes Requested",
         "Awaiting Upstream", "Superseded", "Deferred"], 1)
]  # fmt: skip


def slug_of(name: str) -> str:
    """The slug that Patchwork makes of a state's name, as Django's `slugify` does."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip()).strip("-_")


def states(archive: Archive) -> list[str]:
    """The states that patches are in, in alphabetical order."""
    return [
        row[0] for row in archive.sql.execute("SELECT DISTINCT state FROM patch ORDER BY state")
    ]


def delegates(archive: Archive) -> list[str]:
    """The usernames of those that patches are delegated to, in alphabetical order."""
    query = "SELECT DISTINCT u.username FROM patch p JOIN user u ON u.id = p.delegate_id ORDER BY 1"
    return [row[0] for row in archive.sql.execute(query)]


def learned_states(archive: Archive) -> list[State]:
    """The states that the server was found to have, in its order."""
    rows = archive.sql.execute(
        "SELECT number, name, slug, action_required, place FROM server_state "
        "ORDER BY place IS NULL, place, number"
    )
    return [State(n, name, slug, None if a is None else bool(a), p) for n, name, slug, a, p in rows]


def server_states(archive: Archive, named: Mapping[str, str]) -> list[State]:
    """All states, in the server's order: its own, or else Patchwork's; `named` (number → name) wins."""
    found = {state.number: state for state in learned_states(archive) or DEFAULT_STATES}
    known = {state.slug: state for state in found.values()}
    for number, name in named.items():
        old = known.get(slug_of(name))
        found[int(number)] = State(
            int(number), name, slug_of(name), *((old.action_required, old.place) if old else ())
        )
    return sorted(found.values(), key=lambda s: (s.place is None, s.place or 0, s.number))


@dataclass(frozen=True, slots=True)
class Example:
    """A patch in a state as the server has it. series: None without one, or where it is a large one."""

    project: int
    slug: str
    name: str
    series: int | None


def example(archive: Archive, slug: str, projects: Sequence[int]) -> Example | None:
    """The newest patch of the projects in a state that nobody set here; None without one."""
    marks = ",".join("?" * len(projects))
    row = archive.sql.execute(
        "SELECT p.project_id, p.slug, p.name, CASE WHEN (SELECT count(*) FROM patch o "
        "WHERE o.series_id = p.series_id) < 50 THEN p.series_id END FROM patch p "
        f"WHERE p.state = ? AND p.project_id IN ({marks}) "
        "AND NOT EXISTS (SELECT 1 FROM patch_override o WHERE o.patch_id = p.id) ORDER BY p.id DESC LIMIT 1",
        (slug, *projects),
    ).fetchone()
    return Example(*row) if row else None


def open_states(archive: Archive, chosen: Sequence[str]) -> list[str]:
    """The slugs of the states in which patches wait for somebody: those chosen, or else the server's."""
    known = [s.slug for s in learned_states(archive) if s.action_required]
    return list(chosen) or known or [s.slug for s in DEFAULT_STATES if s.action_required]


def server_delegates(archive: Archive) -> dict[int, str]:
    """The usernames of those that patches are, or could be, delegated to, by number."""
    learned = "SELECT number, username FROM server_delegate"
    used = "SELECT u.id, u.username FROM user u WHERE u.id IN (SELECT delegate_id FROM patch)"
    rows = [*archive.sql.execute(learned), *archive.sql.execute(used)]
    return dict(sorted(dict(rows).items()))


def store(archive: Archive, states: Iterable[State], delegates: Mapping[int, str]) -> None:
    """Put what a server has in the place of what is stored; within a transaction.

    Delegates are added: each project has its own.
    """
    archive.sql.execute("DELETE FROM server_state")
    archive.sql.executemany(
        "INSERT INTO server_state VALUES (?, ?, ?, ?, ?)",
        [(s.number, s.name, s.slug, s.action_required, s.place) for s in states],
    )
    archive.sql.executemany(
        "INSERT OR REPLACE INTO server_delegate VALUES (?, ?)", delegates.items()
    )


def store_settings(archive: Archive, kind: type[Setting], found: Mapping[int, Setting]) -> None:
    """Put the settings of a kind (by number) in the place of those that are stored; within a transaction."""
    archive.sql.execute("DELETE FROM server_setting WHERE kind = ?", (_SETTINGS[kind],))
    rows = [(_SETTINGS[kind], n, msgspec.json.encode(held)) for n, held in found.items()]
    archive.sql.executemany("INSERT INTO server_setting VALUES (?, ?, ?)", rows)


def settings(archive: Archive, kind: type[S]) -> dict[int, S]:
    """The settings of a kind by number: what only a dump of the server's database tells."""
    query = "SELECT number, value FROM server_setting WHERE kind = ? ORDER BY number"
    rows = archive.sql.execute(query, (_SETTINGS[kind],))
    return {number: msgspec.json.decode(value, type=kind) for number, value in rows}
