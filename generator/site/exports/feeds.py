"""Atom feeds (RFC 4287). An entry's id is its mail's, as a `mid:` URL (RFC 2392): it outlives any host."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from generator import urls
from generator.archive import planning
from generator.archive.bundle_types import SeriesMails
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.mail.headers import bare_msgid
from generator.mail.names import mail_subject, person_name
from generator.model import Mail
from generator.site.build_context import PERSON_FEED_DAYS, Context, Files
from generator.site.pages.parts.change_rows import ChangeRow
from generator.site.plan import Plan
from generator.site.registry import PageKind, Stage, Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; `url` is relative to the site's root."""

    msgid: str
    title: str
    author: str
    date: datetime
    url: str
    summary: str


@dataclass(frozen=True)
class FeedView:
    """What `feed.atom` shows. base: where the site's URLs begin; mid: the `mid:` URL of a message id."""

    title: str
    entries: list[Entry]
    updated: datetime
    base: str
    alternate: str
    feed_id: str
    mid: Callable[[str], str]


def list_feed(context: Context, key: tuple[str, int | None], ids: tuple[int, ...]) -> Files:
    """The newest patches of a project, or of the whole archive where the key's project is None."""
    url, project_id = key
    title = context.config.title
    if project_id is not None:
        title = f"{context.project(project_id)[1].name} – {title}"
    rows = patch_rows(context.archive, ids)
    entries = [_patch_entry(context, row) for row in rows]
    return {urls.file_of(url): feed(context, url, title, entries)}


def person_feed(context: Context, url: str, name: str, rows: list[PatchRow]) -> bytes:
    """The newest patches that somebody sent; `url` is that of their page."""
    entries = [_patch_entry(context, row) for row in rows]
    return feed(context, f"{url}feed.atom", f"{name} – {context.config.title}", entries)


def change_feed(context: Context, url: str, title: str, rows: Sequence[ChangeRow]) -> bytes:
    """Changes, newest first, with their status; `url` is that of the page that lists them."""
    entries = [
        Entry(
            msgid=row.patches[0].msgid,
            title=row.change.name or "(no subject)",
            author=row.patches[0].submitter,
            date=_moment(row.change.date),
            url=row.url,
            summary=f"{row.change.verdict.status}: {row.change.verdict.reason}",
        )
        for row in rows
    ]
    return feed(context, f"{url}feed.atom", f"{title} – {context.config.title}", entries)


def series_feed(context: Context, url: str, name: str, mails: SeriesMails) -> bytes:
    """Everything that was sent for a series: cover letter, patches, comments; newest first."""
    entries = [_patch_entry(context, row) for row in mails.series.rows]
    if mails.cover:
        cover, cover_url = mails.cover.mail, mails.cover.ref.url
        title = mail_subject(cover) if cover.name else name
        date = cover.date if mails.cover.listed is None else _moment(mails.cover.listed)
        entries.append(_mail_entry(cover, date, title, cover_url, "cover letter"))
    for bundle in mails.every:
        for comment in bundle.comments:
            target = f"{bundle.ref.url}#{comment.id}"
            listed = bundle.listed_comments.get(comment.id)
            date = comment.date if listed is None else _moment(listed)
            entries.append(_mail_entry(comment, date, mail_subject(comment), target, "comment"))
    entries.sort(key=lambda entry: (entry.date, entry.msgid), reverse=True)
    return feed(context, f"{url}feed.atom", name, entries)


def _patch_entry(context: Context, row: PatchRow) -> Entry:
    url = urls.patch(context.project(row.project_id)[0], row.slug)
    title = row.name or "(no subject)"
    summary = f"{row.state}, landed as {row.landed[:12]}" if row.landed else row.state
    return Entry(row.msgid, title, row.submitter, _moment(row.date), url, summary)


def _moment(date: int) -> datetime:
    return urls.moment(date).replace(tzinfo=None)


def _mail_entry(mail: Mail, date: datetime, title: str, url: str, summary: str) -> Entry:
    author = person_name(mail.submitter)
    return Entry(bare_msgid(mail.msgid), title, author, date, url, summary)


def feed(
    context: Context, url: str, title: str, entries: list[Entry], alternate: str | None = None
) -> bytes:
    """A feed at a URL with the entries as given; `alternate`: the page that it is about, else its folder."""
    # RFC 4287 §4.1.1: no two entries of one id. A mail to several lists is in several projects.
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(entry.msgid, entry)
    root = context.config.base_url or urls.root_of(url)
    updated = max((entry.date for entry in entries), default=urls.moment(0))
    base_url = context.config.base_url
    view = FeedView(
        title=title,
        entries=list(unique.values()),
        updated=updated,
        base=root,
        alternate=url.removesuffix("feed.atom") if alternate is None else alternate,
        feed_id=base_url + url if base_url else f"urn:stillwork:{quote(url)}",
        mid=lambda msgid: "mid:" + quote(msgid, safe="@.-_~!$'()*+="),
    )
    return context.render("feed.atom", url, view)


def _units(plan: Plan) -> Iterator[Unit]:
    """A feed for each project, and one for the whole archive."""
    size = plan.config.feed_size
    for patches in plan.project_patches:
        newest = tuple(reversed(patches.ids[-size:]))
        key = f"{urls.project(patches.slug)}feed.atom", patches.project
        depends = plan.projects[patches.project], newest, patches.fingerprint(newest)
        yield plan.unit("feed", key, depends, newest)
    newest = planning.newest_patches(plan.archive, size)
    rows = [
        patches.fingerprint([number for number in newest if number in patches])
        for patches in plan.project_patches
    ]
    yield plan.unit("feed", ("feed.atom", None), (newest, rows, plan.projects), newest)


def _of_tags(plan: Plan) -> Iterator[Unit]:
    """A feed of the patches with a tag, where the list of these names one."""
    since = plan.context.feeds_since(PERSON_FEED_DAYS)
    for patches in plan.project_patches:
        for value in patches.tags_since(since):
            newest = tuple(reversed(patches.facets["tag", value][-plan.config.feed_size :]))
            url = f"{urls.facet(patches.slug, 'tag', value)}feed.atom"
            label = patches.labels["tag", value]
            depends = plan.projects[patches.project], label, newest, patches.fingerprint(newest)
            yield plan.unit("tag-feed", (url, patches.project, label), depends, newest)


def tag_feed(context: Context, key: tuple[str, int, str], ids: tuple[int, ...]) -> Files:
    """The newest patches of a project with a tag: (URL, project, what readers call the tag)."""
    url, project, label = key
    title = f"{context.project(project)[1].name}: {label} – {context.config.title}"
    entries = [_patch_entry(context, row) for row in patch_rows(context.archive, ids)]
    return {urls.file_of(url): feed(context, url, title, entries)}


FEED = PageKind("feed", _units, list_feed, templates=("feed.atom",), stage=Stage.ENTRY_POINTS)
TAG_FEED = PageKind(
    "tag-feed", _of_tags, tag_feed, templates=("feed.atom",), stage=Stage.ENTRY_POINTS
)
