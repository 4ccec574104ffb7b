"""From pairs that fit to links: a commit is one patch of a series at most, of versions the newest fitting.

Commits that are the same change (cherry-picks to other branches) are taken together first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from generator.landed.rules import BY_NAME, EXACT, PART, Certainty


class Role(StrEnum):
    """What a commit is to a patch."""

    #: The patch landed as this commit.
    LANDED = "landed"
    #: A later version of it did.
    LATER = "later"
    #: The same change, as another sent it, did.
    SAME = "same"
    #: The same change is in another branch, too.
    ALSO = "also"
    #: Parts of it are in there.
    PART = "part"


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """How a patch and a commit fit. rule: its name. lines, words, contained (hundredths): see Evidence."""

    rule: str
    lines: int
    words: int
    author: bool
    title: bool = False
    contained: int = 0

    @property
    def certainty(self) -> Certainty:
        return BY_NAME[self.rule].certainty


@dataclass(frozen=True, slots=True)
class Mail:
    """A patch. work: what the versions of its series share, or the title and author of a mail without."""

    id: int
    series: int
    work: object
    number: int | None
    sent: int
    authors: frozenset[int]


@dataclass(frozen=True, slots=True)
class Landing:
    """A commit. twins: what those that are the same change have in common."""

    id: int
    place: int
    committed: int
    twins: int


@dataclass(frozen=True, slots=True)
class Link:
    """A patch and a commit, and what this is to that."""

    patch: int
    commit: int
    role: Role
    claim: Claim


#: Lines (hundredths) that two patches of one author share with a commit when both are the same change.
_ALIKE = 60
#: Versions whose lines differ this little from the best (hundredths): the newest of them landed.
_AS_GOOD = 10
#: What one has of the other's lines at least (hundredths), for it to be a part of that.
_CONTAINED = 75
#: The parts of a split patch are committed within so many seconds.
_TOGETHER = 2 * 86400
_ORDER = {name: number for number, name in enumerate(BY_NAME)}

_Pair = tuple[int, int]


def assign(
    claims: Mapping[_Pair, Claim], mails: Mapping[int, Mail], landings: Mapping[int, Landing]
) -> list[Link]:
    """The links that follow from claims, by (patch, commit); in the order of these."""
    groups: dict[int, list[Landing]] = {}
    for item in landings.values():
        groups.setdefault(item.twins, []).append(item)
    for members in groups.values():
        members.sort(key=lambda item: (item.place, item.committed, item.id))
    best = _by_group(claims, landings)
    taken = _one_to_one(best, mails)
    links: list[Link] = []
    claimants: dict[int, list[int]] = {}
    for patch, group in taken:
        claimants.setdefault(group, []).append(patch)
    for group, patches in claimants.items():
        fitting = {patch: best[patch, group] for patch in patches}
        roles = _roles(fitting, mails)
        for patch, role in roles.items():
            links += _links(patch, role, groups[group], claims, fitting[patch])
    links += _parts(claims, links, mails, landings)
    return sorted(links, key=lambda link: (link.patch, link.commit))


def _strength(claim: Claim) -> tuple[int, int, int]:
    """The higher, the better."""
    return -_ORDER[claim.rule], claim.lines, claim.words


def _by_group(claims: Mapping[_Pair, Claim], landings: Mapping[int, Landing]) -> dict[_Pair, Claim]:
    """The best claim of each patch on each group of the same change."""
    best: dict[_Pair, Claim] = {}
    for (patch, commit), claim in claims.items():
        if claim.certainty != Certainty.PART:
            pair = patch, landings[commit].twins
            if pair not in best or _strength(claim) > _strength(best[pair]):
                best[pair] = claim
    return best


def _one_to_one(best: Mapping[_Pair, Claim], mails: Mapping[int, Mail]) -> list[_Pair]:
    """The pairs in which, within a series, each patch and each group is once: the strongest first."""
    ranked = sorted(best, key=lambda pair: (_rank(best[pair]), pair))
    used: set[tuple[int, int]] = set()
    done: set[int] = set()
    taken = []
    for patch, group in ranked:
        slot = (mails[patch].series, group)
        if patch in done or slot in used:
            continue
        used.add(slot)
        done.add(patch)
        taken.append((patch, group))
    return taken


def _rank(claim: Claim) -> tuple[int, int, int]:
    order, lines, words = _strength(claim)
    return -order, -lines, -words


def _roles(fitting: Mapping[int, Claim], mails: Mapping[int, Mail]) -> dict[int, Role]:
    """What a change is to each of the patches that claim it."""
    first = _landed(fitting, mails)
    landed = mails[first]
    roles = {first: Role.LANDED}
    for patch, claim in fitting.items():
        mail = mails[patch]
        if patch == first:
            continue
        if mail.work == landed.work:
            roles[patch] = Role.LATER
        elif not mail.authors.isdisjoint(landed.authors):
            # One that was sent again, not a sibling that shares some lines and words.
            if claim.title or claim.lines >= _ALIKE:
                roles[patch] = Role.LATER
        elif claim.certainty == Certainty.CERTAIN and not claim.author:
            roles[patch] = Role.SAME
    return roles


def _landed(fitting: Mapping[int, Claim], mails: Mapping[int, Mail]) -> int:
    """Of several patches the one that landed: named by the commit, else the same, else the newest as good."""

    def key(patch: int) -> tuple[int, int, int, int]:
        claim, mail = fitting[patch], mails[patch]
        exactness = _ORDER[claim.rule] if claim.rule in EXACT else len(_ORDER)
        near = claim.lines >= most - _AS_GOOD
        return -exactness, int(claim.author), int(near), mail.sent

    most = max(claim.lines for claim in fitting.values())
    return max(sorted(fitting), key=key)


def _links(
    patch: int, role: Role, members: Sequence[Landing], claims: Mapping[_Pair, Claim], best: Claim
) -> Iterable[Link]:
    """The links of a patch to all commits of a group that it claims: the first by branch is told."""
    claimed = [item.id for item in members if (patch, item.id) in claims]
    for number, commit in enumerate(claimed):
        claim = claims[patch, commit]
        told = best if number == 0 and claim.certainty == Certainty.PART else claim
        yield Link(patch, commit, role if number == 0 else Role.ALSO, told)


def _parts(
    claims: Mapping[_Pair, Claim],
    links: Sequence[Link],
    mails: Mapping[int, Mail],
    landings: Mapping[int, Landing],
) -> Iterable[Link]:
    """The links of patches to commits that hold parts of them, or of which they are parts."""
    landed: dict[int, list[Landing]] = {}  # what each patch landed as
    as_whole: dict[int, set[object]] = {}  # the works of the patches that each commit is
    for link in links:
        if link.role in (Role.LANDED, Role.LATER):
            landed.setdefault(link.patch, []).append(landings[link.commit])
            as_whole.setdefault(link.commit, set()).add(mails[link.patch].work)
    own = {(link.patch, link.commit) for link in links}
    for (patch, commit), claim in claims.items():
        # One that another took, or whose patch another commit is, may still be a part.
        may_be_part = claim.certainty == Certainty.PART or claim.contained >= _CONTAINED
        if not may_be_part or (patch, commit) in own:
            continue
        works = as_whole.get(commit, set())
        is_joined = mails[patch].work in works and patch not in landed
        is_split = not works and any(
            abs(item.committed - landings[commit].committed) <= _TOGETHER
            for item in landed.get(patch, ())
        )
        stands_alone = claim.rule == PART and not works
        if is_joined or is_split or stands_alone:
            yield Link(patch, commit, Role.PART, claim)
