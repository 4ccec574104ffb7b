"""Which series are versions of the same work: decided by mail/series_versions, kept in the archive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from generator.archive import derived, worked_out_series, wrong_clocks
from generator.archive.database import Archive
from generator.mail import series_versions, subject
from generator.mail.series_versions import Facts


@dataclass(frozen=True, slots=True)
class SeriesVersion:
    """A series as one version of a work. `date` is in seconds since 1970.

    `label` is `v2`, `v2.1`, `v1 RFC`; `state` the state that all its patches share, or `mixed`. `patches`:
    how many are archived; `total`: how many it has by its own account, 0 where nothing says so.
    """

    series: int
    label: str
    date: int
    name: str
    state: str
    patches: int
    total: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether some of its patches weren't received: they may not have been sent again."""
        return 0 < self.patches < self.total


def refresh(archive: Archive) -> None:
    """Update the series worked out here, and the versions of all series, for what changed in the archive."""
    derived.refresh(archive)
    sql = archive.sql
    revision, made_for = sql.execute("SELECT revision, versions_revision FROM meta").fetchone()
    if revision == made_for:
        return
    wrong_clocks.refresh(archive)
    worked_out_series.refresh(archive)
    previous = series_versions.previous(_facts(archive), links(archive))
    wanted = {
        number: (previous.get(number), work)
        for number, work in series_versions.works(previous).items()
    }
    stored = {row[0]: (row[1], row[2]) for row in sql.execute("SELECT * FROM series_version")}
    changed = [(number, *row) for number, row in wanted.items() if stored.get(number) != row]
    with archive.transaction():
        vanished = [(number,) for number in stored.keys() - wanted.keys()]
        sql.executemany("DELETE FROM series_version WHERE series_id = ?", vanished)
        sql.executemany("INSERT OR REPLACE INTO series_version VALUES (?, ?, ?)", changed)
        # The end of the transaction raises the revision by one.
        sql.execute("UPDATE meta SET versions_revision = revision + 1")


def links(archive: Archive) -> dict[int, int | None]:
    """What was set by hand: the version before a series, or None where it begins a work."""
    return dict(archive.sql.execute("SELECT series_id, previous FROM series_override"))


def set_links(archive: Archive, wanted: dict[int, int | None]) -> None:
    """Set all that is set by hand; belongs into a transaction."""
    archive.sql.execute("DELETE FROM series_override")
    archive.sql.executemany("INSERT INTO series_override VALUES (?, ?)", sorted(wanted.items()))


def is_series(archive: Archive, number: int) -> bool:
    """Whether the archive knows a series of this number."""
    if not 0 <= number < 1 << 53:
        return False
    query = "SELECT 1 FROM series WHERE id = ?"
    return archive.sql.execute(query, (number,)).fetchone() is not None


def _facts(archive: Archive) -> Iterable[Facts]:
    """What decides about each series, from columns alone."""
    sql = archive.sql
    heads, names, first = _heads(archive)
    answers, keys = _answers(archive), _change_ids(archive)
    related = _related(archive)
    people = {
        number: frozenset(filter(None, (f"#{number}", name.lower().strip(), email.lower())))
        for number, name, email in sql.execute("SELECT id, name, email FROM person")
    }
    rows = sql.execute(
        "SELECT id, project_id, name, topic, coalesce(version, 1), date, submitter_id FROM series "
        "WHERE project_id IS NOT NULL"
    )
    for number, project, name, topic, version, date, submitter in rows:
        sent, sender = first.get(number, (0, None))
        titles = {topic, *names.get(number, ())} - {""}
        stems = {stem for msgid in heads.get(number, ()) if (stem := series_versions.stem(msgid))}
        yield Facts(
            number, project, version, sent if date is None else date, subject.parse(name).minor,
            person=people.get(sender if submitter is None else submitter, frozenset()),
            names=frozenset(titles),
            marks=marks_of(name),
            keys=frozenset(stems | keys.get(number, set())),
            answers=frozenset(answers.get(number, ())),
            related=frozenset(related.get(number, ())),
        )  # fmt: skip


def marks_of(name: str) -> frozenset[str]:
    """The prefixes that distinguish versions of the same number: rfc, resend."""
    words = {word.lower() for word in subject.parse(name).prefixes}
    return frozenset(words & {"rfc", "resend"})


_Strings = dict[int, set[str]]


