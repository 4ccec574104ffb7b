"""Old addresses in a browser: by number where no file has it, and lists with Patchwork's filters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT, Site
from tests.e2e.server import nginx

pytestmark = pytest.mark.browser

PATCH = re.compile(r"/project/stillwork/patch/20261005091205\.4117-1-c05\.4117@example\.org/$")


@pytest.fixture(scope="module")
def files_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample with a page for each number."""
    site = Site(tmp_path_factory.mktemp("files"))
    shutil.copytree(ROOT / "content/patches", site.content / "patches")
    site.load(site.content / "patches")
    site.build(redirects="files")
    with nginx(site.output, tmp_path_factory.mktemp("files-nginx")) as url:
        yield url


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", ["patch/101/", "patch/101"])
def test_a_number_leads_to_its_page(tab: Page, nginx_url: str, path: str) -> None:
    tab.goto(nginx_url + path)
    expect(tab).to_have_url(PATCH)


def test_a_comment_leads_to_its_place_on_the_page(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}comment/501/")
    expect(tab).to_have_url(re.compile(r"4117-1-c05\.4117@example\.org/#501$"))


def test_a_number_that_nothing_has_is_said_to_be_one(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}patch/999999/")
    expect(tab.locator("#status")).to_have_text("The archive has no patch 999999.")
    tab.goto(f"{nginx_url}no/such/page")
    expect(tab.locator("#status")).to_be_empty()


def test_a_cover_letter_is_found_where_a_patch_is_asked_for(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}project/stillwork/patch/20261005091205.4117-0-ab5.4117@example.org/")
    expect(tab).to_have_url(
        re.compile(r"/project/stillwork/cover/20261005091205\.4117-0-ab5\.4117@example\.org/$")
    )


def test_a_page_that_leads_on_needs_no_script(browser: Browser, files_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{files_url}patch/101/")
    expect(tab).to_have_url(PATCH)
    context.close()


def test_a_list_of_a_series_is_the_series(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}project/stillwork/list/?series=11&state=*")
    expect(tab).to_have_url(re.compile(r"/project/stillwork/series/11/$"))


@pytest.mark.parametrize(
    ("query", "words", "names"),
    [
        ("state=3&archive=both", "project:stillwork state:accepted", None),
        (
            "state=*&q=gaps",
            "project:stillwork archived:no s:gaps*",
            ["[1/2] search: write postings as gaps"],
        ),
        ("state=superseded", "project:stillwork state:superseded archived:no", None),
        ("submitter=1", None, None),
        ("delegate=nobody&state=*", "project:stillwork delegate:nobody archived:no", None),
    ],
)
def test_a_list_with_filters_is_a_search(
    tab: Page, nginx_url: str, query: str, words: str | None, names: list[str] | None
) -> None:
    tab.goto(f"{nginx_url}project/stillwork/list/?{query}")
    expect(tab).to_have_url(re.compile(r"/search/\?q="))
    expect(tab.locator("main")).to_have_attribute("data-search", "done")
    if words is not None:
        assert tab.locator("#q").input_value() == words
    else:
        assert 'f:"' in tab.locator("#q").input_value()
    if names is not None:
        found = [text.strip() for text in tab.locator("#results > li a").first.all_inner_texts()]
        assert found == names


def test_a_later_page_of_a_filtered_list_shows_all_up_to_it(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}project/stillwork/list/?state=*&archive=both&page=3&order=-date")
    expect(tab).to_have_url(re.compile(r"/search/\?q=.*&n=300$"))
    expect(tab.locator("#results > li")).to_have_count(12)


def test_a_list_without_filters_stays_a_list(tab: Page, nginx_url: str) -> None:
    tab.goto(f"{nginx_url}project/stillwork/list/?page=1")
    expect(tab.locator("table.patches")).to_be_visible()
    assert "/list/" in tab.url
