"""Earlier versions of patches that landed, by what versions have in common; the commit may be unlike them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from generator.landed.assign import Claim, Link, Mail, Role
from generator.landed.evidence import Weighed, compare
from generator.landed.rules import VERSION, Evidence


def earlier_versions(
    links: Iterable[Link], mails: Mapping[int, Mail], features: Mapping[int, Weighed]
) -> list[Link]:
    """The links of patches that have none: to what later versions of them in the same work landed as."""
    landed: dict[object, list[Link]] = {}
    linked: set[int] = set()
    taken: set[tuple[int, int]] = set()  # series and commits
    for link in links:
        if link.role == Role.LANDED:
            landed.setdefault(mails[link.patch].work, []).append(link)
        if link.role in (Role.LANDED, Role.LATER, Role.SAME):
            linked.add(link.patch)
            taken.add((mails[link.patch].series, link.commit))
    pairs = []
    for mail in mails.values():
        if mail.id in linked:
            continue
        for link in landed.get(mail.work, ()):
            other = mails[link.patch]
            if (mail.series, link.commit) in taken or other.sent < mail.sent:
                continue
            evidence = compare(features[mail.id], features[other.id])
            same_place = mail.number is not None and mail.number == other.number
            if is_version(evidence, same_place=same_place):
                strength = evidence.title, evidence.lines + evidence.words, same_place
                pairs.append((strength, mail, link, evidence))
    return _best(pairs)


def is_version(evidence: Evidence, *, same_place: bool) -> bool:
    """Whether two patches of a work are versions of each other; `same_place`: their numbers are equal."""
    if evidence.title or evidence.body:
        return True
    if evidence.file and (evidence.lines >= 0.25 or evidence.words >= 0.5):
        return True
    return same_place and evidence.file and (evidence.lines >= 0.1 or evidence.words >= 0.25)


def _best(pairs: list[tuple[tuple[bool, float, bool], Mail, Link, Evidence]]) -> list[Link]:
    """The best pairs, in which each patch is once, and each landed one once for each earlier series."""
    done: set[int] = set()
    used: set[tuple[int, int]] = set()
    found = []
    ranked = sorted(pairs, key=lambda pair: (pair[0], -pair[1].id, -pair[2].commit), reverse=True)
    for _, mail, link, evidence in ranked:
        slot = (mail.series, link.patch)
        if mail.id not in done and slot not in used:
            done.add(mail.id)
            used.add(slot)
            lines, words = round(evidence.lines * 100), round(evidence.words * 100)
            claim = Claim(VERSION.name, lines, words, evidence.author, evidence.title)
            found.append(Link(mail.id, link.commit, Role.LATER, claim))
    return found
