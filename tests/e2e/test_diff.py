"""The diff of a patch in a browser: side by side, copied, printed, without colours, in a text browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Site, need, tool
from tests.e2e.server import nginx
from tests.e2e.test_checkers import NODE_MODULES, nu
from tests.factories import comment, patch

pytestmark = pytest.mark.browser

DIFF = """\
diff --git a/lib/lock.c b/lib/lock.c
index 1111111..2222222 100644
--- a/lib/lock.c
+++ b/lib/lock.c
@@ -10,8 +10,8 @@ static int lock_take(struct lock *lock)
 {
 \tint rc;
-\trc = lock_try(lock);
-    lock_note(lock);
-\tlock_count++;
+\trc = lock_try_timed(lock, TIMEOUT_MS);
+\tlock_note(lock);\x20
\x20
 \treturn rc;
+
 }
diff --git a/doc/lock.rst b/doc/lock.rst
--- a/doc/lock.rst
+++ b/doc/lock.rst
@@ -1,2 +1,2 @@
-Locks are slow.
+Locks are fast.
 The end.
"""
REMARK = "> +\trc = lock_try_timed(lock, TIMEOUT_MS);\n\nWhy so long?\n"
PATCH = "project/project-1/patch/2026030110.patch{}@example.org/"


def added(path: str, count: int) -> str:
    lines = "".join(f"+line {n}\n" for n in range(1, count + 1))
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{lines}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("diffs"))
    site.put(
        patch(1, diff=DIFF),
        comment(1, content=REMARK),
        patch(2, diff=added("a.c", 2000) + added("b/big.c", 9000)),
        patch(3, diff="".join(added(f"{n}.c", 400) for n in range(5))),
    )
    site.build()
    return site


@pytest.fixture(scope="module")
def url(built: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nginx(built.output, tmp_path_factory.mktemp("nginx")) as address:
        yield address + PATCH


@pytest.fixture
def tab(page: Page, url: str) -> Page:
    """The page of the patch above."""
    page.goto(url.format(1))
    return page


def top_and_left(lines: Locator) -> tuple[float, float]:
    box = lines.first.bounding_box()
    assert box
    return round(box["y"]), round(box["x"])


def test_removed_and_added_lines_stand_side_by_side_without_a_script(browser: Browser, url: str):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    page = context.new_page()
    page.goto(url.format(1))
    old, new = page.locator("#f1L12"), page.locator("#f1R12")
    assert top_and_left(old)[0] < top_and_left(new)[0]
    page.get_by_label("Side by side").check()
    (old_top, old_left), (new_top, new_left) = top_and_left(old), top_and_left(new)
    assert old_top == new_top and old_left + 500 < new_left
    assert top_and_left(page.locator("#f1L14"))[0] < top_and_left(page.locator("#f1R14"))[0]
    page.set_viewport_size({"width": 390, "height": 800})
    assert top_and_left(old)[0] < top_and_left(new)[0]
    expect(page.get_by_label("Side by side")).to_be_hidden()
    context.close()


def test_lines_that_face_each_other_stay_so_where_one_is_wrapped(tab: Page):
    tab.set_viewport_size({"width": 980, "height": 800})
    tab.keyboard.press("s")
    tab.locator("#f1L12").evaluate("line => line.append('x'.repeat(200))")
    assert top_and_left(tab.locator("#f1L13"))[0] == top_and_left(tab.locator("#f1R13"))[0]


def test_side_by_side_is_remembered_and_has_a_key(tab: Page):
    tab.keyboard.press("s")
    expect(tab.get_by_label("Side by side")).to_be_checked()
    tab.reload()
    expect(tab.get_by_label("Side by side")).to_be_checked()
    tab.keyboard.press("s")
    expect(tab.get_by_label("Side by side")).not_to_be_checked()


def selected(page: Page, first: str, last: str) -> str:
    """What a selection by mouse from the first line's code to the end of the last one's copies."""
    for name, at in ((first, "start"), (last, "end")):
        box = page.evaluate(
            """async ([name, at]) => {
              const line = document.getElementById(name), range = document.createRange();
              const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
              for (text.nextNode(); text.nextNode(); ) {
                range.setStart(range.startContainer === document ? text.currentNode : range.startContainer, 0);
                range.setEnd(text.currentNode, text.currentNode.data.trimEnd().length);
              }
              if (at === "start") line.scrollIntoView({ block: "center" });
              // What comes into view is laid out in the next frames, and moves what is below it.
              for (let still = 0, before; still < 5; ) {
                const { x, y } = range.getBoundingClientRect();
                still = before === `${x} ${y}` ? still + 1 : 0;
                before = `${x} ${y}`;
                await new Promise((done) => requestAnimationFrame(done));
              }
              const { x, y, right, bottom } = range.getBoundingClientRect();
              return [at === "start" ? x + 1 : right - 1, at === "start" ? y + 5 : bottom - 5];
            }""",
            [name, at],
        )  # fmt: skip
        page.mouse.move(*box, steps=8)  # as a hand does
        page.mouse.down() if at == "start" else page.mouse.up()
    copied: str = page.evaluate("getSelection().toString()")
    return copied


def test_what_is_copied_is_code_alone(tab: Page):
    tab.set_viewport_size({"width": 1280, "height": 1000})
    tab.locator(".inline-comment summary").click()
    code = selected(tab, "f1R11", "f1R17")
    assert code.split("\n") == [
        "\tint rc;", "\trc = lock_try(lock);", "    lock_note(lock);", "\tlock_count++;",
        "\trc = lock_try_timed(lock, TIMEOUT_MS);", "\tlock_note(lock); ", "", "\treturn rc;", "", "}",
    ]  # fmt: skip


@pytest.mark.parametrize(("first", "last", "code"), [
    ("f1R12", "f1R15", "\trc = lock_try_timed(lock, TIMEOUT_MS);\n\tlock_note(lock); \n\n\treturn rc;"),
    ("f1L12", "f1R15", "\trc = lock_try(lock);\n    lock_note(lock);\n\tlock_count++;\n\n\treturn rc;"),
])  # fmt: skip
def test_what_is_copied_side_by_side_is_of_one_side(tab: Page, first: str, last: str, code: str):
    tab.set_viewport_size({"width": 1280, "height": 1000})
    tab.keyboard.press("s")
    assert selected(tab, first, last) == code


def test_changes_of_whitespace_alone_are_dimmed_on_demand(tab: Page):
    assert tab.locator(".blank").count() == 0
    tab.keyboard.press("w")
    assert [line.get_attribute("id") for line in tab.locator(".blank").all()] == ["f1L13", "f1R13"]
    assert tab.locator("#f1R13").evaluate("line => getComputedStyle(line).opacity") == "0.4"
    tab.keyboard.press("w")
    assert tab.locator("#f1R13").evaluate("line => getComputedStyle(line).opacity") == "1"


def test_numbers_of_both_sides_are_shown(tab: Page):
    shown = "link => getComputedStyle(link, '::before').content"
    numbers = [tab.locator(f"#{name} > a").evaluate(shown) for name in ("f1L12", "f1R12", "f1R15")]
    assert numbers == ['"12"', '"\\9 12"', '"16\\9 15"']


def test_the_list_of_files_stands_beside_the_diff_on_wide_screens(tab: Page):
    tab.set_viewport_size({"width": 1600, "height": 500})
    tab.evaluate("document.querySelector('#f2').scrollIntoView()")
    nav = tab.locator("#diff nav")
    expect(nav).to_be_in_viewport()
    assert top_and_left(nav)[1] < top_and_left(tab.locator("#f2"))[1]
    expect(nav.locator("[aria-current]")).to_have_count(1)


def test_hunks_are_laid_out_when_they_come_near_the_screen(tab: Page):
    tab.set_viewport_size({"width": 800, "height": 200})
    tab.evaluate("scrollTo(0, 0)")
    header = tab.locator("#diff .h").last
    is_laid_out = "line => line.checkVisibility({ contentVisibilityAuto: true })"
    assert not header.evaluate(is_laid_out)
    header.evaluate("line => line.closest('pre').scrollIntoView()")
    tab.wait_for_function(f"({is_laid_out})([...document.querySelectorAll('#diff .h')].at(-1))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_ones_own_leave_the_lines_told_apart(browser: Browser, url: str, scheme: str):
    context = browser.new_context(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url.format(1))
    border = "line => getComputedStyle(line).borderLeftStyle"
    assert [page.locator(line).evaluate(border) for line in ("#f1L12", "#f1R12", "#f1R15")] == [
        "dashed", "solid", "none"]  # fmt: skip
    assert [page.locator(f"{line} > a").text_content() for line in ("#f1L12", "#f1R12")] == [
        "-",
        "+",
    ]
    context.close()


def test_on_paper_all_files_are_unfolded_and_signs_and_numbers_are_there(tab: Page):
    tab.locator("#f1 > summary").click()
    tab.emulate_media(media="print")
    expect(tab.locator("#f1R12")).to_be_visible()
    styles = tab.locator("#f1R12").evaluate(
        "line => [getComputedStyle(line).backgroundColor, getComputedStyle(line).borderLeftStyle]"
    )
    assert styles == ["rgb(238, 238, 238)", "solid"]
    expect(tab.locator(".switches")).to_be_hidden()
    box = tab.locator("#f1R12 > a").evaluate("a => a.getBoundingClientRect().left")
    assert box >= tab.locator("#f1").evaluate("file => file.getBoundingClientRect().left")


def test_a_link_to_a_line_of_a_large_diff_leads_to_the_page_that_has_it(page: Page, url: str):
    page.goto(f"{url.format(2)}#f2R7000")
    expect(page).to_have_url(re.compile("/files/2/3/#f2R7000$"))
    expect(page.locator("#f2R7000")).to_have_class(re.compile("selected"))
    expect(page.locator("#f2R7000")).to_be_in_viewport()
    page.goto(f"{url.format(2)}#f1R7")
    expect(page.locator("#f1R7")).to_have_class(re.compile("selected"))


def test_keys_walk_through_the_pages_of_a_large_diff(page: Page, url: str):
    def press(*keys: str) -> None:
        has_run = page.get_by_role("button", name="Keys")  # the script of the page
        expect(has_run).to_be_visible(timeout=20_000)
        for key in keys:
            page.keyboard.press(key)

    page.goto(url.format(2))
    page.locator("#diff").scroll_into_view_if_needed()
    press("n", "n", "Enter")
    for key, there in (("", "2"), ("n", "2/2"), ("p", "2"), ("p", "1")):
        if key:
            press(key)
        expect(page).to_have_url(re.compile(f"/files/{there}/$"), timeout=20_000)


def test_a_file_that_a_key_leads_to_stays_where_it_is_when_others_are_laid_out(
    page: Page, url: str
):
    page.goto(url.format(3))
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    for key in "dnnn":
        page.keyboard.press(key)
    top = "new Promise(done => setTimeout(done, 300)).then(() => f3.getBoundingClientRect().top)"
    assert 0 <= page.evaluate(top) < 20


def test_pages_of_diffs_are_valid_and_accessible(browser: Browser, built: Site, url: str):
    script = NODE_MODULES / "axe-core" / "axe.min.js"
    need(script.exists(), "axe-core (run npm install in tests/js)")
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for path in (url.format(1), f"{url.format(2)}files/2/"):
        page.goto(path)
        for side_by_side in (False, True):
            page.get_by_label("Side by side").set_checked(side_by_side)
            page.add_script_tag(content=script.read_text("utf-8"))
            # Thousands of lines are like those of the first page.
            lines = ["#diff pre"] if path.endswith("files/2/") else []
            found = page.evaluate("exclude => axe.run({ include: ['#diff'], exclude })", lines)[
                "violations"
            ]
            assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    context.close()
    assert nu(built.output / "project") == []


DUMPS = {
    "w3m": ["w3m", "-dump", "-cols", "120", "-I", "UTF-8", "-O", "UTF-8"],
    "lynx": ["lynx", "-dump", "-nolist", "-width", "120", "-display_charset", "UTF-8"],
    "elinks": ["elinks", "-dump", "-no-references", "-no-numbering", "-dump-width", "120"],
}


@pytest.mark.parametrize("name", DUMPS)
def test_text_browsers_show_a_diff_as_it_was_written(built: Site, name: str):
    tool(name)
    page = built.output / PATCH.format(1) / "index.html"
    run = subprocess.run([*DUMPS[name], str(page)], capture_output=True, text=True, check=True)
    shown = run.stdout.split("\n")
    head = next(line for line in shown if "@@ -10,8" in line)
    margin = len(head) - len(head.lstrip())
    lines = [line[margin:].rstrip() for line in shown]
    begin = lines.index(head.strip())
    remark = next(n for n, line in enumerate(lines) if "Comment by Sender Number2" in line)
    end = next(n for n, line in enumerate(lines) if n > remark and line.startswith("+"))
    written = [line.expandtabs().rstrip() for line in DIFF.split("\n")]
    at = written.index(head.strip())
    shown_lines = [line for line in lines[begin:remark] + lines[end:] if line]
    wanted = [line for line in written[at:] if line]
    count = wanted.index("diff --git a/doc/lock.rst b/doc/lock.rst")
    assert shown_lines[:count] == wanted[:count] and count == 11
    second = lines.index("@@ -1,2 +1,2 @@")
    wanted = ["@@ -1,2 +1,2 @@", "-Locks are slow.", "+Locks are fast.", " The end."]
    assert lines[second : second + 4] == wanted
