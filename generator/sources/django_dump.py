"""Makes the objects that Patchwork's API would give of the rows of its database, from a `dumpdata` file.

Fields: Patchwork's API 1.4. What the API shows to nobody is left out: bundles that aren't public, accounts
that no object names, and whatever `django_rows` doesn't keep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from generator.archive.database import Archive
from generator.errors import InputError
from generator.sources import django_rows
from generator.sources.django_directory import Directory, Json
from generator.sources.django_rows import DumpRows, Fields
from generator.sources.django_stubs import PLURALS, Stubs, check_state, list_archive_url
from generator.sources.importer import Importer
from generator.sources.json_files import Found

_PREFIX = re.compile(r"\s*\[([^\]]*)\]")
#: What counts most of the newest checks of a patch, after Patchwork's own order.
_WORST = ("fail", "warning", "pending", "success")
#: Fields that the payload of an event has, by category; those that are null in all others.
_PAYLOADS: dict[str, tuple[str, ...]] = {
    "cover-created": ("cover",),
    "patch-created": ("patch",),
    "patch-completed": ("patch", "series"),
    "patch-state-changed": ("patch", "previous_state", "current_state"),
    "patch-delegated": ("patch", "previous_delegate", "current_delegate"),
    "patch-relation-changed": ("patch", "previous_relation", "current_relation"),
    "check-created": ("patch", "created_check"),
    "series-created": ("series",),
    "series-completed": ("series",),
    "cover-comment-created": ("cover", "cover_comment"),
    "patch-comment-created": ("patch", "patch_comment"),
}
#: What the API calls a field of the payload, where that is something else.
_PAYLOAD_NAMES = {"created_check": "check", "cover_comment": "comment", "patch_comment": "comment"}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a dump had that isn't for everybody: bundles, accounts, and rows of other tables by table."""

    bundles: int
    accounts: int
    rows: dict[str, int]


def store(archive: Archive, path: Path, importer: Importer) -> LeftOut:
    """Import the dump in a file (`-`: standard input), and tell what was left out of it.

    Raises ConfigError for a file that is no dump.
    """
    with DumpRows() as rows:
        django_rows.read(path, rows, importer.skip)
        dump = DjangoDump(archive, rows, str(path))
        dump.directory.store_vocabulary(importer.skip)
        importer.store(dump.objects())
        return dump.left_out()


