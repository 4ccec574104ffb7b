from __future__ import annotations

import pytest

from generator.mail.subject import parse, topic


@pytest.mark.parametrize(
    ("name", "title", "prefixes", "number", "total", "version"),
    [
        ("[v2,3/7] net: fix", "net: fix", (), 3, 7, 2),
        ("[RFC,net-next,V3,01/12] x", "x", ("RFC", "net-next"), 1, 12, 3),
        ("[2.5/7] late", "late", (), 2, 7, None),
        ("[v2.1,2/3] x", "x", (), 2, 3, 2),
        ("[PATCH1/8] glued", "glued", (), 1, 8, None),
        ("[v2PATCH12/15] glued", "glued", (), 12, 15, None),
        ("[6.10/12] a kernel of old", "a kernel of old", (), 6, 12, None),
        ("[stable-6.10/12] a branch", "a branch", (), 10, 12, None),
        ("[drivers/net] a folder", "a folder", ("drivers/net",), None, None, None),
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


def test_minor_versions_and_mails_sent_again_are_told_apart():
    assert [parse(name).minor for name in ("[v1.1] x", "[v2] x", "x")] == [1, 0, 0]
    assert [parse(name).fraction for name in ("[2.5/7] x", "[2/7] x", "x")] == [5, 0, 0]
    assert [parse(name).is_resent for name in ("[RESEND] x", "[v2,resend,1/2] x", "[RFC] resend")] == [
        True, True, False,
    ]  # fmt: skip