def _heads(archive: Archive) -> tuple[_Strings, _Strings, dict[int, tuple[int, int | None]]]:
    """By series: message ids of cover letter and first patch, its title; when and by whom it was sent."""
    heads: defaultdict[int, set[str]] = defaultdict(set)
    names: defaultdict[int, set[str]] = defaultdict(set)
    first: dict[int, tuple[int, int | None]] = {}
    rows = archive.sql.execute(
        "SELECT series_id, msgid, '', date, submitter_id FROM cover WHERE series_id IS NOT NULL "
        "UNION ALL SELECT series_id, msgid, name, date, submitter_id FROM patch "
        "WHERE series_id IS NOT NULL AND coalesce(number, 0) <= 1"
    )
    for series, msgid, name, date, submitter in rows:
        heads[series].add(msgid)
        first.setdefault(series, (date, submitter))
        if name:
            names[series].add(subject.topic(name))
    return heads, names, first


_Numbers = dict[int, set[int]]


def _change_ids(archive: Archive) -> _Strings:
    """By series: the change ids of its heads."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    for kind in ("cover", "patch"):
        rows = archive.sql.execute(
            f"SELECT m.series_id, value FROM series_tie k JOIN {kind} m ON m.id = k.id "
            "WHERE k.kind = ? AND how = 'change-id' AND m.series_id IS NOT NULL",
            (kind,),
        )
        for series, value in rows:
            keys[series].add(value)
    return keys


#: The mails with a message id, and the series that they belong to.
_ANSWERED = (
    "CROSS JOIN patch t ON t.msgid = k.value",
    "CROSS JOIN cover t ON t.msgid = k.value",
    "CROSS JOIN comment c ON c.msgid = k.value AND c.parent_kind = 'patch' "
    "CROSS JOIN patch t ON t.id = c.parent_id",
    "CROSS JOIN comment c ON c.msgid = k.value AND c.parent_kind = 'cover' "
    "CROSS JOIN cover t ON t.id = c.parent_id",
)


def _answers(archive: Archive) -> _Numbers:
    """By series: the other series whose mails, or comments on these, its mails answer."""
    answers: defaultdict[int, set[int]] = defaultdict(set)
    for kind in ("cover", "patch"):
        for answered in _ANSWERED:
            rows = archive.sql.execute(
                f"SELECT m.series_id, t.series_id FROM series_tie k JOIN {kind} m ON m.id = k.id "
                f"{answered} WHERE k.kind = ? AND how = 'answers' AND t.series_id <> m.series_id",
                (kind,),
            )
            for series, other in rows:
                answers[series].add(other)
    return answers


def _related(archive: Archive) -> _Numbers:
    """By series: those of patches that a maintainer related to one of its patches."""
    related: defaultdict[int, set[int]] = defaultdict(set)
    rows = archive.sql.execute(
        "SELECT p.series_id, o.series_id FROM series_tie k JOIN patch p ON p.id = k.id "
        "JOIN patch o ON o.id = CAST(k.value AS INTEGER) WHERE k.kind = 'patch' "
        "AND how = 'related' AND p.series_id IS NOT NULL AND o.series_id IS NOT NULL"
    )
    for series, other in rows:
        related[series].add(other)
        related[other].add(series)
    return related


def every_version(archive: Archive) -> dict[int, tuple[SeriesVersion, ...]]:
    """All works with more than one version, oldest version first; by the number of the work."""
    return _versions(archive, "")


def versions_of(archive: Archive, series: int) -> tuple[SeriesVersion, ...]:
    """The versions of the work that a series is one of, oldest first; none when it is the only one."""
    row = archive.sql.execute(
        "SELECT work FROM series_version WHERE series_id = ?", (series,)
    ).fetchone()
    if not row:
        return ()
    return _versions(archive, "WHERE l.work = ?", (row[0],)).get(row[0], ())


def _versions(
    archive: Archive, where: str, keys: tuple[int, ...] = ()
) -> dict[int, tuple[SeriesVersion, ...]]:
    works: defaultdict[int, list[SeriesVersion]] = defaultdict(list)
    rows = archive.sql.execute(
        "SELECT l.work, s.id, s.name, coalesce(s.version, 1), coalesce(s.date, min(p.date), 0), "
        "count(DISTINCT p.state), min(p.state), count(p.id), coalesce(s.total, 0) "
        "FROM series_version l JOIN series s ON s.id = l.series_id LEFT JOIN patch p ON p.series_id = s.id "
        f"{where} GROUP BY s.id ORDER BY l.work, 5, s.id",
        keys,
    )
    for work, series, name, version, date, states, state, patches, total in rows:
        common = state if states == 1 else "mixed" if states else ""
        minor = subject.parse(name).minor
        label = f"v{version}.{minor}" if minor else f"v{version}"
        label = " ".join([label, *(mark.upper() for mark in sorted(marks_of(name)))])
        works[work].append(SeriesVersion(series, label, date, name, common, patches, total))
    return {work: tuple(versions) for work, versions in works.items()}
