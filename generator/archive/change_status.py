"""What a change waits for: one pure function over facts, with the reason and the mail that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from generator.archive.statistics import ACCEPTED


class ChangeStatus(StrEnum):
    """What is left to do for a change, as its readers call it."""

    NEEDS_REVIEW = "needs review"
    WAITING = "waiting for the author"
    READY = "ready"
    STALE = "stale"
    LANDED = "landed"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    #: Decided in a way that has no name of its own here: the server's state tells.
    CLOSED = "closed"


#: Those in which somebody has something left to do.
UNSETTLED = (
    ChangeStatus.READY,
    ChangeStatus.NEEDS_REVIEW,
    ChangeStatus.WAITING,
    ChangeStatus.STALE,
)
#: What states decide. They are Patchwork's own; a server may have others, which close a change unless open.
_DECISIONS = {
    **dict.fromkeys(ACCEPTED, ChangeStatus.LANDED),
    "rejected": ChangeStatus.REJECTED,
    "not-applicable": ChangeStatus.REJECTED,
    "superseded": ChangeStatus.SUPERSEDED,
}
_SENT_BACK = "changes-requested"


@dataclass(frozen=True, slots=True)
class MailPlace:
    """A patch or cover letter (`kind`, number), or a comment on it."""

    kind: str
    id: int
    comment: int | None = None


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """A patch of the newest version. is_reviewed: whether it has a Reviewed-by or Acked-by.

    failed: how many of its latest checks failed. is_dropped: archived, or deleted on the server.
    commit: the one that it landed as, or empty.
    """

    id: int
    state: str
    is_reviewed: bool = False
    failed: int = 0
    is_dropped: bool = False
    commit: str = ""


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """A comment on the newest version. `date` is in seconds since 1970.

    has_tags: whether it gives a trailer such as Reviewed-by. addressed: what the server says, or None.
    """

    place: MailPlace
    date: int
    is_by_author: bool = False
    has_tags: bool = False
    addressed: bool | None = None


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What decides about a change: its newest version, and the date of the last mail about any version."""

    patches: Sequence[PatchFacts]
    comments: Sequence[CommentFacts] = ()
    last_activity: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, why, and the mail that it rests on."""

    status: ChangeStatus
    reason: str
    place: MailPlace


def open_remarks(comments: Iterable[CommentFacts]) -> list[CommentFacts]:
    """The comments that the author has to answer, oldest first.

    Those that the server calls open; and without its word, those of others that give no trailer and that
    are newer than the author's last comment.
    """
    ordered = sorted(comments, key=lambda c: (c.date, c.place.id, c.place.comment or 0))
    last_word = max((n for n, c in enumerate(ordered) if c.is_by_author), default=-1)
    return [
        comment
        for n, comment in enumerate(ordered)
        if comment.addressed is False
        or (
            comment.addressed is None
            and n > last_word
            and not (comment.is_by_author or comment.has_tags)
        )
    ]


def status(facts: ChangeFacts, *, open_states: Collection[str], stale_before: int) -> Verdict:
    """The status of a change with at least one patch.

    open_states: in which patches wait for somebody. stale_before: a change without a mail since then (seconds
    since 1970) is stale. The state that a maintainer set wins: the rest is about open patches.
    """
    for patch in facts.patches:
        if patch.state == _SENT_BACK and not patch.is_dropped and not patch.commit:
            reason = "the server's state is changes requested"
            return _unless_stale(facts, stale_before, ChangeStatus.WAITING, reason, _place(patch))
    waiting = [
        patch
        for patch in facts.patches
        if patch.state in open_states and not patch.is_dropped and not patch.commit
    ]
    if not waiting:
        return _decided(facts.patches, open_states)
    return _unless_stale(facts, stale_before, *_derived(facts, waiting))


def _decided(patches: Sequence[PatchFacts], open_states: Collection[str]) -> Verdict:
    """The status of a change of which no patch is open: landed if any patch is, else what most are."""
    found = [_decision(patch, open_states) for patch in patches]
    counts = Counter(decision for decision, _ in found)
    landed = counts[ChangeStatus.LANDED]
    most = ChangeStatus.LANDED if landed else max(counts, key=lambda one: counts[one])
    at = next(n for n, (decision, _) in enumerate(found) if decision is most)
    share = "" if counts[most] == len(patches) else f"{counts[most]} of {len(patches)} patches: "
    return Verdict(most, share + found[at][1], _place(patches[at]))


def _decision(patch: PatchFacts, open_states: Collection[str]) -> tuple[ChangeStatus, str]:
    if patch.commit:
        return ChangeStatus.LANDED, f"landed as {patch.commit[:12]}"
    if patch.state in open_states:
        return ChangeStatus.CLOSED, "archived or deleted on the server"
    decision = _DECISIONS.get(patch.state, ChangeStatus.CLOSED)
    return decision, f"the server's state is {patch.state.replace('-', ' ')}"


def _derived(
    facts: ChangeFacts, waiting: Sequence[PatchFacts]
) -> tuple[ChangeStatus, str, MailPlace]:
    if remarks := open_remarks(facts.comments):
        reason = _counted(len(remarks), "open remark", "open remarks")
        return ChangeStatus.WAITING, reason, remarks[-1].place
    if failing := [patch for patch in waiting if patch.failed]:
        total = sum(patch.failed for patch in failing)
        reason = _counted(total, "check fails", "checks fail")
        return ChangeStatus.WAITING, reason, _place(failing[0])
    reviewed = sum(patch.is_reviewed for patch in waiting)
    if reviewed == len(waiting):
        reason = "every patch is reviewed, no check fails and no remark is open"
        return ChangeStatus.READY, reason, _place(waiting[0])
    reason = f"{reviewed} of {_counted(len(waiting), 'open patch', 'open patches')} reviewed"
    unreviewed = next(patch for patch in waiting if not patch.is_reviewed)
    return ChangeStatus.NEEDS_REVIEW, reason, _place(unreviewed)


def _unless_stale(
    facts: ChangeFacts, stale_before: int, status: ChangeStatus, reason: str, place: MailPlace
) -> Verdict:
    if facts.last_activity < stale_before:
        return Verdict(ChangeStatus.STALE, f"no mail for long; before: {status}, {reason}", place)
    return Verdict(status, reason, place)


def _place(patch: PatchFacts) -> MailPlace:
    return MailPlace("patch", patch.id)


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
