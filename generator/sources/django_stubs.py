"""What the objects of a Patchwork database show of each other, as the API embeds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator import urls
from generator.archive.database import Archive
from generator.errors import InputError
from generator.mail.headers import bare_msgid
from generator.sources.django_directory import Directory, Json
from generator.sources.django_rows import DumpRows, Fields

#: The last part of the addresses of mails in the API.
PLURALS = {"patch": "patches", "cover": "covers"}
_SHOWN = ("url", "web_url", "msgid", "list_archive_url", "date", "name", "mbox")
#: Django keeps the states of checks as numbers.
_CHECK_STATES = {"0": "pending", "1": "success", "2": "warning", "3": "fail"}


class Stubs:
    """Makes the short forms of mails, series and checks."""

    def __init__(self, archive: Archive, rows: DumpRows, directory: Directory) -> None:
        self._archive, self._rows, self._directory = archive, rows, directory
        self._api = directory.api
        self._root = directory.api.partition("api/")[0]

    def mail(self, kind: str, number: int) -> Json:
        """A patch or cover letter; one that the dump lacks may be in the archive."""
        stub = self._rows.stub(kind, number)
        if stub is None:
            known = self._archive.raw(kind, number) or {}
            return {"id": number, **{name: known[name] for name in _SHOWN if name in known}}
        shown = {"id": number, "url": f"{self._api}{PLURALS[kind]}/{number}/",
                 **{name: stub[name] for name in ("msgid", "date", "name")}}  # fmt: skip
        try:
            project = self._directory.project(stub["project"])
        except InputError:
            return shown
        slug = bare_msgid(stub["msgid"]).replace("/", "%2F")
        page = self._root + urls.mail(kind, str(project["link_name"]), slug)
        link = list_archive_url(project, stub["msgid"])
        return shown | {"web_url": page, "mbox": f"{page}mbox/", "list_archive_url": link}

    def several_series(self, numbers: Iterable[int]) -> list[Json]:
        """Series, those that the dump has."""
        found = ((number, self._rows.fields("series", number)) for number in numbers)
        return [self.series(number, row) for number, row in found if row]

    def series(self, number: int, row: Fields) -> Json:
        """A series by its row. Patchwork's page of it is a list."""
        shown = {"id": number, "url": f"{self._api}series/{number}/",
                 "mbox": f"{self._root}series/{number}/mbox/",
                 **{key: row.get(key) for key in ("date", "name", "version")}}  # fmt: skip
        try:
            project = self._directory.project(row.get("project"))
        except InputError:
            return shown
        page = f"{self._root}{urls.project(str(project['link_name']))}list/?series={number}"
        return shown | {"web_url": page}

    def check(self, number: int, row: Fields) -> Json:
        """A check by its row."""
        url = f"{self._api}patches/{row.get('patch')}/checks/{number}/"
        return {"id": number, "url": url, "date": row.get("date"), "state": check_state(row),
                "target_url": row.get("target_url"), "context": row.get("context")}  # fmt: skip


def list_archive_url(project: Json, msgid: Any) -> str | None:
    """Where the archive of a project's list has a message; None where the project doesn't say."""
    template = project.get("list_archive_url_format")
    return (
        template.replace("{}", bare_msgid(str(msgid)))
        if isinstance(template, str) and template
        else None
    )


def check_state(row: Fields) -> str:
    """The state of a check by its row."""
    return _CHECK_STATES.get(str(row.get("state")), "pending")
