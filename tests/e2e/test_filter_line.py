"""The filter line of lists in Chromium: the index answers in the list's place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

FOUND = "main table.patches:visible tbody tr"


def test_a_list_is_filtered_in_its_place_and_comes_back(page: Page):
    page.goto("project/stillwork/list/")
    listed = page.locator(FOUND).count()
    page.locator("#filter-q").fill("announced")
    expect(page.locator("#filter output")).to_have_text(re.compile(r"^\d+ patch(es)?$"))
    assert 0 < page.locator(FOUND).count() < listed
    expect(page.locator("#unfiltered")).to_be_hidden()
    assert page.url.endswith("/project/stillwork/list/#filter?q=announced")
    page.locator("#filter-q").press("Escape")
    expect(page.locator("#unfiltered")).to_be_visible()
    expect(page.locator(FOUND)).to_have_count(listed)
    assert "#" not in page.url.removesuffix("#")


@pytest.mark.parametrize(
    ("path", "fields", "count"),
    [
        ("project/stillwork/list/", {"state": "accepted"}, 4),
        ("project/stillwork/list/", {"state": "accepted", "tag": "reviewed"}, 2),
        ("project/stillwork/list/", {"check": "fail"}, 1),
        ("project/stillwork/list/", {"since": "2026-10-05", "until": "2026-10-05"}, 3),
        ("project/stillwork/list/", {"q": "-state:accepted", "from": "Site Administrator"}, 1),
        ("project/stillwork/state/accepted/", {"tag": "reviewed"}, 2),
        ("project/stillwork/", {"q": "dfn:search/postings.py"}, 1),
        ("project/stillwork/folder/", {"q": "dfn:search/postings.py"}, 1),
    ],
)  # fmt: skip
def test_an_address_with_a_filter_shows_what_it_finds(
    page: Page, path: str, fields: dict[str, str], count: int | None
):
    page.goto(path)
    listed = page.locator(FOUND).count()
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    page.goto(f"{path}#filter?{query}")
    expect(page.locator("#unfiltered")).to_be_hidden()
    expect(page.locator(FOUND)).to_have_count(listed if count is None else count)


def test_a_persons_patches_are_filtered(page: Page):
    page.goto("project/stillwork/list/")
    page.locator("#unfiltered th a").first.click()
    page.locator(".meta a[href*='submitter']").first.click()
    page.locator("#filter-q").fill("d:2000..")
    expect(page.locator("#filter output")).to_have_text(re.compile("patch"))


def test_a_bad_filter_is_explained_and_the_list_stays(page: Page):
    page.goto("project/stillwork/list/#filter?since=tomorrow")
    expect(page.locator("#filter output")).to_contain_text("d: takes dates such as 2026")
    expect(page.locator("#unfiltered")).to_be_visible()


def test_states_and_delegates_are_offered(page: Page):
    page.goto("project/stillwork/list/")
    page.locator("#filter-q").focus()
    expect(page.locator("#filter-state-values option")).not_to_have_count(0)


def test_without_javascript_there_is_no_filter_line(browser: Browser, nginx_url: str):
    context = browser.new_context(base_url=nginx_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("project/stillwork/list/")
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("#unfiltered")).to_be_visible()
    context.close()
