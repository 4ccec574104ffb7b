"""The changes of an archive: each all versions of a series, or a patch without one, with its status.

Nothing of it is stored: it follows from the mails, states and checks in the archive, and from the versions
that archive/series_versions.py keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

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


class Person(NamedTuple):
    """Who sent a mail of a change or commented on it."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change. Dates are seconds since 1970, those by which mails are listed.

    kind and id: `series` and the number of the first version, which later versions keep, or `patch` and its
    number. newest: the newest version with patches, or None for a patch without a series. versions: all of
    them, oldest first. patches: those of the newest version, in order; reviewed, failing: how many of them
    are reviewed, and have failing checks. remarks: how many are open. states: what the server says of the
    patches. people: who took part, submitters first.
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
    verdict: Verdict


class _Patch(NamedTuple):
    id: int
    series: int | None
    state: str
    archived: int
    date: int
    person: int | None
    name: str
    number: int | None
    tags: int
    deleted: int


class _Comment(NamedTuple):
    kind: str
    parent: int
    id: int
    date: int
    person: int | None
    reviews: int
    tags: int


class _Marked(msgspec.Struct):
    addressed: bool | None = None


class _Committed(msgspec.Struct):
    commit_ref: str | None = None


#: By number of a series (None: of a patch without one): its name, and its date where that is known.
_Series = Mapping[int | None, tuple[str, int | None]]
_UNKNOWN = "", None


