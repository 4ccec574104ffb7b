"""The pages of patches and cover letters: a mail, what was answered, and for a patch its diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.model import Comment, Cover, Mail, Patch, Project
from generator.site import diffhtml, urls
from generator.site.markup import mail_text, safe_url
from generator.site.pages import api, around, numbers, replies, reply, threads
from generator.site.pages.context import Context, Files, list_archive
from generator.store import queries
from generator.store.local import local_change
from generator.text import diff, mbox, message, subject
from generator.text.headers import all_headers, bare_msgid

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
        **_mail_context(context, "patch", patch, project_slug, project, comments, url, told.links),
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
    files = {
        urls.file_of(url): page,
        urls.file_of(url + "mbox"): context.mail(patch, comments, project),
    }
    if text:
        files[urls.file_of(url + "raw")] = text.encode("utf-8", "replace")
    if not patch.series:
        files |= threads.thread_files(context, project_slug, [patch])
    if context.has_redirects:
        files |= numbers.redirects(context, patch, url, comments, files)
    return files | (api.patch_files(context, number) if context.config.api else {})


def cover_page(context: Context, number: int) -> Files:
    """The page of a cover letter, and its mail."""
    slug, cover = queries.cover(context.archive, number)
    project_slug, project = context.project(cover.project.id)
    url = urls.cover(project_slug, slug)
    comments = queries.comments(context.archive, "cover", number)
    page = context.renderer.render(
        "cover.html",
        url,
        **_mail_context(context, "cover", cover, project_slug, project, comments, url),
        has_detail=isinstance(cover.headers, dict),
        download_name=mbox.file_name(cover.name or "", ""),
    )
    files = {
        urls.file_of(url): page,
        urls.file_of(url + "mbox"): context.mail(cover, comments, project),
    }
    if not cover.series:
        files |= threads.thread_files(context, project_slug, [cover])
    if context.has_redirects:
        files |= numbers.redirects(context, cover, url, comments, files)
    return files | (api.cover_files(context, number) if context.config.api else {})


def _mail_context(
    context: Context,
    kind: str,
    mail: Patch | Cover,
    project_slug: str,
    project: Project,
    comments: list[Comment],
    url: str,
    places: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> dict[str, Any]:
    """What the pages of patches and cover letters share."""
    content = mail.content if isinstance(mail.content, str) else ""
    body, notes = message.split_notes(content)
    links = context.links(kind, mail.id, project)
    name = mail.name or "(no subject)"
    return {
        "mail": mail,
        "kind": kind,
        "name": name,
        "title": subject.parse(name).title,
        "msgid": bare_msgid(mail.msgid),
        "archive_url": list_archive(project, mail),
        "project": project,
        "project_url": urls.project(project_slug),
        "submitter_url": _submitter_url(project_slug, mail),
        "series": _series_context(context, mail, project_slug),
        "body": mail_text(body, links, fold_quotes=False),
        "notes": mail_text(notes, links, fold_quotes=False) if notes.strip() else None,
        "headers": all_headers(mail.headers) if isinstance(mail.headers, dict) else [],
        "tags": _tags(content, comments),
        "tag_counts": _tag_counts(content, comments),
        "comments": replies.in_order(
            context, kind, mail, project, comments, urls.root_of(url), places
        ),
        "comment_count": len(comments),
        "reply": reply.help_for(mail, mail.name or "", project),
        "gone": context.gone_since(kind, mail.id),
    }


def _submitter_url(project_slug: str, mail: Mail) -> str | None:
    if not isinstance(mail, Patch) or not mail.submitter:
        return None
    return urls.facet(project_slug, "submitter", str(mail.submitter.id))


def _series_context(
    context: Context, mail: Patch | Cover, project_slug: str
) -> dict[str, Any] | None:
    """The series around a mail: its name, its members, its versions, and the neighbours of a patch."""
    if not mail.series:
        return None
    stub = mail.series[0]
    here = around.around(context, stub.id, project_slug)
    with_page = [member for member in here.members if member.row]
    at = next((n for n, m in enumerate(with_page) if m.row and m.row.id == mail.id), None)
    before = after = None
    if isinstance(mail, Patch) and at is not None:
        before = with_page[at - 1] if at else None
        after = with_page[at + 1] if at + 1 < len(with_page) else None
    return {
        "id": stub.id,
        "name": (here.series.name if here.series else None) or stub.name or f"series {stub.id}",
        "version": stub.version,
        "url": urls.series(project_slug, stub.id),
        "members": here.members,
        "total": here.total,
        "has_mbox": bool(with_page),
        "cover": here.cover,
        "cover_url": context.place_url(here.cover) if here.cover else None,
        "thread_url": here.thread_url,
        "previous": before,
        "next": after,
        "versions": here.version_bar(),
        "newer": here.newer(),
        "comparison": here.comparison(),
        "counterpart": here.counterparts.get(mail.id) if isinstance(mail, Patch) else None,
    }


def _commit_url(project: Project, commit: str | None) -> str | None:
    pattern = project.commit_url_format
    if not commit or not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", commit))


def _tag_counts(content: str, comments: list[Comment]) -> dict[str, int]:
    """A, R, T as Patchwork counts them: in the message and in every comment."""
    texts = [content, *(c.content for c in comments if isinstance(c.content, str))]
    counts = [message.tag_counts(text) for text in texts]
    return {tag: sum(count[tag] for count in counts) for tag in ("A", "R", "T")}


def _tags(content: str, comments: list[Comment]) -> list[dict[str, str]]:
    """Everyone who acked, reviewed, tested … and the anchor of the mail that says so."""
    found = []
    sources = [("message", content)]
    sources += [(str(c.id), c.content) for c in comments if isinstance(c.content, str)]
    for anchor, text in sources:
        found += [
            {"tag": f"{trailer.tag.capitalize()}-by", "name": trailer.name, "anchor": anchor}
            for trailer in message.trailers(text)
            if trailer.tag not in ("signed-off", "co-developed")
        ]
    return found


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
    local = local_change(context.archive, number)
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


def _diff_files(files: list[diff.FileDiff], told: replies.Told) -> list[dict[str, Any]]:
    lines = [sum(len(hunk.lines) for hunk in file.hunks) + len(file.plain) for file in files]
    is_long = sum(lines) > _LONG_DIFF
    return [
        {
            "number": number,
            "file": file,
            "open": not (is_long and count > _LONG_FILE),
            "is_binary": diff.is_binary(file),
            "rows": diffhtml.rows(file, number, told.notes),
            "header": "\n".join(file.header),
            "plain": "\n".join(file.plain),
            "lines": count,
        }
        for number, (file, count) in enumerate(zip(files, lines, strict=True), 1)
    ]
