"""What a change waits for, case by case."""

from __future__ import annotations

import pytest

from generator.archive.change_status import (
    ChangeFacts,
    CommentFacts,
    MailPlace,
    PatchFacts,
    status,
)

OPEN = {"new", "under-review"}
NEW, REVIEWED = PatchFacts(1, "new"), PatchFacts(2, "new", is_reviewed=True)


def said(number: int, **fields: bool | None) -> CommentFacts:
    return CommentFacts(MailPlace("patch", 1, number), 1000 + number, **fields)  # type: ignore[arg-type]


QUESTION, ANSWER = said(1), said(2, is_by_author=True)
CASES = {
    "nobody has looked": ([NEW], [], "needs review", "0 of 1 open patch reviewed"),
    "some patches are reviewed": ([NEW, REVIEWED], [], "needs review", "1 of 2 open patches reviewed"),
    "all patches are reviewed": ([REVIEWED], [], "ready", "every patch is reviewed"),
    "a trailer is no remark": ([REVIEWED], [said(1, has_tags=True)], "ready", "every patch"),
    "a question": ([REVIEWED], [QUESTION], "waiting for the author", "1 open remark"),
    "the author answered": ([NEW], [QUESTION, ANSWER], "needs review", "0 of 1"),
    "a question after the answer": ([NEW], [ANSWER, said(3)], "waiting for the author", "1 open"),
    "marked as open, whatever came later": (
        [NEW], [said(1, addressed=False), ANSWER], "waiting for the author", "1 open remark"),
    "marked as addressed": ([REVIEWED], [said(1, addressed=True)], "ready", "every patch"),
    "a check fails": (
        [PatchFacts(1, "new", is_reviewed=True, failed=1)], [], "waiting for the author", "1 check fails"),
    "sent back by a maintainer": (
        [PatchFacts(1, "changes-requested"), REVIEWED], [], "waiting for the author", "changes requested"),
    "accepted": ([PatchFacts(1, "accepted")], [QUESTION], "landed", "state is accepted"),
    "accepted in part": (
        [PatchFacts(1, "rejected"), PatchFacts(2, "accepted")], [], "landed", "1 of 2 patches"),
    "landed though the server has it open": (
        [PatchFacts(1, "new", commit="0123456789abcdef")], [], "landed", "landed as 0123456789ab"),
    "rejected": ([PatchFacts(1, "rejected")], [], "rejected", "rejected"),
    "superseded": ([PatchFacts(1, "superseded")], [], "superseded", "superseded"),
    "a state of the server's own": ([PatchFacts(1, "queued-next")], [], "closed", "state is queued next"),
    "archived": ([PatchFacts(1, "new", is_dropped=True)], [], "closed", "archived"),
    "a part is left": ([PatchFacts(1, "accepted"), NEW], [], "needs review", "0 of 1 open patch"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_status_and_its_reason(case: str) -> None:
    patches, comments, expected, reason = CASES[case]
    found = status(ChangeFacts(patches, comments, 1000), open_states=OPEN, stale_before=1000)
    assert found.status == expected
    assert reason in found.reason


@pytest.mark.parametrize("comments", [[], [QUESTION]])
def test_an_open_change_without_a_mail_for_long_is_stale(comments: list[CommentFacts]) -> None:
    facts = ChangeFacts([NEW], comments, 999)
    assert status(facts, open_states=OPEN, stale_before=1000).status == "stale"


def test_a_decided_change_never_gets_stale() -> None:
    facts = ChangeFacts([PatchFacts(1, "accepted")], [], 0)
    assert status(facts, open_states=OPEN, stale_before=1000).status == "landed"


def test_the_status_rests_on_the_newest_open_remark() -> None:
    facts = ChangeFacts([NEW], [said(3), said(1)], 1000)
    assert status(facts, open_states=OPEN, stale_before=0).place == MailPlace("patch", 1, 3)
