"""The changes of an archive: each all versions of a series, or a patch without one, with its status.

Nothing of it is stored: it follows from the mails, states and checks in the archive, and from the versions
that archive/series_versions.py keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.archive import change_rows
from generator.archive.change_rows import ChangeKey, MemberComment, MemberPatch, Members, Person
from generator.archive.change_status import (
    ChangeFacts,
    CommentFacts,
    MailPlace,
    PatchFacts,
    Verdict,
    open_remarks,
    status,
)
from generator.archive.database import Archive
from generator.archive.patch_rows import check_counts

_DAY = 86400
_UNKNOWN = "", None


@dataclass(frozen=True, slots=True)
class Change:
    """A change. Dates are seconds since 1970, those by which mails are listed.

    kind and id: `series` and the number of the first version, which later versions keep, or `patch` and its
    number. newest: the newest version with patches, or None for a patch without a series. versions: all of
    them, oldest first. patches: those of the newest version, in order; reviewed, failing: how many of them
    are reviewed, and have failing checks. remarks: how many are open. states: what the server says of the
    patches. people: who took part, those who sent it first; senders: how many these are.
    """

    kind: str
    id: int
    project: int
    name: str
    newest: int | None
    versions: tuple[int, ...]
    patches: tuple[int, ...]
    date: int
    last_activity: int
    reviewed: int
    failing: int
    remarks: int
    states: tuple[str, ...]
    people: tuple[Person, ...]
    senders: int
    verdict: Verdict


def changes(
    archive: Archive,
    *,
    open_states: Collection[str],
    stale_days: int,
    landed: Mapping[int, str] | None = None,
) -> Iterator[Change]:
    """All changes, by project and number. The archive's versions must be up to date.

    A change is stale without a mail for `stale_days` before the archive's newest mail: today's date would
    change the answer for the same archive. landed: the commits that patches are known to be, by patch.
    """
    stale_before = newest_mail(archive) - stale_days * _DAY
    reader = _Reader(archive, frozenset(open_states), stale_before, landed or {})
    for (project,) in archive.sql.execute("SELECT id FROM project ORDER BY id").fetchall():
        yield from reader.of_project(project)


def newest_mail(archive: Archive) -> int:
    """The date of the archive's newest mail, in seconds since 1970; 0 without one."""
    dates = "SELECT max(date) AS date FROM {}"
    query = " UNION ALL ".join(dates.format(kind) for kind in ("patch", "cover", "comment"))
    newest: int | None = archive.sql.execute(f"SELECT max(date) FROM ({query})").fetchone()[0]
    return newest or 0


class _Reader:
    """Reads the changes of one project after the other."""

    def __init__(
        self,
        archive: Archive,
        open_states: frozenset[str],
        stale_before: int,
        landed: Mapping[int, str],
    ) -> None:
        self._archive = archive
        self._open_states = open_states
        self._stale_before = stale_before
        self._landed = landed
        self._work_of = change_rows.works(archive)
        self._people = change_rows.people(archive)
        self._checks = check_counts(archive)

    def of_project(self, project: int) -> Iterator[Change]:
        members = change_rows.members(self._archive, project, self._work_of)
        comments = change_rows.comments(self._archive, project)
        series = change_rows.series(self._archive, project)
        for key, found in sorted(members.items()):
            if found.patches:
                yield self._change(project, key, found, comments, series)

    def _change(
        self,
        project: int,
        key: ChangeKey,
        found: Members,
        comments: Mapping[tuple[str, int], list[MemberComment]],
        series: Mapping[int, tuple[str, int | None]],
    ) -> Change:
        dates = {s: _date(s, patches, series) for s, patches in found.patches.items()}
        versions = sorted(dates, key=lambda s: (dates[s], s or 0))
        newest = versions[-1]
        patches = found.patches[newest]
        every = [
            c for s in versions for p in found.patches[s] for c in comments.get(("patch", p.id), ())
        ]
        every += [
            c for s in found.covers for n in found.covers[s] for c in comments.get(("cover", n), ())
        ]
        senders = self._named(p.person for s in versions for p in found.patches[s])
        own = {("patch", p.id) for p in patches} | {
            ("cover", n) for n in found.covers.get(newest or 0, ())
        }
        here = [c for c in every if (c.kind, c.parent) in own]
        facts = self._facts(patches, here, senders, _last(patches, every))
        kind, number = key
        return Change(
            kind=kind,
            id=number,
            project=project,
            name=_entry(newest, series)[0] or patches[0].name,
            newest=newest,
            versions=tuple(s for s in versions if s is not None),
            patches=tuple(p.id for p in patches),
            date=dates[newest],
            last_activity=facts.last_activity,
            reviewed=sum(p.is_reviewed for p in facts.patches),
            failing=sum(bool(p.failed) for p in facts.patches),
            remarks=len(open_remarks(facts.comments)),
            states=tuple(sorted({p.state for p in patches})),
            people=tuple(dict.fromkeys([*senders, *self._named(c.person for c in every)])),
            senders=len(senders),
            verdict=status(facts, open_states=self._open_states, stale_before=self._stale_before),
        )

    def _facts(
        self,
        patches: Sequence[MemberPatch],
        comments: Sequence[MemberComment],
        senders: Iterable[Person],
        last_activity: int,
    ) -> ChangeFacts:
        reviewed = {c.parent for c in comments if c.kind == "patch" and c.reviews}
        # A trailer that answers the cover letter is for all patches.
        for_all = any(c.kind == "cover" and c.reviews for c in comments)
        numbers = {person.id for person in senders}
        names = {person.name.casefold() for person in senders if person.name}
        return ChangeFacts(
            [
                PatchFacts(
                    patch.id,
                    patch.state,
                    is_reviewed=bool(patch.tags) or for_all or patch.id in reviewed,
                    failed=self._checks.get(patch.id, (0, 0, 0))[2],
                    is_dropped=bool(patch.archived or patch.deleted),
                    commit=self._commit(patch),
                )
                for patch in patches
            ],
            [self._comment(comment, numbers, names) for comment in comments],
            last_activity,
        )

    def _comment(
        self, comment: MemberComment, senders: Collection[int], names: Collection[str]
    ) -> CommentFacts:
        person = self._people.get(comment.person) if comment.person is not None else None
        by_author = person is not None and (person.id in senders or person.name.casefold() in names)
        place = MailPlace(comment.kind, comment.parent, comment.id)
        addressed = None if comment.addressed is None else bool(comment.addressed)
        return CommentFacts(place, comment.date, by_author, bool(comment.tags), addressed)

    def _commit(self, patch: MemberPatch) -> str:
        """The commit of a patch, as far as its state leaves that open."""
        known = self._landed.get(patch.id, "")
        return known or (patch.commit_ref if patch.state in self._open_states else "")

    def _named(self, numbers: Iterable[int | None]) -> tuple[Person, ...]:
        known = (self._people.get(number) for number in numbers if number is not None)
        return tuple(dict.fromkeys(person for person in known if person))


def _entry(
    number: int | None, series: Mapping[int, tuple[str, int | None]]
) -> tuple[str, int | None]:
    return series.get(number, _UNKNOWN) if number is not None else _UNKNOWN


def _date(
    number: int | None,
    patches: Sequence[MemberPatch],
    series: Mapping[int, tuple[str, int | None]],
) -> int:
    """When a version was sent."""
    return _entry(number, series)[1] or min(patch.date for patch in patches)


def _last(patches: Sequence[MemberPatch], comments: Sequence[MemberComment]) -> int:
    return max([*(patch.date for patch in patches), *(comment.date for comment in comments)])
