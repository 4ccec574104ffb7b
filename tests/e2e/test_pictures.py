"""Pages as they look, compared with the pictures in docs/pictures/.

After a change that is meant, `make pictures` takes them again; look at them before you commit.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT, Site, need
from tests.e2e import pictures
from tests.e2e.kinds import KINDS, path_of

pytestmark = pytest.mark.browser
PICTURES = ROOT / "docs" / "pictures"
#: What is looked at: each kind of page from its top, and the diff of a patch, also side by side.
VIEWS = [(kind, size) for kind in (*KINDS, "diff") for size in pictures.SIZES]
VIEWS.append(("side-by-side", "desktop"))
#: Fault → at which sizes a series' page shows it, and a style that makes it.
BROKEN = {
    "text too narrow": (("desktop",), ".text { max-width: 30rem !important; }"),
    "details below the text": (("desktop",), ".workbench { display: block !important; }"),
    "details above the text": (("phone",), "#details { order: -1; }"),
    "larger text": (("desktop", "phone"), "html { font-size: 112% !important; }"),
    "no room around facts": (("desktop", "phone"), ".facts, .versions, h1 { margin: 0 !important; line-height: 1 !important; }"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tab(browser: Browser, nginx_url: str) -> Iterator[Page]:
    need(pictures.FONT.exists(), "the font DejaVu (Debian: fonts-dejavu-core)")
    context = browser.new_context(base_url=nginx_url, bypass_csp=True)
    context.add_init_script("localStorage.clear()")
    yield context.new_page()
    context.close()


def show(tab: Page, path: str, size: str, scheme: str = "light") -> None:
    width, height = pictures.SIZES[size]
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(color_scheme=scheme)
    tab.goto(path, wait_until="networkidle")


def show_view(tab: Page, view: str, size: str, sample: Site) -> None:
    in_diff = view in ("diff", "side-by-side")
    show(tab, path_of("patch" if in_diff else view, sample), size)
    if view == "side-by-side":
        tab.locator("#split").check()
    if in_diff:
        tab.locator("#diff").evaluate("diff => diff.scrollIntoView()")
        tab.wait_for_function("CSS.highlights.get('word').size > 0")


@pytest.mark.parametrize(("view", "size"), VIEWS)
def test_pages_look_as_their_pictures(
    tab: Page, sample: Site, view: str, size: str, request: pytest.FixtureRequest
):
    show_view(tab, view, size, sample)
    changed = {}
    for scheme in pictures.SCHEMES:
        tab.emulate_media(color_scheme=scheme)
        golden = PICTURES / f"{view}-{size}-{scheme}.png"
        shown = pictures.shoot(tab)
        if request.config.getoption("--update-golden"):
            pictures.save(shown, golden)
        changed[golden.name] = pictures.difference(shown, pictures.load(golden))
    assert {name: share for name, share in changed.items() if share > pictures.SHARE} == {}


def test_every_picture_belongs_to_a_page():
    named = {f"{view}-{size}-{c}.png" for view, size in VIEWS for c in pictures.SCHEMES}
    assert {path.name for path in PICTURES.iterdir()} == named


def test_letters_may_be_drawn_in_another_way():
    for path in sorted(PICTURES.iterdir()):
        picture = pictures.load(path)
        drawn = ImageChops.offset(picture, 1, 1).filter(ImageFilter.GaussianBlur(0.6))
        assert pictures.difference(picture, drawn) <= pictures.SHARE, path.name


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_page_is_noticed(tab: Page, sample: Site, fault: str):
    sizes, style = BROKEN[fault]
    for size in sizes:
        show(tab, path_of("series", sample), size)
        tab.add_style_tag(content=style)
        golden = pictures.load(PICTURES / f"series-{size}-light.png")
        assert pictures.difference(pictures.shoot(tab), golden) > pictures.SHARE


def test_a_missing_style_sheet_and_the_other_scheme_are_noticed(tab: Page, sample: Site):
    for size in pictures.SIZES:
        for kind in ("facet", "patch"):
            golden = pictures.load(PICTURES / f"{kind}-{size}-light.png")
            show(tab, path_of(kind, sample), size, "dark")
            assert pictures.difference(pictures.shoot(tab), golden) > pictures.SHARE
            tab.emulate_media(color_scheme="light")
            tab.evaluate("document.querySelector('link[rel=stylesheet]').remove()")
            assert pictures.difference(pictures.shoot(tab), golden) > pictures.SHARE


def test_pictures_of_different_size_differ():
    assert pictures.difference(Image.new("RGB", (390, 844)), Image.new("RGB", (390, 840))) == 1
