"""What single fields and columns find, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.search.evaluator import _consecutive, search
from generator.search.index_reader import Index
from tests import factories
from tests.search import corpus


def patch(number: int, **fields: Any) -> dict[str, Any]:
    stub = factories.series_stub(number + 100)
    return factories.patch(
        number, **{"name": f"part {number}", "content": "", "series": [stub], **fields}
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    corpus.fill(folder / "a.db", [
        patch(1, date="2026-01-31T23:59:59", state="new", name="alpha beta gamma"),
        patch(2, date="2026-02-01T00:00:00", state="Under-Review", name="beta alpha gamma"),
        patch(3, date="2026-02-28T23:59:59", archived=True, name="alpha gamma", content="beta"),
        patch(4, date="2026-03-01T00:00:00", delegate=factories.user(3, username="Ann"), name="delta"),
        patch(5, date="2026-03-01T00:00:00", project=factories.project(2), name="delta delta",
              content="Acked-by: A\nTested-by: B"),
        factories.comment(1, on="patches/4", content="Reviewed-by: R <r@x.org>"),
    ])  # fmt: skip
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("d:2026-02", [3, 2]),
        ("d:2026-02-01", [2]),
        ("d:..2026-01", [1]),
        ("d:2026-03..", [5, 4]),
        ("state:new", [5, 4, 3, 1]),
        ("state:under-review", [2]),
        ("state:nothing", []),
        ("archived:yes", [3]),
        ("archived:no d:2026-02", [2]),
        ("delegate:ann", [4]),
        ("delegate:nobody", [5, 3, 2, 1]),
        ("delegate:zoe", []),
        ("project:project-2", [5]),
        ("project:PROJECT-1", [4, 3, 2, 1]),
        ("tag:acked", [5]),
        ("tag:tested", [5]),
        ("tag:reviewed", [4]),
        ("check:pending", [5, 4, 3, 2, 1]),
        ("series:104", [4]),
        ("3", [3]),
        ("alpha", [3, 2, 1]),
        ("alpha OR delta", [5, 4, 3, 2, 1]),
        ("alpha -s:beta", [3]),
        ("NOT alpha", [5, 4]),
        ('s:"alpha beta"', [1]),
        ('s:"beta alpha gamma"', [2]),
        ('s:"alpha gamma"', [3, 2]),
        ('"alpha beta"', [1]),
        ('s:"gamma alpha"', []),
        ("s:alp*", [3, 2, 1]),
        ("s:beta", [2, 1]),
        ("nq:beta", [3]),
    ],
)
def test_a_query_finds_these_newest_first(index: Index, query: str, ids: list[int]) -> None:
    results = search(index, query)
    assert [hit.id for hit in results.hits] == ids
    assert results.total == len(ids)


def test_a_hit_is_told_with_what_a_list_shows(index: Index) -> None:
    (hit,) = search(index, "delegate:ann").hits
    assert (hit.id, hit.msgid, hit.name) == (4, "2026030110.patch4@example.org", "delta")
    assert (hit.date, hit.state, hit.project, hit.series) == (
        1_772_323_200,
        "new",
        "project-1",
        104,
    )
    assert hit.slug == "2026030110.patch4@example.org"


def test_a_limit_cuts_the_hits_and_not_their_count(index: Index) -> None:
    results = search(index, "NOT zoe", limit=2)
    assert ([hit.id for hit in results.hits], results.total) == ([5, 4], 5)


def test_by_relevance_a_rare_word_counts_more_than_a_common_one(tmp_path: Path) -> None:
    common = [
        patch(n, name="lock", content="x", date=f"2026-01-{n:02}T00:00:00") for n in range(1, 20)
    ]
    both = [patch(30, name="rare", content="x", date="2020-01-01T00:00:00")]
    corpus.fill(tmp_path / "a.db", common + both)
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    hits = search(Index(tmp_path / "out"), "lock OR rare", by_relevance=True).hits
    assert hits[0].id == 30
    assert [hit.id for hit in hits[1:4]] == [19, 18, 17], "of those alike the newest come first"


def test_by_relevance_an_excluded_word_counts_nothing_and_its_forms_count_once(
    tmp_path: Path,
) -> None:
    corpus.fill(tmp_path / "a.db", [
        patch(1, name="locks", date="2026-01-02T00:00:00"),
        patch(2, name="locking", date="2026-01-03T00:00:00"),
        patch(3, name="lock", date="2026-01-01T00:00:00"),
        patch(4, name="lock page"),
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    hits = search(Index(tmp_path / "out"), "s:lock -s:page", by_relevance=True).hits
    assert sorted(hit.id for hit in hits) == [1, 2, 3]


def test_the_words_of_a_phrase_stand_in_the_same_field() -> None:
    subject, message = 1, 2
    assert _consecutive([{subject: [4]}, {message: [0], subject: [5]}], subject | message)
    assert not _consecutive([{subject: [4]}, {message: [5]}], subject | message)
    assert not _consecutive([{subject: [4]}, {subject: [5]}], message)
