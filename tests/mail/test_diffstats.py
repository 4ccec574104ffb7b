from __future__ import annotations

import pytest

from generator.mail.diffstats import without_diffstats

STAT = """\
 Makefile               |  1 +
 a/{old => new}/logo.png | Bin 0 -> 123 bytes
 .../a-file-moved.c     |  0
 3 files changed, 1 insertion(+)"""


def test_a_diffstat_is_left_out_with_its_summary():
    lines = without_diffstats(f"message\n---\n\n{STAT}\n create mode 100644 x".split("\n"))
    assert lines == ["message", "---", "", " create mode 100644 x"]


@pytest.mark.parametrize(
    "text",
    [
        " speed | 12\n size  | 13",
        " speed | 12\nand more\n 2 files changed by hand",
        "| a | 1 +\n",
        " before | after | 3 of them",
    ],
)
def test_other_tables_stay(text: str):
    assert without_diffstats(text.split("\n")) == text.split("\n")


def test_lines_before_a_diffstat_that_are_none_stay():
    assert without_diffstats(f" a | 3 +++\n\n{STAT}".split("\n")) == [" a | 3 +++", ""]
