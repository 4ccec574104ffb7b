"""Following a review in Chromium, and what every kind of page owes: to fingers, to large text, to paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Site

pytestmark = pytest.mark.browser

#: A page of each kind; the names of patches and cover letters are looked up.
KINDS = {
    "home": "./",
    "project": "project/stillwork/",
    "list": "project/stillwork/list/",
    "facet": "project/stillwork/state/",
    "patch": "patch",
    "cover": "cover",
    "series": "project/stillwork/series/12/",
    "series-list": "project/stillwork/series/",
    "comparison": "project/stillwork/series/12/vs/11/",
    "thread": "project/stillwork/series/11/thread/",
    "person": "person/1/",
    "figures": "project/stillwork/figures/",
    "search": "search/?q=diff",
    "about": "about/",
    "bulk": "archive/",
}

#: Targets below 24 by 24 pixels, but those within sentences and in lines of code (WCAG 2.5.8).
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, summary, input, select")]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const inSentence = e.tagName === "A" && e.closest("p:not(.facts), .text, .authored, .notice");
    const hidden = !box.width || e.closest(".hidden, .skip-link") || getComputedStyle(e).visibility === "hidden";
    return !hidden && !inSentence && !e.closest(".diff, .range-diff") && (box.height < 23.9 || box.width < 23.9);
  }).map((e) => `${e.parentElement.tagName} > ${e.tagName} ${e.textContent.trim()}`)"""

#: Words of tables and lists of facts that are broken across lines.
BROKEN_WORDS = """() => {
  const broken = [];
  for (const cell of document.querySelectorAll("th, td, dt, dd, h1, h2, button, .state, .check")) {
    if (cell.closest(".diff, .range-diff, .text, .hidden, code, pre")) continue;
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      if (node.parentElement.closest("code")) continue;
      for (const match of node.data.matchAll(/[\\p{L}\\p{N}]{2,20}/gu)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(match[0]);
      }
    }
  }
  return broken;
}"""


def address(sample: Site, kind: str) -> str:
    if kind not in ("patch", "cover"):
        return KINDS[kind]
    pages = sorted(sample.output.glob(f"project/stillwork/{kind}/*/index.html"))
    return f"{pages[0].parent.relative_to(sample.output)}/"


@pytest.fixture
def series(page: Page) -> Page:
    page.goto("project/stillwork/series/12/")
    return page


def test_a_series_begins_with_its_facts_and_its_cover_letter(series: Page):
    facts = series.locator(".facts")
    for fact in (
        "accepted",
        "v2, newest",
        "Diff Developer",
        "2026-10-08",
        "R 2",
        "6 success",
        "3 comments",
    ):
        expect(facts).to_contain_text(fact)  # fmt: skip
    box = series.locator("#message .text").bounding_box()
    assert box and box["y"] < 500
    expect(series.locator("#details .people")).to_be_visible()
    expect(series.locator("#patches tbody tr")).to_have_count(4)


def test_the_list_of_remarks_leads_to_the_line(series: Page):
    series.locator(".remarks summary").click()
    series.get_by_role("link", name="reader/diff.py:21").click()
    remark = series.locator(".inline-comment details")
    expect(remark).to_have_attribute("open", "")
    expect(remark.locator(".text")).to_contain_text("a bit clever")
    expect(remark).to_be_in_viewport()


def test_a_remark_shows_its_answer_and_leads_to_what_became_of_the_line(page: Page, sample: Site):
    page.goto(address(sample, "patch"))
    remark = page.locator(".inline-comment details")
    remark.locator("summary").click()
    expect(remark.locator("summary")).to_contain_text("addressed")
    expect(remark.locator(".answer")).to_contain_text("Two counters it is")
    remark.get_by_role("link", name="changed in v2").click()
    expect(page.locator(".patch-pair:target")).to_contain_text("diff: count the lines")


def test_a_review_is_read_without_scripts(browser: Browser, nginx_url: str, sample: Site):
    context = browser.new_context(base_url=nginx_url, java_script_enabled=False)
    tab = context.new_page()
    tab.goto("project/stillwork/series/12/")
    tab.locator(".remarks summary").click()
    tab.get_by_role("link", name="reader/diff.py:21").click()
    expect(tab.locator(".inline-comment .text")).to_contain_text("a bit clever")
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_phone_shows_whole_words_and_targets_for_fingers(page: Page, sample: Site, kind: str):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(sample, kind))
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate(BROKEN_WORDS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_twice_the_size_fits(browser: Browser, nginx_url: str, sample: Site, kind: str):
    context = browser.new_context(
        base_url=nginx_url, viewport={"width": 640, "height": 800}, bypass_csp=True
    )
    tab = context.new_page()
    tab.goto(address(sample, kind))
    tab.add_style_tag(content="html { font-size: 200% !important }")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 640
    assert tab.evaluate(BROKEN_WORDS) == []
    context.close()


@pytest.mark.parametrize("kind", ["figures", "person"])
def test_what_is_too_wide_scrolls_by_keyboard(page: Page, sample: Site, kind: str):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address(sample, kind))
    regions = page.locator(".scroll[tabindex='0']")
    assert regions.count() > 0
    for region in regions.all():
        if region.evaluate("e => e.scrollWidth > e.clientWidth"):
            region.focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "() => [...document.querySelectorAll('.scroll')].some((e) => e.scrollLeft > 0)"
            )
            break
    else:
        pytest.fail("nothing is too wide here")


def test_paper_shows_details_in_black_and_addresses(page: Page, sample: Site):
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(address(sample, "patch"))
    expect(page.locator("#details .meta")).to_be_visible()
    expect(page.locator(".site-header")).to_be_hidden()
    colour = page.evaluate("getComputedStyle(document.body).color")
    assert colour == "rgb(0, 0, 0)"
    link = page.locator(".comment > header a[href^='http']").first
    shown = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert re.search(r"https://lists\.example\.org/", shown) or "attr(href)" in shown


def test_no_name_reorders_what_stands_beside_it(page: Page, sample: Site):
    page.goto(address(sample, "patch"))
    assert page.locator(".facts a[href*='/person/'] > bdi").count() == 1
    assert page.locator(".comment > header bdi").count() == page.locator("article.comment").count()
