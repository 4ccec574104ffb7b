"""What each page depends on, as numbers: they change when the page would. Reads no mail's text."""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from generator import urls
from generator.archive import (
    dependencies,
    events,
    landed,
    planning,
    series_dependencies,
    series_versions,
    wrong_clocks,
)
from generator.archive.database import Archive
from generator.archive.patch_rows import check_counts, comment_tags

_MASK = (1 << 64) - 1
_FACTOR, _SUMMAND = 0x9E3779B97F4A7C15, 0x7F4A7C15
_MAILS = ("patch", "cover")

#: A project (number) and a month (`2026-03`).
Month = tuple[int, str]


def digest(*parts: Any) -> bytes:
    """A digest of values whose repr is complete."""
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).digest()


def mix(state: int, value: int) -> int:
    """Take one more number into a running 64-bit state; the order counts."""
    return ((state ^ (value & _MASK)) * _FACTOR + _SUMMAND) & _MASK


def fold(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Fold (object, digest) rows into one number for each object."""
    sums: defaultdict[int, int] = defaultdict(int)
    for number, value in pairs:
        # As `mix` does: there are too many to call it.
        sums[number] = ((sums[number] ^ (value & _MASK)) * _FACTOR + _SUMMAND) & _MASK
    return sums


class Fingerprints:
    """Numbers by patch, cover letter, series and person: gathered when they are first asked for, and kept."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @cached_property
    def people(self) -> dict[int, int]:
        return dependencies.people(self._archive)

    @cached_property
    def comments(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail: its comments, their dates and senders, and which the server lacks."""
        return {kind: self._comments(kind) for kind in _MAILS}

    @cached_property
    def checks(self) -> dict[int, int]:
        return fold(dependencies.checks(self._archive))

    @cached_property
    def events(self) -> dict[int, int]:
        return fold(dependencies.events(self._archive))

    @cached_property
    def deletions(self) -> dict[str, dict[int, int]]:
        kinds = (*_MAILS, "series")
        return {kind: dependencies.deletions(self._archive, kind) for kind in kinds}

    @cached_property
    def mentions(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail: which mails that it, or a comment on it, names have a page."""
        return {kind: fold(dependencies.mentions(self._archive, kind)) for kind in _MAILS}

    @cached_property
    def related(self) -> dict[int, int]:
        return fold(dependencies.related(self._archive))

    @cached_property
    def landed(self) -> dict[int, int]:
        """By patch that landed, or for which this archive's owner says whether: what is shown of that."""
        return landed.digests(self._archive)

    @cached_property
    def commits(self) -> dict[int, str]:
        """By patch that landed: the commit that lists name."""
        return landed.commits_of_patches(self._archive)

    @cached_property
    def branches(self) -> dict[int, tuple[str, ...]]:
        """By project: the branches in which its patches are looked for."""
        return landed.branch_names(self._archive)

    @cached_property
    def works(self) -> dict[int, tuple[series_versions.SeriesVersion, ...]]:
        """Works with several versions."""
        return series_versions.every_version(self._archive)

    @cached_property
    def unjoined(self) -> dict[int, series_versions.UnjoinedSeries]:
        """Series that might be versions of others, by number: of which, and why they aren't."""
        return series_versions.every_unjoined(self._archive)

    @cached_property
    def work_of(self) -> dict[int, int]:
        """The work of each series that is one of several versions."""
        return {v.series: work for work, versions in self.works.items() for v in versions}

    @cached_property
    def tags(self) -> dict[int, tuple[int, int, int]]:
        return comment_tags(self._archive)

    @cached_property
    def check_counts(self) -> dict[int, tuple[int, int, int]]:
        return check_counts(self._archive)

    def _comments(self, kind: str) -> dict[int, int]:
        sums: defaultdict[int, int] = defaultdict(int)
        listed = wrong_clocks.listed_dates(self._archive, f"{kind}-comment")
        for number, comment, value, submitter, deleted in dependencies.comments(
            self._archive, kind
        ):
            person = self.people.get(submitter, 0) if submitter is not None else 0
            sums[number] = mix(mix(sums[number], value + deleted), person)
            if comment in listed:
                sums[number] = mix(sums[number], listed[comment])
        return sums

    @cached_property
    def same_hash(self) -> dict[int, int]:
        """By patch that shares its hash with others: a number for all of them."""
        return _by_group(dependencies.same_hash(self._archive))

    @cached_property
    def listed_dates(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail whose clock was wrong: the date by which it is listed."""
        return {kind: wrong_clocks.listed_dates(self._archive, kind) for kind in _MAILS}

    @cached_property
    def twins(self) -> dict[str, dict[int, int]]:
        """By kind and number of a mail that is in several projects: a number for all of them."""
        return {kind: self._twins(kind) for kind in _MAILS}

    def _twins(self, kind: str) -> dict[int, int]:
        comments = self.comments[kind]
        return _by_group(
            (msgid, number, name, mix(project, comments.get(number, 0)))
            for msgid, number, name, project in dependencies.twins(self._archive, kind)
        )

    @cached_property
    def series(self) -> dict[int, bytes]:
        """What every page around a series shows of it: names, order, cover letter, versions."""
        states: defaultdict[int, Any] = defaultdict(lambda: hashlib.blake2b(digest_size=8))
        for number, value, name, submitter, date in dependencies.series(self._archive):
            person = self.people.get(submitter) if submitter is not None else None
            states[number].update(repr((value, name, date, person)).encode("utf-8", "replace"))
        texts = fold(dependencies.version_texts(self._archive))
        for versions in self.works.values():
            whole = repr((versions, [texts.get(version.series) for version in versions]))
            for version in versions:
                states[version.series].update(whole.encode("utf-8", "replace"))
        for kind in _MAILS:
            for number, *shown in dependencies.series_members(self._archive, kind):
                states[number].update(repr(shown).encode("utf-8", "replace"))
        for number in self.series_with_comments:
            states[number].update(b"has comments")
        for number, others in self.dependencies.items():
            states[number].update(others)
        return {number: state.digest() for number, state in states.items()}

    @cached_property
    def dependencies(self) -> dict[int, bytes]:
        """By series that depends on others, or that others depend on: what pages show of that."""
        every = series_dependencies.every(self._archive)
        return {number: digest(others) for number, others in every.items()}

    @cached_property
    def series_with_comments(self) -> set[int]:
        """The series of which a patch or the cover letter has a comment."""
        return {
            series
            for kind in _MAILS
            for series, number, *_ in planning.mails_of_series(self._archive, kind)
            if number in self.comments[kind]
        }

    @cached_property
    def series_mails(self) -> dict[int, bytes]:
        """By series: its cover letter and patches, with their comments and checks."""
        states: defaultdict[int, Any] = defaultdict(lambda: hashlib.blake2b(digest_size=8))
        for kind in ("cover", "patch"):
            comments, mentions = self.comments[kind], self.mentions[kind]
            for row in planning.mails_of_series(self._archive, kind):
                series, number, own, _, submitter = row
                person = self.people.get(submitter) if submitter is not None else None
                checks = self.checks.get(number) if kind == "patch" else None
                became = self.landed.get(number) if kind == "patch" else None
                listed = self.listed_dates[kind].get(number)
                shown = (kind, number, own, person, comments.get(number), mentions.get(number))
                states[series].update(repr((*shown, checks, became, listed)).encode())
        return {series: state.digest() for series, state in states.items()}

    @cached_property
    def series_projects(self) -> dict[int, int]:
        """The project of each series, by its own word or its mails'; in the order of their numbers."""
        projects = {
            series: project
            for kind in ("cover", "patch")
            for series, _, _, project, _ in planning.mails_of_series(self._archive, kind)
        }
        return dict(sorted((projects | planning.series_projects(self._archive)).items()))

    @cached_property
    def months(self) -> dict[Month, tuple[int, int]]:
        """By project and month: a number for its objects, and one for its mails."""
        objects: defaultdict[Month, int] = defaultdict(int)
        mails: defaultdict[Month, int] = defaultdict(int)
        for kind in ("series", "cover", "patch"):
            comments = self.comments[kind] if kind != "series" else {}
            checks = self.checks if kind == "patch" else {}
            for number, own, text, project, date in planning.by_date(self._archive, kind):
                key = project, urls.month(date)
                replies = comments.get(number, 0)
                objects[key] = mix(mix(mix(objects[key], own), replies), checks.get(number, 0))
                mails[key] = mix(mix(mails[key], text), replies)
        return {key: (objects[key], mails[key]) for key in sorted(objects)}

    @cached_property
    def event_months(self) -> dict[Month, int]:
        """By project and month of the server's clock: a number for its events."""
        states: defaultdict[Month, int] = defaultdict(int)
        for project, date, value in events.month_digests(self._archive):
            key = project, urls.month(date)
            states[key] = mix(states[key], value)
        return dict(states)

    def history(self, patches: Iterable[int]) -> int:
        """A number for what happened to some patches: comments, changes of state, other versions."""
        state = 0
        for number in patches:
            state = mix(state, self.comments["patch"].get(number, 0))
            state = mix(state, self.events.get(number, 0))
        for value in self.comments["cover"].values():
            state = mix(state, value)
        works = dependencies.works(self._archive)
        return mix(state, int.from_bytes(digest(works), "big"))

    @cached_property
    def activity(self) -> dict[int, int]:
        """By person who sent a mail or gave a trailer: a number for all of these."""
        sums = fold(dependencies.sent(self._archive))
        for kind in (*_MAILS, "patch-comment", "cover-comment"):
            for number, date in wrong_clocks.listed_dates_by_sender(self._archive, kind):
                sums[number] = mix(sums.get(number, 0), date)
        for number, patch in dependencies.senders(self._archive, self.commits):
            sums[number] = mix(
                sums.get(number, 0), zlib.crc32(self.commits[patch].encode()) ^ patch
            )
        given: defaultdict[str, int] = defaultdict(int)
        for email, tag, value in dependencies.trailers(self._archive):
            given[email] = mix(given[email], value ^ zlib.crc32(tag.encode()))
        for number, email in dependencies.addresses(self._archive):
            if value := given.get(email, 0) if email else 0:
                sums[number] = mix(sums.get(number, 0), value)
        return sums


def _by_group(rows: Iterable[tuple[str, int, str, int]]) -> dict[int, int]:
    """Fold (group, object, name, digest) rows into one number for each group, by object."""
    groups: defaultdict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for group, number, name, value in rows:
        groups[group].append((number, name, value))
    return {
        number: int.from_bytes(digest(members), "big")
        for members in groups.values()
        for number, *_ in members
    }
