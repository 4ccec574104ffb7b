"""The page of a series' whole conversation: its mails a line each, with everything answered to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import urls
from generator.archive import queries
from generator.mail import body as message
from generator.model import Cover, Patch, Project
from generator.site.build_context import Context, Files
from generator.site.html.escape import mail_text
from generator.site.pages import comparison
from generator.site.pages.parts import comments as replies
from generator.site.pages.parts import series_context
from generator.site.pages.parts.series_context import Around
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit

#: How a patch is marked that was in the version before, and one that wasn't.
_MARKS = {"added": "new", "changed": "changed", "rewritten": "rewritten", "unchanged": "unchanged"}


def thread_page(context: Context, number: int) -> Files:
    """The conversation of a series; nothing where nobody answered, or there is but one mail."""
    project_id = queries.project_of_series(context.archive, number)
    project_slug, project = context.project(project_id)
    here = series_context.around(context, number, project_slug)
    if not here.thread_url:
        return {}
    url = here.thread_url
    root = urls.root_of(url)
    marks = _marks(context, here)
    mails = []
    if here.cover:
        letter = queries.cover(context.archive, here.cover.id)[1]
        where = context.place_url(here.cover)
        mails.append(_mail(context, "cover", letter, project, where, root))
    for member in here.members:
        if member.row and member.url:
            patch = queries.patch(context.archive, member.row.id)[1]
            shown = _mail(context, "patch", patch, project, member.url, root)
            shown |= {"number": member.number, "state": patch.state, "mark": marks.get(patch.id)}
            mails.append(shown)
    page = context.renderer.render(
        "thread.html",
        url,
        project=project,
        project_url=urls.project(project_slug),
        name=(here.series.name if here.series else None) or mails[0]["name"],
        series_url=urls.series(project_slug, number),
        mails=mails,
        replies=here.replies,
        versions=here.version_bar(),
        newer=here.newer(),
        since=before.label if (before := here.before()) else None,
    )
    return {urls.file_of(url): page}


def _mail(
    context: Context, kind: str, mail: Patch | Cover, project: Project, url: str, root: str
) -> dict[str, Any]:
    comments = queries.comments(context.archive, kind, mail.id)
    content = mail.content if isinstance(mail.content, str) else ""
    body, _ = message.split_notes(content)
    items = replies.in_order(context, kind, mail, project, comments, root)
    # Numbers of comments on patches and on cover letters may be the same.
    prefix = "comment" if kind == "patch" else "cover-comment"
    for item in items:
        item["anchor"] = f"{prefix}-{item['comment'].id}" if item["comment"] else None
    return {
        "id": f"{kind}-{mail.id}",
        "kind": kind,
        "name": mail.name or "(no subject)",
        "url": url,
        "date": mail.date,
        "submitter": (mail.submitter.name or mail.submitter.email) if mail.submitter else None,
        "number": None,
        "state": None,
        "mark": None,
        "body": mail_text(body, context.links(kind, mail.id, project, root), fold_quotes=False),
        "comments": items,
    }


def _marks(context: Context, here: Around) -> dict[int, str]:
    """By patch: what is new about it since the version before."""
    before = here.before()
    if not before:
        return {}
    found = comparison.compared(context, before.series, here.number, here.project_slug)
    return {found.new[p.new].id: _MARKS[p.kind] for p in found.pairs if p.new is not None}


def _units(plan: Plan) -> Iterator[Unit]:
    with_comments = plan.fingerprints.series_with_comments
    for series in plan.fingerprints.series_projects:
        if series in with_comments:
            depends = plan.series_depends(series)
            yield plan.unit("thread", series, depends, group=plan.group(series))


THREAD = PageKind(
    "thread",
    _units,
    lambda context, key, _: thread_page(context, key),
    templates=("thread.html",),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
