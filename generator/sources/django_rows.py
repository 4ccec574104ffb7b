"""The rows of a Patchwork database, as Django's `manage.py dumpdata` writes them, kept on disk to be joined.

Only what the archive can use is kept: the rest of a row (passwords, settings of accounts) is dropped as it
is read, and rows of other tables are counted. Django dumps tables one after the other, a patch before its
series, so that nothing can be put together before all has been read.

Formats: Django's JSON serializer, `{"model": "app.name", "pk": 1, "fields": {…}}`, as one array or a row on
each line; the tables of Patchwork 2.0 (where patches and cover letters share `submission`) to 3.2.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from generator.archive.columns import object_id
from generator.errors import ConfigError, InputError
from generator.sources import json_files

Fields = dict[str, Any]

_MAIL = ("msgid", "date", "headers", "submitter", "content")
_SUBMISSION = (*_MAIL, "project", "name")
_PATCH = (
    "diff",
    "commit_ref",
    "pull_url",
    "delegate",
    "state",
    "archived",
    "hash",
    "series",
    "related",
)
#: What is kept of a row, by its table.
_KEPT: dict[str, tuple[str, ...]] = {
    "auth.user": ("username", "first_name", "last_name", "email"),
    "patchwork.userprofile": ("user", "maintainer_projects"),
    "patchwork.person": ("name", "email"),
    "patchwork.project": (
        "linkname", "name", "listid", "listemail", "subject_match", "web_url", "scm_url", "webscm_url",
        "list_archive_url", "list_archive_url_format", "commit_url_format", "show_dependencies",
    ),
    "patchwork.state": ("name", "slug", "ordering", "action_required"),
    "patchwork.tag": ("name", "pattern", "abbrev", "show_column"),
    "patchwork.delegationrule": ("project", "user", "path", "priority"),
    "patchwork.submission": _SUBMISSION,
    "patchwork.coverletter": (),
    "patchwork.cover": _SUBMISSION,
    "patchwork.patch": (*_SUBMISSION, *_PATCH),
    "patchwork.comment": (*_MAIL, "submission"),
    "patchwork.covercomment": (*_MAIL, "cover", "addressed"),
    "patchwork.patchcomment": (*_MAIL, "patch", "addressed"),
    "patchwork.series": (
        "project", "cover_letter", "name", "date", "submitter", "version", "total", "dependencies",
    ),
    "patchwork.seriespatch": ("series", "patch"),
    "patchwork.check": ("patch", "user", "date", "state", "target_url", "description", "context"),
    "patchwork.bundle": ("owner", "project", "name", "public"),
    "patchwork.bundlepatch": ("bundle", "patch", "order"),
    "patchwork.event": (
        "project", "category", "date", "actor", "patch", "series", "cover", "previous_state",
        "current_state", "previous_delegate", "current_delegate", "created_check", "cover_comment",
        "patch_comment",
    ),
}  # fmt: skip
#: Tables whose rows follow from others.
_FOLLOWS = frozenset({
    "contenttypes.contenttype", "auth.permission", "sites.site", "patchwork.patchtag",
    "patchwork.seriesreference", "patchwork.patchrelation",
})  # fmt: skip
#: Rows that are looked up by a field: table → (link, field of its source, of its target; `pk`: its number).
_LINKS: dict[str, list[tuple[str, str, str]]] = {
    "patchwork.patch": [("series-patch", "series", "pk"), ("relation-patch", "related", "pk")],
    "patchwork.seriespatch": [("series-patch", "series", "patch"), ("patch-series", "patch", "series")],
    "patchwork.series": [
        ("cover-series", "cover_letter", "pk"), ("dependents", "dependencies", "pk"),
        ("dependencies", "pk", "dependencies"),
    ],
    "patchwork.check": [("patch-check", "patch", "pk")],
    "patchwork.bundlepatch": [("bundle-row", "bundle", "pk")],
    "patchwork.userprofile": [("maintainer", "maintainer_projects", "user")],
}  # fmt: skip
#: What other objects show of these, which is kept apart: the row of a patch has its diff.
_SHOWN = ("msgid", "date", "name")
_WITH_STUBS = frozenset({"patchwork.patch", "patchwork.cover", "patchwork.submission"})
#: Rows that a transaction has.
_BATCH = 5000


class DumpRows:
    """The rows of a dump in a temporary file, which vanishes with it. Use it in a `with` block.

    left_out: rows that nothing was kept of, by table.
    """

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        # An empty name: SQLite keeps the database in a file of its own once it outgrows the cache.
        self._sql = sqlite3.connect("", isolation_level=None)
        self._sql.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE stored (model TEXT, pk INTEGER, fields BLOB, stub BLOB, PRIMARY KEY (model, pk));"
            "CREATE TABLE link (kind TEXT, source INTEGER, target INTEGER,"
            " PRIMARY KEY (kind, source, target)) WITHOUT ROWID;"
            "CREATE TABLE account (name TEXT PRIMARY KEY, target INTEGER) WITHOUT ROWID;"
        )

    def __enter__(self) -> DumpRows:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._sql.close()

    def add(self, value: Any) -> None:
        """Keep what is of use of a row; raises InputError for what is none."""
        if not _is_row(value):
            raise InputError("not a row of `manage.py dumpdata`")
        model, fields = value["model"], value["fields"]
        names = _KEPT.get(model)
        if names is None:
            self.left_out[model] += model not in _FOLLOWS
            return
        number = object_id({"id": value.get("pk")})
        if number is None:
            raise InputError(f"{model}: a row without its number; dump without --natural-primary")
        kept = {name: fields[name] for name in names if name in fields}
        stub = _stub(kept) if model in _WITH_STUBS else None
        row = (model, number, msgspec.json.encode(kept), stub and msgspec.json.encode(stub))
        self._sql.execute("INSERT OR REPLACE INTO stored VALUES (?, ?, ?, ?)", row)
        if model == "auth.user" and isinstance(name := kept.get("username"), str):
            self._sql.execute("INSERT OR REPLACE INTO account VALUES (?, ?)", (name, number))
        for link, source, target in _LINKS.get(model, ()):
            self._link(link, number, kept, source, target)

    def _link(self, link: str, number: int, kept: Fields, source: str, target: str) -> None:
        ends = self._references({"pk": number, **kept}.get(target))
        for begin in self._references({"pk": number, **kept}.get(source)):
            rows = [(link, begin, end) for end in ends]
            self._sql.executemany("INSERT OR IGNORE INTO link VALUES (?, ?, ?)", rows)

    def _references(self, held: Any) -> list[int]:
        """The numbers that a foreign key, or a list of them, holds."""
        one = self.reference(held)
        several = held if one is None and isinstance(held, list) else []
        found = [one, *(self.reference(each) for each in several)]
        return [number for number in found if number is not None]

    def reference(self, value: Any) -> int | None:
        """The number that a foreign key holds, also where it names a user (`--natural-foreign`)."""
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            query = "SELECT target FROM account WHERE name = ?"
            row = self._sql.execute(query, (value[0],)).fetchone()
            return row[0] if row else None
        return object_id({"id": value})

    def fields(self, table: str, number: int | None) -> Fields | None:
        """The fields of a row of Patchwork's (`table` without its `patchwork.`) or `auth.user`."""
        query = "SELECT fields FROM stored WHERE model = ? AND pk = ?"
        row = self._sql.execute(query, (_model(table), number)).fetchone()
        return msgspec.json.decode(row[0]) if row else None

    def stub(self, kind: str, number: int | None) -> Fields | None:
        """What other objects show of a patch or cover letter: its message id, date, name and project."""
        query = "SELECT stub FROM stored WHERE model IN (?, 'patchwork.submission') AND pk = ? ORDER BY model"
        for (stub,) in self._sql.execute(query, (_model(kind), number)).fetchall():
            found: Fields = msgspec.json.decode(stub)
            if found["msgid"] is not None:
                return found
        return None

    def each(self, table: str) -> Iterator[tuple[int, Fields]]:
        """The rows of a table by number; of patches and cover letters with their `submission`."""
        query = "SELECT pk, fields FROM stored WHERE model = ? ORDER BY pk"
        for number, packed in self._sql.execute(query, (_model(table),)):
            yield number, msgspec.json.decode(packed)

    def targets(self, link: str, source: int | None) -> list[int]:
        """What a link leads to from a row, by number."""
        query = "SELECT target FROM link WHERE kind = ? AND source = ? ORDER BY target"
        return [row[0] for row in self._sql.execute(query, (link, source))]

    def begin(self) -> None:
        self._sql.execute("BEGIN")

    def end(self) -> None:
        self._sql.execute("COMMIT")


def read(path: Path, rows: DumpRows, report: Callable[[str], None]) -> None:
    """Keep the rows of a dump; `report` gets a line for each that is skipped.

    Raises ConfigError for a file that doesn't begin like a dump.
    """
    rows.begin()
    for count, item in enumerate(json_files.read(path)):
        if count and count % _BATCH == 0:
            rows.end()
            rows.begin()
        if isinstance(item, InputError):
            report(str(item))
            continue
        if count == 0 and not _is_row(item.value):
            raise ConfigError(f"{path}: not written by `manage.py dumpdata` (as JSON)")
        try:
            rows.add(item.value)
        except InputError as error:
            report(f"{item.where}: {error}")
    rows.end()


def _stub(kept: Fields) -> Fields:
    """What others show of a mail; null in place of what would make them invalid, too."""
    stub: Fields = {
        name: held if isinstance(held := kept.get(name), str) else None for name in _SHOWN
    }
    stub["project"] = kept.get("project")
    try:
        msgspec.convert(stub["date"], datetime | None)
    except msgspec.ValidationError:
        stub["date"] = None
    return stub


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("model"), str)
        and isinstance(value.get("fields"), dict)
    )


def _model(table: str) -> str:
    return table if "." in table else f"patchwork.{table}"
