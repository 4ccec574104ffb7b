from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from generator.diff import parse as diffs
from generator.diff.sections import sections
from generator.search.fields import ADDED, REMOVED
from generator.search.line_phrases import changed_lines, has_phrase
from generator.search.query_nodes import Phrase
from tests.search.diffs import OTHER_FORMS, damaged, whole_diffs

DIFF = "--- a\n+++ a\n@@ -7,9 +8,9 @@\n-old words\n+new words\n@@ -30 +30 @@\n-more of old\n+more of new\n-- \nnot this\n"


@pytest.mark.parametrize(
    ("words", "field", "expected"),
    [
        ("new words", ADDED, True),
        ("new words", REMOVED, False),
        ("old words", REMOVED, True),
        ("words new", ADDED, False),
        ("of new", ADDED, True),  # below a hunk that announces more lines than it has
        ("a", ADDED, False),
    ],
)
def test_a_phrase_stands_in_a_changed_line(words: str, field: int, expected: bool) -> None:
    assert has_phrase(DIFF, Phrase(tuple(words.split()), field, True)) == expected


CONTEXT, NORMAL, MERGE, PROPERTY, BROKEN = OTHER_FORMS


@pytest.mark.parametrize(
    ("diff", "text", "field"),
    [
        (CONTEXT, "return one two", REMOVED), (CONTEXT, "gone line", REMOVED),
        (CONTEXT, "return three four", ADDED), (CONTEXT, "added line", ADDED),
        (CONTEXT, "only new here", ADDED), (NORMAL, "old one here", REMOVED),
        (NORMAL, "new one here", ADDED), (NORMAL, "and more", ADDED), (NORMAL, "gone away", REMOVED),
        (NORMAL, "came along", ADDED), (MERGE, "one parent", REMOVED), (MERGE, "other parent", REMOVED),
        (MERGE, "both added", ADDED), (MERGE, "one side", ADDED), (MERGE, "all new", ADDED),
        (PROPERTY, "z w", ADDED), (BROKEN, "line of a broken hunk", ADDED),
    ],
)  # fmt: skip
def test_a_phrase_is_found_in_every_form_of_diff(diff: str, text: str, field: int) -> None:
    assert has_phrase(diff, Phrase(tuple(text.split()), field, True))
    assert not has_phrase(diff, Phrase(tuple(text.split()), (ADDED | REMOVED) & ~field, True))


def _of_reader(diff: str) -> Counter[tuple[int, str]]:
    """What the one reader of diffs finds."""
    found: Counter[tuple[int, str]] = Counter()
    for section in sections(diff.split("\n")):
        for hunk in section.hunks:
            added, removed = diffs.changed_lines(hunk)
            found.update((ADDED, line) for line in added)
            found.update((REMOVED, line) for line in removed)
    return found


def test_these_are_the_lines_that_pages_and_index_have(tmp_path: Path) -> None:
    for diff in whole_diffs(tmp_path):
        assert Counter(changed_lines(diff)) == _of_reader(diff)


@pytest.mark.parametrize("seed", range(8))
def test_of_damaged_diffs_none_of_these_is_missing(tmp_path: Path, seed: int) -> None:
    for diff in damaged(whole_diffs(tmp_path, 12), seed):
        assert _of_reader(diff) - Counter(changed_lines(diff)) == Counter()
