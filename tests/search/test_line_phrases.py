from __future__ import annotations

import pytest

from generator.search.fields import ADDED, REMOVED
from generator.search.line_phrases import has_phrase
from generator.search.query_nodes import Phrase

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
