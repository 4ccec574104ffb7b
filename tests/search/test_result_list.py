"""What the search page makes of hits: series as one, and the passage of a mail that a result shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.search.test_browser_code import node

pytestmark = pytest.mark.slow


def grouped(*hits: tuple[int, str, str, int | None]) -> list[tuple[list[int], int]]:
    """Numbers of the hits (number, name, sender, series) of each group, and how many versions they are of."""
    given = [dict(zip(("id", "name", "submitter", "series"), hit, strict=True)) for hit in hits]
    (groups,) = node("call.mjs", [], [["groups", "groupHits", [given]]])
    return [([hit["id"] for hit in group["hits"]], group["versions"]) for group in groups]


def test_patches_of_a_series_are_one_group_where_the_first_stood():
    hits = (1, "[1/2] a", "Ann", 7), (2, "other", "Bo", None), (3, "[2/2] b", "Ann", 7)
    assert grouped(*hits) == [([1, 3], 1), ([2], 1)]


def test_versions_of_a_series_are_one_group_with_the_newest_first():
    hits = (
        (1, "[v2,1/2] lock: fix", "Ann", 8), (2, "[PATCH v3 1/2] lock: fix", "Ann", 9),
        (3, "[2/2] lock: test", "Ann", 7), (4, "[1/2] Lock: fix", "Ann", 7),
    )  # fmt: skip
    assert grouped(*hits) == [([2, 1, 3, 4], 3)]


def test_the_same_title_is_no_version_from_another_sender_or_in_the_same_version():
    hits = (
        (1, "[GIT PULL] fixes", "Ann", 1), (2, "[GIT PULL] fixes", "Ann", 2),
        (3, "[v2] fixes", "Bo", 3), (4, "fixes", "Cy", None),
    )  # fmt: skip
    assert grouped(*hits) == [([1], 1), ([2], 1), ([3], 1), ([4], 1)]


def test_hits_without_a_series_or_a_name_stay_apart():
    assert grouped((1, "", "", None), (2, "", "", None)) == [([1], 1), ([2], 1)]


MAIL = """\
From: Ann <ann@example.org>
Subject: [PATCH] reader: count the gaps
Content-Type: text/plain

The reader lost the last gap.
Count it as well.

Signed-off-by: Ann <ann@example.org>
---
v2: counted in one place

 reader/gaps.c | 4 ++--
 1 file changed

diff --git a/reader/gaps.c b/reader/gaps.c
--- a/reader/gaps.c
+++ b/reader/gaps.c
@@ -1,3 +1,3 @@ int count_gaps(void)
 int lost = 0;
-return lost - 1;
+return lost;
--
2.43
"""


def passage(*words: str, mail: str = MAIL) -> str:
    wanted: list[Any] = [[["term", word, 255]] for word in words]
    (text,) = node("call.mjs", [], [["passage", "passageOf", [mail, wanted]]])
    return str(text)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["gap"], "The reader lost the last gap."),
        (["count"], "Count it as well."),
        (["lost"], "The reader lost the last gap."),
        (["return", "lost"], "-return lost - 1;"),
        (["count_gaps"], "@@ -1,3 +1,3 @@ int count_gaps(void)"),
        (["int"], " int lost = 0;"),
        (["reader/gaps.c"], " reader/gaps.c | 4 ++--"),
        (["ann"], "Signed-off-by: Ann <ann@example.org>"),
        (["nowhere"], "The reader lost the last gap."),
        (["reader", "gaps"], "The reader lost the last gap."),
        (["gaps", "last"], "The reader lost the last gap."),
        (["counted"], "v2: counted in one place"),
    ],
)
def test_a_passage_prefers_the_message_then_code_then_the_names_of_files(
    words: list[str], first: str
):
    assert passage(*words).splitlines()[0].strip(" ") == first.strip(" ")


def test_a_passage_ends_with_its_part_of_the_mail_and_has_three_lines_at_most():
    assert passage("well") == "Count it as well.\nSigned-off-by: Ann <ann@example.org>"
    assert len(passage("int").splitlines()) == 3


def test_a_mail_without_text_has_an_empty_passage():
    assert passage("a", mail="Subject: x\n\n") == ""


def fetched(
    size: int, *, has_api: bool = True, sends_parts: bool = True
) -> tuple[str | None, list[list[str]]]:
    """The passage of a mail of so many kilobytes, and what was asked for."""
    hit = {"id": 12, "page": "patch", "size": size}
    view = {"hasApi": has_api, "sendsParts": sends_parts}
    answers = {
        "../api/patches/12.json": json.dumps({"content": "Mind the gap.", "diff": None}),
        "../page/mbox": "Subject: x\n\nThe gap, as it was sent.",
    }
    (found,) = node("passages.mjs", [], [{"hit": hit, "view": view, "answers": answers}])
    return found["passage"], found["asked"]


def test_a_passage_comes_from_the_json_of_a_mail_or_its_mbox():
    assert fetched(5) == ("Mind the gap.", [["../api/patches/12.json", ""]])
    assert fetched(5, has_api=False) == ("The gap, as it was sent.", [["../page/mbox", ""]])


def test_of_a_long_mail_a_part_is_asked_for_or_nothing():
    assert fetched(24) == ("The gap, as it was sent.", [["../page/mbox", "bytes=0-11999"]])
    assert fetched(24, sends_parts=False) == (None, [])


def reply_passage(comments: list[dict[str, Any]], *, has_api: bool = True) -> Any:
    hit = {"id": 12, "page": "cover", "size": 1, "reply": 7}
    view = {"hasApi": has_api, "sendsParts": True}
    answers = {"../api/covers/12/comments.json": json.dumps(comments)}
    (found,) = node("passages.mjs", [], [{"hit": hit, "view": view, "answers": answers}])
    return found["passage"]


def test_a_passage_of_a_reply_prefers_its_own_words_to_those_it_quotes():
    reply = {"id": 7, "content": "> The gap was lost.\n> Really.\n\nWhich gap?\nThis one."}
    assert reply_passage([{"id": 6, "content": "No gap."}, reply]) == "Which gap?\nThis one."
    assert reply_passage([reply], has_api=False) == ""


def test_a_reply_among_very_many_has_no_passage():
    long = {"id": 6, "content": "word " * 50_000}
    assert reply_passage([long, {"id": 7, "content": "The gap."}]) is None


def test_only_words_of_messages_and_diffs_ask_for_a_passage():
    subject, anywhere = [["term", "a", 1]], [["term", "b", 255]]
    (shown,) = node("call.mjs", [], [["passage", "shownInPassage", [[subject, anywhere]]]])
    assert shown == [anywhere]
