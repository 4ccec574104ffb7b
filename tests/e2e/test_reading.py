"""Reading a patch: on a desktop, a phone, by keyboard, without JavaScript, in a text browser."""

from __future__ import annotations

import re
import subprocess
from html import unescape

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Site, tool
from tests.e2e.kinds import KINDS, path_of

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def patch(sample: Site) -> str:
    """The page of the first patch of a series in its second version, relative to the site's root."""
    pages = sorted(sample.output.glob("project/*/patch/*/index.html"))
    found = next(page for page in pages if "[v2,1/3] diff: count the lines" in page.read_text())
    return f"{found.parent.relative_to(sample.output)}/"


@pytest.mark.parametrize("size", SIZES)
def test_the_message_begins_on_the_first_screen(page: Page, patch: str, size: str):
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(patch)
    box = page.locator("#message .text").first.bounding_box()
    assert box and box["y"] + 60 < height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_has_to_be_scrolled_sideways_on_a_narrow_screen(
    page: Page, sample: Site, kind: str
):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(path_of(kind, sample))
    for fact in page.locator(".facts > span").all():
        fact.evaluate("fact => fact.append(' as long as a sentence'.repeat(5))")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_details_stay_beside_the_text_on_wide_screens_and_are_folded_on_phones(
    page: Page, patch: str
):
    page.goto(patch)
    msgid = page.locator("#details code.copy").first
    expect(msgid).to_be_visible()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(msgid).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(msgid).to_be_hidden()
    page.get_by_text("Details", exact=True).click()
    expect(msgid).to_be_visible()


def test_without_scripts_details_are_there_on_a_wide_screen(
    browser: Browser, nginx_url: str, patch: str
):
    context = browser.new_context(base_url=nginx_url, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(patch)
    expect(tab.locator("#details code.copy").first).to_be_visible()
    expect(tab.locator(".switches button")).to_have_count(0)
    context.close()


def test_every_fact_is_a_way_on(page: Page, patch: str):
    page.goto(patch)
    facts = page.locator(".facts")
    state = facts.locator(".state").inner_text()
    facts.locator("a", has=page.locator(".state")).click()
    expect(page.locator("h1")).to_contain_text(state)
    page.go_back()
    facts.locator("a[href*='/person/']").click()
    expect(page).to_have_url(re.compile("/person/"))


def test_keys_walk_through_a_diff(page: Page, sample: Site):
    pages = sorted(sample.output.glob("project/*/patch/*/index.html"))
    long = next(found for found in pages if "id=f2h1" in found.read_text())
    page.goto(f"{long.parent.relative_to(sample.output)}/")
    page.keyboard.press("d")
    walked = []
    for key in "jjknp":
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.closest('[id]').id"))
    assert walked == ["f1h1", "f2h1", "f1h1", "f2", "f1"]


def test_keys_lead_to_other_patches_but_not_while_somebody_types(page: Page, patch: str):
    page.goto(patch)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("next patch of the series")
    page.keyboard.press("]")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_contain_text("1/3")
    page.keyboard.press("]")
    expect(page.locator("h1")).to_contain_text("2/3")
    page.locator("#top-search").focus()
    page.keyboard.type("[")
    expect(page.locator("h1")).to_contain_text("2/3")


def test_a_diff_has_one_tab_stop_for_each_hunk(page: Page, patch: str):
    page.goto(patch)
    stops = page.locator("#diff .diff pre a:not([tabindex='-1'])")
    expect(page.locator(".switches button").last).to_be_visible()
    page.keyboard.press("Tab")
    assert stops.count() == page.locator("#diff .h").count()


def test_a_switch_of_the_diff_is_remembered(page: Page, patch: str):
    page.goto(patch)
    page.get_by_role("button", name="Don't wrap lines").click()
    page.reload()
    expect(page.get_by_role("button", name="Don't wrap lines")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert page.locator(".diff pre").first.evaluate(
        "cell => getComputedStyle(cell).whiteSpaceCollapse + getComputedStyle(cell).textWrapMode"
    ) == "preservenowrap"  # fmt: skip


def test_syntax_is_coloured_without_elements_and_copied_as_it_is(page: Page, patch: str):
    page.goto(patch)
    page.locator("#f1").scroll_into_view_if_needed()
    page.wait_for_function("() => CSS.highlights.get('word')?.size > 0")
    words = page.evaluate(
        "[...CSS.highlights.get('word')].map(r => r.startContainer.data.slice(r.startOffset, r.endOffset))"
    )
    assert set(words) <= {"class", "def", "return", "for", "in", "if", "else", "import", "from", "not", "is",
                          "None", "True", "False", "and", "or", "while", "with", "as", "yield", "raise", "try",
                          "except", "self", "lambda", "break", "continue", "pass", "elif"}  # fmt: skip
    assert page.locator("#f1 .diff [class*='highlight']").count() == 0


@pytest.mark.parametrize("browser_name", ["w3m", "lynx", "elinks"])
def test_text_browsers_show_a_message_as_it_was_written(
    sample: Site, patch: str, browser_name: str
):
    page = sample.output / patch / "index.html"
    message = re.search(r'id="message".*?<pre>\n(.*?)</pre>', page.read_text("utf-8"), re.DOTALL)
    assert message
    written = unescape(re.sub(r"<[^>]*>", "", message[1])).rstrip("\n").split("\n")
    command = {"w3m": ["w3m", "-dump", "-cols", "120", "-I", "UTF-8", "-O", "UTF-8"],
               "lynx": ["lynx", "-dump", "-nolist", "-width", "120", "-display_charset", "UTF-8"],
               "elinks": ["elinks", "-dump", "-dump-width", "120", "-dump-charset", "utf-8", "-no-references"]}  # fmt: skip
    tool(browser_name)
    shown = subprocess.run(
        [*command[browser_name], str(page)], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    margin = min(len(line) - len(line.lstrip()) for line in shown if written[0].strip() in line)
    lines = [line[margin:].rstrip() for line in shown]
    at = lines.index(written[0].rstrip())
    assert lines[at : at + len(written)] == [line.rstrip() for line in written]
