"""A reader's steps through the sample, in Chromium, served by nginx with the shipped configuration."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.conftest import Site

pytestmark = pytest.mark.browser


def done(page: Page) -> None:
    expect(page.locator("main")).to_have_attribute("data-search", "done")


def ids(page: Page) -> list[str]:
    return [li.get_attribute("data-id") or "" for li in page.locator("#results > li").all()]


def test_from_the_home_page_to_a_line_of_a_diff(page: Page):
    page.goto("./")
    page.get_by_role("link", name="Stillwork development").first.click()
    page.get_by_role("link", name="All patches").click()
    page.get_by_role("link", name="[v2,1/3] diff: count the lines").click()
    expect(page.locator("h1")).to_contain_text(
        "[v2,1/3] diff: count the lines that a hunk announces"
    )
    page.locator("#f1R9 > a").click()
    assert page.url.endswith("#f1R9")
    expect(page.locator("#f1R9")).to_have_class(re.compile("selected"))
    page.locator("#f1R12 > a").click(modifiers=["Shift"])
    expect(page.locator(".diff .selected")).to_have_count(4)
    page.locator("details.file summary").first.click()
    expect(page.locator("#f1R9")).to_be_hidden()
    page.get_by_role("link", name="next patch").click()
    expect(page.locator("h1")).to_contain_text("2/3")


def test_a_review_is_read_at_its_line_and_leads_to_what_became_of_it(page: Page):
    page.goto("project/stillwork/")
    page.get_by_role("link", name="all series").click()
    page.get_by_role("link", name="Read a diff with its state in mind").last.click()
    page.get_by_role("link", name="[1/3] diff: count the lines").first.click()
    remarks = page.locator(".inline-comment details")
    expect(remarks).to_have_count(1)
    expect(remarks.locator(".answer")).to_have_count(1)
    page.get_by_role("link", name="inline in reader/diff.py").first.click()
    expect(remarks.first).to_have_attribute("open", "")
    expect(remarks.locator(".text").first).to_contain_text("counts context lines twice")
    page.locator("p.notice").get_by_role("link", name="Changes").click()
    expect(page.locator("h1")).to_contain_text("changes from v1 to v2")
    page.go_back()
    page.get_by_role("link", name="thread", exact=True).click()
    expect(page.locator("article.comment")).to_have_count(3)
    page.get_by_role("link", name="v2", exact=True).click()
    expect(page.locator(".people")).to_contain_text("reviewed")


def test_a_link_to_a_line_opens_its_folded_file(page: Page, sample: Site):
    patch = next(p for p in sample.names() if "5230-1" in p and p.endswith("index.html"))
    page.goto(patch.removesuffix("index.html"))
    page.locator("details.file summary").first.click()
    page.evaluate("location.hash = '#f1R9'")
    expect(page.locator("#f1R9")).to_be_visible()


def test_search_finds_marks_and_follows(page: Page):
    page.goto("search/")
    expect(page.locator("main")).to_have_attribute("data-search", "idle")
    page.locator("#q").fill("s:announced")
    done(page)
    expect(page.locator("#total")).to_have_text(re.compile(r"^\d+ result"))
    expect(page.locator("#results mark").first).to_be_visible()
    assert "q=s%3Aannounced" in page.url
    page.locator("#q").press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("hunk announces")
    page.go_back()
    done(page)
    expect(page.locator("#q")).to_have_value("s:announced")


def test_a_word_in_prose_is_found_and_marked_in_its_other_forms(page: Page):
    page.goto("search/?q=s:announcing")
    done(page)
    expect(page.locator("#results a mark").first).to_have_text("announces")
    page.goto('search/?q=s:"announcing"')
    done(page)
    expect(page.locator("#total")).to_have_text("0 results")


def test_it_is_said_how_far_a_slow_search_is(browser: Browser, nginx_url: str):
    context = browser.new_context(base_url=nginx_url)
    page = context.new_page()
    held: list[Route] = []
    slow = True
    page.route("**/search/data/**", lambda route: held.append(route) if slow else route.continue_())
    page.goto("search/?q=announced")
    expect(page.locator("#progress")).to_have_text(
        re.compile(r"^\d+ of \d+ parts loaded(, \d+ KB)?$")
    )
    slow = False
    for route in held:
        route.continue_()
    done(page)
    expect(page.locator("#progress")).to_have_text("")
    context.close()


def test_suggestions_lead_to_fields_values_people_and_paths(page: Page):
    page.goto("search/")
    offered = page.locator("#suggestions button")
    page.locator("#q").press_sequentially("stat")
    offered.filter(has_text="state:").click()
    expect(page.locator("#q")).to_have_value("state:")
    expect(page.locator("#q")).to_be_focused()
    offered.filter(has_text="state:accepted").click()
    expect(page.locator("#q")).to_have_value("state:accepted ")
    done(page)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("auth")
    expect(offered.first).to_have_text("f: from")
    page.locator("#q").fill("f:di")
    expect(offered.first).to_contain_text('f:"diff developer"')
    offered.first.click()
    done(page)
    expect(page.locator("#total")).not_to_have_text("0 results")
    page.locator("#q").fill("reader/")
    expect(offered.first).to_contain_text("reader/")
    page.locator("#q").fill("announc")
    expect(offered.first).to_contain_text("announc")
    page.keyboard.press("Enter")
    expect(offered).to_have_count(0)


def test_the_search_of_every_page_leads_there(page: Page):
    page.goto("project/stillwork/")
    page.keyboard.press("/")
    page.keyboard.type("state:accepted tag:reviewed")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    done(page)
    assert len(ids(page)) == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("dfn:search/postings.py", 1), ("f:%22Site Administrator%22", 1), ("%22within a hunk%22", 2), ("wind*", 3),
        ("state:rfc", 1), ("d:2026-10-05", 3), ("archived:yes", 1), ("reader/*", 5), ("check:fail", 1),
        ("binary AND nothing", 0), ("tag:reviewed", 3), ("s:versions OR s:icon", 2),
        ("dfb:%22old new 0%22", 1), ("dfb:%22new old 0%22", 0), ("state:accepted -dfb:%22old new 0%22", 3),
    ],
)  # fmt: skip
def test_permalinks_answer(page: Page, query: str, count: int):
    page.goto(f"search/?q={query}")
    done(page)
    assert len(ids(page)) == count
    if not count:
        expect(page.locator("#total")).to_have_text("0 results")


def test_filters_narrow_and_order_changes(page: Page):
    page.goto("search/?q=the")
    done(page)
    everything = ids(page)
    page.locator("#filter-state").select_option("accepted")
    done(page)
    page.wait_for_function(
        "n => document.querySelectorAll('#results > li').length < n", arg=len(everything)
    )
    assert "state=accepted" in page.url
    page.locator("#filter-order").select_option("relevance")
    done(page)
    page.locator("#filter-since").fill("2027")
    page.locator("#filter-since").press("Enter")
    expect(page.locator("#total")).to_have_text("0 results")


def test_more_results_on_demand(page: Page):
    page.goto("search/?q=-state:nothing")
    done(page)
    assert len(ids(page)) == 10
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("#results > li")).to_have_count(12)


def test_counts_lead_to_narrower_results(page: Page):
    page.goto("search/?q=the")
    done(page)
    page.locator("#counts summary").click()
    state = page.locator("#counts-of section").first
    expect(state.locator("h2")).to_have_text("State")
    name = state.locator("a").first.inner_text()
    shown = int(state.locator("li").first.inner_text().split()[-1])
    state.locator("a").first.click()
    done(page)
    expect(page.locator("#total")).to_have_text(re.compile(rf"^{shown} result"))
    assert page.locator("#filter-state").input_value() == name


def test_a_misspelt_word_is_put_right_by_a_click(page: Page):
    page.goto("search/?q=annuonces")
    done(page)
    page.get_by_role("button", name="announces").click()
    done(page)
    expect(page.locator("#results > li").first).to_be_visible()
    assert "q=announces" in page.url


def test_a_bad_query_is_explained(page: Page):
    page.goto("search/?q=d:tomorrow")
    expect(page.locator("main")).to_have_attribute("data-search", "error")
    expect(page.locator("#status")).to_contain_text("d: takes dates such as 2026")


def test_a_failed_fetch_is_said_and_tried_again(browser: Browser, nginx_url: str):
    context = browser.new_context(base_url=nginx_url)
    page = context.new_page()
    page.route("**/search/data/**", lambda route: route.abort())
    page.goto("search/?q=announced")
    expect(page.locator("main")).to_have_attribute("data-search", "error")
    expect(page.locator("#message")).to_contain_text("could not be fetched")
    page.unroute("**/search/data/**")
    page.get_by_role("button", name="Try again").click()
    done(page)
    context.close()


def test_mail_in_results_is_text(page: Page):
    page.goto("search/?q=%3Cscript%3Ealert(1)%3C/script%3E script")
    done(page)
    assert page.locator("#results script").count() == 0


def test_copying_the_message_id(browser: Browser, nginx_url: str, sample: Site):
    context = browser.new_context(
        base_url=nginx_url, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    patch = next(p for p in sample.names() if "5230-1" in p and p.endswith("index.html"))
    page.goto(patch.removesuffix("index.html"))
    page.get_by_role("button", name=re.compile("copy 2026.*@example.org")).click()
    assert page.evaluate("navigator.clipboard.readText()") == patch.split("/")[3]
    context.close()


def test_everything_but_search_works_without_javascript(browser: Browser, nginx_url: str):
    context = browser.new_context(base_url=nginx_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("./")
    page.get_by_role("link", name="All patches").click()
    page.get_by_role("link", name="[1/2] search: write postings as gaps").click()
    page.locator("details.quote summary").first.click()
    expect(page.get_by_text("while gap > 127").first).to_be_visible()
    page.locator("details.headers summary").click()
    expect(page.get_by_text("from mail.example.org")).to_be_visible()
    page.goto("search/")
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["./", "project/stillwork/", "project/stillwork/list/", "project/stillwork/series/12/",
                                  "search/?q=the", "about/", "project/stillwork/state/"])  # fmt: skip
def test_no_page_is_wider_than_the_window(browser: Browser, nginx_url: str, path: str, width: int):
    context = browser.new_context(base_url=nginx_url, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
