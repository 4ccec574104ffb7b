"""What the API's objects embed of one another, with the fields that old versions of the API lack."""

from __future__ import annotations

from collections.abc import Mapping

from generator import urls
from generator.archive.objects import Json, ProjectObject, SeriesObjects
from generator.archive.page_refs import PageRef
from generator.archive.worked_out_series import is_worked_out
from generator.mail import mbox
from generator.site.pages.parts.series_members import total_of

#: What other objects hold of a project, API 1.2 and later.
_PROJECT = ("id", "url", "name", "link_name", "list_id", "list_email", "web_url", "scm_url",
            "webscm_url", "list_archive_url", "list_archive_url_format", "commit_url_format")  # fmt: skip

#: What a series holds of a mail.
_MAIL = ("id", "url", "web_url", "msgid", "list_archive_url", "date", "name", "mbox")


def complete(base: str, item: Json, project: ProjectObject) -> None:
    """Fill in what the project and the series that an object holds lack; `base`: the site's URL."""
    held = item["project"]
    missing = {name: project.value.get(name) or "" for name in _PROJECT if name not in held}
    item["project"] = {**held, **missing}
    for stub in item.get("series") or []:
        stub.setdefault("web_url", base + urls.series(project.slug, stub["id"]))
        address = stub.get("mbox") or f"{base}series/{stub['id']}/mbox/"
        stub["mbox"] = download(address, stub.get("name"), ".patch")


def complete_mail(
    base: str, kind: str, stub: Json, refs: Mapping[tuple[str, int], PageRef]
) -> None:
    """The same for a patch or cover letter (`kind`) that a series or bundle holds; `refs`: their pages."""
    if "mbox" not in stub and (ref := refs.get((kind, stub["id"]))):
        address = base + ref.url  # API 1.0 has neither
        stub |= {"web_url": address, "mbox": f"{address}mbox/"}
    stub.setdefault("list_archive_url", None)
    suffix = ".mbox" if kind == "cover" else ".patch"
    stub["mbox"] = download(stub.get("mbox"), stub.get("name"), suffix)


def complete_series(objects: SeriesObjects) -> Json:
    """A series; from its patches and cover letter where it never came itself."""
    if "patches" in objects.value:
        return objects.value
    rows, patches, cover = objects.rows, objects.patches, objects.cover
    total = total_of(None, rows) or len(rows)
    first = cover or next(iter(patches), {})
    return {
        "project": first.get("project"), "submitter": first.get("submitter"), "total": total,
        "received_total": len(rows), "received_all": len(rows) >= total,
        "patches": [_stub(patch) for patch in patches],
        "cover_letter": _stub(cover) if cover else None,
        **objects.value,
    }  # fmt: skip


def complete_dependencies(base: str, series: Json, objects: SeriesObjects) -> None:
    """What a series depends on, and what depends on it, where the server says nothing of that."""
    known = objects.dependencies
    for field, others in (("dependencies", known.needs), ("dependents", known.needed_by)):
        numbers = [o.series for o in others if o.series is not None and not is_worked_out(o.series)]
        if numbers:
            series.setdefault(field, [f"{base}api/series/{number}/" for number in numbers])


def _stub(mail: Json) -> Json:
    return {name: mail[name] for name in _MAIL if name in mail}


def download(address: str | None, name: str | None, suffix: str) -> str | None:
    """The address of a download with a file name at its end, by which clients name the file."""
    if not address or not address.endswith("/mbox/"):
        return address
    return address + mbox.file_name(name or "", suffix)
