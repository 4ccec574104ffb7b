"""The page of a series, its feed, and all its patches as one download."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator import urls
from generator.archive import queries
from generator.archive.patch_rows import PatchRow
from generator.diff.diffstat import Stat, diffstat, total
from generator.mail import mbox
from generator.model import Cover, Patch, Project, Series
from generator.site.build_context import Context, Files
from generator.site.exports import api, feeds, thread_mbox
from generator.site.html.escape import Links, mail_text
from generator.site.pages import comparison, person
from generator.site.pages.parts import series_context
from generator.site.pages.parts.series_members import Member
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit


def series_page(context: Context, number: int) -> Files:
    """The page of a series, `feed.atom` beside it, and `/series/ID/mbox`."""
    project_id = queries.project_of_series(context.archive, number)
    project_slug, project = context.project(project_id)
    url = urls.series(project_slug, number)
    here = series_context.around(context, number, project_slug)
    series, every = here.series, here.members
    rows = [member.row for member in every if member.row]
    patches = [queries.patch(context.archive, row.id)[1] for row in rows]
    cover = here.cover
    letter = queries.cover(context.archive, cover.id)[1] if cover else None
    name = _name(series, rows, number)
    page = context.renderer.render(
        "series.html",
        url,
        id=number,
        name=name,
        series=series,
        project=project,
        project_url=urls.project(project_slug),
        cover=letter,
        cover_url=context.place_url(cover) if cover else None,
        cover_body=_cover_body(context, letter, project),
        submitter_url=_submitter_url([letter, *patches], series),
        members=every,
        received=len(rows),
        total=here.total,
        stats=_stats(context, patches),
        people=person.of_series(context, here),
        forgotten=_forgotten(context, here),
        mbox_url=urls.series_mbox(number) if rows else None,
        download_name=mbox.file_name(name, ""),
        date=series.date if series and series.date else None,
        gone=context.gone_since("series", number),
        versions=here.version_bar(),
        newer=here.newer(),
        comparison=here.comparison(),
        counterparts=here.counterparts,
        thread_url=here.thread_url,
        replies=here.replies,
    )
    files: Files = {urls.file_of(url): page}
    files[url + "feed.atom"] = feeds.series_feed(context, url, name, letter, rows)
    if rows:
        mails = [_mail(context, patch, project) for patch in patches]
        files[urls.series_mbox(number)] = mbox.mailbox(mails)
        files |= _with_those_before(context, every, mails)
    sent: list[Patch | Cover] = [*([letter] if letter else []), *patches]
    files |= thread_mbox.thread_files(context, project_slug, sent)
    return files | (api.series_files(context, number, url) if context.config.api else {})


def _name(series: Series | None, rows: list[PatchRow], number: int) -> str:
    first = rows[0].name if rows else ""
    return (series.name if series else None) or first or f"Series {number}"


def _mail(context: Context, patch: Patch, project: Project) -> bytes:
    comments = queries.comments(context.archive, "patch", patch.id)
    return context.mail(patch, comments, project)


def _with_those_before(context: Context, every: list[Member], mails: list[bytes]) -> Files:
    """For each patch but the first `mbox.series`: its mail after those of the patches before it.

    Where that would be too large there is an empty `mbox.refused` in its place: no server is to give
    the patch alone for it.
    """
    files: Files = {}
    known = [member for member in every if member.row]
    before, size = 0, 0  # how many come before those of the same number, and their bytes
    for at, member in enumerate(known):
        if member.number is None:
            break  # these come last, and nothing says what is before them
        while (known[before].number or 0) < member.number:
            size += len(mails[before])
            before += 1
        if not before:
            continue
        folder = urls.file_of(member.url or "").removesuffix("index.html")
        if size + len(mails[at]) <= context.config.mbox_series_kb << 10:
            files[f"{folder}mbox.series"] = mbox.mailbox([*mails[:before], mails[at]])
        else:
            files[f"{folder}mbox.refused"] = b""
    return files


def _cover_body(context: Context, cover: Cover | None, project: Project) -> Any:
    if not cover or not isinstance(cover.content, str):
        return None
    links: Links = context.links("cover", cover.id, project)
    return mail_text(cover.content, links, fold_quotes=False)


def _submitter_url(mails: list[Any], series: Series | None) -> str | None:
    """The page of who sent a series; only who sent mails has one."""
    senders = {mail.submitter.id for mail in mails if mail and mail.submitter}
    who = series.submitter if series else None
    return urls.person(who.id) if who and who.id in senders else None


def _forgotten(context: Context, here: series_context.Around) -> dict[str, Any] | None:
    """Trailers given to the version before that this one lacks, with the patches' places."""
    before = here.before()
    if not before:
        return None
    missed = comparison.forgotten(context, before.series, here.number, here.project_slug)
    return {"label": before.label, "trailers": missed} if missed else None


def _stats(context: Context, patches: list[Patch]) -> list[Stat]:
    return total([stat for patch in patches for stat in diffstat(context.diff(patch))])


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    # A series' page also tells who did what for its other versions.
    versions = {
        work: [prints.series_mails.get(version.series) for version in versions]
        for work, versions in prints.works.items()
    }
    for series in prints.series_projects:
        group = plan.group(series)
        depends = plan.series_depends(series), versions.get(group)
        yield plan.unit("series", series, depends, group=group)


SERIES = PageKind(
    "series",
    _units,
    lambda context, key, _: series_page(context, key),
    templates=("series.html", "feed.atom"),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
