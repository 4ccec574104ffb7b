"""Range diffs: patches matched as git does it, and readable diffs of diffs."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff import line_diff, parse, patch_matching, range_diff
from generator.diff.range_diff import Pair, PatchText, Row
from tests.conftest import tool


def patch(title: str, *lines: str, path: str = "a.c", at: int = 1) -> PatchText:
    """A patch that adds some lines."""
    text = f"diff --git a/{path} b/{path}\nindex 1111111..222222{at % 10} 100644\n--- a/{path}\n"
    text += f"+++ b/{path}\n@@ -{at},1 +{at},{len(lines) + 1} @@ int f(void)\n \tkept\n"
    return range_diff.version(
        title, "Why.\n", parse.parse(text + "".join(f"+\t{line}\n" for line in lines))
    )


def kinds(pairs: list[Pair]) -> list[tuple[str, int | None, int | None]]:
    return [(pair.kind, pair.old, pair.new) for pair in pairs]


ONE_TO_EIGHT = [f"int n{n};" for n in range(8)]
A = patch("a", *ONE_TO_EIGHT)
B = patch("b", "call_one();", "call_two();", "call_three();", path="b.c")
C = patch("c", "char *x;", "char *y;", "char *z;", path="c.c")


def test_line_numbers_and_index_lines_are_no_change():
    again = patch("a", *ONE_TO_EIGHT, at=77)
    assert kinds(range_diff.compare([A, B], [again, B])) == [
        ("unchanged", 0, 0),
        ("unchanged", 1, 1),
    ]


def test_line_ends_of_a_message_are_no_change():
    one, other = (
        range_diff.version("a", text, parse.parse(""))
        for text in ("Why.\r\nHow.\r\n", "Why.\nHow.")
    )
    assert one == other
    assert other.message == ("Why.", "How.")


def test_a_changed_patch_is_found_and_shown():
    (pair,) = range_diff.compare([A], [patch("a", "int zero;", *ONE_TO_EIGHT[1:])])
    assert (pair.kind, pair.message) == ("changed", [])
    assert Row("-", "+\tint n0;") in pair.diff
    assert Row("+", "+\tint zero;") in pair.diff
    assert pair.diff[:2] == [Row("@", ""), Row(" ", " ## a.c ##")]


def test_a_patch_that_git_sees_no_pair_for_is_found_by_its_title():
    rewritten = patch("b", "something_else();", path="other.c")
    assert kinds(range_diff.compare([A, B], [A, rewritten])) == [
        ("unchanged", 0, 0), ("rewritten", 1, 1),
    ]  # fmt: skip
    assert kinds(range_diff.compare([A], [C])) == [("rewritten", 0, 0)]


def test_a_changed_message_is_shown_apart_from_the_diff():
    (pair,) = range_diff.compare([A], [PatchText("a, better", A.message, A.diff)])
    assert (pair.kind, pair.diff) == ("changed", [])
    assert [row for row in pair.message if row.sign in "+-"] == [
        Row("-", "a"),
        Row("+", "a, better"),
    ]


def test_added_dropped_and_moved_patches():
    found = range_diff.compare([A, B], [C, A])
    assert kinds(found) == [("added", None, 0), ("unchanged", 0, 1), ("dropped", 1, None)]
    swapped = range_diff.compare([A, B, C], [C, A, B])
    assert [(pair.new, pair.moved) for pair in swapped] == [(0, True), (1, False), (2, False)]


def test_dropped_patches_stand_where_they_were():
    assert kinds(range_diff.compare([B, A], [A])) == [("dropped", 0, None), ("unchanged", 1, 0)]
    assert kinds(range_diff.compare([A, B, C], [A, C])) == [
        ("unchanged", 0, 0), ("dropped", 1, None), ("unchanged", 2, 1),
    ]  # fmt: skip


def test_diffs_too_large_to_compare_count_as_different(monkeypatch):
    monkeypatch.setattr(line_diff, "_MAX_CELLS", 10)
    assert line_diff.diff_size([1] * 5, [1] * 5) == 11


_lines = st.lists(st.sampled_from(["+a", "+b", "-c", " d", "@@", "", " ## x ##"]), max_size=12)


@given(st.lists(_lines, max_size=6), st.lists(_lines, max_size=6))
def test_no_patch_is_lost_or_shown_twice(old: list[list[str]], new: list[list[str]]):
    was = [PatchText("t", (), tuple(lines)) for lines in old]
    is_now = [PatchText("t", (), tuple(lines)) for lines in new]
    found = range_diff.compare(was, is_now)
    assert sorted(p.old for p in found if p.old is not None) == list(range(len(old)))
    assert [p.new for p in found if p.new is not None] == list(range(len(new)))


@given(_lines, _lines)
def test_a_diff_of_diffs_holds_every_changed_line(old: list[str], new: list[str]):
    found = range_diff.rows(old, new)
    removed = [row.text for row in found if row.sign == "-"]
    added = [row.text for row in found if row.sign == "+"]
    assert len(old) - len(removed) == len(new) - len(added)
    assert (old == new) == (not found)


@pytest.mark.parametrize("gains", [
    {0: {0: 5, 1: 4}, 1: {0: 4}},
    {0: {0: 5, 1: 1}, 1: {0: 3}},
    {0: {0: 9, 1: 8, 2: 1}, 1: {0: 8, 1: 2}, 2: {0: 7, 2: 3}},
])  # fmt: skip
def test_the_cheapest_pairs_are_those_of_a_search_through_all(gains: dict[int, dict[int, int]]):
    assert _saved(gains, patch_matching._cheapest(gains)) == _most(
        gains, sorted(gains), frozenset()
    )


@given(st.dictionaries(
    st.integers(0, 4), st.dictionaries(st.integers(0, 4), st.integers(1, 20), min_size=1), max_size=5
))  # fmt: skip
def test_the_cheapest_pairs_of_any_costs(gains: dict[int, dict[int, int]]):
    assert _saved(gains, patch_matching._cheapest(gains)) == _most(
        gains, sorted(gains), frozenset()
    )


def _saved(gains: dict[int, dict[int, int]], chosen: dict[int, int]) -> int:
    assert len(set(chosen.values())) == len(chosen)
    return sum(gains[at][place] for at, place in chosen.items())


def _most(gains: dict[int, dict[int, int]], left: list[int], taken: frozenset[int]) -> int:
    if not left:
        return 0
    first, *rest = left
    ways = [_most(gains, rest, taken)]
    ways += [g + _most(gains, rest, taken | {p}) for p, g in gains[first].items() if p not in taken]
    return max(ways)


class Repository:
    """A repository with a few files of code, and series of commits on it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._rng = random.Random(seed)
        self._git("init", "-q", "-b", "main")
        self.files = {f"src/file{n}.c": self._code(60) for n in range(4)}
        self.commit("begin", self.files)

    def _git(self, *words: str) -> str:
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
               for key, value in (("NAME", "A"), ("EMAIL", "a@example.org"))}  # fmt: skip
        home = {"HOME": str(self._folder), "GIT_CONFIG_NOSYSTEM": "1", **who}
        done = subprocess.run(
            [tool("git"), *words], cwd=self._folder, env={**os.environ, **home},
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def _code(self, count: int) -> list[str]:
        return [
            f"\tvalue_{self._rng.randrange(400)} = call({self._rng.randrange(90)});"
            for _ in range(count)
        ]

    def commit(self, title: str, files: dict[str, list[str]]) -> None:
        for path, lines in files.items():
            (self._folder / path).parent.mkdir(exist_ok=True)
            (self._folder / path).write_text("".join(f"{line}\n" for line in lines))
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", f"{title}\n\nWhy {title} is done.")

    def series(self, name: str, edits: list[tuple[str, str, int, list[str]]]) -> None:
        """A branch with one commit for each (title, path, line, lines to put there)."""
        self._git("checkout", "-q", "-b", name, "main")
        files = {path: list(lines) for path, lines in self.files.items()}
        for title, path, at, lines in edits:
            files[path][at : at + 2] = lines
            self.commit(title, files)

    def patches(self, name: str) -> list[PatchText]:
        found = []
        for commit in self._git("rev-list", "--reverse", f"main..{name}").split():
            title, _, body = self._git("log", "-1", "--format=%B", commit).partition("\n")
            text = self._git("diff-tree", "-p", "--no-commit-id", "-r", commit)
            found.append(range_diff.version(title, body.strip("\n"), parse.parse(text)))
        return found

    def edits(self, count: int) -> list[tuple[str, str, int, list[str]]]:
        return [(f"change {self._rng.randrange(10**6)}", self._rng.choice(sorted(self.files)),
                 self._rng.randrange(50), self._code(self._rng.randrange(2, 14))) for _ in range(count)]  # fmt: skip

    def changed(
        self, edits: list[tuple[str, str, int, list[str]]]
    ) -> list[tuple[str, str, int, list[str]]]:
        """The same as another version might have it: changed, dropped, added, in another order."""
        found = []
        for title, path, at, lines in edits:
            what = self._rng.random()
            if what < 0.15:
                continue
            if what < 0.6:
                lines = [
                    self._rng.choice(self._code(1)) if self._rng.random() < 0.3 else line
                    for line in lines
                ]
            found.append((title if what < 0.8 else f"{title}, again", path, at, lines))
        found += self.edits(self._rng.randrange(2))
        if self._rng.random() < 0.4:
            self._rng.shuffle(found)
        return found

    def range_diff(self) -> list[tuple[str, int | None, int | None]]:
        """What git says: kind and places."""
        told = self._git("range-diff", "--no-color", "-s", "main..v1", "main..v2")
        kind = {"=": "unchanged", "!": "changed", "<": "dropped", ">": "added"}
        found = []
        for line in told.splitlines():
            old, _, sign, new = line.split()[:4]
            places = [None if word == "-:" else int(word[:-1]) - 1 for word in (old, new)]
            found.append((kind[sign], *places))
        return found


@pytest.mark.parametrize("seed", range(12))
def test_pairs_are_those_of_git(tmp_path: Path, seed: int):
    repository = Repository(tmp_path, seed)
    edits = repository.edits(6)
    repository.series("v1", edits)
    repository.series("v2", repository.changed(edits))
    old, new = repository.patches("v1"), repository.patches("v2")
    found, git = range_diff.compare(old, new), repository.range_diff()
    ours = {(p.old, p.new) for p in found if p.kind in ("unchanged", "changed")}
    theirs = {(was, now) for _, was, now in git if was is not None and now is not None}
    # Where two ways cost the same, which one git takes depends on how it calculates.
    assert ours == theirs or _cost(old, new, ours) == _cost(old, new, theirs)
    assert {p.new for p in found if p.kind == "unchanged"} == {
        n for k, _, n in git if k == "unchanged"
    }


def _cost(old: list[PatchText], new: list[PatchText], pairs: set[tuple[int, int]]) -> int:
    numbers: dict[str, int] = {}
    coded = [
        [[numbers.setdefault(line, len(numbers)) for line in v.diff] for v in side]
        for side in (old, new)
    ]
    alone = [v for n, v in enumerate(old) if n not in {p[0] for p in pairs}]
    alone += [v for n, v in enumerate(new) if n not in {p[1] for p in pairs}]
    cost = sum(line_diff.diff_size(coded[0][was], coded[1][now]) for was, now in pairs)
    return cost + sum(len([line for line in v.diff if line]) * 60 // 100 for v in alone)


def test_a_file_is_headed_by_what_happens_to_it():
    text = (
        "--- /dev/null\n+++ b/new.c\n@@ -0,0 +1 @@\n+x\n"
        "diff --git a/old.c b/old.c\ndeleted file mode 100644\n"
        "diff --git a/a b/b\nrename from a\nrename to b\n"
        "diff --git a/c b/d\ncopy from c\ncopy to d\n"
        "diff --git a/run b/run\nold mode 100644\nnew mode 100755\n"
        "diff --git a/i.png b/i.png\nBinary files a/i.png and b/i.png differ\n"
        "diff --git a/e.c b/e.c\n--- a/e.c\n+++ b/e.c\n@@ -1 +1 @@ int f(void) \n-x\n+y\n"
    )
    taken = range_diff.version("t", "Why.  \r\n\n---\nnot this", parse.parse(text))
    assert taken.message == ("Why.",)
    assert taken.diff == (
        " ## new.c (new) ##", "@@", "+x", "",
        " ## old.c (deleted) ##", "",
        " ## a => b ##", "",
        " ## c => d ##", "",
        " ## run (mode change 100644 => 100755) ##", "",
        " ## i.png ##", " Binary file i.png", "",
        " ## e.c ##", "@@ e.c: int f(void)", "-x", "+y",
    )  # fmt: skip
