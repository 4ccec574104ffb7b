from __future__ import annotations

import pytest

from generator.mail.subject import parse, topic


@pytest.mark.parametrize(
    ("name", "title", "prefixes", "number", "total", "version"),
    [
        ("[v2,3/7] net: fix", "net: fix", (), 3, 7, 2),
        ("[RFC,net-next,V3,01/12] x", "x", ("RFC", "net-next"), 1, 12, 3),
        ("[1 of 2] hg: mark", "hg: mark", (), 1, 2, None),
        ("plain [not a prefix]", "plain [not a prefix]", (), None, None, None),
        ("", "", (), None, None, None),
        ("[only]", "[only]", ("only",), None, None, None),
    ],
)
def test_a_name_is_taken_apart(name, title, prefixes, number, total, version):
    found = parse(name)
    assert (found.title, found.prefixes) == (title, prefixes)
    assert (found.number, found.total, found.version) == (number, total, version)


def test_versions_of_one_series_have_one_topic():
    assert topic("[v2,0/3]  Read a Diff") == topic("[RFC,0/2] read a diff")
