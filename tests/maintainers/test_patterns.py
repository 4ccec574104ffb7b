"""Which paths patterns stand for: as get_maintainer.pl documents them."""

from __future__ import annotations

import pytest

from generator.maintainers.patterns import Matcher
from generator.maintainers.subsystems import subsystems
from tests.maintainers import samples


def fits(lines: str, path: str) -> bool:
    found, _ = subsystems(f"A\n{lines}\n".encode(), "M")
    return Matcher(found, "M").of(path) == (0,)


@pytest.mark.parametrize(
    ("pattern", "paths", "others"),
    [
        ("drivers/net/", ["drivers/net/a.c", "drivers/net/x/a.c"], ["drivers/net", "drivers/a.c"]),
        ("drivers/net/*", ["drivers/net/a.c"], ["drivers/net/x/a.c", "drivers/net"]),
        ("drivers/net", ["drivers/net", "drivers/net/x/a.c"], ["drivers/network", "x/drivers/net"]),
        ("*/net/*", ["drivers/net/a.c"], ["net/a.c", "a/b/net/a.c"]),
        ("*/net/", ["drivers/net/x/a.c"], ["net/a.c", "drivers/net"]),
        ("fs/**/*foo*.c", ["fs/foo.c", "fs/a/b/xfoox.c"], ["fs/foo.h", "foo.c"]),
        ("**/a/**/b", ["a/b", "x/a/y/a/b"], ["a", "x/b"]),
        ("a?.c", ["ab.c"], ["a.c", "a/.c", "abb.c"]),
        ("*", ["README"], ["a/README"]),
        ("*/", ["a/README", "a/b/c"], ["README"]),
        ("include/*[ab].h", ["include/xa.h"], ["include/xc.h", "include/x/a.h"]),
        ("./a.c", ["a.c"], ["b/a.c"]),
        ("a.c", ["a.c"], ["abc", "a.cc", "A.c"]),
    ],
)
def test_a_pattern_stands_for(pattern: str, paths: list[str], others: list[str]) -> None:
    assert [path for path in paths if not fits(f"F: {pattern}", path)] == []
    assert [path for path in others if fits(f"F: {pattern}", path)] == []


def test_what_is_excluded_belongs_to_others() -> None:
    found, _ = subsystems(samples.LINUX.encode(), "M")
    matcher = Matcher(found, "M")
    assert matcher.of("drivers/nvm/core.c") == (0, 2)
    assert matcher.of("drivers/nvm/target/core.c") == (2,)
    assert not fits("N: a\nX: a/", "a/x.c")


def test_names_are_searched_for_in_the_whole_path() -> None:
    pytest.importorskip("re2")
    found, _ = subsystems(samples.LINUX.encode(), "M")
    assert Matcher(found, "M").of("arch/tegra/a.c") == (1, 2)
    assert Matcher(found, "M").of("arch/integra/a.c") == (2,)
    assert fits("N: ^a .* \\.c$", "a/b.c")  # blanks mean nothing


def test_expressions_that_are_not_understood_are_named_by_line() -> None:
    pytest.importorskip("re2")
    found, _ = subsystems(b"A\nN: (\nN: (?=a)\nN: b\n", "M")
    matcher = Matcher(found, "M")
    assert [line.split(": N: is not used: ")[0] for line in matcher.faults] == ["M:2", "M:3"]
    assert matcher.of("b") == (0,)


def test_without_the_library_names_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "re2", None)
    found, _ = subsystems(b"A\nN: b\nF: c\n", "M")
    matcher = Matcher(found, "M")
    assert matcher.of("b") == () and matcher.of("c") == (0,)
    assert matcher.faults == [
        "M: N: lines are not used (1); they need the extra: pip install 'stillwork[maintainers]'"
    ]


def test_hostile_patterns_take_no_long_time() -> None:
    path = "a/" * 2000 + "a" * 2000
    for line in (
        "F: " + "**/a/" * 500 + "b",
        "F: **/" + "*a" * 500 + "b",
        "N: " + "(a*)*" * 20 + "$b",
    ):
        assert not fits(line, path)
