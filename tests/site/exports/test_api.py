"""The API's objects as files: complete, in the newest shape, with addresses that lead here."""

from __future__ import annotations

import json

import msgspec
import pytest

from tests.conftest import Site, shared
from tests.factories import check, comment, cover, list_form, patch, project, series, series_stub

BASE = "https://archive.example.org/pw/"


def read(site: Site, path: str):
    return json.loads(site.page(f"api/{path}.json"))


def test_a_patch_is_what_came_with_addresses_of_this_site(site: Site) -> None:
    site.put(patch(7))
    site.build(base_url=BASE)
    shown = read(site, "patches/7")
    page = f"{BASE}project/project-1/patch/2026030110.patch7@example.org/"
    assert shown["url"] == f"{BASE}api/patches/7/"
    assert (shown["web_url"], shown["mbox"]) == (page, f"{page}mbox/lock-patch-number-7.patch")
    assert shown["comments"] == f"{BASE}api/patches/7/comments/"
    assert shown["checks"] == f"{BASE}api/patches/7/checks/"
    assert shown["series"][0]["url"] == f"{BASE}api/series/1/"
    assert shown["project"]["url"] == f"{BASE}api/projects/1/"
    same = {k: v for k, v in patch(7).items() if k not in ("url", "series", "project", "submitter")}
    assert {key: shown[key] for key in same} == same


def test_without_a_base_addresses_stay_those_of_the_server(site: Site) -> None:
    site.put(patch(7, url="http://pw.example.org/sub/api/1.2/patches/7/?format=api"))
    site.build()
    shown = read(site, "patches/7")
    assert shown["url"] == "http://pw.example.org/sub/api/patches/7/"
    assert shown["mbox"].startswith("http://pw.example.org/sub/project/project-1/patch/")


def test_what_an_old_version_lacked_is_there_and_empty(site: Site) -> None:
    site.put(
        {k: v for k, v in list_form(patch(7)).items() if k not in ("related", "tags", "check")}
    )
    site.build()
    shown = read(site, "patches/7")
    assert (shown["related"], shown["tags"], shown["check"], shown["list_archive_url"]) == (
        [],
        {},
        "pending",
        None,
    )
    assert (shown["headers"], shown["content"], shown["diff"], shown["prefixes"]) == (
        {},
        "",
        None,
        [],
    )


def test_comments_and_checks_come_as_lists(site: Site) -> None:
    site.put(
        patch(1),
        comment(3, on="patches/1"),
        comment(4, on="patches/1"),
        check(5, patch_id=1),
        check(6, patch_id=1),
    )
    site.build(base_url=BASE)
    assert [item["id"] for item in read(site, "patches/1/comments")] == [3, 4]
    assert read(site, "patches/1/comments")[0]["web_url"] == f"{BASE}comment/3/"
    assert [item["id"] for item in read(site, "patches/1/checks")] == [5, 6]
    single = read(site, "patches/1/checks")[1]
    assert single["url"] == f"{BASE}api/patches/1/checks/6/" and "patch_id" not in single


def test_a_patch_is_looked_up_beside_its_page(site: Site) -> None:
    site.put(patch(7))
    site.build()
    found = json.loads(
        site.page("project/project-1/patch/2026030110.patch7@example.org/lookup.json")
    )
    assert [item["id"] for item in found] == [7]
    assert "diff" not in found[0] and "check" in found[0]


def test_patches_with_the_same_hash_are_listed_together(site: Site) -> None:
    site.put(patch(7), patch(8), patch(9, diff="another"))
    site.build()
    found = sorted((site.output / "project/project-1/hash").iterdir())
    lists = [[item["id"] for item in json.loads(path.read_text())] for path in found]
    assert sorted(lists) == [[7, 8], [9]]
    # One patch alone is found as by its message id.
    assert sorted(path.is_symlink() for path in found) == [False, True]
    site.put(patch(8, diff=patch(8)["diff"].replace("lock_note", "other_note")))
    site.build()
    found = sorted((site.output / "project/project-1/hash").iterdir())
    assert [path.is_symlink() for path in found] == [True, True, True]


