"""The page of a series, its feed, and all its patches as one download."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from generator import urls
from generator.archive import bundles
from generator.archive.bundle_types import MailBundle, SeriesBundle, SeriesMails, SeriesPageBundle
from generator.archive.change_json import mail_url
from generator.archive.change_status import Verdict
from generator.archive.series_versions import UnjoinedSeries
from generator.archive.worked_out_series import is_worked_out
from generator.diff.diffstat import Stat, diffstat, total
from generator.mail import mbox
from generator.mail.readable import readable_text
from generator.model import Cover, Project, Series
from generator.site.areas import AreaLink
from generator.site.build_context import Context, Files
from generator.site.exports import api, feeds, thread_mbox
from generator.site.files import SymlinkTo
from generator.site.html.escape import mail_text
from generator.site.pages.parts.comparison_links import VersionsLink, comparison_links
from generator.site.pages.parts.contributors import Contributor, contributors
from generator.site.pages.parts.dependency_links import DependencyLinks
from generator.site.pages.parts.outcomes import Outcome, landed_count, landed_later, outcomes
from generator.site.pages.parts.remark_list import (
    LeftOver,
    RemarkList,
    left_over,
    remarks_on_series,
)
from generator.site.pages.parts.series_facts import SeriesFacts, series_facts
from generator.site.pages.parts.series_members import Member
from generator.site.pages.parts.series_navigation import (
    ComparisonLink,
    Counterpart,
    NewerVersion,
    SeriesNavigation,
    VersionLink,
    series_navigation,
)
from generator.site.pages.parts.text_links import text_links
from generator.site.pages.parts.version_comparison import (
    CarriedTrailer,
    carried_trailers,
    compare_versions,
)
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit

#: How much all `mbox.series` of a series may take: so many of the largest. Their sum grows with its square.
_MOST_CUMULATIVE = 2


@dataclass(frozen=True, slots=True)
class ForgottenTrailers:
    """Trailers given to the version with this label that the next one lacks."""

    label: str
    trailers: list[CarriedTrailer]


@dataclass(frozen=True, slots=True)
class UnjoinedLink:
    """A series that this one might be a version of, and why it isn't."""

    name: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The status of the change that a series is the newest version of, why, and the mail that it rests on."""

    status: str
    reason: str
    url: str


@dataclass(frozen=True)
class SeriesView:
    """What `series.html` shows. URLs are relative to the site's root.

    series: None where only its number is known. received: how many of its patches are archived.
    label: which version it is, or empty. status: None for an older version. worked_out_from: of how
    many mails it was put together here; 0 where the server has it. deleted_since: since when the
    server lacks it (seconds since 1970). landed: how many of its patches did; landed_later:
    of how many a later version did, and which one, or empty; outcomes: by patch. See
    SeriesNavigation for what it holds.
    """

    id: int
    name: str
    series: Series | None
    project: Project
    project_url: str
    cover: Cover | None
    cover_url: str | None
    cover_body: Markup | None
    submitter_url: str | None
    members: list[Member]
    received: int
    total: int
    worked_out_from: int
    stats: list[Stat]
    people: list[Contributor]
    forgotten: ForgottenTrailers | None
    mbox_url: str | None
    download_name: str
    date: datetime | None
    label: str
    status: StatusLine | None
    facts: SeriesFacts
    landed: int
    landed_later: tuple[int, str]
    outcomes: dict[int, list[Outcome]]
    open_remarks: RemarkList
    left_over: list[LeftOver]
    deleted_since: int | None
    versions: list[VersionLink]
    newer: NewerVersion | None
    unjoined: UnjoinedLink | None
    comparison: ComparisonLink | None
    comparisons: list[VersionsLink]
    counterparts: dict[int, Counterpart]
    dependencies: DependencyLinks
    thread_url: str | None
    thread_mbox_url: str | None
    has_feed: bool
    areas: tuple[AreaLink, ...]


def series_page(
    context: Context, number: int, known: tuple[Verdict | None, tuple[AreaLink, ...]]
) -> Files:
    """The page of a series, `feed.atom` beside it, `/series/ID/mbox` and what the API has of it.

    known: the status of the change that it is the newest version of, and the subsystems that it touches.
    """
    # The API has what the server has: whoever mirrors this site works out the same series.
    with_objects = context.config.api and not is_worked_out(number)
    bundle = bundles.series_page_bundle(context.archive, number, with_objects=with_objects)
    mails = bundle.mails
    series = mails.series
    url = urls.series(series.project_slug, number)
    links = series_navigation(context, series)
    view = _series_view(context, bundle, links, *known)
    files: Files = {urls.file_of(url): context.render("series.html", url, view)}
    if links.has_feed:
        files[url + "feed.atom"] = feeds.series_feed(context, url, view.name, mails)
    if mails.patches:
        contents = [context.mbox(patch) for patch in mails.patches]
        files[urls.series_mbox(number)] = (
            mbox.mailbox(contents) if len(contents) > 1 else _link_to_mbox(mails.patches[0].ref.url)
        )
        files |= _cumulative_mboxes(context, number, links.members, contents)
    elif series.series and series.series.received_total == 0:
        files[urls.series_mbox(number)] = b""  # as Patchwork answers for a cover letter alone
    files |= thread_mbox.thread_files(bundle.thread)
    return files | (api.series_files(context, bundle.objects, url) if bundle.objects else {})


def _series_view(
    context: Context,
    bundle: SeriesPageBundle,
    links: SeriesNavigation,
    verdict: Verdict | None,
    areas: tuple[AreaLink, ...],
) -> SeriesView:
    mails = bundle.mails
    series, cover = mails.series, mails.cover
    name = _name(series)
    stats = [stat for patch in mails.patches for stat in diffstat(context.diff(patch.mail))]
    return SeriesView(
        id=series.id,
        name=name,
        series=series.series,
        project=series.project,
        project_url=urls.project(series.project_slug),
        cover=cover.mail if cover else None,
        cover_url=cover.ref.url if cover else None,
        cover_body=_cover_body(cover) if cover else None,
        submitter_url=_submitter_url(mails),
        members=links.members,
        received=len(series.rows),
        total=links.total,
        worked_out_from=len(mails.every) if series.is_worked_out else 0,
        stats=total(stats),
        people=contributors(bundle.contributions),
        forgotten=_forgotten(context, series, bundle.previous) if bundle.previous else None,
        mbox_url=urls.series_mbox(series.id) if series.rows else None,
        download_name=mbox.file_name(name, ""),
        date=series.series.date if series.series else None,
        label=_label(series),
        status=_status(context, verdict) if verdict else None,
        facts=series_facts(mails),
        landed=landed_count(bundle.landed),
        landed_later=landed_later(bundle.landed),
        outcomes={
            patch.mail.id: outcomes(
                series.project, patch.ref.url, bundle.landed.get(patch.mail.id, ())
            )
            for patch in mails.patches
        },
        open_remarks=remarks_on_series(context, mails),
        left_over=left_over(context, bundle),
        deleted_since=series.deleted,
        versions=links.versions,
        newer=links.newer,
        unjoined=_unjoined(series, bundle.unjoined) if bundle.unjoined else None,
        comparison=links.comparison,
        comparisons=comparison_links(series.project_slug, series.versions),
        counterparts=links.counterparts,
        dependencies=links.dependencies,
        thread_url=links.thread_url,
        thread_mbox_url=thread_mbox.thread_mbox_url(bundle.thread),
        has_feed=links.has_feed,
        areas=areas,
    )


def _status(context: Context, verdict: Verdict) -> StatusLine:
    url = mail_url(context.archive, verdict.place)
    return StatusLine(str(verdict.status), verdict.reason, url)


def _unjoined(series: SeriesBundle, other: UnjoinedSeries) -> UnjoinedLink:
    name = other.name or f"series {other.id}"
    return UnjoinedLink(name, urls.series(series.project_slug, other.id), other.reason)


def _name(series: SeriesBundle) -> str:
    first = series.rows[0].name if series.rows else ""
    return series.name or first or f"Series {series.id}"


def _label(series: SeriesBundle) -> str:
    """Which version of its work it is, such as `v2`; empty for a first version that has no other."""
    number = series.series.version if series.series else None
    labels = {version.series: version.label for version in series.versions}
    return labels.get(series.id) or (f"v{number}" if number and number > 1 else "")


def _link_to_mbox(patch_url: str) -> SymlinkTo:
    """The mails of a series of one patch are that patch's: no mail is stored twice."""
    return SymlinkTo(f"../../{urls.file_of(patch_url + 'mbox')}")


