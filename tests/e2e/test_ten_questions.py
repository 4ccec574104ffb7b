"""Ten questions that readers have: each is answered with at most one click or one paste from where they arise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Site

pytestmark = pytest.mark.browser

SERIES = "project/stillwork/series/{}/"


class Reader:
    """Somebody at a page, who may click or paste once."""

    def __init__(self, page: Page, start: str) -> None:
        self.page = page
        self._steps = 1
        page.goto(start)

    def _step(self) -> None:
        assert self._steps, "this takes more than one click or paste"
        self._steps -= 1

    def click(self, link: Locator) -> None:
        self._step()
        link.click()

    def paste(self, selector: str, text: str) -> None:
        """Paste a text, and press Enter."""
        self._step()
        self.page.locator(selector).fill(text)
        self.page.locator(selector).press("Enter")


def patch_of(sample: Site, title: str) -> str:
    """The address of the patch with a title."""
    pages = sample.output.glob("project/*/patch/*/index.html")
    found = next(path for path in pages if f"<h1>{title}" in path.read_text("utf-8"))
    return f"{found.parent.relative_to(sample.output)}/"


@pytest.fixture
def old(sample: Site) -> str:
    return patch_of(sample, "[1/3] diff: count the lines")


@pytest.fixture
def new(sample: Site) -> str:
    return patch_of(sample, "[v2,1/3] diff: count the lines")


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def at(page: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_happened(at: Page, new: str):
    Reader(at, new)
    expect(at.locator(".facts .state")).to_have_text("accepted")
    expect(at.locator(".facts .state")).to_be_in_viewport()


def test_which_version_is_the_newest(at: Page, old: str):
    reader = Reader(at, old)
    expect(at.locator(".versions li", has_text="newest")).to_contain_text("v2")
    reader.click(at.get_by_role("link", name="changed there"))
    expect(at.locator("h1")).to_contain_text("[v2,1/3] diff: count the lines")


def test_what_changed_since_the_first_version(at: Page, new: str):
    Reader(at, new).click(at.get_by_role("link", name="changes since v1"))
    expect(at.locator("h1")).to_contain_text("changes from v1 to v2")
    expect(at.locator(".patch-pair:target")).to_contain_text("diff: count the lines")


def test_who_reviewed(at: Page, new: str):
    reader = Reader(at, new)
    reader.click(at.locator(".facts a[href='#tags']"))
    names = at.locator("#details li", has_text="Reviewed-by")
    expect(names).to_contain_text("First Reviewer")
    expect(names).to_be_in_viewport()


def test_what_was_said_about_this_line(at: Page, sample: Site):
    Reader(at, SERIES.format(12)).page.locator(".remarks summary").wait_for()
    reader = Reader(at, patch_of(sample, r"[v2,1/3] diff: count the lines"))
    remark = at.locator(".inline-comment").first
    remark.scroll_into_view_if_needed()
    expect(remark.locator(".text").first).to_contain_text("a bit clever")
    reader.click(remark.get_by_role("link", name="full comment"))
    expect(at.locator("article.comment:target")).to_contain_text("a bit clever")


def test_give_me_the_mbox(at: Page, new: str, tmp_path: Path):
    reader = Reader(at, new)
    with at.expect_download() as download:
        reader.click(at.get_by_role("link", name="download", exact=True))
    download.value.save_as(tmp_path / "patch")
    assert (tmp_path / "patch").read_text("utf-8").startswith("From ")


@pytest.mark.parametrize("pasted", ["reader/", "reader/diff.py"])
def test_what_touches_a_folder(at: Page, pasted: str):
    Reader(at, "project/stillwork/").paste("#filter-q", f"dfn:{pasted}")
    rows = at.locator("main table.patches:visible tbody tr")
    expect(at.locator("#filter output")).to_have_text(re.compile(r"^\d+ patch"))
    expect(rows.filter(has_text="diff: count the lines")).to_have_count(2)
    expect(rows.filter(has_text="search: write postings")).to_have_count(0)


def test_what_waits_for_review(at: Page):
    Reader(at, "project/stillwork/").click(at.get_by_role("link", name="needs review"))
    changes = at.locator(".changes > li")
    expect(changes.filter(has_text="site: an icon")).to_be_visible()
    expect(changes.filter(has_text="accepted")).to_have_count(0)


def test_what_somebody_did_last_month(at: Page, new: str):
    at.goto(new)
    person = at.locator(".facts a[href*='/person/']").get_attribute("href")
    at.goto(new)
    reader = Reader(at, f"{new}{person}")
    expect(at.get_by_role("heading", name="Newest patches reviewed")).to_have_count(0)
    reader.paste("#filter-q", "d:2026-10")
    expect(at.locator("#filter output")).to_have_text(re.compile(r"^\d+ patch"))
    shown = at.locator("main li:visible, main table:visible tbody tr")
    expect(shown.filter(has_text="[v2,1/3] diff: count the lines").first).to_be_visible()


@pytest.mark.parametrize("start", ["", "project/stillwork/list/", "404.html"])
def test_find_this_mail(at: Page, old: str, start: str):
    msgid = old.split("/")[-2]
    Reader(at, start).paste("#top-search", f"<{msgid}>")
    expect(at.locator("h1")).to_contain_text("[1/3] diff: count the lines")