class DjangoDump:
    """A dump that was read, as objects for an archive."""

    def __init__(self, archive: Archive, rows: DumpRows, name: str) -> None:
        """`name`: that of the file, for error lines."""
        self._archive, self._rows, self._name = archive, rows, name
        self.directory = Directory(archive, rows)
        self._stubs = Stubs(archive, rows, self.directory)
        self._api = self.directory.api
        self._private_bundles = 0

    def objects(self) -> Iterator[Found | InputError]:
        """The objects, those that others name first; an InputError in place of each that can't be made."""
        makers: list[tuple[str, Callable[[int, Fields], Json | None]]] = [
            ("project", self.directory.whole_project), ("cover", self._cover), ("coverletter", self._cover),
            ("patch", self._patch), ("series", self._series),
            ("covercomment", self._comment), ("patchcomment", self._comment), ("comment", self._comment),
            ("check", self._check), ("event", self._event), ("bundle", self._bundle),
        ]  # fmt: skip
        for table, make in makers:
            for number, row in self._rows.each(table):
                where = f"{self._name}: {table} {number}"
                try:
                    value = make(number, row)
                except InputError as error:
                    yield InputError(f"{where}: {error}")
                else:
                    if value is not None:
                        yield Found(value, self._name)

    def left_out(self) -> LeftOut:
        """What the objects don't have; once they have all been made."""
        accounts = sum(
            number not in self.directory.accounts for number, _ in self._rows.each("auth.user")
        )
        return LeftOut(self._private_bundles, accounts, dict(+self._rows.left_out))

    def _number(self, row: Fields, field: str) -> int | None:
        """What a foreign key holds."""
        return self._rows.reference(row.get(field))

    def _state(self, row: Fields, field: str) -> str | None:
        return self.directory.states.get(self._number(row, field) or 0)

    def _mail(self, row: Fields, project: Json) -> Json:
        """What mails share. The headers are those of the mail, by name; a list where one is repeated."""
        return {
            "msgid": row.get("msgid"),
            "list_archive_url": list_archive_url(project, row.get("msgid")),
            "date": row.get("date"),
            "submitter": self.directory.person(row.get("submitter")),
            "headers": _headers(str(row.get("headers") or "")),
            "content": row.get("content"),
        }

    def _submission(self, kind: str, number: int, row: Fields) -> tuple[Json, Fields]:
        """What patches and cover letters share, and the whole row."""
        row = {**(self._rows.fields("submission", number) or {}), **row}
        project = self.directory.project(row.get("project"))
        base = {"id": number, "url": f"{self._api}{PLURALS[kind]}/{number}/", "project": project,
                "name": row.get("name"), **self._mail(row, project)}  # fmt: skip
        return base, row

    def _cover(self, number: int, row: Fields) -> Json:
        value, _ = self._submission("cover", number, row)
        return {
            **value,
            "series": self._stubs.several_series(self._rows.targets("cover-series", number)),
        }

    def _patch(self, number: int, row: Fields) -> Json:
        value, row = self._submission("patch", number, row)
        held = self._number(row, "series")
        series = self._rows.targets("patch-series", number) if held is None else [held]
        related = self._rows.targets("relation-patch", self._number(row, "related"))
        return {
            **value,
            "series": self._stubs.several_series(series[:1]),
            "state": self._state(row, "state"),
            "delegate": self.directory.user(row.get("delegate")),
            "related": [self._stubs.mail("patch", other) for other in related if other != number],
            "check": self._combined_check(number),
            "prefixes": _prefixes(str(row.get("name") or "")),
            **{key: row.get(key) for key in ("commit_ref", "pull_url", "archived", "hash", "diff")},
        }

    def _series(self, number: int, row: Fields) -> Json:
        patches = [
            self._stubs.mail("patch", one) for one in self._rows.targets("series-patch", number)
        ]
        patches.sort(key=lambda stub: (str(stub.get("date")), stub["id"]))
        cover, total = self._number(row, "cover_letter"), row.get("total")
        held = row.get("project")
        if held is None and patches:  # Patchwork 2.0 didn't note it
            held = (self._rows.fields("submission", patches[0]["id"]) or {}).get("project")
        project = self.directory.project(held)
        value = {
            **self._stubs.series(number, row),
            "project": project,
            "submitter": self.directory.person(row.get("submitter")),
            "total": total,
            "received_total": len(patches),
            "received_all": isinstance(total, int) and total <= len(patches),
            "cover_letter": None if cover is None else self._stubs.mail("cover", cover),
            "patches": patches,
        }
        if self.directory.shows_dependencies(project["id"]):
            for field in ("dependencies", "dependents"):
                others = self._rows.targets(field, number)
                value[field] = [f"{self._api}series/{other}/" for other in others]
        return value

    def _comment(self, number: int, row: Fields) -> Json:
        kind, parent = self._parent(row)
        mail = self._rows.fields("submission", parent) or self._rows.fields(kind, parent) or {}
        value = self._mail(row, self.directory.project(mail.get("project")))
        subject = next((v for k, v in value["headers"].items() if k.lower() == "subject"), "")
        value |= {
            "id": number,
            "url": f"{self._api}{PLURALS[kind]}/{parent}/comments/{number}/",
            "subject": subject[0] if isinstance(subject, list) else subject,
        }
        return value | {"addressed": row["addressed"]} if "addressed" in row else value

    def _parent(self, row: Fields) -> tuple[str, int]:
        """What a comment is about: kind and number; raises InputError."""
        for kind in ("patch", "cover"):
            if (number := self._number(row, kind)) is not None:
                return kind, number
        number = self._number(row, "submission")  # before Patchwork 3.0
        if number is None:
            raise InputError("what it is about is missing")
        return (
            "cover" if self._rows.fields("coverletter", number) is not None else "patch"
        ), number

    def _check(self, number: int, row: Fields) -> Json:
        return {**self._stubs.check(number, row), "user": self.directory.user(row.get("user")),
                "description": row.get("description")}  # fmt: skip

    def _combined_check(self, patch: int) -> str:
        """The worst of the newest checks of each tester and context."""
        newest: dict[tuple[str, str], tuple[str, int, str]] = {}
        for number in self._rows.targets("patch-check", patch):
            row = self._rows.fields("check", number) or {}
            key = (str(row.get("user")), str(row.get("context")))
            newest[key] = max(
                newest.get(key, ("", 0, "")), (str(row.get("date")), number, check_state(row))
            )
        states = {state for _, _, state in newest.values()}
        return next((state for state in _WORST if state in states), "pending")

    def _event(self, number: int, row: Fields) -> Json | None:
        """An event; None for one that the archive has: events don't change."""
        if self._archive.raw("event", number) is not None:
            return None
        category = str(row.get("category"))
        payload = {
            _PAYLOAD_NAMES.get(field, field): self._payload(field, row)
            for field in _PAYLOADS.get(category, ())
        }
        return {"id": number, "category": category, "date": row.get("date"), "payload": payload,
                "project": self.directory.project(row.get("project")),
                "actor": self.directory.user(row.get("actor"))}  # fmt: skip

    def _payload(self, field: str, row: Fields) -> Any:
        if field.endswith("_delegate"):
            return self.directory.user(row.get(field))
        held = self._number(row, field)
        if held is None:
            return None
        if field.endswith("_state"):
            return self._state(row, field)
        if field in ("patch", "cover"):
            return self._stubs.mail(field, held)
        if field == "series":
            return next(iter(self._stubs.several_series([held])), {"id": held})
        if field == "created_check":
            return self._stubs.check(held, self._rows.fields("check", held) or {})
        mail = self._rows.fields(field.replace("_", ""), held) or {}
        return {"id": held, "msgid": mail.get("msgid"), "date": mail.get("date")}

    def _bundle(self, number: int, row: Fields) -> Json | None:
        """A bundle in its order; None for one that isn't public."""
        if row.get("public") is not True:
            self._private_bundles += 1
            return None
        found = (
            self._rows.fields("bundlepatch", n) or {}
            for n in self._rows.targets("bundle-row", number)
        )
        places = [(self._number(one, "order") or 0, self._number(one, "patch")) for one in found]
        return {
            "id": number,
            "url": f"{self._api}bundles/{number}/",
            "project": self.directory.project(row.get("project")),
            "name": row.get("name"),
            "owner": self.directory.user(row.get("owner")),
            "patches": [
                self._stubs.mail("patch", n)
                for _, n in sorted((p, n) for p, n in places if n is not None)
            ],
            "public": True,
        }


def _headers(text: str) -> Json:
    """The headers of a mail by name, as the API has them: a list where one is repeated."""
    items = HeaderParser().parsestr(text).items()
    values: dict[str, list[str]] = {}
    for name, held in items:
        values.setdefault(name.lower(), []).append(str(held))
    named = {name: values[name.lower()] for name, _ in items}
    return {name: held if len(held) > 1 else held[0] for name, held in named.items()}


def _prefixes(name: str) -> list[str]:
    """The words in the brackets before a name, but for `PATCH`, as the API has them."""
    words: list[str] = []
    at = 0
    while match := _PREFIX.match(name, at):
        words += [
            word for word in re.split(r"[\s,]+", match[1]) if word and word.lower() != "patch"
        ]
        at = match.end()
    return words
