"""What the pages of patches and cover letters share: the mail, its series, its tags, its comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator import urls
from generator.mail import body as message
from generator.mail import subject
from generator.mail.headers import all_headers, bare_msgid
from generator.model import Comment, Cover, Mail, Patch, Project
from generator.site.build_context import Context, list_archive
from generator.site.html.escape import mail_text
from generator.site.pages.parts import comments as replies
from generator.site.pages.parts import reply_links, series_context


def mail_context(
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
        "reply": reply_links.help_for(mail, mail.name or "", project),
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
    here = series_context.around(context, stub.id, project_slug)
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
