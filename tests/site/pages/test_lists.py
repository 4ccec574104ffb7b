"""Lists of patches: their pages and neighbours, the values of their facets, a project in numbers."""

from __future__ import annotations

import re
from html import unescape

from tests.conftest import Site
from tests.factories import check, comment, cover, patch, person, project, series_stub, user

BASE = "project/project-1"


def links(site: Site, path: str, relation: str) -> list[str]:
    """The folders (below the project) that links of a relation lead to."""
    page = site.page(f"{BASE}/{path}/index.html")
    found = re.findall(rf'<a rel="{relation}" href="[^"]*/project-1/([^"]*)"', page)
    return [target.strip("/") for target in found]


def shown(site: Site, path: str) -> list[int]:
    """The patches on a page of a list, by their names."""
    page = site.page(f"{BASE}/{path}/index.html")
    return [int(number) for number in re.findall(r"patch-(\d+)</a>", page)]


def values(site: Site, facet: str) -> list[tuple[str, int]]:
    """(label, patches) of a facet's values as its page names them."""
    page = unescape(site.page(f"{BASE}/{facet}/index.html"))
    found = re.findall(r'<li><a [^>]*>([^<]*)</a> <span class="note">(\d+)</span>', page)
    return [(label, int(count)) for label, count in found]


def figures(site: Site) -> dict[str, str]:
    page = unescape(re.sub(r"<(?!/?d[td]\b)[^>]*>", "", site.page(f"{BASE}/index.html")))
    return dict(re.findall(r"<dt>([^<]*)</dt><dd[^>]*>([^<]*?)\s*</dd>", page))


def put_dated(site: Site, count: int) -> None:
    site.put(
        *(patch(n, name=f"patch-{n}", date=f"2026-03-01T{n:02}:00:00") for n in range(1, count + 1))
    )


def test_pages_of_a_list_lead_to_their_neighbours(site: Site) -> None:
    put_dated(site, 11)
    site.build(page_size=3)
    assert [shown(site, f"list/{n}") for n in (1, 2, 3)] == [[3, 2, 1], [6, 5, 4], [9, 8, 7]]
    assert shown(site, "list") == [11, 10, 9, 8, 7], (
        "with the last full page, so that it is never nearly empty"
    )
    assert not (site.output / BASE / "list/4").exists()
    older = [links(site, path, "next") for path in ("list", "list/3", "list/2", "list/1")]
    assert older == [["list/2"], ["list/2"], ["list/1"], []]
    newer = [links(site, path, "prev") for path in ("list", "list/3", "list/2", "list/1")]
    assert newer == [[], ["list"], ["list/3"], ["list/2"]]
    assert "11 patches" in site.page(f"{BASE}/list/index.html")


def test_a_list_of_full_pages_or_of_less_than_one_has_no_empty_page(site: Site) -> None:
    put_dated(site, 6)
    site.build(page_size=3)
    assert shown(site, "list") == [6, 5, 4]
    assert links(site, "list", "next") == ["list/1"]
    site.build(page_size=7)
    assert shown(site, "list") == [6, 5, 4, 3, 2, 1]
    assert links(site, "list", "next") == []
    assert not (site.output / BASE / "list/1").exists()


def test_values_are_named_by_how_many_patches_they_have_and_months_by_time(site: Site) -> None:
    ann, bob = person(11, name="Ann"), person(12, name="", email="bob@example.org")
    site.put(
        patch(1, name="patch-1", submitter=bob, state="new", date="2025-12-01T00:00:00"),
        patch(2, name="patch-2", submitter=ann, state="accepted", date="2026-02-01T00:00:00"),
        patch(3, name="[RFC] patch-3", submitter=ann, state="accepted", date="2026-02-02T00:00:00",
              delegate=user(3, username="maint"), content="Acked-by: A"),
        patch(4, name="patch-4", submitter=ann, state="rejected", date="2026-01-01T00:00:00"),
        patch(5, name="patch-5", project=project(2)),
        comment(1, on="patches/4", content="Acked-by: A\nReviewed-by: B"),
        check(1, on=4, state="fail"),
    )  # fmt: skip
    site.build()
    assert values(site, "month") == [("2026-02", 2), ("2026-01", 1), ("2025-12", 1)]
    assert values(site, "state") == [("accepted", 2), ("new", 1), ("rejected", 1)]
    assert values(site, "submitter") == [("Ann", 3), ("bob@example.org", 1)]
    assert values(site, "delegate") == [("maint", 1)]
    assert values(site, "tag") == [("Acked-by", 2), ("Reviewed-by", 1)]
    assert values(site, "check") == [("fail", 1)]
    assert values(site, "prefix") == [("rfc", 1)]
    assert shown(site, "tag/acked") == [3, 4]
    assert shown(site, "submitter/11") == [3, 2, 4]
    assert "patch-" not in "".join(figures(site)), "(the names are no figures)"


def test_a_project_is_told_in_numbers(site: Site) -> None:
    site.put(
        patch(1, date="2025-05-06T00:00:00", archived=True),
        patch(2, date="2026-02-01T00:00:00", submitter=person(2), series=[series_stub(2)]),
        patch(3, project=project(2)),
        cover(1),
        comment(1, on="patches/1"), comment(2, on="patches/3"), comment(1, on="covers/1"),
    )  # fmt: skip
    site.build()
    found = figures(site)
    assert found["Patches"] == "2 (1 archived)"
    assert (found["Series"], found["Comments"], found["Submitters"]) == ("2", "2", "2")
    assert found["Dates"] == "2025-05-06 to 2026-02-01"
    years = re.findall(
        r'<th scope="row">(\d{4})</th><td>(\d+)</td>', site.page(f"{BASE}/index.html")
    )
    assert years == [("2025", "1"), ("2026", "1")]


def test_a_project_shows_its_ten_newest_changes_and_its_feed_as_many_as_are_wanted(
    site: Site,
) -> None:
    dates = {n: f"2026-03-01T{n:02}:00:00" for n in range(1, 13)}
    site.put(*(patch(n, name=f"patch-{n}", series=[], date=date) for n, date in dates.items()))
    site.build(feed_size=3)
    page = site.page(f"{BASE}/index.html")
    titles = re.findall(r'class="title"[^>]*>patch-(\d+)</a>', page)
    assert titles == [str(n) for n in range(12, 0, -1)], "the last two are among those that moved"
    assert re.findall(r"<title>[^<]*patch-(\d+)", site.page(f"{BASE}/feed.atom")) == [
        "12",
        "11",
        "10",
    ]


def test_the_page_of_a_facet_says_under_how_many_values_a_patch_is_listed(site: Site):
    site.put(patch(1, name="[RFC] x"))
    site.build()
    assert "listed under its first 20." in site.page("project/project-1/prefix/index.html")
    assert "listed under" not in site.page("project/project-1/state/index.html")
