"""Matches patches with commits: those that are new or changed, or that share a key with new commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec
from cachetools import LRUCache

from generator.archive import git_commits
from generator.archive import landed_matching as store
from generator.archive import mails as archived
from generator.archive.database import Archive
from generator.landed.assign import Claim, Landing, Link, Mail, assign
from generator.landed.evidence import Weighed, compare, weighed
from generator.landed.features import Features, keys_of, keys_of_mails, sketch_of
from generator.landed.mails import features_of
from generator.landed.rarity import Rarity
from generator.landed.rules import Certainty, verdict
from generator.landed.versions import earlier_versions
from generator.model import Patch

#: A mail may be dated after the commit by a wrong clock: so many seconds.
_LATE = 2 * 86400
#: Rarities are counted anew, and all is matched again, when the commits have grown by this factor.
_GROWN = 1.25
#: Patches that are matched in one transaction.
_BATCH = 500
#: A line of more commits than this finds none; of those that lines find, so many are compared.
_COMMON_LINE, _MOST_BY_LINES = 200, 12
_LINES_ASKED = 64
_CACHED = 20_000
#: Hundredths of the lines that cherry-picks of one title share.
_TWINS = 0.8

_decode = msgspec.msgpack.Decoder(Features).decode


class Matcher:
    """Matches patches with the commits of a project, in an archive that is open for writing."""

    def __init__(self, archive: Archive, project: int, rarity: Rarity) -> None:
        self._archive = archive
        self._project = project
        self._rarity = rarity
        self._commits: LRUCache[int, tuple[store.StoredCommit, Weighed] | None] = LRUCache(_CACHED)
        self._patches: LRUCache[int, Weighed] = LRUCache(_CACHED)

    def claims(self, number: int) -> list[tuple[int, bytes]]:
        """The commits (ids) that fit a patch, with encoded claims; its features are stored anew."""
        patch = archived.patch(self._archive, number)
        ours, keys = self._stored(number, patch)
        asked = {*keys, *sketch_of(ours.features.change)[:_LINES_ASKED]}
        found = store.commits_by_key(self._archive, self._telling(sorted(asked)))
        told = self._told(patch)
        named = {
            commit
            for key in keys_of_mails([patch.msgid.strip("<> ")], [number])
            for commit in found.get(key, ())
        }
        candidates = {
            commit: entry
            for commit in self._candidates(found, told)
            if (entry := self._commit(commit))
            and entry[0].committed >= ours.features.moment - _LATE
            and entry[1].features.is_revert == ours.features.is_revert
        }
        recurring = _is_recurring(ours, candidates.values())
        claims = []
        for commit, (_, theirs) in candidates.items():
            evidence = compare(
                ours, theirs, is_named=commit in named, is_told=commit == told, recurring=recurring
            )
            if rule := verdict(evidence):
                lines, words = round(evidence.lines * 100), round(evidence.words * 100)
                contained = round(evidence.contained * 100)
                claim = Claim(rule.name, lines, words, evidence.author, evidence.title, contained)
                claims.append((commit, msgspec.msgpack.encode(claim)))
        return claims

    def links(self, patches: Iterable[int]) -> tuple[set[int], list[Link]]:
        """All patches whose links may depend on those of some patches, and the links of all of them."""
        members, rows = self._component(patches)
        claims = {
            (row.patch_id, row.commit_id): msgspec.msgpack.decode(row.claim, type=Claim)
            for row in rows
        }
        facts = store.patch_facts(self._archive, members)
        mails = {fact.id: mail for fact in facts if (mail := self._mail(fact))}
        commits = {commit for _, commit in claims}
        entries = {number: entry for number in sorted(commits) if (entry := self._commit(number))}
        claims = {
            pair: claim for pair, claim in claims.items() if pair[1] in entries and pair[0] in mails
        }
        links = assign(claims, mails, self._landings(entries))
        own = {(link.patch, link.commit) for link in links}
        known = {number: ours for number in mails if (ours := self._patch(number))}
        earlier = earlier_versions(links, mails, known)
        return members, [
            *links, *(link for link in earlier if (link.patch, link.commit) not in own)
        ]  # fmt: skip

    def _patch(self, number: int) -> Weighed | None:
        """What a patch is compared by; None while it wasn't matched."""
        if number not in self._patches:
            if not (encoded := store.patch_features(self._archive, number)):
                return None
            self._patches[number] = weighed(_decode(encoded), self._rarity)
        return self._patches[number]

    def _stored(self, number: int, patch: Patch) -> tuple[Weighed, list[int]]:
        """A patch's features, which are stored, and its keys."""
        fact = store.patch_facts(self._archive, [number])[0]
        features = features_of(patch, fact.date)
        msgids = [patch.msgid.strip("<> ")]
        before = store.patch_features(self._archive, number)
        old = keys_of(_decode(before), msgids, [number]) if before else []
        keys = keys_of(features, msgids, [number])
        encoded = msgspec.msgpack.encode(features)
        store.put_patch(self._archive, number, encoded, old, keys)
        self._patches[number] = weighed(features, self._rarity)
        return self._patches[number], keys

    def _telling(self, keys: Sequence[int]) -> list[int]:
        """The keys that are no lines that many commits have."""
        return [key for key in keys if key >> 32 or self._rarity.count(key) <= _COMMON_LINE]

    def _told(self, patch: Patch) -> int | None:
        """The commit that the server says the patch became."""
        ref = (patch.commit_ref or "").strip().lower()
        if not 7 <= len(ref) <= 64 or ref.strip("0123456789abcdef"):
            return None
        return store.commit_named(self._archive, self._project, ref)

    def _candidates(self, found: dict[int, list[int]], told: int | None) -> list[int]:
        """The commits worth a comparison: all that more than lines lead to, and the best by lines."""
        sure = {commit for key, commits in found.items() if key >> 32 for commit in commits}
        by_lines: Counter[int] = Counter()
        for key, commits in found.items():
            if not key >> 32:
                weight = self._rarity.weight(key)
                for commit in commits:
                    by_lines[commit] += round(weight * 100)
        best = sorted(by_lines, key=lambda commit: (-by_lines[commit], commit))[:_MOST_BY_LINES]
        return sorted(sure.union(best) | ({told} if told else set()))

    def _commit(self, number: int) -> tuple[store.StoredCommit, Weighed] | None:
        """A commit of the project, and what it is compared by."""
        if number not in self._commits:
            row = store.commit(self._archive, self._project, number)
            self._commits[number] = (
                (replace(row, features=b""), weighed(_decode(row.features), self._rarity))
                if row
                else None
            )
        return self._commits[number]

    def _component(self, patches: Iterable[int]) -> tuple[set[int], list[store.ClaimRow]]:
        """The patches that claim the same commits as some, their series, and so on; and all their claims."""
        members: set[int] = set()
        rows: dict[tuple[int, int], store.ClaimRow] = {}
        commits: set[int] = set()
        todo = set(patches)
        while todo:
            todo |= store.mates(self._archive, todo) - members
            members |= todo
            new = store.claims_of_patches(self._archive, todo)
            rows |= {(row.patch_id, row.commit_id): row for row in new}
            reached = {row.commit_id for row in new} - commits
            commits |= reached
            todo = {
                row.patch_id for row in store.claims_of_commits(self._archive, reached)
            } - members
        return members, [*rows.values()]

    def _mail(self, fact: store.PatchFacts) -> Mail | None:
        """Where a patch stands; None while it wasn't matched."""
        ours = self._patch(fact.id)
        if not ours:
            return None
        features = ours.features
        series = fact.series_id if fact.series_id is not None else -fact.id
        work = fact.work if fact.work is not None else fact.series_id
        alone = (features.title, *features.authors)
        return Mail(
            fact.id, series, work if work is not None else alone, fact.number, fact.date,
            frozenset(features.authors),
        )  # fmt: skip

    def _landings(
        self, entries: dict[int, tuple[store.StoredCommit, Weighed]]
    ) -> dict[int, Landing]:
        """Commits with the group that each is in: same title and nearly the same lines, or picked from it."""
        by_title: dict[str, list[int]] = {}
        by_name = {row.sha: number for number, (row, _) in entries.items()}
        group: dict[int, int] = {}
        for number, (row, theirs) in entries.items():
            alike = by_title.setdefault(theirs.features.title, [])
            twins = (
                group[other]
                for other in alike
                if entries[other][0].place != row.place
                and compare(entries[other][1], theirs).lines >= _TWINS
            )
            picked = by_name.get(row.picked)
            group[number] = next(twins, number if picked is None else group.get(picked, number))
            alike.append(number)
        return {
            number: Landing(number, row.place, row.committed, group[number])
            for number, (row, _) in entries.items()
        }


