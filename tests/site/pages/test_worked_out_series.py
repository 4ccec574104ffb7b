"""Series that the server has none for, as their readers and those of the API see them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from generator.archive.database import Archive
from generator.archive.worked_out_series import FIRST
from generator.search.engine import search
from generator.search.index_reader import Index
from generator.site.verify import Checked, verify
from generator.sources import overrides
from tests.conftest import Site
from tests.factories import comment, cover, patch

pytestmark = pytest.mark.slow

LETTER = "<2026030110.cover1@example.org>"


def early(number: int, name: str, **fields: Any) -> dict[str, Any]:
    headers = {"In-Reply-To": fields.pop("answers", LETTER)}
    return patch(number, name=name, series=[], headers=headers, **fields)


MAILS = [
    early(13, "[2/2] lock: b"),
    cover(1, name="[0/2] lock rework", series=[]),
    early(12, "[1/2] lock: a"),
    comment(5, on="patches/12"),
    early(14, "[v2,2/2] lock: b", answers="<2026030110.patch13@example.org>", date="2026-03-09T10:00:00"),
    early(12, "[1/2] lock: a", state="accepted"),
    early(20, "alone", answers=""),
    patch(21, name="of a newer server"),
]  # fmt: skip


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def test_such_a_series_is_one_like_others_and_says_where_it_is_from(site: Site):
    site.put(*MAILS)
    site.build(base_url="https://x.example/")
    shown = text_of(site.page(f"project/project-1/series/{FIRST + 12}/index.html"))
    assert "lock rework" in shown
    assert "Put together here from 3 mails: the server has no series for them." in shown
    assert "Newer version: v2" in shown
    alone = text_of(site.page(f"project/project-1/series/{FIRST + 20}/index.html"))
    assert "Put together here from 1 mail: the server has no series for it." in alone
    served = text_of(site.page("project/project-1/series/1/index.html"))
    assert "Put together" not in served
    page = site.page("project/project-1/patch/2026030110.patch13@example.org/index.html")
    assert "lock rework put together here" in text_of(page)
    assert f'href="../../../../series/{FIRST + 12}/mbox"' in page
    assert (site.output / f"series/{FIRST + 12}/mbox").read_bytes().count(b"From patchwork") == 2
    hits = search(Index(site.output), f"series:{FIRST + 12}").hits
    assert {hit.id for hit in hits} == {1, 12, 13}
    with Archive(site.content / "archive.db", read_only=True) as archive:
        assert list(verify(archive, site.output, Checked())) == []


def test_the_api_and_bulk_files_have_what_the_server_has(site: Site):
    site.put(*MAILS)
    site.build(base_url="https://x.example/")
    assert '"series":[]' in site.page("api/patches/13.json")
    assert not list(site.output.glob("api/series/9*.json"))
    assert "9000" not in site.page("api/series/pages/1.json")


def test_builds_after_each_import_end_with_the_site_of_one_import(site: Site):
    for item in MAILS:
        site.put(item)
        site.build(base_url="https://x.example/")
    fresh = Site(site.content.parent / "fresh")
    fresh.content.mkdir(parents=True)
    fresh.put(*MAILS)
    fresh.build(base_url="https://x.example/")
    one, other = site.files(), fresh.files()
    different = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    assert {name for name in different if not name.startswith("search/data/")} == set()


def test_the_version_before_such_a_series_can_be_set_by_hand(site: Site):
    site.put(*MAILS)
    folder = site.content / "updates"
    folder.mkdir()
    (folder / "a.json").write_text(f'{{"series": {FIRST + 20}, "previous": {FIRST + 14}}}')
    with Archive(site.content / "archive.db") as archive:
        assert overrides.apply(archive, folder, site.failures.append) == overrides.Outcome(1, 0)
    site.build()
    shown = text_of(site.page(f"project/project-1/series/{FIRST + 12}/index.html"))
    assert site.failures == [] and "Versions v1" in shown and shown.count("newest") == 1
