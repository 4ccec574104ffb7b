"""What `verify` takes for a fault of a site, and what it doesn't."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.archive.database import Archive
from generator.errors import ConfigError
from generator.site.verify import Checked, verify
from tests.conftest import Site
from tests.factories import comment, cover, patch, project, series_stub

pytestmark = pytest.mark.slow

PAGE = "project/project-1/patch/a@example.org/index.html"


@pytest.fixture
def small(site: Site) -> Site:
    site.put(patch(1, msgid="<a@example.org>", name="see <a href=x> id=y"), comment(5))
    site.build()
    return site


@pytest.fixture
def faults(small: Site) -> Callable[[str, str], list[str]]:
    """The faults of the site after one text of the page was replaced, but for that of the change itself."""

    def check(old: str, new: str) -> list[str]:
        text = small.page(PAGE)
        assert old in text
        (small.output / PAGE).write_text(text.replace(old, new, 1), "utf-8")
        with Archive(small.content / "archive.db") as archive:
            changed, *found = verify(archive, small.output, Checked())
        assert changed == f"{PAGE}: differs from what was built"
        return [line.removeprefix(f"{PAGE}: ") for line in found]

    return check


def test_text_that_looks_like_markup_is_no_fault(small: Site) -> None:
    checked = Checked()
    with Archive(small.content / "archive.db") as archive:
        assert [*verify(archive, small.output, checked)] == []
    assert checked.links > 100


@pytest.mark.parametrize(
    "link",
    ["nowhere/", "../../nowhere", "#nowhere", "?q=1#nowhere", "/nowhere/", "../b@example.org/"],
)
def test_a_link_that_leads_nowhere_is_one(
    faults: Callable[[str, str], list[str]], link: str
) -> None:
    found = faults("</h1>", f'</h1><A class="<a href=x>" HREF = "{link}">x</A>')
    told = ": no such anchor" if "#" in link else ""
    assert found == [f"broken link {link}{told}"]


@pytest.mark.parametrize(
    "markup",
    ["<a href=../..>x</a>", "<a href='./#5'>x</a>", '<a href="?q=1&amp;x">x</a>', "<!-- <a href=nowhere> -->",
     "<a title='<a href=nowhere>'>x</a>", "<textarea><a href=nowhere></textarea>", "<a href=//example.org>x</a>",
     "<a href='MAILTO:a@example.org'>x</a>", "<a href=' ./ '>x</a>", "<a data-href=nowhere>x</a>"],
)  # fmt: skip
def test_what_a_browser_takes_for_no_broken_link_is_none(
    faults: Callable[[str, str], list[str]], markup: str
) -> None:
    assert faults("</h1>", f"</h1>{markup}") == []


def test_a_link_that_is_no_url_is_broken(faults: Callable[[str, str], list[str]]) -> None:
    assert faults("</h1>", "</h1><a href='x//[y'>x</a>") == ["broken link x//[y"]


def test_an_output_that_is_none_is_an_error(small: Site, tmp_path: Path) -> None:
    with Archive(small.content / "archive.db") as archive, pytest.raises(ConfigError):
        [*verify(archive, tmp_path / "typo", Checked())]
    assert not (tmp_path / "typo").exists()


def test_a_series_that_mails_of_two_projects_claim_leads_nowhere_wrong(site: Site) -> None:
    other = project(2)
    stubs = [series_stub(1), series_stub(3)]
    site.put(
        patch(1, name="[PATCH 1/2] a"),
        patch(2, name="[PATCH 2/2] b", project=other, series=stubs),
        cover(3, project=other),
        comment(4, on="patches/2"),
        comment(5, on="covers/3"),
    )
    site.build()
    with Archive(site.content / "archive.db") as archive:
        assert [*verify(archive, site.output, Checked())] == []
    page = "project/project-2/patch/2026030110.patch2@example.org/index.html"
    assert "series/1/" not in site.page(page)
    assert [stub["id"] for stub in json.loads(site.page("api/patches/2.json"))["series"]] == [3]
