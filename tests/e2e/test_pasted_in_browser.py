"""What is pasted into the search box in Chromium: a page that it names opens, and what it can't be is said."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.archive.database import Archive
from generator.search.engine import search
from generator.search.explain import explain
from generator.search.index_reader import Index
from tests.conftest import Site

pytestmark = pytest.mark.browser

PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const field = document.querySelector(selector);
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def patches(sample: Site) -> list[tuple[int, str, str]]:
    """Numbers, message ids and names of some patches."""
    with Archive(sample.content / "archive.db", read_only=True) as archive:
        rows = archive.sql.execute("SELECT id, msgid, name FROM patch ORDER BY id").fetchall()
    return [(row[0], row[1], row[2]) for row in rows[:: max(1, len(rows) // 2)]]


def is_patch(url: str) -> bool:
    path = url.partition("?")[0]
    return "/patch/" in path and "/elsewhere/" not in path and "@" in unquote(path)


def finish(page: Page) -> str:
    """Wait until the search is done or has opened a page; the state, empty on another page."""
    page.wait_for_function(
        "() => !location.pathname.endsWith('/search/') || /done|error/.test(document.querySelector('main').dataset.search)"
    )
    return page.locator("main").get_attribute("data-search") or ""


def test_what_names_one_patch_opens_its_page(page: Page, patches: list[tuple[int, str, str]]):
    for number, msgid, _ in patches:
        for text in (
            msgid,
            f"<{msgid}>",
            f"Message-ID: <{msgid}>",
            f"https://lore.kernel.org/all/{msgid}/T/#u",
            f"https://pw.example.org/project/x/patch/{msgid}/",
            f"Link: https://lore.kernel.org/r/{msgid}",
            f"#{number}",
            f"https://pw.example.org/patch/{number}/mbox/",
        ):
            page.goto(f"search/?q={quote(text)}")
            page.wait_for_url(is_patch)
            assert quote(msgid, safe="@+=,;:$&") in page.url or msgid in page.url, text


def test_subjects_show_all_that_have_them_newest_first(
    page: Page, sample: Site, patches: list[tuple[int, str, str]]
):
    index = Index(sample.output)
    for _, _, name in patches:
        for text in (name, f"Re: {name}", f"Subject: [PATCH v7] {name}"):
            wanted = [hit.id for hit in search(index, text).hits]
            assert wanted, text
            page.goto(f"search/?q={quote(text)}&group=no")
            assert finish(page) == "done"
            ids = page.locator("#results [data-id]").evaluate_all(
                "all => all.map(li => Number(li.dataset.id))"
            )
            assert ids[: len(wanted)] == wanted[: len(ids)], text


def test_the_way_back_from_an_opened_page_leads_to_the_results(
    page: Page, patches: list[tuple[int, str, str]]
):
    _, msgid, _ = patches[0]
    page.goto("")
    page.locator("#top-search").fill(msgid)
    page.locator("#top-search").press("Enter")
    page.wait_for_url(is_patch)
    page.go_back()
    page.wait_for_url(lambda url: "/search/" in url)
    assert finish(page) == "done"
    expect(page.locator("#results a").first).to_be_visible()
    assert "/search/" in page.url
    page.locator("#q").press("Enter")  # who asks again gets the page again
    page.wait_for_url(is_patch)


def test_several_lines_that_are_pasted_become_one(page: Page, patches: list[tuple[int, str, str]]):
    _, msgid, name = patches[0]
    page.goto("search/")
    page.evaluate(PASTE, ["#q", f"Subject: {name}\nMessage-ID:\n <{msgid}>"])
    expect(page.locator("#q")).to_have_value(f"Message-ID: <{msgid.lower()}>")
    page.locator("#q").press("Enter")
    page.wait_for_url(is_patch)
    page.evaluate(PASTE, ["#top-search", "+\tnew_call(x);\n-\told_call(x);"])
    expect(page.locator("#top-search")).to_have_value('dfb:"new_call(x);" dfa:"old_call(x);"')


def test_an_address_that_is_not_there_leads_to_what_it_names(
    browser: Browser, nginx_url: str, patches: list[tuple[int, str, str]]
):
    number, msgid, _ = patches[0]
    context = browser.new_context(base_url=nginx_url)
    page = context.new_page()
    for path in (
        f"all/{quote(msgid)}/T/",
        f"project/elsewhere/patch/{quote(msgid)}/",
        f"patch/{number}/",
    ):
        page.goto(path)
        page.wait_for_url(is_patch)
    page.goto("all/nothing@example.org/")
    expect(page.locator("#status")).to_contain_text("The archive has no page for this")
    expect(page.locator("#status a")).to_have_attribute(
        "href", re.compile("search/.q=m%3Anothing%40example.org")
    )
    context.close()


def test_the_page_says_what_the_command_line_says(page: Page, sample: Site):
    index = Index(sample.output)
    for text in ("state:acepted", "stat:new", "-EINVAL", "the zzebra", '"the zzebra the"', "frob:x", "m:nothing@example.org",
                 "[PATCH] nobody wrote this", "the or zzebra"):  # fmt: skip
        advice = explain(index, text, search(index, text).total)
        assert advice, text
        page.goto(f"search/?q={quote(text)}")
        assert finish(page) == "done"
        for one in advice:
            expect(page.locator("#message")).to_contain_text(one.reason)
        buttons = page.locator("#message button")
        expect(buttons).to_have_text([one.query for one in advice if one.query])
    page.goto("search/?q=stat:new")
    finish(page)
    page.locator("#message button").first.click()
    expect(page.locator("#q")).to_have_value("state:new")


def test_the_last_word_is_a_beginning_until_it_is_entered(page: Page, sample: Site):
    index = Index(sample.output)
    word = next(
        word
        for hit in search(index, "d:2000..", limit=100).hits
        for word in re.findall(r"[a-z]{6,}", hit.name)
        if not search(index, word[:5]).total
    )
    page.goto("search/")
    page.locator("#q").press_sequentially(word[:5])
    expect(page.locator("#results a").first).to_be_visible()
    page.locator("#q").press("Enter")
    expect(page.locator("main")).to_have_attribute("data-search", "done")
    expect(page.locator("#total")).to_have_text(re.compile("^0 "))
