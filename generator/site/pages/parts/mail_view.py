"""What the pages of patches and cover letters share: the mail, its series, its tags, its comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from generator import urls
from generator.archive.bundle_types import AnyMail
from generator.archive.page_refs import PageRef, Twin
from generator.mail import body, mbox, subject
from generator.mail.encoded_words import decoded, decoded_parameters
from generator.mail.headers import all_headers, bare_msgid
from generator.mail.names import mail_subject
from generator.mail.readable import readable_text
from generator.model import Comment, Mail, Patch, Project
from generator.privacy.objects import REMOVED_NAME
from generator.site.build_context import Context
from generator.site.html.escape import mail_text
from generator.site.pages.parts.comments import CommentItem, thread_items
from generator.site.pages.parts.dependency_links import DependencyLinks
from generator.site.pages.parts.posting import posting
from generator.site.pages.parts.remark_list import RemarkList, remarks_on_mail
from generator.site.pages.parts.remarks import PatchRemarks
from generator.site.pages.parts.reply_links import Reply, reply_links
from generator.site.pages.parts.series_members import Member, neighbours, window
from generator.site.pages.parts.series_navigation import (
    ComparisonLink,
    Counterpart,
    NewerVersion,
    VersionLink,
    series_navigation,
)
from generator.site.pages.parts.text_links import list_archive, text_links


class Tag(NamedTuple):
    """Who acked, reviewed, tested … a mail; `anchor` is that of the text on the page that says so."""

    tag: str
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class MailSeries:
    """The series of a mail as its page shows it. previous, next: the neighbours of a patch.

    members: of a long series only those around the mail, and None where others are left out. size: how many
    there are. worked_out: whether it was put together here, because the server has none.
    has_mbox: whether a patch of it is archived. See SeriesNavigation for the rest.
    """

    id: int
    name: str
    version: int | None
    url: str
    members: list[Member | None]
    size: int
    worked_out: bool
    total: int
    has_mbox: bool
    cover: PageRef | None
    cover_url: str | None
    thread_url: str | None
    has_feed: bool
    previous: Member | None
    next: Member | None
    versions: list[VersionLink]
    newer: NewerVersion | None
    comparison: ComparisonLink | None
    counterpart: Counterpart | None
    dependencies: DependencyLinks


@dataclass(frozen=True)
class MailView:
    """What `mail.html` shows. All URLs but `archive_url` are relative to the site's root.

    kind: `patch` or `cover`. title: the name without its prefixes. notes: the text below the `---` line.
    has_changelog: whether they tell what changed between versions. open_comments: how many are marked as not
    addressed; open_remarks: these, and remarks of which nothing says whether they were.
    deleted_since: since when the server lacks the mail (seconds since 1970). has_detail: whether more
    than its list entry is archived. twins: the same mail in other projects. listed: the date (seconds
    since 1970) by which it is listed where its own is wrong. is_removed: whether it stands in the place of
    a mail that is left out. download_name: without a suffix.
    """

    mail: Mail
    kind: str
    name: str
    title: str
    msgid: str
    archive_url: str | None
    project: Project
    project_url: str
    submitter_url: str | None
    series: MailSeries | None
    body: Markup
    notes: Markup | None
    has_changelog: bool
    headers: list[tuple[str, str]]
    tags: list[Tag]
    tag_counts: dict[str, int]
    comments: list[CommentItem]
    posting: Markup | None
    comment_count: int
    open_comments: int
    open_remarks: RemarkList
    reply: Reply | None
    twins: list[Twin]
    listed: int | None
    deleted_since: int | None
    has_detail: bool
    is_removed: bool
    download_name: str


def mail_view(
    context: Context,
    bundle: AnyMail,
    remarks: PatchRemarks | None = None,
) -> MailView:
    """What the page of a patch or cover letter shows; `remarks`: those at lines of its diff."""
    mail, project = bundle.mail, bundle.project
    content = mail.content if isinstance(mail.content, str) else ""
    message, notes = body.split_notes(readable_text(mail))
    links = text_links(bundle)
    name = mail_subject(mail)
    at_lines = remarks or PatchRemarks([], 0, 0, {})
    root = urls.root_of(bundle.ref.url)
    comments = thread_items(bundle, root, remarks=at_lines.links)
    return MailView(
        mail=mail,
        kind=bundle.ref.kind,
        name=name,
        title=subject.parse(name).title,
        msgid=bare_msgid(mail.msgid),
        archive_url=list_archive(project, mail),
        project=project,
        project_url=urls.project(bundle.project_slug),
        submitter_url=_submitter_url(bundle.project_slug, mail),
        series=_mail_series(context, bundle),
        body=mail_text(message, links, is_reply=False),
        notes=mail_text(notes, links, is_reply=False) if notes.strip() else None,
        has_changelog=body.is_changelog(notes),
        headers=_headers(mail),
        tags=_tags(content, bundle.comments),
        tag_counts=_tag_counts(content, bundle.comments),
        comments=comments,
        posting=posting(mail, comments, root),
        comment_count=len(bundle.comments),
        open_comments=sum(comment.addressed is False for comment in bundle.comments),
        open_remarks=remarks_on_mail(context, bundle, at_lines.remarks),
        reply=reply_links(mail, project),
        twins=bundle.twins,
        listed=bundle.listed,
        deleted_since=bundle.deleted,
        has_detail=isinstance(mail.headers, dict),
        is_removed=mail.submitter is None and mail.name == REMOVED_NAME,
        download_name=mbox.file_name(mail.name or "", ""),
    )


def _headers(mail: Mail) -> list[tuple[str, str]]:
    """The headers as people read them; the mbox has them as they were sent."""
    headers = all_headers(mail.headers) if isinstance(mail.headers, dict) else []
    return [(name, decoded_parameters(decoded(value))) for name, value in headers]


def _submitter_url(project_slug: str, mail: Mail) -> str | None:
    if not isinstance(mail, Patch) or not mail.submitter:
        return None
    return urls.facet(project_slug, "submitter", str(mail.submitter.id))


def _mail_series(context: Context, bundle: AnyMail) -> MailSeries | None:
    mail, series = bundle.mail, bundle.series
    if not series:
        return None
    links = series_navigation(context, series)
    at = links.places.get(mail.id) if isinstance(mail, Patch) else None
    previous, following = neighbours(links.members, at) if at is not None else (None, None)
    return MailSeries(
        id=series.id,
        name=series.name or f"series {series.id}",
        version=series.series.version if series.series else None,
        url=urls.series(bundle.project_slug, series.id),
        members=window(links.members, at),
        size=len(links.members),
        worked_out=series.is_worked_out,
        total=links.total,
        has_mbox=bool(series.rows),
        cover=series.cover,
        cover_url=series.cover.url if series.cover else None,
        thread_url=links.thread_url,
        has_feed=links.has_feed,
        previous=previous,
        next=following,
        versions=links.versions,
        newer=links.newer,
        comparison=links.comparison,
        counterpart=links.counterparts.get(mail.id) if isinstance(mail, Patch) else None,
        dependencies=links.dependencies,
    )


def _tag_counts(content: str, comments: Sequence[Comment]) -> dict[str, int]:
    """A, R, T as Patchwork counts them: in the message and in every comment."""
    texts = [content, *(c.content for c in comments if isinstance(c.content, str))]
    counts = [body.tag_counts(text) for text in texts]
    return {tag: sum(count[tag] for count in counts) for tag in ("A", "R", "T")}


def _tags(content: str, comments: Sequence[Comment]) -> list[Tag]:
    texts = [("message", content)]
    texts += [(str(c.id), c.content) for c in comments if isinstance(c.content, str)]
    return [
        Tag(f"{trailer.tag.capitalize()}-by", trailer.name, anchor)
        for anchor, text in texts
        for trailer in body.trailers(text)
        if trailer.tag not in ("signed-off", "co-developed")
    ]
