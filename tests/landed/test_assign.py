"""From pairs that fit to links."""

from __future__ import annotations

from generator.landed.assign import Claim, Landing, Mail, Role, assign

DAY = 86400


def claim(rule: str = "title, author and lines", lines: int = 80, **fields: object) -> Claim:
    return Claim(rule, lines, 100, True, **{"title": True, **fields})  # type: ignore[arg-type]


def mail(number: int, series: int = 1, work: object = 1, author: int = 7) -> Mail:
    return Mail(number, series, work, number, number * DAY, frozenset([author]))


def landing(number: int, place: int = 0, twins: int | None = None) -> Landing:
    return Landing(number, place, number * DAY, number if twins is None else twins)


def roles(claims, mails, landings) -> dict[tuple[int, int], Role]:
    found = assign(claims, {m.id: m for m in mails}, {c.id: c for c in landings})
    return {(link.patch, link.commit): link.role for link in found}


def test_the_newest_version_landed_and_the_others_have_a_later_one():
    claims = {(1, 10): claim(), (2, 10): claim()}
    found = roles(claims, [mail(1, series=1), mail(2, series=2)], [landing(10)])
    assert found == {(1, 10): Role.LATER, (2, 10): Role.LANDED}


def test_the_version_that_the_commit_names_landed():
    claims = {(1, 10): claim("message id"), (2, 10): claim("same diff")}
    found = roles(claims, [mail(1, series=1), mail(2, series=2)], [landing(10)])
    assert found == {(1, 10): Role.LANDED, (2, 10): Role.LATER}


def test_of_versions_the_one_with_most_of_the_lines_landed():
    claims = {(1, 10): claim(lines=95), (2, 10): claim(lines=50)}
    found = roles(claims, [mail(1, series=1), mail(2, series=2)], [landing(10)])
    assert found[1, 10] == Role.LANDED


def test_within_a_series_each_commit_is_one_patch():
    claims = {(1, 10): claim(lines=90), (1, 11): claim(lines=60), (2, 10): claim(lines=80), (2, 11): claim(lines=70)}  # fmt: skip
    found = roles(claims, [mail(1), mail(2)], [landing(10), landing(11)])
    assert found == {(1, 10): Role.LANDED, (2, 11): Role.LANDED}


def test_picks_are_listed_beside_the_commit_of_the_first_branch():
    claims = {(1, 10): claim(), (1, 11): claim()}
    commits = [landing(10, place=1, twins=10), landing(11, place=0, twins=10)]
    assert roles(claims, [mail(1)], commits) == {(1, 11): Role.LANDED, (1, 10): Role.ALSO}


def test_the_same_change_by_somebody_else_is_told_apart():
    other = Claim("title and lines", 90, 100, False, True)
    claims = {(1, 10): claim(), (2, 10): other}
    found = roles(claims, [mail(1), mail(2, series=2, work=2, author=8)], [landing(10)])
    assert found == {(1, 10): Role.LANDED, (2, 10): Role.SAME}


def test_a_sibling_that_shares_some_lines_has_no_part_in_it():
    sibling = claim("author and lines", lines=50, title=False)
    claims = {(1, 10): claim("same diff"), (2, 10): sibling}
    found = roles(claims, [mail(1), mail(2, series=2, work=2)], [landing(10)])
    assert found == {(1, 10): Role.LANDED}


def test_a_joined_patch_is_a_part_of_the_commit_of_its_series():
    part = claim("small part", lines=30, title=False, contained=100)
    found = roles({(1, 10): claim(), (2, 10): part}, [mail(1), mail(2)], [landing(10)])
    assert found == {(1, 10): Role.LANDED, (2, 10): Role.PART}


def test_a_split_patch_has_its_second_half_as_a_part():
    part = claim("small part", lines=30, title=False, contained=100)
    found = roles({(1, 10): claim(), (1, 11): part}, [mail(1)], [landing(10), landing(11)])
    assert found == {(1, 10): Role.LANDED, (1, 11): Role.PART}


def test_a_small_part_alone_says_nothing():
    part = claim("small part", lines=30, title=False, contained=100)
    assert roles({(1, 10): part}, [mail(1)], [landing(10)]) == {}


def test_links_do_not_depend_on_the_order_of_claims():
    claims = {(p, c): claim(lines=80) for p in (1, 2, 3) for c in (10, 11, 12)}
    mails, commits = [mail(1), mail(2), mail(3)], [landing(10), landing(11), landing(12)]
    backwards = dict(reversed(claims.items()))
    assert roles(claims, mails, commits) == roles(backwards, mails[::-1], commits[::-1])
