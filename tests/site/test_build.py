from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from generator.archive.database import Archive
from generator.errors import ConfigError
from generator.site.files import locked
from generator.site.safeguards import Allowed
from generator.site.verify import Checked, verify
from tests import factories
from tests.conftest import ROOT, Site
from tests.factories import comment, patch, series_stub

pytestmark = pytest.mark.slow


def many(count: int) -> list[dict]:
    return [
        patch(n, name=f"[{n % 3 + 1}/3] part {n}", series=[series_stub(n // 3 + 1)],
              submitter=factories.person(n % 5 + 1))
        for n in range(1, count + 1)
    ]  # fmt: skip


def changed(site: Site, before: dict[str, bytes]) -> set[str]:
    after = site.files()
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def times(site: Site) -> dict[str, int]:
    return {path: (site.output / path).stat().st_mtime_ns for path in site.names()}


def faults(site: Site) -> list[str]:
    with Archive(site.content / "archive.db", read_only=True) as archive:
        return list(verify(archive, site.output, Checked()))


def test_a_second_build_with_nothing_new_writes_nothing(site):
    site.put(*many(30))
    site.build()
    before = times(site)
    report = site.build()
    assert sum(report.written.values()) == 0
    assert times(site) == before


def test_nothing_new_is_seen_without_a_plan(site, monkeypatch):
    site.put(*many(6))
    site.build()
    site.put(*many(6))
    monkeypatch.setattr("generator.site.stale.Plan", None)
    site.build()


def test_an_emptied_output_folder_is_filled_again(site):
    site.put(*many(6))
    site.build()
    before = site.files()
    for path in site.output.iterdir():
        if path.name != ".stillwork":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    site.build()
    assert site.files() == before


def test_another_archive_in_the_same_place_is_noticed(site):
    site.put(patch(1))
    site.build()
    (site.content / "archive.db").unlink()
    site.put(patch(2))
    with pytest.raises(ConfigError, match="another archive"):
        site.build()
    site.build(allowed=Allowed(empty=True))
    assert (
        site.output / "project/project-1/patch/2026030110.patch2@example.org/index.html"
    ).is_file()
    assert not (site.output / "project/project-1/patch/2026030110.patch1@example.org").exists()


def test_a_build_that_failed_in_part_is_tried_again(site):
    site.put(patch(1))
    way = site.output / "about/index.html"
    way.mkdir(parents=True)
    assert site.build().failed
    way.rmdir()
    assert not site.build().failed
    assert way.is_file()


def test_a_changed_state_rewrites_only_what_shows_it(site):
    site.put(*many(30))
    site.build()
    before = site.files()
    site.put(
        patch(
            7,
            name="[2/3] part 7",
            series=[series_stub(3)],
            submitter=factories.person(3),
            state="rejected",
        )
    )
    site.build()
    paths = {path for path in changed(site, before) if "/patch/" in path or "/series/" in path}
    assert paths == {
        "project/project-1/series/index.html",
        "project/project-1/patch/2026030110.patch7@example.org/index.html",
        "project/project-1/patch/2026030110.patch7@example.org/lookup.json",
        "project/project-1/series/3/index.html", "project/project-1/series/3/feed.atom",
    }  # fmt: skip
    assert "project/project-1/state/rejected/index.html" in changed(site, before)
    assert not {path for path in changed(site, before) if path.startswith("search/data/s")}


def test_a_comment_rewrites_its_page_and_the_lists_that_count_it(site):
    # The first one in a series makes its conversation, to which all of its pages lead.
    site.put(*many(6), comment(2, on="patches/2", content="Hm."))
    site.build()
    before = site.files()
    site.put(comment(1, on="patches/2"))
    site.build()
    touched = changed(site, before)
    assert "project/project-1/patch/2026030110.patch2@example.org/mbox" in touched
    assert "project/project-1/tag/reviewed/index.html" in touched
    assert "project/project-1/patch/2026030110.patch1@example.org/index.html" not in touched


def test_a_page_follows_the_name_and_the_address_of_a_related_patch(site, tmp_path):
    """In another project and by number only: nothing but the relation leads from one to the other."""
    one = patch(1, related=[{"id": 2, "name": "as it was"}], hash=None)
    page = "project/project-1/patch/2026030110.patch1@example.org/index.html"
    shown = []
    for fields in (
        {},
        {"name": "renamed"},
        {"msgid": "<new@x>"},
        {"project": factories.project(3)},
    ):
        other = {
            "project": factories.project(2),
            "series": [series_stub(2)],
            "hash": None,
            **fields,
        }
        site.put(one, patch(2, **other))
        site.build()
        fresh = Site(tmp_path)
        fresh.output = tmp_path / f"fresh{len(shown)}"
        fresh.build()
        assert site.page(page) == fresh.page(page)
        shown.append(site.page(page))
    assert "project/project-2/patch/2026030110.patch2@example.org/" in shown[0]
    assert "project/project-2/patch/new@x/" in shown[2]
    assert "project/project-3/patch/" in shown[3]


def test_what_vanished_is_removed(site):
    site.put(patch(1), patch(2))
    site.build()
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        archive.sql.execute("DELETE FROM patch WHERE id = 2")
    report = site.build()
    assert report.removed
    assert not (site.output / "project/project-1/patch/2026030110.patch2@example.org").exists()
    assert faults(site) == []


def test_the_same_archive_gives_the_same_bytes_whatever_the_workers(site, tmp_path):
    site.put(*many(400))
    site.build(jobs=2)
    other = Site(tmp_path)
    other.output = tmp_path / "again"
    other.build(jobs=1)
    assert site.files() == other.files()


def test_a_plan_by_two_processes_makes_and_removes_the_same(site, tmp_path, monkeypatch):
    monkeypatch.setattr("generator.site.build._MIN_FOR_PLANNERS", 10)
    site.put(*many(40))
    first = site.build(jobs=2)
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        archive.sql.execute("DELETE FROM patch WHERE id = 3")
    second = site.build(jobs=2)
    assert first.written["patch"] > 40 and second.removed and second.kept["patch"]
    assert site.build(jobs=2).written == {}
    other = Site(tmp_path)
    other.output = tmp_path / "again"
    other.build(jobs=1)
    grown = {p: c for p, c in site.files().items() if not p.startswith("search/data/")}
    assert grown == {p: c for p, c in other.files().items() if not p.startswith("search/data/")}


def test_growing_in_steps_gives_the_same_site_as_in_one_go(site, tmp_path):
    for start in (0, 10, 20):
        site.put(*many(30)[start : start + 10])
        site.build(page_size=10)
    other = Site(tmp_path)
    other.output = tmp_path / "again"
    other.build(page_size=10)
    grown = {p: c for p, c in site.files().items() if not p.startswith("search/data/")}
    fresh = {p: c for p, c in other.files().items() if not p.startswith("search/data/")}
    assert grown == fresh, "the entry file is among them: it names the same segments"
    assert set(other.files()) <= set(site.files()), (
        "what the last entry named stays for its readers"
    )


def test_a_changed_template_rebuilds_the_pages_that_use_it_and_no_others(site):
    theme = site.content / "themes" / "mine"
    (theme / "templates").mkdir(parents=True)
    (theme / "theme.toml").write_text('inherits = "default"')
    (theme / "templates" / "facet.html").write_text("one")
    site.put(*many(6))
    site.build(theme="mine")
    before = times(site)
    (theme / "templates" / "facet.html").write_text("two")
    report = site.build(theme="mine")
    assert {kind for kind, count in report.written.items() if count} == {"facet"}
    assert {p for p, t in times(site).items() if before[p] != t} == {
        f"project/project-1/{facet}/index.html" for facet in ("state", "submitter", "month")
    }


def test_something_in_the_way_of_a_file_is_named_and_the_rest_built(site):
    site.put(patch(1), patch(2))
    way = site.output / "project/project-1/patch/2026030110.patch1@example.org/index.html"
    way.mkdir(parents=True)
    site.build()
    assert len(site.failures) == 1 and "path blocked by" in site.failures[0]
    assert (
        site.output / "project/project-1/patch/2026030110.patch2@example.org/index.html"
    ).is_file()


def test_a_build_killed_at_any_moment_is_finished_by_the_next(site, tmp_path):
    site.put(*many(350))
    command = [sys.executable, "-m", "generator", "--content", str(site.content), "--output", str(site.output),
               "build", "--jobs", "2"]  # fmt: skip
    for delay in (0.5, 1.0, 1.5):
        run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(delay)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    other = Site(tmp_path)
    other.output = tmp_path / "again"
    other.build(jobs=2)
    assert site.files() == other.files()
    assert faults(site) == []


def test_a_damaged_or_missing_file_is_found(site):
    site.put(patch())
    site.build()
    assert faults(site) == []
    (site.output / "about/index.html").unlink()
    (site.output / "404.html").write_text("x")
    told = "\n".join(faults(site))
    assert "about/index.html: No such file" in told
    assert "404.html: differs from what was built" in told


def test_two_builds_do_not_work_in_one_folder(site):
    site.put(patch())
    with locked(site.output), pytest.raises(ConfigError, match="another build is running"):
        site.build()
    site.build()
