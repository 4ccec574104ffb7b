"""Workers that die, hang or grow; what ends them; and what a crash of the machine may leave."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator import limits
from generator.errors import ConfigError, Failure, StillworkError
from generator.limits import LimitError, ceiling
from generator.site import batches, executors
from generator.site.files import write
from generator.site.manifest import Manifest
from generator.site.registry import Stage, Unit, kinds
from generator.site.workers import WorkerLost, Workers, wait_for_workers
from tests.conftest import Site
from tests.factories import cover, patch

pytestmark = pytest.mark.slow


def nothing() -> None:
    """What workers of these tests do first."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def never_return() -> None:
    """Code that no signal handler of Python's can interrupt, as it holds the interpreter."""
    limits._GRACE = 0.2
    with ceiling(0.2, 4096):
        all(itertools.repeat(True))


@pytest.fixture
def workers(tmp_path: Path) -> Any:
    with Workers(1, tmp_path / "lock", nothing) as pool:
        yield pool


def test_a_worker_that_is_killed_costs_its_task_alone(workers: Workers) -> None:
    lost, next_one = workers.submit(die), workers.submit(abs, -1)
    with pytest.raises(WorkerLost, match="was killed, most often for want of memory"):
        lost.result(60)
    assert next_one.result(60) == 1


def test_a_worker_that_never_returns_is_replaced(workers: Workers) -> None:
    with pytest.raises(WorkerLost, match="got stuck"):
        workers.submit(never_return).result(60)
    assert workers.submit(abs, -1).result(60) == 1


def test_errors_of_a_task_are_raised_where_its_result_is_asked_for(workers: Workers) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        workers.submit(int, "x").result(60)
    with pytest.raises((TypeError, AttributeError)):
        workers.submit(lambda: None).result(60)


