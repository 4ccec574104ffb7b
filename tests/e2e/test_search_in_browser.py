"""The search's own code in Chromium, as nginx serves it, against the command line's: the same answers."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from generator.archive.database import Archive
from generator.errors import SearchError
from generator.search.evaluator import search
from generator.search.index_reader import Index
from tests.conftest import Site

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parent.parent / "search" / "queries.json"
ASK = """async ([texts, order]) => {
  const [{ Index }, { search }, { parse }] = await Promise.all(
    ["index_reader", "engine", "query_parser"].map((name) => import(`${document.baseURI}../static/js/search/${name}.js`)));
  const index = await Index.open(`${document.baseURI}../search/`);
  const found = [];
  for (const text of texts) {
    const { hits, total, exact } = await search(index, parse(text), { limit: 1000, order, budget: Infinity });
    found.push([hits.map(({ id }) => id), total, exact]);
  }
  return found;
}"""


def answer(index: Index, text: str, *, by_relevance: bool = False) -> list[Any]:
    found = search(index, text, limit=1000, by_relevance=by_relevance)
    return [[hit.id for hit in found.hits], found.total, True]


def is_understood(index: Index, text: str) -> bool:
    try:
        search(index, text)
    except SearchError:
        return False
    return True


@pytest.fixture(scope="module")
def queries(sample: Site) -> list[str]:
    """What the test vectors ask, and words, pairs, phrases and beginnings of the sample's own texts."""
    index = Index(sample.output)
    found = [text for text, _ in json.loads(VECTORS.read_text("utf-8"))]
    with Archive(sample.content / "archive.db", read_only=True) as archive:
        rows = archive.sql.execute("SELECT name, msgid FROM patch ORDER BY id").fetchall()
    for name, msgid in rows:
        words = re.findall(r"\w{3,}", name)
        found += [*words, f"m:{msgid}", msgid, f"Subject: {name}", f's:"{name}"']
        for one, other in pairwise(words):
            found += [
                f"{one} {other}",
                f"{one} -{other}",
                f'"{one} {other}"',
                f"{one[:3]}* {other}",
                f"{one} OR {other}",
            ]
    return [text for text in dict.fromkeys(found) if is_understood(index, text)]


@pytest.mark.parametrize("order", ["", "relevance"])
def test_chromium_answers_as_the_command_line_does(
    page: Page, sample: Site, queries: list[str], order: str
):
    page.goto("search/")
    answers = page.evaluate(ASK, [queries, order])
    index = Index(sample.output)
    wrong = [
        (text, mine, theirs)
        for text, theirs in zip(queries, answers, strict=True)
        if theirs != (mine := answer(index, text, by_relevance=bool(order)))
    ]
    assert wrong == []
    assert sum(bool(total) for _, total, _ in answers) > 100
