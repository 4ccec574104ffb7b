"""Pages of folders, for the whole tree: what waits there, who takes part, and which folders have none."""

from __future__ import annotations

import re
from typing import Any

from generator.site.folders import LEAST_CHANGES
from tests.conftest import Site
from tests.factories import patch, person, series, series_stub

BASE = "project/project-1/folder"


def touching(number: int, path: str, **fields: Any) -> dict[str, Any]:
    diff = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+y\n"
    return patch(number, **{"name": f"change {number}", "series": [], "diff": diff, **fields})


def text(site: Site, path: str) -> str:
    """What the page of a folder says, without its tags."""
    page = site.page(f"{BASE}/{path}index.html")
    return " ".join(re.sub("<[^>]*>", " ", page[page.index("<main") :]).split())


def test_the_tree_has_pages_down_to_where_few_changes_are(site: Site) -> None:
    least = LEAST_CHANGES
    site.put(
        *(touching(n, "hw/nvme/ctrl.c") for n in range(1, least + 1)),
        touching(50, "hw/usb/hub.c", state="accepted"),
        touching(51, "README"),
    )
    site.build()
    assert f"hw/ {least + 1}, {least} open" in text(site, "")
    assert f"nvme/ {least}, {least} open" in text(site, "hw/")
    assert f"hw/nvme/ {least} changes" in text(site, "hw/nvme/")
    assert not (site.output / BASE / "hw/usb").exists()
    assert "dfn%3A%22hw/usb%22" in site.page(f"{BASE}/hw/index.html")
    way = re.search(
        r'class="breadcrumbs"[^>]*>(.*?)</nav>', site.page(f"{BASE}/hw/nvme/index.html")
    )
    assert way and re.findall(r">([^<>/]+)</a>", way[1]) == [
        "Archive",
        "Project 1",
        "Folders",
        "hw",
    ]


def test_a_folder_shows_what_waits_there_and_who_takes_part(site: Site) -> None:
    site.put(
        *(touching(n, "lib/a.c", state="accepted") for n in range(1, 12)),
        touching(20, "lib/b.c", submitter=person(7, name="Ann")),
    )
    site.build()
    page = text(site, "lib/")
    assert "Open 1: 1 needs review change 20" in page
    assert page.index("change 20") < page.index("Decided lately") < page.index("change 11")
    assert "Who sends here Sender Number1 11 Ann 1" in page
    feed = site.page(f"{BASE}/lib/feed.atom")
    assert "<title>change 20</title>" in feed


def test_the_page_of_a_project_names_the_folders_where_most_waits(site: Site) -> None:
    site.put(
        *(touching(n, "lib/a.c", state="accepted") for n in range(1, 15)),
        *(touching(n, "net/a.c") for n in range(20, 30)),
        touching(40, "doc/a.txt"),
    )
    site.build()
    page = site.page("project/project-1/index.html")
    found = re.findall(
        r'project/project-1/folder/(\w+)/">\w+/</a> <span class="note">([^<]*)<', page
    )
    assert found == [("net", "10, 10 open"), ("lib", "14")]


def test_a_change_is_where_its_newest_version_is(site: Site) -> None:
    old, new = (
        series_stub(n, name="one", version=n, date=f"2026-03-0{n}T10:00:00") for n in (1, 2)
    )
    site.put(
        series(**old | {"number": 1}),
        touching(1, "old/a.c", name="[1/1] one", series=[old]),
        series(**new | {"number": 2}),
        touching(2, "new/a.c", name="[v2,1/1] one", series=[new], date="2026-03-02T10:00:00"),
    )
    site.build()
    assert "new/ 1" in text(site, "") and "old/" not in text(site, "")


def test_hostile_names_of_folders_stay_below_the_project(site: Site) -> None:
    names = ["feed.atom", "Index.html", "a b", "<b>", "CON", "ü"]
    site.put(
        *(touching(n * 20 + i, f"{name}/x.c") for n, name in enumerate(names) for i in range(10))
    )
    site.build()
    assert site.failures == []
    pages = [
        name for name in site.names() if name.startswith(f"{BASE}/") and name.endswith(".html")
    ]
    assert len(pages) == len(names) + 1
    assert "<b>" not in site.page(f"{BASE}/index.html").replace("<b>0</b>", "")
