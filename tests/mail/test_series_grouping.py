"""Which mails without a series make one: Patchwork's rule, as a table of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.series_grouping import WINDOW, SentMail, grouped

MINUTE = 60


def mail(number: int, name: str, minute: int = 0, *answers: str, **fields) -> SentMail:
    """A mail with the message id `mNUMBER`."""
    known = {"is_cover": False, "project": 1, "sender": 1, **fields}
    return SentMail(
        number, known["is_cover"], known["project"], known["sender"], minute * MINUTE,
        f"{'c' if known['is_cover'] else 'm'}{number}", name, answers,
    )  # fmt: skip


def letter(number: int, name: str, minute: int = 0, *answers: str, **fields) -> SentMail:
    return mail(number, name, minute, *answers, is_cover=True, **fields)


#: The mails, and the numbers of those that make a series: cover letters as negative ones.
CASES: dict[str, tuple[list[SentMail], list[list[int]]]] = {
    "single patches": ([mail(1, "a"), mail(2, "b")], [[1], [2]]),
    "in answer to the cover letter": (
        [letter(1, "[0/2] x"), mail(2, "[1/2] a", 0, "c1"), mail(3, "[2/2] b", 50, "c1")], [[-1, 2, 3]]),
    "each in answer to the one before": (
        [mail(1, "[1/3] a"), mail(2, "[2/3] b", 30, "m1"), mail(3, "[3/3] c", 60, "m2", "m1")], [[1, 2, 3]]),
    "an answer that arrived before the mail that it answers": (
        [mail(1, "[2/2] b", 50, "m2"), mail(2, "[1/2] a")], [[1, 2]]),
    "the cover letter arrived last": (
        [mail(1, "[1/2] a", 0, "c9"), mail(2, "[2/2] b", 0, "c9"), letter(9, "[0/2] x")], [[-9, 1, 2]]),
    "no answers, but sent together": ([mail(1, "[1/2] a"), mail(2, "[2/2] b", 20)], [[1, 2]]),
    "sent too long after": ([mail(1, "[1/2] a"), mail(2, "[2/2] b", 21)], [[1], [2]]),
    "sent by somebody else": ([mail(1, "[1/2] a"), mail(2, "[2/2] b", sender=2)], [[1], [2]]),
    "nobody knows by whom": (
        [mail(1, "[1/2] a", sender=None), mail(2, "[2/2] b", sender=None)], [[1], [2]]),
    "another total": ([mail(1, "[1/2] a"), mail(2, "[2/3] b")], [[1], [2]]),
    "another total, in answer": ([mail(1, "[1/2] a"), mail(2, "[2/3] b", 0, "m1")], [[1, 2]]),
    "another version": ([mail(1, "[1/2] a"), mail(2, "[v2,2/2] b")], [[1], [2]]),
    "another project": ([mail(1, "[1/2] a"), mail(2, "[2/2] b", 0, "m1", project=2)], [[1], [2]]),
    "a version in the title": ([mail(1, "[1/2] a (v2)"), mail(2, "[v2,2/2] b")], [[1, 2]]),
    "a version forgotten in one subject, in answer at once": (
        [mail(1, "[v2,1/2] a"), mail(2, "[2/2] b", 1, "m1")], [[1, 2]]),
    "a new version in answer to the old": (
        [letter(1, "[0/2] x"), mail(2, "[1/2] a", 0, "c1"), mail(3, "[2/2] b", 0, "c1"),
         letter(2, "[v2,0/2] x", 999, "c1"),
         mail(4, "[v2,1/2] a", 999, "c2", "c1"), mail(5, "[v2,2/2] b", 999, "c2", "c1")],
        [[-1, 2, 3], [-2, 4, 5]]),
    "a new version at once, each patch in answer to the old cover letter": (
        [letter(1, "[0/2] x"), mail(2, "[1/2] a", 0, "c1"), mail(3, "[2/2] b", 0, "c1"),
         mail(4, "[v2,1/2] a", 10, "c1"), mail(5, "[v2,2/2] b", 10, "c1")], [[-1, 2, 3], [4, 5]]),
    "a part of a new version in answer to the part of the old": (
        [mail(1, "[1/2] a"), mail(2, "[2/2] b", 0, "m1"), mail(3, "[v2,2/2] b", 999, "m2", "m1")],
        [[1, 2], [3]]),
    "the same sent again": (
        [mail(1, "[1/2] a"), mail(2, "[2/2] b"), mail(3, "[1/2] a", 5), mail(4, "[2/2] b", 5)],
        [[1, 2], [3, 4]]),
    "an afterthought between two": (
        [mail(1, "[1/2] a"), mail(2, "[2/2] b", 0, "m1"), mail(3, "[1.5/2] c", 99, "m1")], [[1, 2, 3]]),
    "a patch too many, in answer": (
        [mail(1, "[1/2] a"), mail(2, "[2/2] b", 0, "m1"), mail(3, "[3/2] c", 99, "m1")], [[1, 2, 3]]),
    "a diff in answer to a patch": ([mail(1, "[1/1] a"), mail(2, "what about this", 5, "m1")], [[1], [2]]),
    "a patch in answer to a diff without a number": (
        [mail(1, "what about this"), mail(2, "[2/2] a", 5, "m1")], [[1], [2]]),
    "a cover letter alone": ([letter(1, "[0/2] x")], []),
    "a cover letter with the diff of all": (
        [mail(1, "[0/2] x"), mail(2, "[1/2] a", 0, "m1"), mail(3, "[2/2] b", 0, "m1")], [[1, 2, 3]]),
    "a total of none": ([mail(1, "[1/0] a"), mail(2, "[2/0] b")], [[1], [2]]),
}  # fmt: skip


def numbers(mails: list[SentMail]) -> list[list[int]]:
    return [[-m.id if m.is_cover else m.id for m in group.mails] for group in grouped(mails)]


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str):
    mails, expected = CASES[case]
    assert numbers(mails) == expected
    assert numbers(mails[::-1]) == expected


def test_what_a_series_is_called_and_how_long_it_is():
    mails = [letter(1, "[RFC,v3,0/2] a rework"), mail(2, "[RFC,v3,1/2] a", 1, "c1")]
    (group,) = grouped(mails)
    assert (group.name, group.version, group.total, group.date) == ("a rework", 3, 2, 0)
    (group,) = grouped(mails[1:])
    assert (group.name, group.total, group.date) == ("[RFC,v3,1/2] a", 2, MINUTE)
    assert grouped([mail(1, "[2/2] b")])[0].name == ""
    (single,) = grouped([mail(1, "alone")])
    assert (single.name, single.version, single.total) == ("alone", 1, 1)


def test_of_several_series_that_fit_the_newest_with_the_place_free_counts():
    two = [mail(1, "[1/3] a", 0), mail(2, "[1/3] a", 5)]
    assert numbers([*two, mail(3, "[2/3] b", 6)]) == [[1], [2, 3]]
    assert numbers([*two, mail(3, "[2/3] b", 6), mail(4, "[2/3] b", 7)]) == [[1, 4], [2, 3]]


_names = st.sampled_from(["x", "[1/2] a", "[2/2] b", "[v2,1/2] a", "[v2,2/2] b", "[0/2] x", "[1.5/2] c", "[2/3] d"])  # fmt: skip
_mails = st.builds(
    lambda number, name, minute, answers, sender, is_cover: mail(
        number, name, minute, *answers, sender=sender, is_cover=is_cover
    ),
    st.integers(1, 30), _names, st.integers(0, 60),
    st.lists(st.integers(1, 30).map("m{}".format), max_size=3), st.integers(1, 2), st.booleans(),
)  # fmt: skip


@given(st.lists(_mails, max_size=15, unique_by=lambda m: (m.id, m.is_cover)), st.randoms())
def test_every_patch_is_in_one_series_whatever_the_order(mails: list[SentMail], shuffle):
    found = numbers(mails)
    patches = sorted(number for group in found for number in group if number > 0)
    assert patches == sorted(m.id for m in mails if not m.is_cover)
    again = list(mails)
    shuffle.shuffle(again)
    assert numbers(again) == found
    for group in grouped(mails):
        assert len({id(m) for m in group.mails}) == len(group.mails)
        assert len({m.sender for m in group.mails}) == 1 or any(m.answers for m in group.mails)


def test_many_series_with_the_same_marks_take_little_time():
    crowd = [mail(n, "[1/2] a", n // 1000) for n in range(1, 20_000)]
    assert len(grouped(crowd)) == len(crowd)
    assert WINDOW == 1200
