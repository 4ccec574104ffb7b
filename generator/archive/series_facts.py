"""What decides about the versions of series, gathered from columns alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from generator.archive.database import Archive
from generator.mail import series_versions, subject
from generator.mail.series_versions import Facts

_RESENT = {"resend", "resent", "repost", "reposted"}


@dataclass(slots=True)
class _Heads:
    """The cover letter and the first patch of a series, or the first that was received.

    names: as they were sent. titles: those by which the series is known. first: when and by whom it was sent.
    """

    msgids: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)
    first: tuple[int, int | None] = (0, None)


def series_facts(archive: Archive) -> Iterable[Facts]:
    """What is known about each series."""
    sql = archive.sql
    heads = _heads(archive)
    answers, keys = _answers(archive), _change_ids(archive)
    related = _related(archive)
    people = {
        number: frozenset(filter(None, (f"#{number}", name.lower().strip(), email.lower())))
        for number, name, email in sql.execute("SELECT id, name, email FROM person")
    }
    received = dict(sql.execute("SELECT series_id, count(*) FROM patch GROUP BY series_id"))
    rows = sql.execute(
        "SELECT id, project_id, name, topic, coalesce(version, 1), date, submitter_id, coalesce(total, 0) "
        "FROM series WHERE project_id IS NOT NULL"
    )
    for number, project, name, topic, version, date, submitter, total in rows:
        head = heads.get(number) or _Heads()
        sent, sender = head.first
        stems = {stem for msgid in head.msgids if (stem := series_versions.stem(msgid))}
        parsed = [subject.parse(sent_name) for sent_name in (name, *head.names)]
        inserted = [p for p in parsed if p.fraction]
        yield Facts(
            number, project, version, sent if date is None else date,
            minor=max(p.minor for p in parsed),
            person=people.get(sender if submitter is None else submitter, frozenset()),
            names=frozenset({topic, *head.titles} - {""}),
            marks=_marks(parsed),
            keys=frozenset(stems | keys.get(number, set())),
            answers=frozenset(answers.get(number, ())),
            related=frozenset(related.get(number, ())),
            total=total,
            received=received.get(number, 0),
            inserted=f"{inserted[0].number}.{inserted[0].fraction}" if inserted else "",
        )  # fmt: skip


def _marks(parsed: Iterable[subject.Subject]) -> frozenset[str]:
    """The prefixes that distinguish versions of the same number: rfc, resend."""
    words = {word.lower() for one in parsed for word in one.prefixes}
    return frozenset({"rfc"} & words | ({"resend"} if words & _RESENT else set()))


def _heads(archive: Archive) -> dict[int, _Heads]:
    heads: defaultdict[int, _Heads] = defaultdict(_Heads)
    columns = "series_id, msgid, name, date, submitter_id"
    covers = f"SELECT {columns}, 0 FROM cover WHERE series_id IS NOT NULL"
    firsts = (
        f"SELECT {columns}, 1 FROM patch WHERE series_id IS NOT NULL AND coalesce(number, 0) <= 1"
    )
    for series, msgid, name, date, submitter, is_patch in archive.sql.execute(
        f"{covers} UNION ALL {firsts}"
    ):
        head = heads[series]
        if not head.msgids:
            head.first = date, submitter
        head.msgids.add(msgid)
        head.names.append(name)
        if is_patch and name:
            head.titles.add(subject.topic(name))
    _add_parts(archive, heads)
    return heads


def _add_parts(archive: Archive, heads: defaultdict[int, _Heads]) -> None:
    """Add series that begin with a later patch, which may be parts of others that were sent again.

    They are known by that patch, and the others of the same sender that have it are as well.
    """
    parts: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    rows = archive.sql.execute(
        "SELECT series_id, name, date, submitter_id, project_id, min(number) FROM patch "
        "WHERE series_id IS NOT NULL GROUP BY series_id HAVING min(coalesce(number, 0)) > 1"
    )
    for series, name, date, submitter, project, _ in rows:
        head = heads[series]
        if not head.msgids:
            head.first = date, submitter
        head.names.append(name)
        head.titles.add(subject.topic(name))
        if submitter is not None:
            parts[project, submitter].add(subject.topic(name))
    for (project, submitter), titles in parts.items():
        query = (
            "SELECT series_id, name FROM patch WHERE submitter_id = ? AND project_id = ? "
            "AND series_id IS NOT NULL AND number > 1"
        )
        for series, name in archive.sql.execute(query, (submitter, project)):
            if (title := subject.topic(name)) in titles:
                heads[series].titles.add(title)


_Strings = dict[int, set[str]]
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
