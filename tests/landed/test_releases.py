"""The first release of each commit."""

from __future__ import annotations

import pytest

from generator.landed.releases import Tag, first_releases, in_order


def sha(number: int) -> str:
    return f"{number:040x}"


def history(*rows: tuple[int, ...]) -> list[str]:
    return [" ".join(map(sha, row)) for row in rows]


def test_a_commit_is_in_the_first_release_that_leads_to_it():
    # 1 ← 2 ← 4 (merge) ← 5; 3 is the side branch.
    graph = history((5, 4), (4, 2, 3), (3, 1), (2, 1), (1,))
    tags = [Tag("v1.0", sha(2), 10), Tag("v2.0", sha(4), 20)]
    found = dict(first_releases(graph, tags))
    assert found == {sha(1): "v1.0", sha(2): "v1.0", sha(3): "v2.0", sha(4): "v2.0"}


def test_a_final_release_comes_before_its_candidates():
    graph = history((3, 2), (2, 1), (1,))
    tags = in_order(
        [Tag("v1.0-rc1", sha(1), 10), Tag("v1.0", sha(2), 20), Tag("v1.1-rc1", sha(3), 30)]
    )
    assert dict(first_releases(graph, tags)) == {
        sha(1): "v1.0", sha(2): "v1.0", sha(3): "v1.1-rc1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["v1.2", "v1.10", "v1.9"], ["v1.2", "v1.9", "v1.10"]),
        (["2024.01", "2024.01-rc2"], ["2024.01", "2024.01-rc2"]),
        (["v1.0", "latest", "before-rewrite"], ["v1.0"]),
        (["v1.0beta1", "v1.0"], ["v1.0", "v1.0beta1"]),
    ],
)
def test_tags_of_one_day_are_ordered_by_their_numbers(names, order):
    assert [tag.name for tag in in_order(Tag(name, sha(1), 1) for name in names)] == order


def test_tags_of_a_part_of_the_project_are_no_releases():
    tags = [Tag(f"v1.{number}", sha(1), number) for number in range(20)]
    assert Tag("gui-0.1", sha(1), 0) not in in_order([*tags, Tag("gui-0.1", sha(1), 0)])


def test_a_tag_outside_of_the_history_is_left_out():
    assert list(first_releases(history((1,)), [Tag("v1.0", sha(9), 1)])) == []
