"""What the pages of a mail or a series show, as the archive gives it. Dates are seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from generator.archive.landed import LandedLink
from generator.archive.mentions import Mentions
from generator.archive.objects import MailObjects, SeriesObjects
from generator.archive.page_refs import PageRef, Twin
from generator.archive.patch_rows import PatchRow
from generator.archive.people import Contribution
from generator.archive.series_dependencies import SeriesDependencies
from generator.archive.series_versions import SeriesVersion, UnjoinedSeries
from generator.archive.worked_out_series import is_worked_out
from generator.mail.encoded_words import decoded
from generator.model import Check, Comment, Cover, Event, Patch, Project, Series

M = TypeVar("M", Patch, Cover)


@dataclass(frozen=True, slots=True)
class SeriesBundle:
    """A series without the texts of its mails, which share it.

    series: None where only its number is known. rows: its archived patches in order. msgids: those of its
    patches and cover letters, without `<>`. versions: all versions of the work, oldest first; none where
    there is no other. dependencies: what is to be applied before it. deleted: since when the server lacks it.
    newest: the date of the archive's newest patch, from which feeds are counted.
    """

    id: int
    project_slug: str
    project: Project
    series: Series | None
    rows: list[PatchRow]
    cover: PageRef | None
    msgids: frozenset[str]
    comment_count: int
    versions: tuple[SeriesVersion, ...]
    dependencies: SeriesDependencies
    deleted: int | None
    newest: int

    @property
    def name(self) -> str:
        """Its name; empty where only its number is known."""
        return decoded(self.series.name or "") if self.series else ""

    @property
    def is_worked_out(self) -> bool:
        """Whether it was put together here, because the server has no series for its mails."""
        return is_worked_out(self.id)

    @property
    def previous_version(self) -> SeriesVersion | None:
        """The version before this one."""
        at = self._place
        return self.versions[at - 1] if at else None

    @property
    def earlier_versions(self) -> Sequence[SeriesVersion]:
        """The versions before this one, oldest first."""
        return self.versions[: self._place]

    @property
    def versions_from_here(self) -> Sequence[SeriesVersion]:
        """This version and those after it, oldest first; none if there is only one."""
        return self.versions[self._place :]

    @property
    def next_version(self) -> SeriesVersion | None:
        """The version after this one."""
        return next(iter(self.versions[self._place + 1 :]), None)

    @property
    def _place(self) -> int:
        """The index of this version among all, if there are several."""
        return next((n for n, v in enumerate(self.versions) if v.series == self.id), 0)


@dataclass(frozen=True, slots=True)
class MailBundle(Generic[M]):
    """A patch or cover letter, with the comments on it by number.

    ref: its page. project_slug: the name of the project's folder. mentions: the pages that its text and
    those of its comments name. twins: the same mail in other projects. listed: the date by which it is
    listed where its own is wrong; listed_comments: the same by comment. deleted: since when the server lacks
    it; deleted_comments: the same by comment. shadowed_comments: comments on a cover letter whose number a
    comment on a patch has as well.
    """

    mail: M
    ref: PageRef
    project_slug: str
    project: Project
    series: SeriesBundle | None
    comments: list[Comment]
    mentions: Mentions
    twins: list[Twin]
    listed: int | None
    listed_comments: dict[int, int]
    deleted: int | None
    deleted_comments: dict[int, int]
    shadowed_comments: frozenset[int]


AnyMail = MailBundle[Patch] | MailBundle[Cover]


@dataclass(frozen=True, slots=True)
class ThreadBundle:
    """A thread: mails of a project in their order, with the comments on them.

    own_msgids: by (kind, number) of a mail, the message ids of it and of its comments (without `<>`) that
    lead to it; others belong to another mail of the project as well, which comes first.
    """

    mails: list[AnyMail]
    own_msgids: dict[tuple[str, int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class PatchBundle:
    """A patch with all that its own page shows.

    checks: the newest of each tester and context. events: changes of its state and delegate. related: the
    pages of patches that maintainers related to it, by number. same_hash: the same change elsewhere.
    overrides: field → (local value, the server's). landed: the commits that it is linked with. branches:
    those of its project's repository, in which they were looked for. thread: None where its series has it.
    objects: None where the API is not published.
    """

    mail: MailBundle[Patch]
    checks: list[Check]
    events: list[Event]
    related: dict[int, PageRef]
    same_hash: list[PageRef]
    overrides: dict[str, tuple[Any, Any]]
    landed: tuple[LandedLink, ...]
    branches: tuple[str, ...]
    thread: ThreadBundle | None
    objects: MailObjects | None

    @property
    def patch(self) -> Patch:
        """The patch itself."""
        return self.mail.mail


@dataclass(frozen=True, slots=True)
class CoverBundle:
    """A cover letter with all that its own page shows. thread, objects: see PatchBundle."""

    mail: MailBundle[Cover]
    thread: ThreadBundle | None
    objects: MailObjects | None


@dataclass(frozen=True, slots=True)
class SeriesMails:
    """A series with its cover letter and its patches, these in the order of the rows."""

    series: SeriesBundle
    cover: MailBundle[Cover] | None
    patches: list[MailBundle[Patch]]

    @property
    def every(self) -> list[AnyMail]:
        """All its mails, the cover letter first."""
        return [*([self.cover] if self.cover else []), *self.patches]


@dataclass(frozen=True, slots=True)
class SeriesPageBundle:
    """A series with all that its own page shows.

    previous: the version before. discussed: on the newest version's page, of each earlier version the patches
    that have comments. unjoined: a series that it might be a version of.
    contributions: (label, what everyone did) of each version, oldest first;
    the label of an only version is empty. landed: by patch, the commits that it is linked with.
    """

    mails: SeriesMails
    previous: SeriesBundle | None
    discussed: list[tuple[SeriesVersion, list[MailBundle[Patch]]]]
    unjoined: UnjoinedSeries | None
    contributions: list[tuple[str, list[Contribution]]]
    landed: dict[int, tuple[LandedLink, ...]]
    thread: ThreadBundle
    objects: SeriesObjects | None
