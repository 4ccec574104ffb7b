"""Hostile patterns, and texts made at random from what formats consist of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.fuzz_targets import TARGETS
from tests.hostile.patterns import PATTERNS

pytestmark = pytest.mark.slow

#: What texts are made of: the parts of the patterns, and characters that formats give a meaning.
_PARTS = sorted({part for pattern in PATTERNS.values() for part in pattern if part} | set("\n\t\r \0<>@\"'\\/:,;[]{}()é"))  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PARTS) | st.text(max_size=8), max_size=30).map("".join)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("name", TARGETS)
def test_every_pattern_keeps_what_a_target_promises(name: str, pattern: str):
    head, unit, tail = PATTERNS[pattern]
    for count in (0, 1, 2, 7):
        TARGETS[name](head + unit * count + tail)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60)
@given(text=_TEXTS)
def test_any_text_keeps_what_a_target_promises(name: str, text: str):
    TARGETS[name](text)
