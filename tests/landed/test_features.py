"""What patches and commits are compared by."""

from __future__ import annotations

import pytest

from generator.landed.evidence import compare, weighed
from generator.landed.features import (
    Change,
    Features,
    author_keys,
    change_of,
    keys_of,
    sketch_of,
    title_of,
    without_blanks,
)
from generator.landed.mails import features_of
from generator.landed.rarity import UNIQUE, Rarity
from generator.model import Patch
from tests import factories


def change(*lines: str, path: str = "a/b.c", most: int = 64) -> Change:
    return change_of([(path, [without_blanks(line.encode()) for line in lines])], most)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[PATCH v2 3/7] net:  Fix  it.", "net: fix it"),
        ("[media] drv: add x", "drv: add x"),
        ("Re: [PATCH] x: y", "x: y"),
        ("", ""),
    ],
)
def test_titles_are_compared_without_prefixes_case_and_blanks(text, title):
    assert title_of(text) == title


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("A U Thor", "a@x.org"), ("A U Thor", "b@y.org"), True),
        (("A U Thor", "a@x.org"), ("Author", "A@X.org"), True),
        (("A U Thor via list", "list@x.org"), ("A U Thor", "a@x.org"), True),
        (("root", "a@x.org"), ("root", "b@y.org"), False),
        (("A", "a@x.org"), ("B", "b@y.org"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_people_are_recognised_by_name_or_address(one, other, same):
    assert bool(set(author_keys([one])) & set(author_keys([other]))) is same


def test_blanks_and_the_order_of_files_make_no_other_change():
    one = change_of([("a", [b"+int"]), ("b", [b"-x;"])], 64)
    other = change_of([("b", [b"-x;"]), ("a", [b"+int"])], 64)
    assert one == other
    assert change("+int  x;") == change("+int x ;")


def test_another_folder_changes_the_whole_and_not_the_body():
    one, other = change("+int x;"), change("+int x;", path="old/b.c")
    assert one.body == other.body and one.whole != other.whole and one.names == other.names


def test_a_change_without_lines_equals_no_other():
    empty = change_of([("logo.png", [])], 64)
    assert (empty.whole, empty.body, empty.lines) == (b"", b"", b"")
    assert empty.paths


def test_a_large_change_is_known_by_a_sample_of_its_lines():
    large = change(*(f"+line {number};" for number in range(1000)))
    assert len(sketch_of(large)) == 64 and large.count == 1000


def test_samples_of_large_changes_estimate_what_they_share():
    def of(first: int) -> Features:
        lines = change(*(f"+line {number};" for number in range(first, first + 2000)))
        return Features("t", [], 0, 0, lines)

    rarity = Rarity.counted(1, [])
    found = compare(weighed(of(0), rarity), weighed(of(1000), rarity))
    assert 0.2 < found.lines < 0.5  # a third


def test_a_line_weighs_less_the_more_commits_have_it():
    def of(*lines: str) -> Features:
        return Features("", [], 0, 0, change(*lines))

    commits = [of("+return 0;", f"+unique_{number}();") for number in range(100)]
    rarity = Rarity.counted(100, commits)
    common, unique = (sketch_of(change(line))[0] for line in ("+return 0;", "+unique_7();"))
    assert rarity.weight(common) == 0.0 and rarity.weight(unique) > UNIQUE * 0.8
    assert Rarity.stored(100, rarity.text()).weight(unique) == rarity.weight(unique)


def test_patches_and_commits_share_keys():
    item = Features("x: y", [], 17, 0, change("+int x;"))
    named = keys_of(item, ["A@b"], [])
    assert set(named) & set(keys_of(Features("", [], 0, 0, Change()), ["a@B"], []))
    assert set(named) & set(keys_of(Features("x: y", [], 0, 0, Change()), [], []))


def features(**fields: object) -> Features:
    import msgspec

    return features_of(msgspec.convert(factories.patch(1, **fields), Patch), 7)


def test_the_author_is_named_in_the_mails_text():
    found = features(content='From: "Real Author" <real@example.org>\n\nText.')
    assert set(author_keys([("Real Author", "")])) <= set(found.authors)


def test_the_authors_date_is_that_of_the_header():
    headers = {"Date": "Sun, 01 Mar 2026 10:00:00 +0100"}
    assert features(headers=headers).authored == 1_772_355_600
    assert features(headers={"Date": "never"}).authored == 1_772_359_201
    assert features().moment == 7


@pytest.mark.parametrize("diff", [None, "", "no diff", "GIT binary patch\n", "@@ -1 +1 @@\n+x\n"])
def test_odd_diffs_are_compared_by_what_they_have(diff):
    assert features(diff=diff).change.body == b""


def test_a_patch_has_the_lines_of_its_commit():
    assert features().change == change_of(
        [
            ("lib/lock.c", [b"-rc=lock_try(lock);", b"+rc=lock_try_timed(lock,TIMEOUT_MS);", b"+lock_note(lock);"]),
        ],
        512,
    )  # fmt: skip