@dataclass(slots=True)
class _Members:
    """What a change consists of: by series (None without one) its patches, and its cover letters."""

    patches: defaultdict[int | None, list[_Patch]] = field(
        default_factory=lambda: defaultdict(list)
    )
    covers: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


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
        versions = "SELECT series_id, work FROM series_version"
        self._work_of: dict[int, int] = dict(archive.sql.execute(versions))
        self._people = {
            number: Person(name, email)
            for number, name, email in archive.sql.execute("SELECT id, name, email FROM person")
        }

    def of_project(self, project: int) -> Iterator[Change]:
        members = self._members(project)
        comments = self._comments(project)
        query = "SELECT id, name, date FROM series WHERE project_id = ?"
        rows = self._archive.sql.execute(query, (project,))
        series: _Series = {number: (name, date) for number, name, date in rows}
        for (kind, number), found in sorted(members.items()):
            if found.patches:
                yield self._change(project, kind, number, found, comments, series)

    def _members(self, project: int) -> dict[tuple[str, int], _Members]:
        sql = self._archive.sql
        work_of = self._work_of
        found: defaultdict[tuple[str, int], _Members] = defaultdict(_Members)
        rows = sql.execute(
            "SELECT p.id, series_id, state, archived, date, submitter_id, name, number, "
            "acked + reviewed, EXISTS (SELECT 1 FROM deletion d WHERE d.kind = 'patch' AND d.id = p.id) "
            "FROM patch p WHERE project_id = ? ORDER BY number IS NULL, number, date, p.id",
            (project,),
        )
        for patch in map(_Patch._make, rows):
            series = patch.series
            key = ("patch", patch.id) if series is None else ("series", work_of.get(series, series))
            found[key].patches[series].append(patch)
        covers = "SELECT id, series_id FROM cover WHERE project_id = ? AND series_id IS NOT NULL ORDER BY id"
        for number, series in sql.execute(covers, (project,)):
            found["series", work_of.get(series, series)].covers[series].append(number)
        return found

    def _comments(self, project: int) -> dict[tuple[str, int], list[_Comment]]:
        """The comments on each mail of a project that the server still has."""
        found: defaultdict[tuple[str, int], list[_Comment]] = defaultdict(list)
        for kind in ("patch", "cover"):
            rows = self._archive.sql.execute(
                "SELECT c.parent_kind, c.parent_id, c.id, c.date, c.submitter_id, c.acked + c.reviewed, "
                f"c.acked + c.reviewed + c.tested FROM comment c JOIN {kind} m ON m.id = c.parent_id "
                "WHERE c.parent_kind = ? AND m.project_id = ? AND NOT EXISTS (SELECT 1 FROM deletion d "
                "WHERE d.kind = ? AND d.id = c.id) ORDER BY c.date, c.id",
                (kind, project, f"{kind}-comment"),
            )
            for comment in map(_Comment._make, rows):
                found[kind, comment.parent].append(comment)
        return found

    def _change(
        self,
        project: int,
        kind: str,
        number: int,
        found: _Members,
        comments: Mapping[tuple[str, int], list[_Comment]],
        series: _Series,
    ) -> Change:
        dates = {
            s: series.get(s, _UNKNOWN)[1] or _sent(patches) for s, patches in found.patches.items()
        }
        versions = sorted(dates, key=lambda s: (dates[s], s or 0))
        newest = versions[-1]
        patches = found.patches[newest]
        every = [
            c for s in versions for p in found.patches[s] for c in comments.get(("patch", p.id), ())
        ]
        every += [
            c for s in found.covers for n in found.covers[s] for c in comments.get(("cover", n), ())
        ]
        submitters = [p.person for s in versions for p in found.patches[s]]
        own = {("patch", p.id) for p in patches} | {
            ("cover", n) for n in found.covers.get(newest or 0, ())
        }
        here = [c for c in every if (c.kind, c.parent) in own]
        facts = self._facts(patches, here, submitters, _last(patches, every))
        verdict = status(facts, open_states=self._open_states, stale_before=self._stale_before)
        return Change(
            kind=kind,
            id=number,
            project=project,
            name=series.get(newest, _UNKNOWN)[0] or patches[0].name,
            newest=newest,
            versions=tuple(s for s in versions if s is not None),
            patches=tuple(p.id for p in patches),
            date=dates[newest],
            last_activity=facts.last_activity,
            reviewed=sum(p.is_reviewed for p in facts.patches),
            failing=sum(bool(p.failed) for p in facts.patches),
            remarks=len(open_remarks(facts.comments)),
            states=tuple(sorted({p.state for p in patches})),
            people=self._named([*submitters, *(c.person for c in every)]),
            verdict=verdict,
        )

    def _facts(
        self,
        patches: Sequence[_Patch],
        comments: Sequence[_Comment],
        submitters: Iterable[int | None],
        last_activity: int,
    ) -> ChangeFacts:
        checks = check_counts(self._archive, [patch.id for patch in patches])
        reviewed = {c.parent for c in comments if c.kind == "patch" and c.reviews}
        # A trailer that answers the cover letter is for all patches.
        for_all = any(c.kind == "cover" and c.reviews for c in comments)
        numbers = frozenset(submitters)
        authors = {name.casefold() for name, _ in self._named(numbers) if name}
        return ChangeFacts(
            [
                PatchFacts(
                    patch.id,
                    patch.state,
                    is_reviewed=bool(patch.tags) or for_all or patch.id in reviewed,
                    failed=checks.get(patch.id, (0, 0, 0))[2],
                    is_dropped=bool(patch.archived or patch.deleted),
                    commit=self._commit(patch),
                )
                for patch in patches
            ],
            [self._comment(comment, numbers, authors) for comment in comments],
            last_activity,
        )

    def _comment(
        self, comment: _Comment, submitters: Collection[int | None], authors: Collection[str]
    ) -> CommentFacts:
        person = self._people.get(comment.person) if comment.person is not None else None
        by_author = person is not None and (
            comment.person in submitters or person.name.casefold() in authors
        )
        query = "SELECT raw FROM comment WHERE parent_kind = ? AND id = ?"
        raw = self._archive.sql.execute(query, (comment.kind, comment.id)).fetchone()[0]
        marked = msgspec.json.decode(self._archive.unpack(raw), type=_Marked)
        place = MailPlace(comment.kind, comment.parent, comment.id)
        return CommentFacts(place, comment.date, by_author, bool(comment.tags), marked.addressed)

    def _commit(self, patch: _Patch) -> str:
        """The commit of a patch, as far as its state leaves that open."""
        if patch.id in self._landed or patch.state not in self._open_states:
            return self._landed.get(patch.id, "")
        encoded = self._archive.encoded("patch", patch.id)
        return msgspec.json.decode(encoded or b"{}", type=_Committed).commit_ref or ""

    def _named(self, numbers: Iterable[int | None]) -> tuple[Person, ...]:
        known = (self._people.get(number) for number in numbers if number is not None)
        return tuple(dict.fromkeys(person for person in known if person))


def _sent(patches: Sequence[_Patch]) -> int:
    return min(patch.date for patch in patches)


def _last(patches: Sequence[_Patch], comments: Sequence[_Comment]) -> int:
    return max([*(patch.date for patch in patches), *(comment.date for comment in comments)])
