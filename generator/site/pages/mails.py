"""The pages of patches and cover letters: a mail, what was answered, and for a patch its diff."""

from __future__ import annotations

from typing import Any

from generator.model import Comment, Cover, Mail, Patch, Project, Series
from generator.site import diffhtml, urls
from generator.site.markup import mail_text, safe_url
from generator.site.pages import api, numbers, reply, threads
from generator.site.pages.context import Context, Files, list_archive, list_archive_of
from generator.site.pages.members import Member, members, total_of
from generator.store import queries
from generator.store.local import local_change
from generator.text import diff, mbox, message, subject, thread
from generator.text.headers import all_headers, bare_msgid

#: A series, its members, its cover letter and its versions.
_Around = tuple[Series | None, list[Member], queries.Place | None, list[tuple[int, int, str]]]
#: Replies nested deeper than this are no longer indented.
_MAX_DEPTH = 8
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
    page = context.renderer.render(
        "patch.html",
        url,
        **_mail_context(context, "patch", patch, project_slug, project, comments),
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
        files=_diff_files(text),
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
        **_mail_context(context, "cover", cover, project_slug, project, comments),
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
        "comments": _thread(context, kind, mail, project, comments),
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
    """The series around a mail: its name, its members, and the neighbours of a patch."""
    if not mail.series:
        return None
    number = mail.series[0].id
    series, every, cover, versions = _around(context, number, project_slug)
    here = [n for n, m in enumerate(every) if m.row and m.row.id == mail.id]
    with_page = [n for n, m in enumerate(every) if m.row]
    before = after = None
    if isinstance(mail, Patch) and here:
        before = next((every[n] for n in reversed(with_page) if n < here[0]), None)
        after = next((every[n] for n in with_page if n > here[0]), None)
    rows = [member.row for member in every if member.row]
    return {
        "id": number,
        "name": (series.name if series else None) or mail.series[0].name or f"series {number}",
        "version": mail.series[0].version,
        "url": urls.series(project_slug, number),
        "members": every,
        "total": total_of(series, rows),
        "has_mbox": bool(rows),
        "cover": cover,
        "cover_url": context.place_url(cover) if cover else None,
        "previous": before,
        "next": after,
        "versions": [
            (version, urls.series(project_slug, other), other == number)
            for other, version, _ in versions
        ],
    }


def _around(context: Context, number: int, project_slug: str) -> _Around:
    """What is read of a series for each of its patches, which mostly come one after the other."""
    key = number, project_slug
    if key not in context.series_at_hand:
        archive = context.archive
        series = queries.series(archive, number)
        every = members(archive, number, series, project_slug)
        cover = queries.cover_of(archive, number)
        context.series_at_hand.clear()
        context.series_at_hand[key] = series, every, cover, queries.versions(archive, number)
    found: _Around = context.series_at_hand[key]
    return found


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


def _thread(
    context: Context, kind: str, mail: Patch | Cover, project: Project, comments: list[Comment]
) -> list[dict[str, Any]]:
    """The comments in thread order; ghosts have no `comment`."""
    root = bare_msgid(mail.msgid)
    others = set()
    if mail.series:
        sql = context.archive.sql
        for table in ("patch", "cover"):
            query = f"SELECT msgid FROM {table} WHERE series_id = ?"
            others |= {row[0] for row in sql.execute(query, (mail.series[0].id,))}
    shown = []
    for node in thread.order(root, comments, frozenset(others)):
        item: dict[str, Any] = {"depth": min(node.depth, _MAX_DEPTH), "msgid": node.msgid}
        item["archive_url"] = list_archive_of(project, node.msgid)
        item["comment"] = comment = node.comment
        if comment:
            text = comment.content if isinstance(comment.content, str) else ""
            links = context.links(f"{kind}-comment", comment.id, project)
            item["html"] = mail_text(text, links, fold_quotes=True)
            item["archive_url"] = list_archive(project, comment)
            item["reply"] = reply.help_for(comment, comment.subject or "", project)
            item["gone"] = context.gone_since(f"{kind}-comment", comment.id)
            item["addressed"] = comment.addressed if isinstance(comment.addressed, bool) else None
        shown.append(item)
    return shown


def _diff_files(text: str) -> list[dict[str, Any]]:
    files = diff.parse(text) if text else []
    lines = [sum(len(hunk.lines) for hunk in file.hunks) + len(file.plain) for file in files]
    is_long = sum(lines) > _LONG_DIFF
    return [
        {
            "number": number,
            "file": file,
            "open": not (is_long and count > _LONG_FILE),
            "is_binary": diff.is_binary(file),
            "rows": diffhtml.rows(file, number),
            "header": "\n".join(file.header),
            "plain": "\n".join(file.plain),
            "lines": count,
        }
        for number, (file, count) in enumerate(zip(files, lines, strict=True), 1)
    ]
