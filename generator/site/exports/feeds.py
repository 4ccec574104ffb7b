"""Atom feeds (RFC 4287). An entry's id is its mail's, as a `mid:` URL (RFC 2392): it outlives any host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from generator import urls
from generator.archive import planning, queries
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.mail.headers import bare_msgid
from generator.model import Cover
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.registry import PageKind, Stage, Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; `url` is relative to the site's root."""

    msgid: str
    title: str
    author: str
    date: datetime
    url: str
    summary: str


def list_feed(context: Context, key: tuple[str, int | None], ids: tuple[int, ...]) -> Files:
    """The newest patches of a project, or of the whole archive where the key's project is None."""
    url, project_id = key
    title = context.config.title
    if project_id is not None:
        title = f"{context.project(project_id)[1].name} – {title}"
    rows = patch_rows(context.archive, ids)
    entries = [_patch_entry(context, row) for row in rows]
    return {urls.file_of(url): _feed(context, url, title, entries)}


def person_feed(context: Context, url: str, name: str, rows: list[PatchRow]) -> bytes:
    """The newest patches that somebody sent; `url` is that of their page."""
    entries = [_patch_entry(context, row) for row in rows]
    return _feed(context, f"{url}feed.atom", f"{name} – {context.config.title}", entries)


def series_feed(
    context: Context, url: str, name: str, cover: Cover | None, rows: list[PatchRow]
) -> bytes:
    """Everything that was sent for a series: cover letter, patches, comments; newest first."""
    entries = [_patch_entry(context, row) for row in rows]
    mails = [("patch", row.id, entry.url) for row, entry in zip(rows, entries, strict=True)]
    if cover:
        place = queries.places(context.archive, [bare_msgid(cover.msgid)])[bare_msgid(cover.msgid)]
        cover_url = context.place_url(place)
        mails.insert(0, ("cover", cover.id, cover_url))
        author = (cover.submitter.name or "") if cover.submitter else ""
        entries.append(
            Entry(
                bare_msgid(cover.msgid),
                cover.name or name,
                author,
                cover.date,
                cover_url,
                "cover letter",
            )
        )
    for kind, number, page in mails:
        for comment in queries.comments(context.archive, kind, number):
            author = (comment.submitter.name or "") if comment.submitter else ""
            entries.append(
                Entry(bare_msgid(comment.msgid), comment.subject or "(no subject)", author,
                      comment.date, f"{page}#{comment.id}", "comment")
            )  # fmt: skip
    entries.sort(key=lambda entry: (entry.date, entry.msgid), reverse=True)
    return _feed(context, f"{url}feed.atom", name, entries)


def _patch_entry(context: Context, row: PatchRow) -> Entry:
    url = urls.patch(context.project(row.project_id)[0], row.slug)
    date = urls.moment(row.date).replace(tzinfo=None)
    return Entry(row.msgid, row.name or "(no subject)", row.submitter, date, url, row.state)


def _feed(context: Context, url: str, title: str, entries: list[Entry]) -> bytes:
    root = context.config.base_url or urls.root_of(url)
    updated = max((entry.date for entry in entries), default=urls.moment(0))
    return context.renderer.render(
        "feed.atom",
        url,
        title=title,
        entries=entries,
        updated=updated,
        base=root,
        alternate=url.removesuffix("feed.atom"),
        feed_id=context.config.base_url + url
        if context.config.base_url
        else f"urn:stillwork:{quote(url)}",
        mid=lambda msgid: "mid:" + quote(msgid, safe="@.-_~!$'()*+="),
    )


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


FEED = PageKind("feed", _units, list_feed, templates=("feed.atom",), stage=Stage.ENTRY_POINTS)