def match(
    archive: Archive,
    project: int,
    advance: Callable[[int], None],
    stage: Callable[[int], None] = lambda total: None,
    *,
    every: bool = False,
) -> int:
    """Match the patches of a project that need it, or every one; how many were.

    `stage` hears how many there are, `advance` of each portion.
    """
    with archive.transaction():
        store.clear_deleted(archive)
    rarity, is_new = _rarity(archive, project)
    if every or is_new:
        with archive.transaction():
            store.make_stale(archive, project)
    stale = store.stale_patches(archive, project)
    stage(len(stale))
    matcher = Matcher(archive, project, rarity)
    for at in range(0, len(stale), _BATCH):
        part = stale[at : at + _BATCH]
        with archive.transaction():
            before = store.claims_of_patches(archive, part)
            for number in part:
                store.set_claims(archive, number, matcher.claims(number))
            # Patches that claimed the same commits before may have them now.
            rivals = store.claims_of_commits(archive, {row.commit_id for row in before})
            members, links = matcher.links({*part, *(row.patch_id for row in rivals)})
            store.set_links(archive, members, _rows(links))
        advance(len(part))
    return len(stale)


def _rows(links: Iterable[Link]) -> Iterator[tuple[int, int, str, str, str, int]]:
    for link in links:
        claim = link.claim
        certainty = claim.certainty.value if link.role != "part" else Certainty.PART.value
        yield link.patch, link.commit, link.role.value, certainty, claim.rule, claim.lines


def _is_recurring(ours: Weighed, candidates: Iterable[tuple[store.StoredCommit, Weighed]]) -> bool:
    """Whether several commits of one branch have the patch's title."""
    places = Counter(
        row.place for row, theirs in candidates if theirs.features.title == ours.features.title
    )
    return any(count > 1 for count in places.values())


def _rarity(archive: Archive, project: int) -> tuple[Rarity, bool]:
    """The rarities of a project, and whether they were counted anew."""
    known = git_commits.state(archive, project)
    assert known
    total = git_commits.count(archive, project)
    if known.rarity and known.counted / _GROWN <= total <= known.counted * _GROWN:
        return Rarity.stored(known.counted, known.rarity), False
    rarity = Rarity.counted(total, map(_decode, git_commits.every_features(archive, project)))
    with archive.transaction():
        git_commits.set_state(archive, replace(known, counted=total, rarity=rarity.text()))
    return rarity, True
