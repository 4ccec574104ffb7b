"""The search's own code in Chromium, as nginx serves it, against the command line's: the same answers."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from generator.archive.database import Archive
from generator.errors import SearchError
from generator.search.engine import search
from generator.search.index_reader import Index
from generator.site.scripts import bundled
from generator.site.theme import Theme
from tests import factories
from tests.conftest import ROOT, Site
from tests.e2e.server import nginx

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parent.parent / "search" / "queries.json"
# The page has its modules in one script, which keeps them in a table.
ASK = """async ([texts, order]) => {
  const [{ Index }, { search }, { parse }, { prepare }] =
    ["index_reader", "engine", "query_parser", "plain"].map((name) => stillworkModules[`js/search/${name}.js`]);
  const index = await Index.open(`${document.baseURI}../search/`);
  const found = [];
  for (const text of texts) {
    await prepare(text);
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


def test_a_message_id_among_other_words_finds_its_patch(page: Page, sample: Site):
    hits = search(Index(sample.output), "d:2000..", limit=1000).hits
    assert any("-" in hit.msgid for hit in hits)
    for hit in hits:
        query = f'f:"{hit.submitter}" {hit.msgid}'
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
            expected = [hit.id for hit in search(index, query, limit=10).hits] if understood else []
            assert shown(page, query) == ("done" if understood else "error", expected), query


def test_a_word_with_punctuation_is_marked(page: Page):
    page.goto("search/?q=s:announced OR dfn:c++ OR s:a-hunk")
    expect(page.locator("#results a mark").first).to_be_visible()


def scripts_with(module: str, source: str, folder: Path) -> dict[str, bytes]:
    """The theme's scripts with another source of one module of the search."""
    other = folder / f"{module}.js"
    other.write_text(source)
    return bundled(Theme("default", ROOT).static_files() | {f"js/search/{module}.js": other})


@pytest.mark.parametrize(
    ("module", "broken", "what"),
    [
        ("marks", "export const mark = () => { throw new Error('no marks'); };\nexport const literal = String;\n", "which words were found"),
        ("passage", "export const fetchPassage = async () => { throw new Error('no mail'); };\n"
         "export const shownInPassage = (words) => words;\n", "some passages"),
        ("groups", "export const groupHits = () => { throw new Error('no groups'); };\n", "series as one"),
        ("facets", "throw new Error('no facets');\n", "the counts"),
        ("suggest", "throw new Error('no suggestions');\n", "suggestions"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_results_may_fail(
    browser: Browser, nginx_url: str, tmp_path: Path, module: str, broken: str, what: str
):
    context = browser.new_context(base_url=nginx_url)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(f"uncaught: {error}"))
    for path, content in scripts_with(module, broken, tmp_path).items():
        page.route(f"**/static/{path}", fulfilled(content))
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


def fulfilled(content: bytes) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=content, content_type="text/javascript")


SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["search/?q=the", "search/?q=nothinglikethis", "search/", "project/stillwork/list/",
                                  "project/stillwork/list/#filter?state=accepted"])  # fmt: skip
def test_nothing_moves_while_results_come(browser: Browser, nginx_url: str, path: str, width: int):
    context = browser.new_context(base_url=nginx_url, viewport={"width": width, "height": 800})
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.route("**/search/data/**", slowly)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("shifts.reduce((sum, value) => sum + value, 0)") < 0.05
    context.close()


def slowly(route: Route) -> None:
    time.sleep(0.05)
    route.continue_()


def test_a_first_query_fetches_few_scripts_one_entry_and_mails_in_view_alone(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("search/?q=the")
    page.wait_for_load_state("networkidle")
    assert sum("/search/entry.json" in url for url in asked) == 1
    scripts = [url.rsplit("/", 1)[1] for url in asked if "/js/search/" in url]
    assert scripts == ["main.js", "outcomes.js"]  # the sample has a repository
    mails = sum("/api/patches/" in url for url in asked)
    in_view = page.locator("#results .passage").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().top < innerHeight && one.offsetParent).length"
    )
    assert 0 < mails == in_view < page.locator("#results .passage").count()
    assert len(asked) <= 20


def test_a_series_is_shown_as_one_and_opened_or_not_shown_so(page: Page):
    page.goto("search/?q=the")
    shown = page.locator("#results > li:visible")
    more = page.locator(".more-of-series").first
    expect(more).to_have_text(re.compile(r"^(\d versions, )?\d (patches|mails) match$"))
    folded = shown.count()
    more.click()
    expect(more).to_have_attribute("aria-expanded", "true")
    assert shown.count() > folded
    page.locator("#filter-group").select_option("no")
    expect(page.locator(".more-of-series")).to_have_count(0)
    assert "group=no" in page.url
    expect(page.locator("#results > li[hidden]")).to_have_count(0)


def test_escape_clears_the_suggestions_then_the_query(page: Page):
    page.goto("search/")
    page.locator("#q").press_sequentially("stat")
    expect(page.locator("#suggestions button").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#suggestions button")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("stat")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("main")).to_have_attribute("data-search", "idle")


def test_examples_of_the_help_are_searches(page: Page):
    page.goto("search/")
    page.locator("#help summary").click()
    page.get_by_role("link", name="tag:reviewed").click()
    expect(page.locator("#q")).to_have_value("tag:reviewed")
    expect(page.locator("#results > li")).to_have_count(3)
    page.go_back()
    expect(page.locator("#q")).to_have_value("")


def test_filters_fold_on_a_phone_and_say_how_many_are_set(browser: Browser, nginx_url: str):
    context = browser.new_context(base_url=nginx_url, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto("search/?q=the&state=accepted&order=relevance")
    expect(page.locator("#filter-state")).to_be_hidden()
    page.get_by_role("button", name="Filters (1)").click()
    expect(page.locator("#filter-state")).to_be_visible()
    context.close()


def test_a_page_opened_as_a_file_says_what_search_needs(browser: Browser, sample: Site):
    page = browser.new_page()
    page.goto((sample.output / "search/index.html").as_uri())
    expect(page.locator("#needs-server")).to_be_visible()
    expect(page.locator("#needs-server code")).to_have_text(
        f"python3 -m http.server --directory '{sample.output}/'"
    )
    page.close()


def test_counts_say_how_many_more_people_there_are(browser: Browser, site: Site, tmp_path: Path):
    site.put(
        *(
            factories.patch(
                n, submitter={"id": n, "name": f"Sender {n}", "email": f"{n}@example.org"}
            )
            for n in range(1, 24)
        )
    )
    site.build()
    with nginx(site.output, tmp_path) as url:
        page = browser.new_page(base_url=url)
        page.goto("search/?q=is:patch")
        page.locator("#counts > summary").click()
        expect(page.locator("#counts-of")).to_contain_text("and 3 more")
        page.close()
