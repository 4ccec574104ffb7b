"""Subsystems of a MAINTAINERS file: their pages, what patches and people have of them, and what changes rewrite."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from generator.config import ProjectConfig
from generator.site.build import Report
from tests.conftest import Site
from tests.factories import comment, patch, person, series, series_stub
from tests.maintainers import samples

BASE = "project/project-1/area"
ANN = person(7, name="Ann Author", email="ann@example.org")


def touching(number: int, path: str, **fields: Any) -> dict[str, Any]:
    diff = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+y\n"
    return patch(number, **{"name": f"change {number}", "series": [], "diff": diff, **fields})


def build(site: Site, text: str | None = samples.LINUX, **options: Any) -> Report:
    if text is not None:
        (site.content / "MAINTAINERS").write_text(text)
    settings = {"project-1": ProjectConfig(maintainers="MAINTAINERS")}
    return site.build(projects=settings, **options)


def text(site: Site, path: str) -> str:
    page = site.page(path)
    return unescape(" ".join(re.sub("<[^>]*>", " ", page[page.index("<main") :]).split()))


def test_a_subsystem_shows_who_looks_after_it_and_what_waits_there(site: Site) -> None:
    site.put(
        touching(1, "drivers/nvm/core.c", submitter=ANN),
        touching(2, "drivers/nvm/a/b.c", state="accepted"),
        touching(3, "drivers/nvm/target/core.c"),
        comment(1, on="patches/1", content="Why?"),
    )
    build(site)
    page = text(site, f"{BASE}/nvm-driver/index.html")
    assert "NVM DRIVER 2 changes Support Supported" in page
    assert "Maintainers Ann Author ann@example.org Bob B. Bob@Example.org" in page
    assert "Reviewers Cid" in page and "nvm@lists.example.org (moderated" in page
    assert "4 patterns" not in page and "3 patterns" in page
    assert "Open 1: 1 waiting for the author change 1" in page
    assert page.index("Decided lately") < page.index("change 2") and "change 3" not in page
    assert 'href="../../../../person/7/"' in site.page(f"{BASE}/nvm-driver/index.html")
    assert "<title>change 1</title>" in site.page(f"{BASE}/nvm-driver/feed.atom")


def test_only_subsystems_with_patches_have_pages(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c"))
    build(site)
    assert "NVM DRIVER 1 1 Supported THE REST 1 1 Buried" in text(site, f"{BASE}/index.html")
    assert not (site.output / BASE / "tegra").exists()
    assert 'href="area/"' in site.page("project/project-1/index.html")


def test_patches_and_series_name_their_subsystems(site: Site) -> None:
    stub = series_stub(5, name="two")
    site.put(
        series(**stub | {"number": 5}),
        touching(1, "drivers/nvm/core.c", series=[stub]),
        touching(2, "lib/a.c", series=[stub]),
    )
    build(site)
    for place in ("patch/2026030110.patch1@example.org", "series/5"):
        page = text(site, f"project/project-1/{place}/index.html")
        assert "Subsystems NVM DRIVER THE REST" in page
    page = text(site, "project/project-1/patch/2026030110.patch2@example.org/index.html")
    assert "Subsystem THE REST" in page and "NVM" not in page


def test_a_changed_file_rewrites_what_it_is_about(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c"), touching(2, "lib/a.c"), touching(3, "lib/b.c"))
    build(site)
    assert not sum(build(site).written.values())
    report = build(site, samples.LINUX.replace("Supported", "Orphan"))
    assert report.written["area"] == 1 and not report.written["patch"]
    report = build(site, samples.LINUX + "\nLIB\nF: lib/a.c\n")
    assert report.written["patch"] == 1
    report = build(site, samples.LINUX)
    assert report.removed and not (site.output / BASE / "lib").exists()
    assert "LIB" not in site.page(
        "project/project-1/patch/2026030110.patch2@example.org/index.html"
    )


def test_a_changed_state_rewrites_the_pages_of_its_subsystems(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c"), touching(2, "arch/tegra/a.c"))
    build(site)
    site.put(touching(1, "drivers/nvm/core.c", state="accepted"))
    build(site)
    assert "Decided lately change 1" in text(site, f"{BASE}/nvm-driver/index.html")


def test_without_the_file_the_rest_is_built(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c"))
    build(site, None)
    assert site.failures == [f"{site.content}/MAINTAINERS: not used: not found"]
    assert not (site.output / BASE).exists()
    site.failures.clear()
    build(site, "F: a\n")
    place = f"{site.content}/MAINTAINERS"
    assert site.failures == [
        f"{place}:1: F: without a title above it",
        f"{place}: no subsystem found",
    ]


def test_people_are_left_out_as_of_mails(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c", submitter=ANN))
    build(site, show_addresses="none")
    page = site.page(f"{BASE}/nvm-driver/index.html")
    named = ("ann@example.org", "bob@example.org", "cid@example.org", "nvm@lists.example.org")
    assert not [one for one in named if one in page.lower()] and "Cid" in page
    assert 'href="../../../../person/7/"' in page
    build(site, show_addresses="short")
    assert "ann@example.org" not in site.page(f"{BASE}/nvm-driver/index.html")


def test_hostile_files_stay_text(site: Site) -> None:
    site.put(touching(1, "lib/a.c"))
    build(
        site, "<b>../x</b>\nM: <i>\nL: <script>\nS: <b>\nW: javascript:alert(1)\nF: <b>\nF: lib/\n"
    )
    page = site.page(f"{BASE}/b-x-b/index.html")
    assert "<script>a" not in page and "<i>" not in page and "javascript:alert(1)</dd>" in page


def test_a_project_without_a_file_has_no_subsystems(site: Site) -> None:
    site.put(touching(1, "drivers/nvm/core.c"))
    site.build()
    assert not (site.output / BASE).exists()
    assert "ubsystem" not in site.page("project/project-1/index.html")


def headings(site: Site, person: int) -> dict[str, list[str]]:
    """What a person's page lists, by the headings of its sections."""
    page = site.page(f"person/{person}/index.html")
    sections = [part.partition("</section>")[0] for part in page.split("<section><h2>")[1:]]
    titled = {part.partition(" <span")[0]: part for part in sections if 'class="changes"' in part}
    return {
        heading: re.findall(r'class="title"[^>]*>([^<]*)<', part)
        for heading, part in titled.items()
    }