def test_an_exception_ends_workers_in_the_middle_of_their_tasks(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Workers(2, tmp_path / "lock", nothing) as pool:
        pids = [pool.submit(os.getpid).result(60)]
        pool.submit(time.sleep, 60)
        pool.submit(time.sleep, 60)
        raise KeyboardInterrupt
    assert time.monotonic() - begun < 20
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_no_build_begins_while_a_worker_of_another_one_lives(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.submit(abs, -1).result(60)
    monkeypatch.setattr("generator.site.workers._WAIT", 0.1)
    with pytest.raises(ConfigError, match="still running"):
        wait_for_workers(tmp_path / "lock")
    workers.shutdown()
    wait_for_workers(tmp_path / "lock")


def test_what_takes_too_long_is_interrupted() -> None:
    with pytest.raises(LimitError, match=r"took longer than 0\.05 s"), ceiling(0.05, 4096):
        while True:
            pass


def test_what_takes_too_long_in_a_thread_is_interrupted_and_the_thread_goes_on() -> None:
    def endless() -> None:
        with ceiling(0.05, 4096):
            while True:
                pass

    def short() -> int:
        with ceiling(60, 4096):
            return sum(range(100_000))

    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(LimitError, match=r"took longer than 0\.05 s"):
            threads.submit(endless).result(30)
        assert threads.submit(short).result(30) == sum(range(100_000))


def test_a_task_that_kills_the_workers_of_a_cluster_has_lost_its_worker() -> None:
    class KilledWorker(Exception):
        pass

    def die() -> None:
        raise KilledWorker

    with ThreadPoolExecutor(1) as threads:
        cluster = executors._Cluster(threads, KilledWorker)
        assert cluster.submit(abs, -1).result(30) == 1
        with pytest.raises(WorkerLost, match="died"):
            cluster.submit(die).result(30)
        with pytest.raises(ZeroDivisionError):
            cluster.submit(divmod, 1, 0).result(30)


def test_what_takes_too_much_memory_is_refused() -> None:
    with pytest.raises(LimitError, match="needed more than 100 MB"), ceiling(60, 100):
        bytes(200 << 20)
    assert bytes(200 << 20)


class Deadly(Executor):
    """Makes units, and loses its worker as often as it is told for each."""

    def __init__(self, deaths: dict[str, int]) -> None:
        self.deaths = deaths

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        units = args[1]
        deadly = [unit.kind for unit in units if self.deaths.get(unit.kind, 0)]
        for kind in deadly:
            self.deaths[kind] -= 1
        if deadly:
            future.set_exception(WorkerLost("was killed"))
        else:
            future.set_result([unit.name for unit in units])
        return future


def made(executor: Executor, count: int = 100) -> tuple[list[Any], list[str]]:
    notes: list[str] = []
    units = [Unit(f"u{number}", 0, b"") for number in range(count)]
    job: Any = None
    found = list(batches.results(units, executor, job, 1, notes.append))
    return [result for batch in found for result in batch], notes


def test_the_unit_that_ends_its_worker_twice_is_named_and_the_rest_made() -> None:
    results, notes = made(Deadly({"u7": 2}))
    failures = [result for result in results if isinstance(result, Failure)]
    assert [failure.line for failure in failures] == ["u7:0: its worker was killed, twice"]
    assert len(results) == len(set(results)) == 100
    assert notes == ["a worker was killed; tried again: 13 units"]


def test_what_ended_its_worker_once_is_made_after_all() -> None:
    results, _ = made(Deadly({"u7": 1, "u90": 1}))
    assert len(set(results)) == 100 and not any(isinstance(result, Failure) for result in results)


class Blaming(Deadly):
    """As Dask does it: what waits for a worker that ends is blamed for it, too."""

    def __init__(self, deaths: dict[str, int]) -> None:
        super().__init__(deaths)
        self._waiting: list[tuple[Future[Any], Any, Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append((future, fn, args))
        threading.Timer(0.02, self._run).start()
        return future

    def _run(self) -> None:
        tasks, self._waiting = self._waiting, []
        ended = [super(Blaming, self).submit(fn, *args) for _, fn, args in tasks]
        error = next(filter(None, (one.exception() for one in ended)), None)
        for (future, *_), one in zip(tasks, ended, strict=True):
            future.set_exception(error) if error else future.set_result(one.result())


def test_only_the_unit_at_fault_is_named_where_others_are_blamed_too() -> None:
    results, _ = made(Blaming({"u7": 2}))
    failures = [result for result in results if isinstance(result, Failure)]
    assert [failure.line for failure in failures] == ["u7:0: its worker was killed, twice"]
    assert len(results) == 100


def test_workers_that_only_die_end_the_build() -> None:
    with pytest.raises(WorkerLost):
        made(Deadly({f"u{number}": 9 for number in range(100)}))


def hostile_theme(site: Site, text: str) -> None:
    """A theme in which the page of patch 1 goes wrong."""
    folder = site.content / "themes/mine/templates"
    folder.mkdir(parents=True)
    (folder.parent / "theme.toml").write_text('inherits = "default"')
    original = Path("themes/default/templates/patch.html").read_text("utf-8")
    block = "{% if patch.id == 1 %}" + text + "{% endif %}"
    (folder / "patch.html").write_text(original + block)


ENDLESS = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("text", "ceilings", "cause"),
    [
        (ENDLESS, {"unit_seconds": 3}, "took longer than 3 s"),
        (
            "{% set x = 'x' * (999999999 * patch.id) %}",
            {"unit_memory_mb": 64},
            "needed more than 64 MB of memory",
        ),
    ],
)
def test_a_page_that_takes_too_much_is_named_and_the_rest_built(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    text: str,
    ceilings: dict[str, int],
    cause: str,
) -> None:
    monkeypatch.setattr("generator.site.build._MIN_FOR_WORKERS", 2)
    site.put(patch(1), patch(2))
    hostile_theme(site, text)
    report = site.build(jobs=jobs, theme="mine", **ceilings)
    assert report.failed == [f"patch:1: {cause}"]
    folder = "project/project-1/patch/2026030110.patch"
    assert not (site.output / f"{folder}1@example.org/index.html").exists()
    assert (site.output / f"{folder}2@example.org/index.html").exists()
    assert (site.output / "index.html").exists()


@pytest.mark.parametrize("error", [RecursionError, MemoryError, AssertionError, ZeroDivisionError])
def test_any_error_costs_its_unit_alone_whose_old_files_stay(
    site: Site, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    site.put(patch(1), patch(2), cover(3))
    site.build()
    before = site.files()
    make = executors._files

    def fail(context: Any, unit: Unit) -> Any:
        if unit.name == "patch:1":
            raise error("x\ny")
        return make(context, unit)

    monkeypatch.setattr(executors, "_files", fail)
    report = site.build(full=True)
    assert len(report.failed) == 1 and report.failed[0].startswith("patch:1: ")
    assert "\n" not in report.failed[0]
    assert site.files() == before
    monkeypatch.undo()
    assert not site.build(full=True).failed


@pytest.mark.parametrize("where", ["read_document", "_terms"])
def test_a_document_that_fails_is_found_by_its_subject_and_ids(
    site: Site, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    from generator.archive.index_queries import PATCH, mail_key
    from generator.search import runs
    from generator.search.engine import search
    from generator.search.index_reader import Index

    original, first = getattr(runs, where), mail_key(PATCH, 1)

    def fail(*args: Any) -> Any:
        if any(getattr(item, "key", 0) == first and getattr(item, "paths", 1) for item in args):
            raise IndexError("x")
        return original(*args)

    monkeypatch.setattr(runs, where, fail)
    site.put(patch(1, name="first subject", content="unicorn"), patch(2, content="unicorn"))
    report = site.build()
    assert report.failed == ["search index: patch 1: IndexError: x"]
    index = Index(site.output)
    found = {query: [hit.id for hit in search(index, query).hits]
             for query in ("unicorn", "s:subject", "m:2026030110.patch1@example.org")}  # fmt: skip
    assert found == {"unicorn": [2], "s:subject": [1], "m:2026030110.patch1@example.org": [1]}

    before = site.files()
    assert site.build().failed == report.failed
    assert site.files() == before
    monkeypatch.setattr(runs, where, original)
    assert site.build().failed == []
    assert [hit.id for hit in search(Index(site.output), "unicorn").hits] == [2, 1]
    fresh = Site(site.content.parent)
    fresh.output = site.content.parent / "fresh"
    fresh.build()
    entry = "search/entry.json"
    assert site.page(entry) == fresh.page(entry)
    assert not site.build().written["search"]


def test_entry_points_are_written_after_what_they_lead_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def noted(output: Path, path: str, content: Any) -> Any:
        if not written and (output / "search/entry.json").exists():
            raise AssertionError("the index came before the pages")
        written.append(path)
        if path == "search/index.html":
            assert not (output / "search/entry.json").exists()
        if stage_of.get(path) in (Stage.ENTRY_POINTS, Stage.HOME):
            assert (output / "search/entry.json").exists()
        return write(output, path, content)

    stage_of: dict[str, Stage] = {}
    make = executors._files

    def watched(context: Any, unit: Unit) -> Any:
        files = make(context, unit)
        stage_of.update(dict.fromkeys(files, kinds()[unit.kind].stage))
        return files

    monkeypatch.setattr("generator.site.files.write", noted)
    monkeypatch.setattr(executors, "_files", watched)
    site.put(patch(1), patch(2), cover(3))
    site.build(base_url="https://patches.example.org/")
    stages = [stage_of[path] for path in written if path in stage_of]
    assert stages == sorted(stages)
    assert written[-1] == "index.html"
    entry_points = {path for path, stage in stage_of.items() if stage is Stage.ENTRY_POINTS}
    assert {"archive/index.html", "project/project-1/feed.atom", "sitemap.xml"} <= entry_points


def crash(site: Site, path: str, content: bytes) -> None:
    """Leave what a crash of the machine might: a file that is known, but short, as it was never flushed."""
    (site.output / path).write_bytes(content)
    manifest = Manifest(site.output)
    manifest.set_whole(None)
    manifest._sql.execute("INSERT INTO unflushed SELECT unit FROM file WHERE path = ?", (path,))
    manifest.commit()
    manifest.close()


def test_files_that_a_crash_of_the_machine_emptied_are_made_again(site: Site) -> None:
    site.put(patch(1), patch(2))
    site.build()
    before = site.files()
    crash(site, "project/project-1/patch/2026030110.patch1@example.org/index.html", b"")
    assert site.files() != before
    site.build()
    assert site.files() == before


def test_after_a_finished_build_nothing_is_in_doubt(site: Site) -> None:
    site.put(patch(1))
    site.build()
    manifest = Manifest(site.output)
    assert manifest._sql.execute("SELECT count(*) FROM unflushed").fetchone() == (0,)
    manifest.close()


def test_a_build_that_ended_before_its_home_page_is_gone_on_with(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: Any) -> None:
        raise KeyboardInterrupt

    site.put(patch(1), patch(2))
    with monkeypatch.context() as changes, pytest.raises(KeyboardInterrupt):
        changes.setattr("generator.site.build.Build._index", full_disk)
        site.build()
    assert not (site.output / "index.html").exists()
    assert site.build().kept["patch"] == 2


def test_a_full_disk_ends_the_build_with_one_line(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    site.put(patch(1))
    monkeypatch.setattr(executors, "_files", full)
    with pytest.raises(StillworkError, match="the disk is full; free some space"):
        site.build()
