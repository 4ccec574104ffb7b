"""What became of a line in the next version of its patch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.inline_comments import DiffPosition
from generator.diff.line_fate import PatchLines, VersionLines, fate, telling_line
from generator.diff.parse import FileDiff, parse


def diff(*lines: str, path: str = "a.c", old_path: str = "") -> list[FileDiff]:
    """One file with one hunk."""
    old = sum(line[:1] != "+" for line in lines)
    new = sum(line[:1] != "-" for line in lines)
    head = [f"diff --git a/{old_path or path} b/{path}"]
    head += [f"rename from {old_path}", f"rename to {path}"] if old_path else []
    head += [f"--- a/{old_path or path}", f"+++ b/{path}", f"@@ -1,{old} +1,{new} @@"]
    return parse("\n".join([*head, *lines]) + "\n")


def fate_of(
    at: int,
    old: list[FileDiff],
    new: list[FileDiff],
    *others: list[FileDiff],
    is_whole: bool = True,
) -> str | None:
    """The fate of a line of the first hunk; `others`: more patches of the next version."""
    version = VersionLines([new, *others], is_whole=is_whole)
    line = telling_line(old[0], DiffPosition(0, 0, at))
    return fate(old[0].path, line, PatchLines(old), PatchLines(new), version) if line else None


OLD = diff(" int rc;", "+rc = take(lock);", "-rc = try(lock);", " return rc;")


@pytest.mark.parametrize(
    ("at", "new", "expected"),
    [
        pytest.param(1, OLD, "unchanged", id="the same"),
        pytest.param(1, diff("+rc = take(lock);", path="b.c", old_path="a.c"), "unchanged", id="a renamed file"),
        pytest.param(1, diff(" int rc;", "+rc = take(lock, 1);"), "changed", id="another text"),
        pytest.param(1, diff(" int rc;", "+\trc = take(lock);"), None, id="other blanks"),
        pytest.param(1, diff(" rc = take(lock);", "+more();"), None, id="there before the patch"),
        pytest.param(1, diff("+elsewhere();", path="b.c"), "gone", id="another file"),
        pytest.param(1, diff("+rc = take(lock);", path="b.c"), None, id="moved to another file"),
        pytest.param(2, diff(" rc = try(lock);", "+more();"), "changed", id="no longer removed"),
        pytest.param(2, diff("+more();"), None, id="a removed line that isn't there"),
        pytest.param(3, diff("-return rc;", "+return 0;"), "changed", id="now removed"),
        pytest.param(3, diff("+more();"), None, id="context that isn't there"),
        pytest.param(-1, diff("+more();"), None, id="a hunk's header"),
    ],
)  # fmt: skip
def test_a_line_in_the_next_version(at: int, new: list[FileDiff], expected: str | None):
    assert fate_of(at, OLD, new) == expected


def test_a_line_that_went_to_another_patch_did_not_change():
    assert fate_of(1, OLD, diff("+more();"), diff("+rc = take(lock);", path="b.c")) is None
    assert fate_of(1, OLD, diff("+more();"), diff("+other();", path="b.c")) == "changed"


def test_a_file_that_another_patch_has_is_not_gone():
    assert fate_of(1, OLD, diff("+x1();", path="b.c"), diff("+x2();")) is None


def test_nothing_is_missed_in_a_version_of_which_patches_are_missing():
    assert fate_of(1, OLD, diff("+more();"), is_whole=False) is None
    assert fate_of(1, OLD, diff("+more();", path="b.c"), is_whole=False) is None
    assert fate_of(1, OLD, OLD, is_whole=False) == "unchanged"


def test_one_of_several_alike_may_be_any_of_them():
    old = diff("+x = 1;", "+x = 1;")
    assert fate_of(0, old, diff("+x = 1;")) is None
    assert fate_of(0, old, diff("+x = 1;", "+x = 1;", "+y = 1;")) == "unchanged"


def test_a_brace_says_nothing():
    assert fate_of(0, diff("+}"), diff("+x = 1;")) is None


def test_nothing_is_said_of_a_file_that_cannot_be_read_line_by_line():
    binary = parse("diff --git a/a.c b/a.c\nGIT binary patch\nliteral 3\nKcmZQzU|?WiU|?WiU|?Wi\n")
    assert fate_of(1, OLD, binary) is None


LINES = st.lists(
    st.tuples(st.sampled_from(" +-"), st.sampled_from(["a1", "b1", "\ta1", "c 1", "}"])),
    min_size=1,
    max_size=6,
)


@given(LINES, LINES, LINES, st.integers(0, 5))
def test_what_changed_is_in_no_patch_of_the_next_version(old, new, other, at):
    texts = ["".join(line) for line in old]
    here = at % len(texts)
    rest = [sign + text for sign, text in other]
    found = fate_of(here, diff(*texts), diff(*map("".join, new)), diff(*rest, path="b.c"))
    if found == "changed" and texts[here][:1] == "+":
        key = "".join(texts[here][1:].split())
        assert key not in {"".join(text.split()) for _, text in new + other}
