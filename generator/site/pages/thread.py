"""The page of a series' whole thread: each mail folded to a line, with the comments on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from markupsafe import Markup

from generator import urls
from generator.archive import bundles
from generator.archive.bundle_types import AnyMail, SeriesBundle, SeriesMails
from generator.archive.columns import seconds
from generator.archive.series_versions import SeriesVersion
from generator.mail import body
from generator.mail.names import mail_subject, person_name
from generator.mail.readable import readable_text
from generator.model import Comment, Project
from generator.site.build_context import Context, Files
from generator.site.exports.thread_mbox import thread_mbox_url
from generator.site.html.escape import mail_text
from generator.site.pages.parts.comments import CommentItem, thread_items
from generator.site.pages.parts.posting import posting
from generator.site.pages.parts.series_navigation import (
    NewerVersion,
    VersionLink,
    series_navigation,
)
from generator.site.pages.parts.text_links import text_links
from generator.site.pages.parts.version_comparison import compare_versions
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit

#: How a patch is marked that was in the version before, and one that wasn't.
_MARKS = {"added": "new", "changed": "changed", "rewritten": "rewritten", "unchanged": "unchanged"}


@dataclass(frozen=True, slots=True)
class ThreadMail:
    """A patch or cover letter of a thread. `id` is its anchor; only patches have number, state and mark."""

    id: str
    kind: str
    name: str
    url: str
    date: datetime
    submitter: str
    body: Markup
    comments: list[CommentItem]
    number: int | None = None
    state: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class ThreadView:
    """What `thread.html` shows.

    replies: how many comments there are. since: the version before. late: by the label of a later version,
    the comments that are newer. postings: the mails that have comments, for search engines.
    """

    project: Project
    project_url: str
    name: str
    series_url: str
    has_feed: bool
    mails: list[ThreadMail]
    replies: int
    versions: list[VersionLink]
    newer: NewerVersion | None
    since: str | None
    late: dict[str, list[CommentItem]]
    postings: list[Markup]
    thread_mbox_url: str | None


def thread_page(context: Context, number: int) -> Files:
    """The thread of a series; nothing where nobody replied, or there is only one mail."""
    bundle = bundles.series_mails(context.archive, number)
    series = bundle.series
    links = series_navigation(context, series)
    if not links.thread_url:
        return {}
    url = links.thread_url
    root = urls.root_of(url)
    marks = _marks(context, series)
    later = _later_versions(series)
    mails = [_mail(bundle.cover, root, later)] if bundle.cover else []
    patches = {patch.mail.id: patch for patch in bundle.patches}
    for member in links.members:
        if member.row:
            patch = patches[member.row.id]
            mark = marks.get(patch.mail.id)
            item = _mail(patch, root, later)
            mails.append(replace(item, number=member.number, state=patch.mail.state, mark=mark))
    previous = series.previous_version
    view = ThreadView(
        project=series.project,
        project_url=urls.project(series.project_slug),
        name=series.name or mails[0].name,
        series_url=urls.series(series.project_slug, number),
        has_feed=links.has_feed,
        mails=mails,
        replies=series.comment_count,
        versions=links.versions,
        newer=links.newer,
        since=previous.label if previous else None,
        late=_late(mails),
        postings=_postings(bundle, mails, root),
        thread_mbox_url=thread_mbox_url(bundles.thread_of(context.archive, bundle)),
    )
    return {urls.file_of(url): context.render("thread.html", url, view)}


def _postings(bundle: SeriesMails, mails: Sequence[ThreadMail], root: str) -> list[Markup]:
    by_anchor = {f"{mail.ref.kind}-{mail.mail.id}": mail.mail for mail in bundle.every}
    every = (posting(by_anchor[mail.id], mail.comments, root, f"#{mail.id}") for mail in mails)
    return [script for script in every if script]


def _mail(bundle: AnyMail, root: str, later: Sequence[SeriesVersion]) -> ThreadMail:
    mail, kind = bundle.mail, bundle.ref.kind
    message, _ = body.split_notes(readable_text(mail))
    # Numbers of comments on patches and on cover letters may be the same.
    prefix = "comment-" if kind == "patch" else "cover-comment-"
    return ThreadMail(
        id=f"{kind}-{mail.id}",
        kind=kind,
        name=mail_subject(mail),
        url=bundle.ref.url,
        date=mail.date,
        submitter=person_name(mail.submitter),
        body=mail_text(message, text_links(bundle, root=root), is_reply=False),
        comments=[
            replace(item, since=_since(bundle, item.comment, later)) if item.comment else item
            for item in thread_items(bundle, root, anchor_prefix=prefix)
        ],
    )


def _later_versions(series: SeriesBundle) -> list[SeriesVersion]:
    """The versions after a series, the newest first."""
    at = next((n for n, v in enumerate(series.versions) if v.series == series.id), 0)
    return sorted(series.versions[at + 1 :], key=lambda version: -version.date)


def _since(bundle: AnyMail, comment: Comment, later: Sequence[SeriesVersion]) -> str | None:
    """The newest of the later versions that was sent before a comment."""
    date = bundle.listed_comments.get(comment.id, seconds(comment.date))
    return next((version.label for version in later if version.date <= date), None)


def _late(mails: Sequence[ThreadMail]) -> dict[str, list[CommentItem]]:
    """By the label of a later version: the comments that came after it, by date."""
    late: dict[str, list[CommentItem]] = {}
    items = [
        (seconds(item.comment.date), at, item.since, item)
        for at, item in enumerate(item for mail in mails for item in mail.comments)
        if item.comment and item.since
    ]
    for _, _, label, item in sorted(items, key=itemgetter(0, 1)):
        late.setdefault(label, []).append(item)
    return late


def _marks(context: Context, series: SeriesBundle) -> dict[int, str]:
    """By patch: what is new about it since the version before."""
    previous = series.previous_version
    if not previous:
        return {}
    own = next(version for version in series.versions if version.series == series.id)
    comparison = compare_versions(context, series, previous, own)
    return {new.id: _MARKS[pair.kind] for pair, _, new in comparison.patches() if new}


def _units(plan: Plan) -> Iterator[Unit]:
    with_comments = plan.fingerprints.series_with_comments
    for series in plan.fingerprints.series_projects:
        if series in with_comments:
            depends = plan.series_depends(series), series in plan.series_with_feed
            yield plan.unit("thread", series, depends, group=plan.group(series))


THREAD = PageKind(
    "thread",
    _units,
    lambda context, key, _: thread_page(context, key),
    templates=("thread.html",),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
