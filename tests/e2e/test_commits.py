"""From a commit to the patch it came from, and from a patch to what became of it, in the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from generator.archive.database import Archive
from generator.cli.site_commands import commands
from generator.landed.update import update
from generator.progress import Reporter
from tests.conftest import Site
from tests.e2e import server
from tests.landed.repository import GitRepository, text

pytestmark = pytest.mark.browser

PAGE = "project/project-1/patch/2026030110.patch1@example.org/"


class Landed(NamedTuple):
    """Where a site is served, the commit that its patch 1 became, and the site's folder."""

    url: str
    sha: str
    output: Path


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    folder: Path = tmp_path_factory.mktemp("commits")
    repository = GitRepository(folder / "project.git")
    shas = [
        repository.commit(f"part{n}: change it", {f"{n}.c": text(f"part{n}")}) for n in range(3)
    ]
    site = Site(folder)
    site.content.mkdir()
    repository.run("tag", "v2.43.0", shas[1])
    site.put(*(repository.mail(number, sha) for number, sha in enumerate(shas, 1)))
    with Archive(site.content / "archive.db") as archive:
        update(archive, 1, repository.path, ("master",), Reporter(), jobs=1)
    site.build()
    with server.nginx(site.output, folder) as url:
        yield Landed(url, shas[0], site.output)


@pytest.mark.parametrize("digits", [7, 12, 40])
def test_the_address_of_a_commit_leads_to_its_patch(landed: Landed, browser: Browser, digits: int):
    page = browser.new_page()
    page.goto(f"{landed.url}commit/{landed.sha[:digits]}/")
    page.wait_for_url(f"**/{PAGE}")
    page.close()


def test_a_pasted_commit_opens_its_patch(landed: Landed, browser: Browser):
    page = browser.new_page()
    page.goto(f"{landed.url}search/")
    page.fill("#q", f'commit {landed.sha[:10]} ("part0: change it")')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{PAGE}")
    page.close()


def test_a_commit_that_no_patch_became_is_told(landed: Landed, browser: Browser):
    page = browser.new_page()
    page.goto(f"{landed.url}commit/{'0' * 12}/")
    expect(page.locator("#status")).to_contain_text("has no page")
    page.close()


def test_a_reader_gets_from_a_patch_to_what_the_maintainer_changed(
    nginx_url: str, browser: Browser
):
    page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{nginx_url}project/stillwork/list/")
    page.click("text='[v2,1/3] diff: count the lines that a hunk announces'")
    page.click("text='with changes'")
    assert "1 line differs from what was sent" in page.inner_text(".facts")
    removed, added = page.inner_text(".range-diff .d"), page.inner_text(".range-diff .a")
    assert removed.split()[1:3] == ["So", "remember"] and "Remember" in added
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text='Sent'")
    page.wait_for_url("**/patch/*5230-1*/")
    page.close()


def test_results_say_what_a_patch_became(landed: Landed, browser: Browser):
    page = browser.new_page()
    page.goto(f"{landed.url}search/?q=release:2.43")
    page.wait_for_selector("main[data-search=done]")
    assert page.locator("#results > li").count() == 2
    about = page.locator("#results > li .about").last.inner_text()
    assert f"landed as {landed.sha[:7]} in v2.43.0" in about
    page.close()


def test_a_list_is_filtered_by_what_landed(landed: Landed, browser: Browser):
    page = browser.new_page()
    page.goto(f"{landed.url}project/project-1/list/")
    page.fill("#filter-q", "is:landed release:none")
    expect(page.locator("#filter output")).to_have_text("1 patch")
    page.close()


def test_the_command_line_says_what_a_patch_became(landed: Landed):
    asked = ["search", "--output", str(landed.output), f"commit:{landed.sha[:8]}"]
    told = CliRunner().invoke(commands, asked).stdout
    assert f"landed as {landed.sha[:7]} in v2.43.0)" in told
    found = json.loads(CliRunner().invoke(commands, [*asked, "--json"]).stdout.splitlines()[0])
    assert found["outcome"] == {
        "role": "landed", "commit": landed.sha[:7], "date": "2026-03-03", "release": "v2.43.0",
        "reverted": False,
    }  # fmt: skip
