"""Counts agree with their nouns."""

from __future__ import annotations

import pytest

from generator.cli.reports import counted


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (1, "patch", "1 patch"),
        (2, "patch", "2 patches"),
        (0, "file", "0 files"),
        (1, "series", "1 series"),
        (2, "series", "2 series"),
        (1200, "person", "1,200 people"),
    ],
)
def test_a_count_agrees_with_its_noun(count, noun, text):
    assert counted(count, noun) == text