def test_series_covers_and_projects_are_there(site: Site) -> None:
    stub = {k: patch(1)[k] for k in ("id", "url", "msgid", "date", "name")}  # as API 1.0 embeds one
    site.put(
        patch(1),
        cover(2),
        series(1, patches=[stub], cover_letter=None),
        project(1, link_name="my-list"),
    )
    site.build(base_url=BASE)
    shown = read(site, "series/1")
    assert shown["mbox"] == f"{BASE}series/1/mbox/series-1.patch"
    assert shown["patches"][0]["mbox"].endswith(
        "/patch/2026030110.patch1@example.org/mbox/lock-patch-number-1.patch"
    )
    assert read(site, "covers/2")["id"] == 2
    assert read(site, "projects/my-list") == read(site, "projects/1") == read(site, "projects")[0]
    assert read(site, "index")["patches"] == f"{BASE}api/patches/"
    assert read(site, "empty") == []


def test_a_local_change_is_shown(site: Site) -> None:
    site.put(patch(1))
    from generator.archive.database import Archive
    from generator.archive.writer import Writer

    with Archive(site.content / "archive.db") as archive, archive.transaction():
        Writer(archive).override(1, {"state": "accepted"})
    site.build()
    assert read(site, "patches/1")["state"] == "accepted"


def test_nothing_in_it_is_html(site: Site) -> None:
    site.put(patch(1, name="<script>alert(1)</script> & more"))
    site.build()
    for path, content in site.files().items():
        if path.startswith("api/") or path.endswith("lookup.json"):
            assert not set(content) & set(b"<>&"), path
    assert read(site, "patches/1")["name"] == "<script>alert(1)</script> & more"


def test_it_can_be_left_out(site: Site) -> None:
    site.put(patch(1), comment(3))
    site.build(api=False)
    left = [path for path in site.names() if path.startswith("api/") or "lookup" in path]
    assert left == ["api/vocabulary.json"]  # which the lists' script reads


@pytest.mark.parametrize("name", ["demo", "git"])
def test_recorded_objects_come_out_as_they_went_in(recorded: Site, name: str) -> None:
    """All fields but addresses, in API version 1.4."""
    folder = shared("recorded") / name
    kinds = {"patches": "patches", "covers": "covers", "series": "series", "projects": "projects"}
    compared = 0
    for file, path in kinds.items():
        for line in (folder / f"{file}.jsonl").read_text().splitlines():
            value = msgspec.json.decode(line)
            assert _plain(read(recorded, f"{path}/{value['id']}")) == _plain(value)
            compared += 1
    for file, key, path in (
        ("patch-comments", "patch_id", "patches"),
        ("cover-comments", "cover_id", "covers"),
        ("checks", "patch_id", "patches"),
    ):
        for line in (folder / f"{file}.jsonl").read_text().splitlines():
            value = msgspec.json.decode(line)
            parent = value.pop(key)
            part = "checks" if file == "checks" else "comments"
            listed = {item["id"]: item for item in read(recorded, f"{path}/{parent}/{part}")}
            assert _plain(listed[value["id"]]) == _plain(value)
            compared += 1
    assert compared > 100


def _plain(value):
    if isinstance(value, dict):
        return {
            k: _plain(v)
            for k, v in value.items()
            if k
            not in ("url", "web_url", "mbox", "comments", "checks", "dependencies", "dependents")
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


def test_stubs_of_series_keep_their_addresses(site: Site) -> None:
    site.put(
        patch(
            1,
            series=[
                series_stub(
                    1,
                    url="https://patchwork.example.org/api/1.3/series/1/",
                    mbox="https://patchwork.example.org/series/1/mbox/",
                )
            ],
        )
    )
    site.build(base_url=BASE)
    assert read(site, "patches/1")["series"][0]["mbox"] == f"{BASE}series/1/mbox/series-1.patch"