def _cumulative_mboxes(
    context: Context, number: int, members: Sequence[Member], mails: Sequence[bytes]
) -> Files:
    """For each patch but the first `mbox.series`: its mail after those of the patches before it.

    For the last one that is a link to the mails of the series (`number`). Where one would be too large, or
    all together, there is an empty `mbox.refused` in its place: no server is to give the patch alone for it.
    """
    most = context.config.mbox_series_kb << 10
    left = most * _MOST_CUMULATIVE
    files: Files = {}
    archived = [member for member in members if member.row]
    before, size = 0, 0  # how many come before those of the same number, and their bytes
    for at, member in enumerate(archived):
        if member.number is None:
            break  # these come last, and nothing says what is before them
        while (archived[before].number or 0) < member.number:
            size += len(mails[before])
            before += 1
        if not before:
            continue
        folder = urls.file_of(member.url or "").removesuffix("index.html")
        if before == at == len(mails) - 1:
            up = "../" * folder.count("/")
            files[f"{folder}mbox.series"] = SymlinkTo(up + urls.series_mbox(number))
        elif size + len(mails[at]) <= min(most, left):
            left -= size + len(mails[at])
            files[f"{folder}mbox.series"] = mbox.mailbox([*mails[:before], mails[at]])
        else:
            files[f"{folder}mbox.refused"] = b""
    return files


