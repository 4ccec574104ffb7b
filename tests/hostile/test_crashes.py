"""Kills at random moments: what the next run makes of it equals what an undisturbed one makes.

STILLWORK_CRASHES is how many kills of each kind are tried (`make crash N=…`).
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.site.workers import wait_for_workers
from tests import factories
from tests.conftest import ROOT, Site, need
from tests.site.test_entry_points import dead_ends_of

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("STILLWORK_CRASHES", "1"))
SEED = int(os.environ.get("STILLWORK_SEED", "1"))
#: Enough for several units of work; by hand more.
PATCHES = 100 if KILLS == 1 else 250
#: Seconds in which processes end: two where the machine has nothing else to do.
PATIENCE = 10


def write_objects(site: Site, first: int, last: int, state: str = "new") -> None:
    """A file of objects in patches/ of the content folder."""
    folder = site.content / "patches"
    folder.mkdir(parents=True, exist_ok=True)
    objects: list[dict] = []
    for number in range(first, last):
        series = [factories.series_stub(number // 3 + 1)]
        objects.append(factories.patch(number, series=series, state=state))
        objects.append(factories.comment(number, on=f"patches/{number}"))
    lines = "".join(f"{json.dumps(item)}\n" for item in objects)
    (folder / f"{first}-{state}.jsonl").write_text(lines)


def start(site: Site, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "generator", "--content", str(site.content)]
    if arguments[0] == "build":
        command += ["--output", str(site.output)]
    return subprocess.Popen(
        [*command, *arguments], cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heed_signals,
    )  # fmt: skip


def _heed_signals() -> None:
    """Also where the tests run in the background, or by nohup, which let a program ignore some."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def finish(site: Site, *arguments: str) -> float:
    """Run to the end without disturbance; the seconds that it took."""
    begun = time.monotonic()
    run = start(site, *arguments)
    _, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    return time.monotonic() - begun


def kill(site: Site, seconds: float, *arguments: str) -> None:
    """End a run after some time; its parent alone, as the system would for want of memory."""
    run = start(site, *arguments)
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.kill()
    run.communicate()


def copied(site: Site, folder: Path) -> Site:
    copy = Site(folder)
    for name in ("content", "output"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)
        if (site.content.parent / name).exists():
            shutil.copytree(site.content.parent / name, folder / name, symlinks=True)
    return copy


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("kind", ["fresh", "incremental"])
def test_a_killed_build_is_finished_by_the_next(
    site: Site, tmp_path: Path, kind: str, jobs: str
) -> None:
    write_objects(site, 1, PATCHES)
    if kind == "incremental":
        finish(site, "build", "--jobs", jobs)
        write_objects(site, PATCHES // 3, PATCHES // 2, state="accepted")
        write_objects(site, PATCHES, PATCHES + 20)
    undisturbed = copied(site, tmp_path / "undisturbed")
    duration = finish(undisturbed, "build", "--jobs", jobs)
    moments = random.Random(f"{SEED} {kind} {jobs}")
    for _ in range(KILLS):
        victim = copied(site, tmp_path / "victim")
        moment = moments.uniform(0.3, duration)
        kill(victim, moment, "build", "--jobs", jobs)
        assert not any(dead for _, dead in dead_ends_of(victim)), f"killed after {moment:.2f} s"
        kill(victim, moments.uniform(0.3, duration), "build", "--jobs", jobs)
        finish(victim, "build", "--jobs", jobs)
        assert victim.files() == undisturbed.files(), f"killed after {moment:.2f} s"


def test_a_killed_import_is_finished_by_the_next(site: Site, tmp_path: Path) -> None:
    write_objects(site, 1, 6 * PATCHES)
    objects = site.content / "patches"
    undisturbed = copied(site, tmp_path / "undisturbed")
    duration = finish(undisturbed, "import", str(objects))
    moments = random.Random(f"{SEED} import")
    for _ in range(KILLS):
        victim = copied(site, tmp_path / "victim")
        moment = moments.uniform(0.2, duration)
        kill(victim, moment, "import", str(objects))
        finish(victim, "import", str(objects))
        assert dump(victim) == dump(undisturbed), f"killed after {moment:.2f} s"


def dump(site: Site) -> list[tuple]:
    """The objects of an archive, as JSON."""
    from generator.archive.database import Archive

    with Archive(site.content / "archive.db", read_only=True) as archive:
        numbers = {
            kind: archive.sql.execute(f"SELECT id FROM {kind} ORDER BY id").fetchall()
            for kind in ("patch", "comment", "series", "person")
        }
        return [(kind, n, archive.raw(kind, n)) for kind, rows in numbers.items() for (n,) in rows]


@pytest.fixture
def running(site: Site) -> Iterator[subprocess.Popen[str]]:
    """A build with two workers that are at work."""
    need(Path("/proc/self/stat").exists(), "/proc")
    write_objects(site, 1, 3 * PATCHES)
    run = start(site, "build", "--jobs", "2")
    end = time.monotonic() + 60
    while time.monotonic() < end and len(list(site.output.glob("project/*/patch/*"))) < 20:
        assert run.poll() is None
        time.sleep(0.02)
    yield run
    run.kill()
    run.communicate()


def workers_of(run: subprocess.Popen[str]) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == run.pid and b"spawn_main" in command and fields[0] != "Z":
            found.append(int(folder.name))
    return found


def wait_for_end(pids: list[int], seconds: float) -> list[int]:
    """Those of some processes that are still there after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(is_alive(pid) for pid in pids):
        time.sleep(0.02)
    return [pid for pid in pids if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_a_build_with_its_workers_one_line_and_its_status(
    running: subprocess.Popen[str], site: Site, number: signal.Signals, status: int
) -> None:
    workers = workers_of(running)
    assert len(workers) == 2
    running.send_signal(number)
    assert wait_for_end(workers, PATIENCE) == []
    _, errors = running.communicate(timeout=10)
    assert running.returncode == status
    assert errors.splitlines()[-1] == f"stillwork: stopped by {number.name}"
    assert "Traceback" not in errors and len(errors.splitlines()) <= 2


def test_workers_end_with_a_killed_parent_and_hold_the_output_until_then(
    running: subprocess.Popen[str], site: Site
) -> None:
    workers = workers_of(running)
    with (site.output / ".stillwork/workers").open("rb") as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        running.kill()
        assert wait_for_end(workers, PATIENCE) == []
    wait_for_workers(site.output / ".stillwork/workers")  # raises where one still holds it


def test_a_worker_that_the_system_kills_is_replaced_and_the_site_whole(
    running: subprocess.Popen[str], site: Site, tmp_path: Path
) -> None:
    os.kill(workers_of(running)[0], signal.SIGKILL)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 0, errors
    assert "a worker was killed, most often for want of memory; tried again: " in errors
    undisturbed = Site(tmp_path / "undisturbed")
    shutil.copytree(site.content, undisturbed.content)
    finish(undisturbed, "build")
    assert site.files() == undisturbed.files()
