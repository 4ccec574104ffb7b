"""What is read out of objects when they are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from generator.archive.columns import (
    facets_of as facets_of_paths,
)
from generator.archive.columns import (
    paths_of,
    payload_id,
    seconds,
    series_columns,
    text_digest,
)
from generator.model import Patch, Series
from tests import factories

NOON = 1_772_366_400  # 2026-03-01T12:00:00Z


def patch(**fields: Any) -> Patch:
    return msgspec.convert(factories.patch(**fields), Patch)


def facets_of(item: Patch) -> set[tuple[str, str]]:
    return facets_of_paths(item, paths_of(item))


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert seconds(datetime(2026, 3, 1, 12)) == NOON
    assert seconds(datetime(2026, 3, 1, 12, tzinfo=UTC)) == NOON
    assert seconds(datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))) == NOON


@pytest.mark.parametrize(
    ("payload", "number"),
    [
        ({"patch": {"id": 7}}, 7),
        ({"patch": {"id": 0}}, 0),
        ({"patch": {"id": (1 << 53) - 1}}, (1 << 53) - 1),
        ({"patch": {"id": 1 << 53}}, None),
        ({"patch": {"id": -1}}, None),
        ({"patch": {"id": "7"}}, None),
        ({"patch": {}}, None),
        ({"patch": None}, None),
        ({"patch": 7}, None),
        ({"cover": {"id": 7}}, None),
        ({}, None),
    ],
)
def test_an_event_names_its_object_by_number(payload: dict[str, Any], number: int | None) -> None:
    assert payload_id(payload, "patch") == number


def test_a_series_may_be_known_by_its_number_alone() -> None:
    stub = {"id": 4, "url": "https://x/", "project": factories.project()}
    columns = series_columns(msgspec.convert(stub, Series))
    wanted = ("id", "project_id", "name", "date", "submitter_id", "cover_id")
    assert [columns[name] for name in wanted] == [4, 1, "", None, None, None]
    full = factories.series(4, name="[v2] Lock rework", version=2, cover_letter=factories.cover(9))
    columns = series_columns(msgspec.convert(full, Series))
    assert [columns[name] for name in wanted] == [4, 1, "[v2] Lock rework", NOON - 7200, 1, 9]
    assert (columns["topic"], columns["version"], columns["total"]) == ("lock rework", 2, 1)


def test_the_digest_of_the_words_changes_with_them_and_with_nothing_else() -> None:
    own = text_digest(patch())
    assert text_digest(patch()) == own
    assert text_digest(patch(state="accepted", archived=True, check="fail", tags={"a": 1})) == own
    others = [
        {"name": "other"}, {"msgid": "<other@x>"}, {"date": "2027-01-01T00:00:00"}, {"content": "other"},
        {"diff": "other"}, {"headers": {"A": "b"}}, {"hash": "0"}, {"commit_ref": "0"}, {"series": []},
        {"submitter": factories.person(5)}, {"project": factories.project(5)},
    ]  # fmt: skip
    digests = {text_digest(patch(**fields)) for fields in others}
    assert len(digests | {own}) == len(others) + 1
    assert all(-(1 << 63) <= digest < 1 << 63 for digest in digests)


def test_a_patch_lies_in_the_folders_that_it_touches() -> None:
    git = "diff --git a/lib/lock.c b/lib/lock.c\n--- a/lib/lock.c\n+++ b/lib/lock.c\n"
    other = 'diff --git "a/doc/\\303\\244.txt" "b/doc/\\303\\244.txt"\nold mode 100644\nnew mode 100755\n'
    assert facets_of(patch(diff=git + other)) == {("folder", "lib"), ("folder", "doc")}
    plain = "--- lib.orig/a.c\n+++ lib/a.c\n@@ -1 +1 @@\n-x\n+y\n--- a/net/b.c\n+++ b/net/b.c\n@@ -1 +1 @@\n-x\n+y\n"
    # `diff -r lib.orig lib` names the folders of two copies of a tree, no folders in it.
    assert facets_of(patch(diff=plain)) == {("folder", "net")}
    quilt = "Index: linux/lib/a.c\n===\n--- linux.orig/lib/a.c\n+++ linux/lib/a.c\n"
    assert facets_of(patch(diff=quilt)) == {("folder", "lib")}
    moved = "diff --git a/old/x b/new/x\nrename from old/x\nrename to new/x\n"
    assert facets_of(patch(diff=moved)) == {("folder", "old"), ("folder", "new")}
    deep = "diff --git a/drivers/nvme/host/pci.c b/drivers/nvme/host/pci.c\nold mode 100644\nnew mode 100755\n"
    assert facets_of(patch(diff=deep)) == {("folder", "drivers/nvme/host")}
    for odd in ("a//b", "a/../b", "./b", "/".join("a" * 21)):
        assert (
            facets_of(patch(diff=f"--- a/{odd}/x\n+++ b/{odd}/x\n@@ -1 +1 @@\n-x\n+y\n")) == set()
        ), odd
    root = "diff --git i/x.c w/x.c\n--- i/x.c\n+++ w/x.c\n"
    assert facets_of(patch(diff=root)) == set()
    assert facets_of(patch(diff=f"--- a/{'d' * 81}/x\n+++ b/{'d' * 81}/x\n")) == set()
    assert facets_of(patch(diff="--- README\n+++ README\n")) == set()
    assert facets_of(patch(diff=None)) == set()


def test_a_diff_of_git_is_not_read_for_what_its_lines_look_like() -> None:
    """A removed line may look like a file's name."""
    text = "diff --git a/lib/a.sql b/lib/a.sql\n--- a/lib/a.sql\n+++ b/lib/a.sql\n@@ -1 +1 @@\n--- x/y\n+++ z/y\n"
    assert facets_of(patch(diff=text)) == {("folder", "lib")}


def test_prefixes_are_facets_in_lower_case_and_cut() -> None:
    found = facets_of(patch(name=f"[RFC,{'x' * 50},v2,1/3] a", diff=None))
    assert ("prefix", "rfc") in found and ("prefix", "x" * 40) in found


def test_a_patch_has_so_many_facets_and_no_more() -> None:
    names = [f"{number:05}" for number in range(5000)]
    git = "".join(f"diff --git a/{n}/x b/{n}/x\nnew file mode 100644\n" * 2 for n in names)
    found = sorted(facets_of(patch(name=f"[{','.join(['RFC'] * 30 + names)}] a", diff=git)))
    assert [value for kind, value in found if kind == "folder"] == names[:100]
    assert [value for kind, value in found if kind == "prefix"] == [*names[:19], "rfc"]
