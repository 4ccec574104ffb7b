"""What the API's objects hold of one another: parts that old versions gave less of are made whole."""

from __future__ import annotations

from typing import Any

from generator import urls
from generator.archive import queries
from generator.archive.patch_rows import series_rows
from generator.mail import mbox
from generator.site.build_context import Context
from generator.site.pages.parts.series_members import total_of

#: What other objects hold of a project, API 1.2 and later.
_PROJECT = ("id", "url", "name", "link_name", "list_id", "list_email", "web_url", "scm_url",
            "webscm_url", "list_archive_url", "list_archive_url_format", "commit_url_format")  # fmt: skip

#: What a series holds of a mail.
_MAIL = ("id", "url", "web_url", "msgid", "list_archive_url", "date", "name", "mbox")


def complete(context: Context, base: str, shown: dict[str, Any]) -> None:
    """Fill in what is missing in the project and the series that an object holds; `base`: the site's URL."""
    project = shown.get("project")
    if not isinstance(project, dict):
        return
    known = context.archive.raw("project", project["id"]) or {}
    missing = {name: known.get(name) or "" for name in _PROJECT if name not in project}
    shown["project"] = {**project, **missing}
    slug = context.project(project["id"])[0]
    for stub in shown.get("series") or []:
        stub.setdefault("web_url", base + urls.series(slug, stub["id"]))
        address = stub.get("mbox") or f"{base}series/{stub['id']}/mbox/"
        stub["mbox"] = download(address, stub.get("name"), ".patch")


def complete_mail(context: Context, base: str, kind: str, stub: dict[str, Any]) -> None:
    """The same for a patch or cover letter (`kind`) that a series holds."""
    if "mbox" not in stub and (place := queries.place(context.archive, kind, stub["id"])):
        address = base + context.place_url(place)  # API 1.0 has neither
        stub |= {"web_url": address, "mbox": f"{address}mbox/"}
    stub.setdefault("list_archive_url", None)
    suffix = ".mbox" if kind == "cover" else ".patch"
    stub["mbox"] = download(stub.get("mbox"), stub.get("name"), suffix)


def from_members(context: Context, number: int) -> dict[str, Any]:
    """What the patches and the cover letter of a series tell of it, where it was never seen itself."""
    archive = context.archive
    rows = sorted(series_rows(archive, number), key=lambda row: (row.number or 0, row.id))
    patches = [archive.raw("patch", row.id) or {} for row in rows]
    place = queries.cover_of(archive, number)
    letter = archive.raw("cover", place.id) if place else None
    total = total_of(None, rows) or len(rows)
    first = letter or next(iter(patches), {})
    return {
        "project": first.get("project"), "submitter": first.get("submitter"), "total": total,
        "received_total": len(rows), "received_all": len(rows) >= total,
        "patches": [_stub(patch) for patch in patches],
        "cover_letter": _stub(letter) if letter else None,
    }  # fmt: skip


def _stub(mail: dict[str, Any]) -> dict[str, Any]:
    return {name: mail[name] for name in _MAIL if name in mail}


def download(address: str | None, name: str | None, suffix: str) -> str | None:
    """The address of a download: clients name the file by its end, where a rule answers for it."""
    if not address or not address.endswith("/mbox/"):
        return address
    return address + mbox.file_name(name or "", suffix)