def _cover_body(cover: MailBundle[Cover]) -> Markup | None:
    if not isinstance(cover.mail.content, str):
        return None
    return mail_text(readable_text(cover.mail), text_links(cover), is_reply=False)


def _submitter_url(mails: SeriesMails) -> str | None:
    """The page of who sent a series; only who sent mails has one."""
    senders = {bundle.mail.submitter.id for bundle in mails.every if bundle.mail.submitter}
    submitter = mails.series.series.submitter if mails.series.series else None
    return urls.person(submitter.id) if submitter and submitter.id in senders else None


def _forgotten(
    context: Context, series: SeriesBundle, previous: SeriesBundle
) -> ForgottenTrailers | None:
    """Trailers given to the version before that this one lacks."""
    versions = {version.series: version for version in series.versions}
    old, new = versions[previous.id], versions[series.id]
    trailers = bundles.trailers_of(context.archive, previous, series)
    missing = [
        trailer
        for _, was, now in compare_versions(context, series, old, new).patches()
        if was and now
        for trailer in carried_trailers(trailers, was, now)
        if not trailer.carried
    ]
    return ForgottenTrailers(old.label, missing) if missing else None


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    # A series' page also tells who did what for its other versions.
    versions = {
        work: [prints.series_mails.get(version.series) for version in versions]
        for work, versions in prints.works.items()
    }
    # What is left to do depends on which states are open, also what was said to another version.
    discussed = {plan.group(series) for series in prints.series_with_comments}
    for series in prints.series_projects:
        group = plan.group(series)
        known = (
            plan.verdicts.get(series),
            plan.areas_of_series(prints.series_projects[series], series),
        )
        depends = (
            plan.series_depends(series),
            versions.get(group),
            prints.unjoined.get(series),
            series in plan.series_with_feed,
            plan.open_states if group in discussed else None,
            known,
        )
        yield plan.unit("series", series, depends, known, group=group)


SERIES = PageKind(
    "series",
    _units,
    series_page,
    templates=("series.html", "feed.atom"),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
