"""What maintainers and authors ask: what waits in a folder, what must I answer, what is ready, what is stale."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.config import ProjectConfig
from generator.servers.preview import server
from tests.conftest import Site
from tests.factories import comment, patch, person

pytestmark = pytest.mark.browser
ANN, BOB = person(11, name="Ann"), person(12, name="Bob")


def sent(number: int, name: str, folder: str = "hw/nvme", **fields: Any) -> dict[str, Any]:
    path = f"{folder}/ctrl.c"
    diff = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+y\n"
    date = f"2026-03-{number:02}T10:00:00"
    return patch(
        number,
        **{"name": name, "series": [], "diff": diff, "date": date, "submitter": ANN} | fields,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site where something waits for everybody."""
    site = Site(tmp_path_factory.mktemp("changes"))
    site.put(
        *(sent(n, f"nvme: step {n}", state="accepted") for n in range(1, 11)),
        sent(11, "nvme: add a queue"),
        sent(12, "nvme: name the queue"),
        comment(
            1, on="patches/12", content="Which name?", submitter=BOB, date="2026-03-12T12:00:00"
        ),
        sent(13, "usb: count ports", "hw/usb", content="Reviewed-by: Bob <b@example.org>"),
        sent(14, "nvme: forgotten", date="2025-06-01T10:00:00"),
    )
    text = "NVMe controllers\nM: Bob <sender12@example.org>\nS: Odd Fixes\nF: hw/nvme/\n"
    (site.content / "MAINTAINERS").write_text(text)
    site.build(projects={"project-1": ProjectConfig(maintainers="MAINTAINERS")})
    with server(site.output, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def at(browser: Browser, built: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(base_url=built, viewport={"width": width, "height": height})
    tab = context.new_page()
    yield tab
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def titles(at: Page, heading: str) -> list[str]:
    section = at.locator("section", has=at.get_by_role("heading", name=heading))
    return section.locator(".changes .title").all_inner_texts()


def test_what_waits_in_a_folder(at: Page) -> None:
    at.goto("project/project-1/folder/")
    at.get_by_role("link", name="hw/").click()
    at.get_by_role("link", name="nvme/").click()
    assert titles(at, "Open") == ["nvme: name the queue", "nvme: add a queue", "nvme: forgotten"]


def test_what_must_i_answer_and_which_of_mine_are_stale(at: Page) -> None:
    at.goto("person/11/")
    assert titles(at, "Waiting for an answer") == ["nvme: name the queue"]
    assert titles(at, "Stale") == ["nvme: forgotten"]


def test_what_is_ready(at: Page) -> None:
    at.goto("./")
    at.get_by_role("link", name="ready").click()
    expect(at.locator(".changes .title")).to_have_text("usb: count ports")


def test_what_waits_in_a_subsystem(at: Page) -> None:
    at.goto("project/project-1/")
    at.get_by_role("link", name="By subsystem").click()
    at.get_by_role("link", name="NVMe controllers").click()
    assert titles(at, "Open") == ["nvme: name the queue", "nvme: add a queue", "nvme: forgotten"]
    expect(at.locator("dl.meta")).to_contain_text("Odd Fixes")


def test_what_waits_for_my_review(at: Page) -> None:
    at.goto("project/project-1/area/nvme-controllers/")
    at.locator("dl.meta").get_by_role("link", name="Bob").click()
    assert titles(at, "Waiting for a review, in what they maintain") == ["nvme: add a queue"]


def test_why_a_change_waits_is_one_click_away(at: Page) -> None:
    at.goto("project/project-1/changes/waiting-for-the-author/")
    row = at.locator(".changes > li")
    row.locator("summary").click()
    reason = row.get_by_role("link", name="1 open remark")
    expect(reason).to_be_visible()
    reason.click()
    expect(at.locator(".comment:target")).to_contain_text("Which name?")
