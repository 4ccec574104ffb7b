"""What builds remember: units with their digests, files with their owners, counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.site.manifest import DamagedManifest, Manifest, Totals, renew

A, B = ("a/x.html", b"1", 10), ("b/y.html", b"2", 20)


@pytest.fixture
def manifest(tmp_path: Path) -> Iterator[Manifest]:
    opened = Manifest(tmp_path)
    yield opened
    opened.close()


def test_units_are_known_by_kind(manifest: Manifest) -> None:
    for name in ("patch:1", "patch:2", "feed:x:y", "home"):
        manifest.record(name, name.encode(), [], {})
    manifest.set_whole(b"all")
    assert manifest.units({"patch", "home"}) == {
        "patch:1": b"patch:1", "patch:2": b"patch:2", "home": b"home",
    }  # fmt: skip
    assert manifest.units({"patch", "home"}, others=True) == {"feed:x:y": b"feed:x:y"}
    assert len(manifest.units(others=True)) == 4


def test_the_whole_is_known_until_work_begins(manifest: Manifest) -> None:
    assert manifest.whole() is None
    manifest.set_whole(b"1")
    manifest.set_whole(b"2")
    assert manifest.whole() == b"2"
    manifest.set_whole(None)
    assert manifest.whole() is None


def test_files_are_those_of_the_last_time(manifest: Manifest, tmp_path: Path) -> None:
    for path, *_ in (A, B):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("")
    manifest.record("patch:1", b"d", [B, A], {"x": 2})
    assert list(manifest.files()) == [A, B]
    manifest.record("patch:1", b"e", [A], {})
    assert manifest.units(others=True) == {"patch:1": b"e"}
    assert list(manifest.files()) == [A]
    assert manifest.sweep(tmp_path, []) == 1
    assert (tmp_path / "a/x.html").exists()
    assert not (tmp_path / "b").exists(), "nor its folder"
    assert manifest.sweep(tmp_path, []) == 0


def test_a_unit_that_vanished_leaves_nothing(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.html").write_text("")
    (tmp_path / "a/kept").write_text("")
    manifest.record("patch:1", b"d", [A, B], {"x": 2})
    manifest.record("patch:2", b"d", [], {"x": 3, "y": 1})
    assert manifest.tally() == {"x": 5, "y": 1}
    assert manifest.sweep(tmp_path, ["patch:1"]) == 2, "also those that are not there any more"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kept"]
    assert manifest.units(others=True) == {"patch:2": b"d"}
    assert manifest.tally() == {"x": 3, "y": 1}
    assert list(manifest.files()) == []


def test_counts_are_those_of_the_last_time(manifest: Manifest) -> None:
    manifest.record("patch:1", b"d", [], {"x": 2, "y": 1})
    manifest.record("patch:1", b"d", [], {"x": 5})
    assert manifest.tally() == {"x": 5}


def test_a_file_that_another_unit_makes_now_is_its(manifest: Manifest, tmp_path: Path) -> None:
    manifest.record("patch:1", b"d", [A], {})
    manifest.record("patch:2", b"d", [A], {})
    assert manifest.sweep(tmp_path, ["patch:1"]) == 0
    assert list(manifest.files()) == [A]


@pytest.mark.parametrize("how", ["commit", "sweep", "set_whole"])
def test_what_was_noted_lasts(tmp_path: Path, how: str) -> None:
    first = Manifest(tmp_path)
    first.record("patch:1", b"d", [A], {"x": 1})
    {
        "commit": first.commit,
        "sweep": lambda: first.sweep(tmp_path, []),
        "set_whole": lambda: first.set_whole(b"1"),
    }[how]()
    first.close()
    second = Manifest(tmp_path)
    assert (second.units(others=True), list(second.files())) == ({"patch:1": b"d"}, [A])
    second.close()


def test_the_archive_of_a_site_is_known_from_the_beginning_of_a_build(manifest: Manifest) -> None:
    assert manifest.archive_name() is None
    manifest.set_whole(b"1")
    manifest.begin("one")
    manifest.begin("two")
    assert (manifest.archive_name(), manifest.whole()) == ("two", None)


def test_units_of_a_kind_are_counted(manifest: Manifest) -> None:
    for name in ("patch:1", "patch:2", "patch_list:1", "patc:1"):
        manifest.record(name, b"d", [], {})
    assert [manifest.count(kind) for kind in ("patch", "patch_list", "cover")] == [2, 1, 0]


def test_no_file_is_deleted_through_a_symlinked_folder(manifest: Manifest, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.html").write_text("mine")
    (tmp_path / "a").symlink_to("elsewhere")
    manifest.record("patch:1", b"d", [A], {})
    assert manifest.sweep(tmp_path, ["patch:1"]) == 1
    assert (tmp_path / "elsewhere/x.html").exists()


@pytest.mark.parametrize("damage", ["no database", "other tables"])
def test_a_damaged_manifest_is_named_and_made_anew(tmp_path: Path, damage: str) -> None:
    first = Manifest(tmp_path)
    first.close()
    if damage == "no database":
        first.path.write_bytes(b"no database" * 1000)
    else:
        first.path.unlink()
        with sqlite3.connect(first.path) as sql:
            sql.execute("CREATE TABLE unit (other)")
    with pytest.raises(DamagedManifest, match=r"manifest.db: damaged$"):
        Manifest(tmp_path).units()
    renew(tmp_path)
    assert Manifest(tmp_path).units(others=True) == {}


def test_an_output_is_void_when_its_home_page_is_gone_or_else_its_first_file(
    manifest: Manifest, tmp_path: Path
) -> None:
    assert not manifest.is_void(tmp_path), "nothing was built yet"
    manifest.record("patch:1", b"1", [A], {})
    assert manifest.is_void(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / A[0]).write_text("")
    assert not manifest.is_void(tmp_path)
    manifest.record("home", b"1", [("index.html", b"1", 1)], {})
    assert manifest.is_void(tmp_path)


def test_the_size_of_a_site_is_that_of_what_units_made(manifest: Manifest) -> None:
    assert manifest.size() == (0, 0)
    manifest.record("patch:1", b"1", [A, B], {})
    manifest.record("patch:2", b"1", [], {})
    assert manifest.size() == (2, 30)
    manifest.record("patch:1", b"1", [B], {})
    assert manifest.size() == (1, 20)


def test_a_site_that_is_not_built_yet_amounts_to_nothing():
    assert Totals() == Totals(files=0, bytes=0, tally={})