def test_a_person_sees_what_waits_for_their_review(site: Site) -> None:
    to_ann = {"To": "Ann <ANN@example.org>, list@example.org"}
    cc_ann = {"Cc": "someone@example.org, ann@example.org"}
    site.put(
        touching(1, "drivers/nvm/a.c"),
        touching(2, "lib/a.c", headers=to_ann),
        touching(3, "lib/b.c", headers=cc_ann),
        touching(4, "lib/c.c"),
        touching(5, "drivers/nvm/b.c", headers=to_ann),
        touching(6, "lib/d.c", headers=to_ann),
        touching(7, "lib/e.c", headers=to_ann, state="accepted"),
        touching(8, "drivers/nvm/c.c", submitter=ANN, headers=cc_ann),
        touching(9, "drivers/nvm/d.c"),
        comment(1, on="patches/6", submitter=ANN, content="Tested-by: Ann <ann@example.org>"),
        comment(2, on="patches/9", submitter=ANN, content="Tested-by: Ann <ann@example.org>"),
    )
    build(site)
    found = headings(site, 7)
    assert found == {
        "Waiting for a review, in what they maintain or review": [
            "change 9",
            "change 5",
            "change 1",
        ],
        "Commented on, and still waiting for a review": ["change 6"],
        "Sent to them, and waiting for a review": ["change 3", "change 2"],
        "Waiting for a review by others": ["change 8"],
    }


def test_what_somebody_sent_is_counted_by_month(site: Site) -> None:
    site.put(
        *(touching(n, "a.c", date=f"2026-0{n}-01T10:00:00") for n in (1, 3)), touching(4, "a.c")
    )
    site.build()
    page = site.page("person/1/index.html")
    table = page[page.index("Patches sent, by month") :]
    found = re.findall(r'<td>(?:<a href="[^"]*d%3A([0-9-]+)">(\d+)</a>)?</td>', table)
    assert found[:4] == [("2026-01", "1"), ("", ""), ("2026-03", "2"), ("", "")]
    assert len(found) == 12
