"""Counts agree with their nouns."""

from __future__ import annotations

import pytest

from generator.cli.reports import counted, disk_lines
from generator.site.disk_usage import DiskUsage, Usage


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


def test_what_a_site_takes_is_a_table_with_figures_for_each_patch():
    half = Usage(1, 900, 1_000_000)
    usage = DiskUsage(
        Usage(2, 1800, 2_000_000), {"pages": half, "mails": half}, {"api = false": half}, 4_000_000
    )
    assert [line.split() for line in disk_lines(usage, 100)] == [
        ["files", "MB", "on", "disk", "files/patch", "KB/patch"],
        ["1", "1.0", "0.01", "10.0", "pages"],
        ["1", "1.0", "0.01", "10.0", "mails"],
        ["2", "2.0", "0.02", "20.0", "all", "files"],
        ["4.0", "40.0", "folders"],
        ["1", "1.0", "0.01", "10.0", "saved", "by", "api", "=", "false"],
    ]  # fmt: skip


def test_an_archive_without_patches_has_figures_too():
    assert "all files" in list(disk_lines(DiskUsage(Usage(), {}, {}), 0))[1]
