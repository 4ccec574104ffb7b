"""The search's own code in Chromium, as nginx serves it, against the command line's: the same answers."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

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
    found.push([hits.map(({ page, id, reply }) => [page, id, reply]), total, exact]);
  }
  return found;
}"""


def answer(index: Index, text: str, order: str = "newest") -> list[Any]:
    found = search(index, text, limit=1000, order=order)
    return [[[hit.page, hit.id, hit.reply] for hit in found.hits], found.total, True]


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


@pytest.mark.parametrize("order", ["newest", "oldest", "relevance"])
def test_chromium_answers_as_the_command_line_does(
    page: Page, sample: Site, queries: list[str], order: str
):
    page.goto("search/")
    answers = page.evaluate(ASK, [queries, order])
    index = Index(sample.output)
    wrong = [
        (text, mine, theirs)
        for text, theirs in zip(queries, answers, strict=True)
        if theirs != (mine := answer(index, text, order))
    ]
    assert wrong == []
    assert sum(bool(total) for _, total, _ in answers) > 100


def shown(page: Page, query: str) -> tuple[str, list[int]]:
    """How the search page answers a query: its state, and the numbers of the first ten results."""
    if "/search/" not in page.url:
        page.goto("search/")
    page.locator("#q").fill(query)
    page.locator("#q").press("Enter")
    main = page.locator("main")
    expect(main).to_have_attribute("data-search", re.compile("done|error"))
    expect(page.locator("#status")).not_to_contain_text("could not be read")
    expect(page.locator("#fault")).to_be_hidden()
    numbers = page.locator("#results > li").evaluate_all(
        "all => all.map(li => Number(li.dataset.id))"
    )
    return main.get_attribute("data-search") or "", numbers


def test_a_pasted_message_id_leads_to_its_patch(page: Page, sample: Site):
    hits = search(Index(sample.output), "d:2000..", limit=1000).hits
    assert any("-" in hit.msgid for hit in hits)
    for hit in hits:
        for query in (
            hit.msgid,
            f"<{hit.msgid}>",
            f"m:{hit.msgid}",
            f'f:"{hit.submitter}" {hit.msgid}',
        ):
            assert shown(page, query) == ("done", [hit.id]), query


PASTED = ["ctx->len", "->", "C++", "dfn:c++", "g++-12", "a-b", "--", "reader/diff.py", '"reader/diff.py"', "dfn:reader/",
          "read*", "reader/d*", "f(x)", "[PATCH v2 1/3]", "a.*b", "^a$", "a|b", "a?b", "{2}", "x{2,}", "\\", "\\d+", "[a-z",
          "$&", "(?<=a)", "a/b/", "%s", "100%", "#define", "@@ -1,2 +1,2 @@", "0x1f", "e-mail", "<id>", "'", "日本語-x"]  # fmt: skip


def test_every_character_may_stand_in_a_query(page: Page, sample: Site):
    index = Index(sample.output)
    for pasted in PASTED:
        # With a word that has results, these have to be marked by all that the query holds.
        for query in (pasted, f"{pasted} OR the"):
            understood = is_understood(index, query)
            expected = answer(index, query)[0][:10] if understood else []
            assert shown(page, query) == ("done" if understood else "error", expected), query


def test_a_word_with_punctuation_is_marked(page: Page):
    page.goto("search/?q=s:announced OR dfn:c++ OR s:a-hunk")
    expect(page.locator("#results a mark").first).to_be_visible()


@pytest.mark.parametrize(
    ("module", "broken", "what"),
    [
        ("passage", "export const mark = () => { throw new Error('no marks'); }; export const passage = async () => '';"
         "export const literal = String;", "which words were found"),
        ("passage", "export const mark = (element, text) => element.append(text);"
         "export const passage = async () => { throw new Error('no mail'); }; export const literal = String;", "some passages"),
        ("facets", "throw new Error('no facets');", "the counts"),
        ("suggest", "throw new Error('no suggestions');", "suggestions"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_results_may_fail(
    browser: Browser, nginx_url: str, module: str, broken: str, what: str
):
    context = browser.new_context(base_url=nginx_url)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))

    def answer_broken(route: Route) -> None:
        route.fulfill(body=broken, content_type="text/javascript")

    page.route(f"**/search/{module}.js", answer_broken)
    page.goto("search/")
    page.locator("#q").press_sequentially("the")
    expect(page.locator("main")).to_have_attribute("data-search", "done")
    expect(page.locator("#results > li").first).to_be_visible()
    page.locator("#counts summary").click()
    expect(page.locator("#fault")).to_have_text(
        f"Could not show {what}. The results are not affected."
    )
    assert said and not any(text.startswith("uncaught") for text in said)
    context.close()
