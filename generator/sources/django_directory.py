"""Whom and what the objects of a Patchwork database name: projects, people, accounts, states, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from generator.archive import vocabulary
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.archive.vocabulary import DelegationRule, State, Tag
from generator.errors import InputError
from generator.sources.django_rows import DumpRows, Fields

Json = dict[str, Any]

_API = re.compile(r"^(https?://.*/api/(?:\d\.\d/)?)projects/\d+/")
#: What the API calls fields of a project.
_NAMES = {"linkname": "link_name", "listid": "list_id", "listemail": "list_email"}
#: What it shows of a project alone, and not where others embed it.
_OWN = ("maintainers", "subject_match", "show_dependencies")
#: So many of a kind are remembered.
_RECENT = 10_000


class Directory:
    """Looks up what rows name, by its number, as the API embeds it.

    api: where addresses of the API begin. states: their slugs, by number. accounts: the numbers of those that
    were looked up so far.
    """

    def __init__(self, archive: Archive, rows: DumpRows) -> None:
        self._archive, self._rows = archive, rows
        self.api = _api_of(archive)
        self.states = dict(self._read_states())
        self.accounts: set[int] = set()
        self._person = lru_cache(_RECENT)(self._read_person)
        self._account = lru_cache(_RECENT)(self._read_account)
        self._project = lru_cache(_RECENT)(self._read_project)

    def person(self, reference: Any) -> Json | None:
        """Who sends mail."""
        number = self._rows.reference(reference)
        return None if number is None else self._person(number)

    def user(self, reference: Any) -> Json | None:
        """An account."""
        number = self._rows.reference(reference)
        user = None if number is None else self._account(number)
        if number is not None and user:
            self.accounts.add(number)
        return user

    def project(self, reference: Any) -> Json:
        """A project, as others embed it; one that the dump lacks may be in the archive. Raises InputError."""
        number = self._rows.reference(reference)
        value = None if number is None else self._project(number)
        if value is None:
            raise InputError("its project is missing")
        return {key: held for key, held in value.items() if key not in _OWN}

    def shows_dependencies(self, project: int) -> bool:
        """Whether a project's series tell what they depend on."""
        return (self._project(project) or {}).get("show_dependencies") is True

    def whole_project(self, number: int, row: Fields) -> Json:
        """A project with its maintainers."""
        return {**(self._project(number) or {}), "maintainers": self._maintainers(number)}

    def store_vocabulary(self, report: Callable[[str], None]) -> None:
        """Put states, delegates, tags and delegation rules into the archive, in place of earlier ones.

        What the dump has no row of stays. `report` gets a line for each row that can't be used.
        """
        delegates = {
            user["id"]: str(user["username"])
            for number, _ in self._rows.each("project")
            for user in self._maintainers(number)
        }
        rules = dict(self._converted("delegationrule", DelegationRule, report))
        for rule in rules.values():
            if user := self.user(rule.user):
                delegates[rule.user] = str(user["username"])
        states = [
            State(number, row.name, self.states[number], row.action_required, row.ordering)
            for number, row in self._converted("state", _StateRow, report)
            if number in self.states
        ]
        tags = dict(self._converted("tag", Tag, report))
        with self._archive.transaction():
            vocabulary.store(
                self._archive, states or vocabulary.learned_states(self._archive), delegates
            )
            if tags:
                vocabulary.store_settings(self._archive, Tag, tags)
            if rules:
                vocabulary.store_settings(self._archive, DelegationRule, rules)

    def _converted(
        self, table: str, kind: type[msgspec.Struct], report: Callable[[str], None]
    ) -> Iterator[tuple[int, Any]]:
        for number, row in self._rows.each(table):
            if "user" in row:
                row["user"] = self._rows.reference(row["user"])
            try:
                yield number, msgspec.convert(row, kind)
            except msgspec.ValidationError as error:
                report(f"{table} {number}: {error}")

    def _read_states(self) -> Iterator[tuple[int, str]]:
        """Numbers and slugs, which Patchwork before 3.0 made of the names."""
        for number, row in self._rows.each("state"):
            if slug := str(row.get("slug") or "") or vocabulary.slug_of(str(row.get("name") or "")):
                yield number, slug

    def _read_account(self, number: int) -> Json | None:
        row = self._rows.fields("auth.user", number)
        return row and {"id": number, "url": f"{self.api}users/{number}/", **row}

    def _read_person(self, number: int) -> Json | None:
        row = self._rows.fields("person", number)
        return row and {"id": number, "url": f"{self.api}people/{number}/", **row}

    def _read_project(self, number: int) -> Json | None:
        row = self._rows.fields("project", number)
        if row is None:
            return self._archive.raw("project", number)
        value = {_NAMES.get(key, key): held for key, held in row.items()}
        return {"id": number, "url": f"{self.api}projects/{number}/", **value}

    def _maintainers(self, project: int) -> list[Json]:
        users = (self.user(number) for number in self._rows.targets("maintainer", project))
        return [user for user in users if user]


class _StateRow(msgspec.Struct, frozen=True):
    """A row of states."""

    name: str
    action_required: bool
    ordering: int


def _api_of(archive: Archive) -> str:
    """Where addresses of the API begin: as in the projects that the archive has, else with a path alone."""
    for _, project in all_projects(archive):
        url = (archive.raw("project", project.id) or {}).get("url")
        if isinstance(url, str) and (match := _API.match(url)):
            return match[1]
    return "/api/"
