"""What patches became, in the files of the index; and which releases a query names."""

from __future__ import annotations

import random

import pytest

from generator.archive.landed_index import ROLES, LandedAs
from generator.search import outcomes
from generator.search.outcomes import commit_file, is_release, pack_commits, read_commits


@pytest.mark.parametrize(
    ("wanted", "named", "others"),
    [
        ("v2.43", "v2.43.0 v2.43.0-rc1 v2.43.1 V2.43 2.43.9 git-2.43.0", "v2.430 v2.4 v12.43 v2.4.3"),
        ("2.43.0", "v2.43.0 v2.43.0-rc1 2.43.0", "v2.43.1 v2.43.01"),
        ("v2.43.0-rc", "v2.43.0-rc0 v2.43.0-rc12", "v2.43.0"),
        ("v2.43.0-rc1", "v2.43.0-rc1", "v2.43.0-rc12"),
        ("v2.4*", "v2.4 v2.40.1 v2.43.0", "v2.3.0 v1.2.4"),
        ("6", "v6.1-rc3 6.0", "v60.1 v1.6"),
        ("glibc-2.38", "glibc-2.38", "glibc-2.3 2.38"),
        ("2.38", "glibc-2.38 release/2.38.1", "glibc-2.380"),
        ("*", "v1 next", ""),
        ("stable", "stable-2", "v1"),
    ],
)  # fmt: skip
def test_a_release_is_named_as_people_write_it(wanted: str, named: str, others: str) -> None:
    assert [name for name in named.split() if not is_release(name, wanted)] == []
    assert [name for name in [*others.split(), ""] if is_release(name, wanted)] == []


def random_outcomes(rng: random.Random) -> tuple[LandedAs, ...]:
    return tuple(
        LandedAs(
            rng.choice(ROLES), f"{rng.getrandbits(160):040x}"[: rng.choice([4, 7, 40])],
            rng.choice([None, rng.randrange(-(2**31), 2**33)]), rng.choice(["", "v1", "v2-é\"<"]),
            rng.random() < 0.2,
        )
        for _ in range(rng.choice([0, 0, 1, 1, 3]))
    )  # fmt: skip


def test_outcomes_are_read_as_they_were_packed() -> None:
    rng = random.Random(1)
    mails = [random_outcomes(rng) for _ in range(200)]
    cut = {
        place: tuple(
            one._replace(
                sha=one.sha[:7], date=None if one.date is None else one.date // 86400 * 86400
            )
            for one in found
        )
        for place, found in enumerate(mails)
        if found
    }
    assert outcomes.read_outcomes(outcomes.pack_outcomes(mails)) == cut
    assert outcomes.pack_outcomes([(), ()]) == b""


@pytest.mark.parametrize("count", [0, 1, 999, 1001, 5000])
def test_a_commit_is_found_in_the_file_of_its_first_digits(count: int) -> None:
    rng = random.Random(count)
    commits = sorted((f"{rng.getrandbits(160):040x}", number) for number in range(count))
    files = pack_commits(commits)
    assert len(files) == {0: 0, 1: 1, 999: 1, 1001: 2, 5000: 8}[count]
    for sha, number in commits[::97]:
        for digits in (7, 9, 10):
            file = files[commit_file(sha[:digits], len(files))]
            assert number in read_commits(file, sha[:digits])
    assert sum(len([*read_commits(file, "")]) for file in files if file) == count


def test_what_became_of_a_mail_is_told_by_its_first_commit() -> None:
    landed, part = LandedAs("same", "1", 5, "v1", False), LandedAs("part", "2", 6, "", False)
    fates = [
        outcomes.FATES[outcomes.fate(found)]
        for found in ((), (landed, part), (landed._replace(is_reverted=True),), (part,))
    ]
    assert fates == ["", "landed", "reverted", "part"]
    assert (outcomes.landed_on((landed, part)), outcomes.landed_on((part,))) == (5, None)
    assert not outcomes.in_release((landed,), "none") and not outcomes.in_release((part,), "none")
