"""What a build asks the archive for each page is found by an index: the size of the archive mustn't count."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any

import pytest

from tests.conftest import Site
from tests.factories import check, comment, cover, patch, series

pytestmark = pytest.mark.slow

PATCHES = 40


def test_no_query_of_a_page_goes_through_a_table(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    values: dict[str, Any] = {}

    class Noted(sqlite3.Connection):
        def execute(self, query: str, *given: Any) -> sqlite3.Cursor:
            asked[query] += 1
            values[query] = given
            return super().execute(query, *given)

    for n in range(1, PATCHES + 1):
        stub = {"id": n, "url": f"https://patchwork.example.org/api/series/{n}/", "name": f"series {n}",
                "date": "2026-03-01T10:00:00", "version": 1}  # fmt: skip
        site.put(patch(n, series=[stub]), cover(n, series=[stub]), series(n), check(n, on=n),
                 comment(n, on=f"patches/{n}"), comment(1000 + n, on=f"covers/{n}"))  # fmt: skip
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **{**k, "factory": Noted}))
    site.build()
    monkeypatch.undo()
    often = [q for q, n in asked.items() if n >= PATCHES and q.lstrip().startswith("SELECT")]
    assert len(often) > 15
    slow = []
    with sqlite3.connect(site.content / "archive.db") as sql:
        for query in often:
            steps = [row[3] for row in sql.execute(f"EXPLAIN QUERY PLAN {query}", *values[query])]
            steps = [step for step in steps if step != "SCAN CONSTANT ROW"]
            # The second: all comments on patches, instead of those on one.
            if any("SCAN" in step or step.endswith("(parent_kind=?)") for step in steps):
                slow.append((query, steps))
    assert slow == []
