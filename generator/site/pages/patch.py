"""The page of a patch: its message, discussion and diff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import urls
from generator.archive import planning, queries
from generator.archive.overrides import patch_override
from generator.diff import parse
from generator.mail import mbox
from generator.model import Patch, Project
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.html import diff as diffhtml
from generator.site.html.escape import safe_url
from generator.site.pages.parts import comments as replies
from generator.site.pages.parts.mail_context import mail_context
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit

#: In a diff with more lines than this, files that are long themselves start out folded.
_LONG_DIFF = 3000


_LONG_FILE = 300


def patch_page(context: Context, number: int) -> Files:
    """The page of a patch, its mail and its bare diff."""
    slug, patch = queries.patch(context.archive, number)
    project_slug, project = context.project(patch.project.id)
    url = urls.patch(project_slug, slug)
    comments = queries.comments(context.archive, "patch", number)
    checks = queries.checks(context.archive, number)
    text = patch.diff if isinstance(patch.diff, str) else ""
    parsed = context.diff(patch) if text else []
    told = replies.at_lines(context, parsed, comments, project)
    context.tally["remarks_placed"] += told.placed
    context.tally["remarks_unplaced"] += told.unplaced
    page = context.renderer.render(
        "patch.html",
        url,
        **mail_context(context, "patch", patch, project_slug, project, comments, url, told.links),
        patch=patch,
        commit_url=_commit_url(project, patch.commit_ref),
        local=_local(context, number),
        checks=checks,
        history=_history(context, number),
        related=_related(context, patch),
        same=[
            (place.name, urls.mail(place.kind, place.project, place.slug))
            for place in queries.same_patches(context.archive, number, patch.hash)
        ],
        files=_diff_files(parsed, told),
        remarks=told.placed,
        has_detail=isinstance(patch.headers, dict),
        has_diff=bool(text),
        download_name=mbox.file_name(patch.name or "", ""),
    )
    files: Files = {
        urls.file_of(url): page,
        urls.file_of(url + "mbox"): context.mail(patch, comments, project),
    }
    if text:
        files[urls.file_of(url + "raw")] = text.encode("utf-8", "replace")
    if not patch.series:
        files |= thread_mbox.thread_files(context, project_slug, [patch])
    if context.has_redirects:
        files |= id_lookup.redirects(context, patch, url, comments, files)
    return files | (api.patch_files(context, number) if context.config.api else {})


def _commit_url(project: Project, commit: str | None) -> str | None:
    pattern = project.commit_url_format
    if not commit or not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", commit))


def _history(context: Context, number: int) -> list[dict[str, Any]]:
    """Changes of state and delegate, oldest first."""
    found = []
    for event in queries.events(context.archive, number):
        key = "state" if event.category == "patch-state-changed" else "delegate"
        old, new = event.payload.get(f"previous_{key}"), event.payload.get(f"current_{key}")
        actor = event.actor.username if event.actor else None
        found.append(
            {"date": event.date, "key": key, "old": _told(old), "new": _told(new), "actor": actor}
        )
    return found


def _local(context: Context, number: int) -> list[tuple[str, str, str]]:
    """(field, value here, value on the server) of what this archive sets itself."""
    local = patch_override(context.archive, number)
    pulled = context.archive.raw("patch", number) or {} if local else {}
    return [(key, _told(value), _told(pulled.get(key))) for key, value in sorted(local.items())]


def _told(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("username")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value else "none"


def _related(context: Context, patch: Patch) -> list[tuple[str, str | None]]:
    """(name, URL) of the patches that maintainers related to this one."""
    stubs = patch.related if isinstance(patch.related, list) else []
    pages = queries.patch_places(context.archive, [stub.id for stub in stubs])
    found = []
    for stub in stubs:
        place = pages.get(stub.id)
        url = f"../../../../{context.place_url(place)}" if place else None
        if not url and isinstance(stub.list_archive_url, str):
            url = safe_url(stub.list_archive_url)
        found.append((stub.name or f"patch {stub.id}", url))
    return found


def _diff_files(files: list[parse.FileDiff], told: replies.Told) -> list[dict[str, Any]]:
    lines = [sum(len(hunk.lines) for hunk in file.hunks) + len(file.plain) for file in files]
    is_long = sum(lines) > _LONG_DIFF
    return [
        {
            "number": number,
            "file": file,
            "open": not (is_long and count > _LONG_FILE),
            "is_binary": parse.is_binary(file),
            "rows": diffhtml.rows(file, number, told.notes),
            "header": "\n".join(file.header),
            "plain": "\n".join(file.plain),
            "lines": count,
        }
        for number, (file, count) in enumerate(zip(files, lines, strict=True), 1)
    ]


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    for number, own, project, series in planning.mails(plan.archive, "patch"):
        depends = (
            own,
            plan.projects[project],
            prints.series.get(series) if series is not None else None,
            prints.comments["patch"].get(number),
            prints.checks.get(number),
            prints.events.get(number),
            prints.mentions["patch"].get(number),
            prints.same_hash.get(number),
            prints.deletions["patch"].get(number),
            prints.related.get(number),
        )
        yield plan.unit("patch", number, depends, group=plan.group(series))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    for project, slug, date in planning.mail_pages(plan.archive, "patch"):
        yield urls.patch(slugs[project], slug), date


PATCH = PageKind(
    "patch",
    _units,
    lambda context, key, _: patch_page(context, key),
    templates=("patch.html", "redirect.html"),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
    sitemap=_sitemap,
)
