"""Finds the mails that the rules of an archive's owner remove: by message id, or all of somebody's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from generator.archive.database import Archive
from generator.mail.encoded_words import decoded
from generator.privacy.objects import Removed, RemovedMail, quotable, topic_of
from generator.privacy.rules import Rules
from generator.privacy.texts import Person

_KINDS = ("patch", "cover", "comment")


def removed_mails(
    archive: Archive, rules: Rules, people: Sequence[Person]
) -> tuple[Removed, list[str]]:
    """The removed mails, and the rules that no mail of the archive is meant by, each in a few words."""
    by_msgid: dict[str, RemovedMail] = {}
    by_number: dict[tuple[str, int], RemovedMail] = {}
    series: set[int] = set()
    unused: list[str] = []
    for msgid, reason in _wanted(archive, rules, people):
        found = list(_stored(archive, msgid))
        if not found:
            unused.append(f"mail {msgid}")
        for kind, number, raw, of in found:
            value = msgspec.json.decode(archive.unpack(raw))
            name = value.get("subject" if kind == "comment" else "name") or ""
            lines = quotable(decoded(name), value.get("content"), value.get("diff"))
            earlier = by_msgid.get(msgid)
            mail = RemovedMail(
                reason, topic_of(name), lines | (earlier.lines if earlier else frozenset())
            )
            by_msgid[msgid] = by_number[kind, number] = mail
            if of is not None and _is_named_after(archive, of, mail):
                series.add(of)
    return Removed(by_msgid, by_number, frozenset(series)), unused


def _wanted(archive: Archive, rules: Rules, people: Sequence[Person]) -> Iterator[tuple[str, str]]:
    """(message id, reason) of the mails that the rules name, and of those of people whose mails go."""
    for rule in rules.mails:
        yield rule.msgid, rule.reason
    for person, about in zip(people, rules.people, strict=True):
        if about.mails == "remove" and person.number is not None:
            for kind in _KINDS:
                query = f"SELECT msgid FROM {kind} WHERE submitter_id = ? ORDER BY id"
                for (msgid,) in archive.sql.execute(query, (person.number,)).fetchall():
                    yield msgid, about.reason


def _stored(archive: Archive, msgid: str) -> Iterator[tuple[str, int, bytes, int | None]]:
    """(kind, number, object, series) of the mails with a message id."""
    for kind in _KINDS:
        of = "NULL" if kind == "comment" else "series_id"
        query = f"SELECT id, raw, {of} FROM {kind} WHERE msgid = ? ORDER BY id"
        for number, raw, series in archive.sql.execute(query, (msgid,)).fetchall():
            yield kind, number, raw, series


def _is_named_after(archive: Archive, series: int, mail: RemovedMail) -> bool:
    row = archive.sql.execute("SELECT name FROM series WHERE id = ?", (series,)).fetchone()
    return bool(row) and (not row[0] or topic_of(row[0]) == mail.topic)
