"""All that the pages of a mail or a series show, each loaded in one call and typed.

A page turns its bundle into what its template reads, without the archive. Bundles of series and mails
stay in the cache of recent reads, because the pages of a series are built one after the other.
Dates are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.archive import (
    checks,
    comments,
    landed,
    mails,
    objects,
    page_refs,
    people,
    series_versions,
    wrong_clocks,
)
from generator.archive.bundle_types import (
    AnyMail,
    CoverBundle,
    M,
    MailBundle,
    PatchBundle,
    SeriesBundle,
    SeriesMails,
    SeriesPageBundle,
    ThreadBundle,
)
from generator.archive.database import Archive
from generator.archive.deletions import deleted_since
from generator.archive.events import patch_events
from generator.archive.mentions import mentions
from generator.archive.overrides import patch_override
from generator.archive.patch_rows import rows_of_series
from generator.archive.people import PatchTrailers
from generator.archive.planning import newest_patch_date
from generator.archive.projects import project, project_of_series
from generator.archive.series_dependencies import dependencies_of
from generator.archive.series_versions import SeriesVersion
from generator.mail.headers import bare_msgid
from generator.model import Comment, Cover, Patch, Series


def series_bundle(archive: Archive, number: int, project_id: int | None = None) -> SeriesBundle:
    """A series by number; `project_id`: the project that its mails belong to, where that is known."""
    owner = project_of_series(archive, number) if project_id is None else project_id
    assert owner is not None

    def read() -> tuple[SeriesBundle, int]:
        rows = rows_of_series(archive, number)
        letter = page_refs.cover_of_series(archive, number)
        bundle = SeriesBundle(
            number,
            *project(archive, owner),
            archive.get(Series, number),
            rows,
            letter,
            mails.msgids_of_series(archive, number),
            comments.count_in_series(archive, number, letter.id if letter else None),
            series_versions.versions_of(archive, number),
            dependencies_of(archive, number),
            deleted_since(archive, "series", number),
            archive.recent.get("newest patch", lambda: (newest_patch_date(archive), 100)),
        )
        return bundle, 1000 + 500 * len(rows)

    return archive.recent.get(("series bundle", number, owner), read, large="series bundle")


def patch_bundle(archive: Archive, number: int, *, with_objects: bool) -> PatchBundle:
    """A patch by number; `with_objects`: also what the API shows of it."""
    bundle = _patch_mail(archive, number)
    patch = bundle.mail
    related = patch.related if isinstance(patch.related, list) else []
    local = patch_override(archive, number)
    pulled = (archive.raw("patch", number) or {}) if local else {}
    return PatchBundle(
        bundle,
        checks.latest_checks(archive, number),
        patch_events(archive, number),
        page_refs.patch_refs(archive, [stub.id for stub in related]),
        page_refs.refs_with_hash(archive, number, patch.hash),
        {name: (value, pulled.get(name)) for name, value in sorted(local.items())},
        landed.landed_links(archive, [number]).get(number, ()),
        _branches(archive, patch.project.id),
        None if bundle.series else _thread(archive, [bundle]),
        objects.patch_objects(archive, bundle.ref) if with_objects else None,
    )


def _branches(archive: Archive, project_id: int) -> tuple[str, ...]:
    every = archive.recent.get("branches", lambda: (landed.branch_names(archive), 0))
    return every.get(project_id, ())


def cover_bundle(archive: Archive, number: int, *, with_objects: bool) -> CoverBundle:
    """A cover letter by number; `with_objects`: also what the API shows of it."""
    bundle = _cover_mail(archive, number)
    return CoverBundle(
        bundle,
        None if bundle.series else _thread(archive, [bundle]),
        objects.cover_objects(archive, bundle.ref) if with_objects else None,
    )


def series_mails(archive: Archive, number: int) -> SeriesMails:
    """A series by number, with its mails."""
    bundle = series_bundle(archive, number)
    return SeriesMails(
        bundle,
        _cover_mail(archive, bundle.cover.id) if bundle.cover else None,
        [_patch_mail(archive, row.id) for row in bundle.rows],
    )


def series_page_bundle(archive: Archive, number: int, *, with_objects: bool) -> SeriesPageBundle:
    """A series by number; `with_objects`: also what the API shows of it."""
    bundle = series_mails(archive, number)
    previous = bundle.series.previous_version
    labels = {version.series: version.label for version in bundle.series.versions} or {number: ""}
    before = version_bundle(archive, bundle.series, previous) if previous else None
    return SeriesPageBundle(
        bundle,
        before,
        [] if bundle.series.next_version else _discussed(archive, bundle.series),
        series_versions.unjoined_from(archive, number),
        [(label, people.contributions(archive, n)) for n, label in labels.items()],
        landed.landed_links(archive, [row.id for row in bundle.series.rows]),
        _thread(archive, bundle.every),
        objects.series_objects(archive, number) if with_objects else None,
    )


def thread_of(archive: Archive, mails: SeriesMails) -> ThreadBundle:
    """The thread of a series."""
    return _thread(archive, mails.every)


def _discussed(
    archive: Archive, newest: SeriesBundle
) -> list[tuple[SeriesVersion, list[MailBundle[Patch]]]]:
    """The versions before the newest one, each with its patches that have comments."""
    return [
        (version, _with_comments(archive, version_bundle(archive, newest, version)))
        for version in newest.earlier_versions
    ]


def _with_comments(archive: Archive, series: SeriesBundle) -> list[MailBundle[Patch]]:
    if not series.comment_count:
        return []
    patches = [_patch_mail(archive, row.id) for row in series.rows]
    return [
        patch
        for patch in patches
        if patch.comments and patch.series and patch.series.id == series.id
    ]


def version_bundle(archive: Archive, bundle: SeriesBundle, version: SeriesVersion) -> SeriesBundle:
    """Another version of a series."""
    return series_bundle(archive, version.series, bundle.project.id)


def patch_of(archive: Archive, number: int) -> Patch:
    """A patch by number, without its comments."""
    return mails.patch(archive, number)


def patch_mail(archive: Archive, number: int) -> MailBundle[Patch]:
    """A patch by number, with its comments."""
    return _patch_mail(archive, number)


def patches_of(archive: Archive, bundle: SeriesBundle) -> list[Patch]:
    """The patches of a series, in the order of its rows."""
    return [mails.patch(archive, row.id) for row in bundle.rows]


def trailers_of(archive: Archive, *series: SeriesBundle) -> dict[int, PatchTrailers]:
    """The trailers of the patches of some series and of the comments on them, by patch."""
    return people.patch_trailers(archive, [row.id for bundle in series for row in bundle.rows])


def _thread(archive: Archive, every: list[AnyMail]) -> ThreadBundle:
    own: dict[tuple[str, int], frozenset[str]] = {}
    for bundle in every:
        key = kind, number = bundle.ref.kind, bundle.ref.id
        msgids = [bare_msgid(item.msgid) for item in (bundle.mail, *bundle.comments)]
        own[key] = mails.own_msgids(archive, bundle.project.id, kind, number, msgids)
    return ThreadBundle(every, own)


def _patch_mail(archive: Archive, number: int) -> MailBundle[Patch]:
    return _mail_bundle(archive, "patch", mails.patch(archive, number))


def _cover_mail(archive: Archive, number: int) -> MailBundle[Cover]:
    return _mail_bundle(archive, "cover", mails.cover(archive, number))


def _mail_bundle(archive: Archive, kind: str, mail: M) -> MailBundle[M]:
    def read() -> tuple[MailBundle[M], int]:
        ref = page_refs.page_ref(archive, kind, mail.id)
        assert ref
        replies = comments.comments(archive, kind, mail.id)
        series = mails.series_of(archive, kind, mail.id)
        numbers = [comment.id for comment in replies] if kind == "cover" else []
        bundle: MailBundle[M] = MailBundle(
            mail,
            ref,
            *project(archive, mail.project.id),
            None if series is None else series_bundle(archive, series, mail.project.id),
            replies,
            mentions(archive, kind, mail.id, with_comments=bool(replies)),
            page_refs.twins(archive, kind, mail.id, bare_msgid(mail.msgid)),
            wrong_clocks.listed_date(archive, kind, mail.id),
            comments.listed_dates(archive, kind, mail.id) if replies else {},
            deleted_since(archive, kind, mail.id),
            comments.deletion_times(archive, kind, mail.id) if replies else {},
            comments.on_patches(archive, numbers) if numbers else frozenset(),
        )
        return bundle, _size(mail, replies)

    return archive.recent.get(("mail bundle", kind, mail.id), read)


def _size(mail: Patch | Cover, replies: Sequence[Comment]) -> int:
    """About how many bytes a mail and its comments take."""
    texts = [mail.content, *(comment.content for comment in replies), getattr(mail, "diff", None)]
    size = sum(len(text) for text in texts if isinstance(text, str))
    return size + 2000 * (1 + len(replies))
