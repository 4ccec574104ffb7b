"""What works without any rules: under `python -m http.server`, and below a path of another site."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT, Site
from tests.e2e.server import free_port, waited_for
from tests.e2e.test_servers import fetch

pytestmark = pytest.mark.browser
MSGID = "20261005091205.4117-1-c05.4117@example.org"
PATCH = f"project/stillwork/patch/{MSGID}/"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("host")
    site = Site(folder)
    shutil.copytree(ROOT / "content/patches", site.content / "patches")
    site.load(site.content / "patches")
    site.build(redirects="files")
    root = folder / "root"
    (root / "old").mkdir(parents=True)
    (root / "old/patches").symlink_to(site.output)
    port = free_port()
    words = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", root, port]
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(list(map(str, words)), stdout=log, stderr=log)
        try:
            waited_for(port, running)
            yield f"http://127.0.0.1:{port}/old/patches/"
        finally:
            running.terminate()
            running.wait()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def test_pages_downloads_and_objects_are_files(address: str) -> None:
    for path in ("", PATCH, "project/stillwork/list/", "feed.atom", "robots.txt", "archive/"):
        assert fetch(address + path)[0] == 200, path
    assert fetch(f"{address}{PATCH}mbox")[2].startswith(b"From patchwork ")
    assert fetch(f"{address}series/11/mbox")[2].startswith(b"From patchwork ")
    assert json.loads(fetch(f"{address}api/patches/101.json")[2])["id"] == 101


def test_a_client_that_looks_something_up_learns_that_there_is_nothing(address: str) -> None:
    for kind in ("patches", "covers", "series", "events"):
        status, _, body = fetch(f"{address}api/{kind}/?msgid={MSGID}")
        assert (status, json.loads(body)) == (200, [])


def test_a_reader_gets_from_the_home_page_to_a_patch(address: str, tab: Page) -> None:
    tab.goto(address)
    tab.get_by_role("main").get_by_role("link", name="Stillwork").first.click()
    tab.get_by_role("link", name="All patches").click()
    tab.locator("table.patches a", has_text="[1/2] search: write postings as gaps").click()
    expect(tab.locator("h1")).to_contain_text("search: write postings as gaps")
    assert tab.url.startswith(f"{address}project/stillwork/patch/")


def test_the_search_finds_and_leads_there(address: str, tab: Page) -> None:
    tab.goto(f"{address}search/?q=gaps")
    tab.locator("#results > li a").first.click()
    assert tab.url.startswith(f"{address}project/stillwork/patch/")
    expect(tab.locator("h1")).to_be_visible()


def test_a_number_leads_to_its_page(address: str, tab: Page) -> None:
    tab.goto(f"{address}patch/101/")
    expect(tab).to_have_url(f"{address}{PATCH}")
