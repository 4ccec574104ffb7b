"""Which series are versions of the same work: the rule, as a table of cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.series_versions import Facts, change_ids, stem, works
from generator.mail.series_versions import previous as previous_and_unjoined

DAY = 86400
ANN, BOB = frozenset({"#1", "ann", "ann@example.org"}), frozenset({"#2", "bob", "bob@example.org"})
ANN_ELSEWHERE = frozenset({"#3", "ann", "ann@home.example"})


def facts(number: int, version: int = 1, day: int = 0, **fields) -> Facts:
    fields = {"person": ANN, "names": {"lock: wait no longer than needed"}, **fields}
    sets = {
        key: frozenset(value) if isinstance(value, set) else value for key, value in fields.items()
    }
    return Facts(number, sets.pop("project", 1), version, day * DAY, **sets)


def previous(series, fixed=None) -> dict[int, int]:
    return previous_and_unjoined(series, fixed)[0]


CASES = {
    "the next version": (facts(1), facts(2, 2, 3), True),
    "the next version, years after the epoch": (facts(1, 1, 20_000), facts(2, 2, 20_300), True),
    "a version that skips one": (facts(1), facts(2, 3, 3), True),
    "the same version again": (facts(1), facts(2, 1, 3), False),
    "an older version, later": (facts(1, 3), facts(2, 2, 3), False),
    "the same version, marked as resent": (facts(1, 2), facts(2, 2, 3, marks={"resend"}), True),
    "after an RFC, the count begins anew": (facts(1, 1, marks={"rfc"}), facts(2, 1, 3), True),
    "an RFC after an RFC of the same version": (
        facts(1, marks={"rfc"}), facts(2, 1, 3, marks={"rfc"}), False),
    "another name": (facts(1), facts(2, 2, 3, names={"net: something else"}), False),
    "the cover letter has another name, the first patch hasn't": (
        facts(1, names={"lock rework", "lock: add a timeout"}),
        facts(2, 2, 3, names={"locks done right", "lock: add a timeout"}), True),
    "another project": (facts(1), facts(2, 2, 3, project=2), False),
    "the same person at another address": (facts(1), facts(2, 2, 3, person=ANN_ELSEWHERE), True),
    "somebody else takes over": (facts(1), facts(2, 2, 3, person=BOB), True),
    "somebody else, much later": (facts(1), facts(2, 2, 200, person=BOB), False),
    "the same person, much later": (facts(1), facts(2, 2, 200), True),
    "the same person, years later": (facts(1), facts(2, 2, 900), False),
    "somebody else, with a name that says little": (
        facts(1, names={"fixes"}), facts(2, 2, 3, names={"fixes"}, person=BOB), False),
    "the same person, with a name that says little": (
        facts(1, names={"fixes"}), facts(2, 2, 3, names={"fixes"}), True),
    "a shared change id": (
        facts(1, keys={"20260101-lock-abc"}),
        facts(2, 2, 900, keys={"20260101-lock-abc"}, names={"other"}, person=BOB), True),
    "an answer to the version before": (
        facts(1), facts(2, 2, 3, answers={1}, names={"other"}), True),
    "an answer by somebody else, with another name": (
        facts(1), facts(2, 2, 3, answers={1}, names={"other"}, person=BOB), False),
    "a minor version": (facts(1, 2), facts(2, 2, 3, minor=1), True),
    "a version after a minor one": (facts(1, 2, minor=1), facts(2, 3, 3), True),
    "a version before a minor one": (facts(1, 2, minor=1), facts(2, 2, 3), False),
    "a first version in answer to another series": (
        facts(1), facts(2, 1, 3, answers={1}, names={"other"}), False),
    "a relation that a maintainer set": (
        facts(1), facts(2, 2, 900, related=frozenset({1}), names={"other"}), True),
    "a relation of things by different people": (
        facts(1), facts(2, 2, 3, related=frozenset({1}), names={"other"}, person=BOB), False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_rule(case: str):
    earlier, later, joined = CASES[case]
    assert previous([later, earlier]) == ({2: 1} if joined else {})


def test_the_newest_of_several_is_gone_on_with():
    found = previous([facts(1), facts(2, 1, 30), facts(3, 2, 33), facts(4, 3, 40)])
    assert found == {3: 2, 4: 3}


def test_a_strong_tie_counts_more_than_a_newer_name():
    found = previous(
        [facts(1, keys={"k"}, names={"x"}), facts(2, 1, 5), facts(3, 2, 9, keys={"k"})]
    )
    assert found == {3: 1}


def test_what_is_set_by_hand_counts_and_leads_in_no_circle():
    three = [facts(1), facts(2, 2, 3), facts(3, 1, 5, names={"other"})]
    assert previous(three, {2: None}) == {}
    assert previous(three, {3: 2}) == {2: 1, 3: 2}
    assert previous(three, {3: 99}) == {2: 1}
    assert previous(three, {1: 2}) in ({2: 1}, {1: 2})
    assert previous(three, {2: 2}) == {}


def test_works_are_named_after_their_first_series():
    assert works({3: 1, 4: 3, 5: 3, 9: 8}) == {1: 1, 3: 1, 4: 1, 5: 1, 8: 8, 9: 8}


@pytest.mark.parametrize(("msgid", "expected"), [
    ("20260101-lock-wait-v3-2-0123456789ab@example.org", "20260101-lock-wait@example.org"),
    ("20260101-lock-v1-0@example.org", "20260101-lock@example.org"),
    ("pull.77.v2.git.1700000000.author@example.org", "pull.77@example.org"),
    ("pull.77.git.1700000000.author@example.org", "pull.77@example.org"),
    ("cover.1700000000.git.ann@example.org", None),
    ("no-at-sign", None),
])  # fmt: skip
def test_stems_of_message_ids(msgid: str, expected: str | None):
    assert stem(msgid) == expected


def test_change_ids():
    text = "What.\n\n---\nbase-commit: 0123\nchange-id: 20260101-lock-abc\nChange-Id: I0123456789\n"
    assert change_ids(text) == {"20260101-lock-abc", "I0123456789"}


_names = st.sets(st.sampled_from(["a b c d e f g h", "fixes", ""]), max_size=2)
_facts = st.builds(
    lambda number, version, day, names, person: facts(number, version, day, names=names, person=person),
    st.integers(1, 40), st.integers(0, 5), st.integers(-10, 400), _names, st.sampled_from([ANN, BOB]),
)  # fmt: skip


@given(st.lists(_facts, max_size=12, unique_by=lambda f: f.id),
       st.dictionaries(st.integers(1, 40), st.none() | st.integers(1, 40), max_size=5))  # fmt: skip
def test_every_version_leads_back_to_a_beginning(series: list[Facts], fixed: dict[int, int | None]):
    found = previous(series, fixed)
    for number in found:
        seen = set()
        while number in found:
            assert number not in seen
            seen.add(number)
            number = found[number]
    assert previous(reversed(series), fixed) == found
    begun = works(found)
    assert begun.keys() == found.keys() | set(found.values())
    assert all(begun[number] == begun[before] for number, before in found.items())


def test_the_same_person_has_a_year_for_the_next_version_and_others_have_ninety_days():
    for person, days in ((ANN, 366), (BOB, 90)):
        assert previous([facts(1), facts(2, 2, days, person=person)]) == {2: 1}
        assert previous([facts(1), facts(2, 2, days + 1, person=person)]) == {}


@pytest.mark.parametrize(
    ("name", "says_enough"),
    [("abcde fghi klmn", True), ("abcde fghi klm", False), ("abcdefgh iklmnopq", False)],
)
def test_a_name_that_somebody_else_takes_over_has_three_words_and_fifteen_letters(
    name: str, says_enough: bool
):
    found = previous([facts(1, names={name}), facts(2, 2, 3, names={name}, person=BOB)])
    assert found == ({2: 1} if says_enough else {})


def test_of_ties_of_the_same_kind_the_newest_fitting_one_counts():
    three = [facts(1, 1, 0), facts(2, 2, 5), facts(3, 5, 9), facts(4, 3, 20)]
    assert previous(three) == {2: 1, 3: 2, 4: 2}


def test_a_tie_is_looked_for_among_the_last_sixty_four():
    crowd = [facts(n, 5, n) for n in range(2, 66)]
    assert previous([facts(1, 1, 1), *crowd[:63], facts(99, 2, 99)])[99] == 1
    assert 99 not in previous([facts(1, 1, 1), *crowd, facts(99, 2, 99)])


def test_projects_do_not_share_ties():
    tied = {"keys": {"k"}}
    later = facts(2, 2, 3, project=2, keys={"k"}, answers={1}, related=frozenset({1}))
    assert previous([facts(1, **tied), later]) == {}


def test_a_change_id_has_eight_letters_or_more():
    assert change_ids("change-id: 1234567\nchange-id:\t12345678 \nchange-id: a b c d e") == {
        "12345678"
    }


def test_what_is_fixed_in_a_circle_begins_with_the_lowest():
    three = [facts(n, 1, n, names={str(n)}) for n in (1, 2, 3)]
    assert previous(three, {1: 3, 2: 1, 3: 2}) == {2: 1, 3: 2}


INCOMPLETE, WHOLE = {"total": 3, "received": 2}, {"total": 3, "received": 3}

#: Two series, and why the later one is no version of the earlier: empty where it is one, None where nobody
#: would take it for one.
REASONS = {
    "the next version": (facts(1), facts(2, 2, 3), ""),
    "the same version again at once": (facts(1), facts(2, 1, 3), "both are v1"),
    "the same name as that of a change long ago": (facts(1), facts(2, 1, 30), None),
    "the same name, much later, but a new version": (
        facts(1), facts(2, 2, 367), "that was sent 367 days before"),
    "an older version, later": (facts(1, 3), facts(2, 2, 3), "that is v3 already"),
    "an RFC after an RFC": (
        facts(1, marks={"rfc"}), facts(2, 1, 3, marks={"rfc"}), "both are v1"),
    "in answer, by somebody else, about something else": (
        facts(1), facts(2, 2, 3, answers={1}, names={"other"}, person=BOB),
        "neither the sender nor the name is the same"),
    "in answer, of the same version": (
        facts(1), facts(2, 1, 3, answers={1}, names={"other"}), "both are v1"),
    "a name that says little, by somebody else": (
        facts(1, names={"fixes"}), facts(2, 2, 3, names={"fixes"}, person=BOB), None),
    "a distinctive name, by somebody else, much later": (
        facts(1), facts(2, 2, 91, person=BOB), "that was sent 91 days before"),
    "an afterthought": (
        facts(1), facts(2, 1, 3, answers={1}, names={"other"}, inserted="2.5"), "it adds patch 2.5 to it"),
    "an afterthought to the next version": (
        facts(1), facts(2, 2, 3, answers={1}, names={"other"}, inserted="2.5"), ""),
    "sent again because a part was lost": (facts(1, **INCOMPLETE), facts(2, 1, 7, **WHOLE), ""),
    "the same, but too late": (facts(1, **INCOMPLETE), facts(2, 1, 8, **WHOLE), None),
    "sent again though whole": (facts(1, **WHOLE), facts(2, 1, 7, **WHOLE), "both are v1"),
    "sent again with another total": (facts(1, total=2, received=2), facts(2, 1, 1, **WHOLE), ""),
    "part of it, by somebody else": (
        facts(1, **INCOMPLETE), facts(2, 1, 1, person=BOB, **WHOLE), "both are v1"),
    "a part was lost, and something else sent": (
        facts(1, **INCOMPLETE), facts(2, 1, 1, names={"other"}, **WHOLE), None),
    "a part was lost, and an RFC sent": (
        facts(1, **INCOMPLETE), facts(2, 1, 1, marks={"rfc"}, **WHOLE), "both are v1"),
}  # fmt: skip


@pytest.mark.parametrize("case", REASONS)
def test_why_a_series_is_no_version_of_an_earlier_one(case: str):
    earlier, later, reason = REASONS[case]
    links, unjoined = previous_and_unjoined([earlier, later])
    assert links == ({2: 1} if reason == "" else {})
    assert unjoined == ([(2, 1, reason)] if reason else [])


def test_what_is_set_by_hand_needs_no_reason_and_what_is_joined_neither():
    assert previous_and_unjoined([facts(1), facts(2, 1, 3)], {2: None}) == ({}, [])
    three = [facts(1), facts(2, 1, 3, person=BOB), facts(3, 2, 5)]
    assert previous_and_unjoined(three) == ({3: 2}, [(2, 1, "both are v1")])


def test_of_several_obstacles_that_of_the_strongest_tie_is_told():
    later = facts(3, 1, 5, answers={1})
    assert previous_and_unjoined([facts(1), facts(2, 1, 4, person=BOB), later])[1] == [
        (2, 1, "both are v1"), (3, 1, "both are v1")]  # fmt: skip


def test_labels_of_versions():
    named = [facts(1), facts(1, 2), facts(1, 2, minor=1), facts(1, marks={"rfc", "resend"})]
    assert [one.label for one in named] == ["v1", "v2", "v2.1", "v1 RESEND RFC"]
