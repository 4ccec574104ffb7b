"""A build by the workers of a Dask scheduler: real processes on loopback, one of them killed on the way."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site import executors
from tests import factories
from tests.conftest import ROOT, Site, need
from tests.site.test_build import many
from tests.site.test_workers import ENDLESS, hostile_theme


class Cluster:
    """A scheduler and two workers with one thread each."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        place = ["--scheduler-file", str(self._file)]
        self._all = [self._start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
                                 "--no-dashboard", *place)]  # fmt: skip
        _wait(self._file.exists)
        self.address: str = json.loads(self._file.read_text())["address"]
        self.workers = [
            self._start("distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", "--no-dashboard", *place)
            for _ in range(2)
        ]  # fmt: skip
        self._all += self.workers

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", module, *words], cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def ready(self) -> None:
        from distributed import Client

        with Client(self.address, timeout="30s") as client:
            client.wait_for_workers(2, timeout=60)

    def stop(self) -> None:
        for process in self._all:
            process.kill()
            process.wait()


def _wait(condition) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def distributed() -> None:
    need(importlib.util.find_spec("distributed"), "the package distributed")


@pytest.fixture
def cluster(distributed: None, tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path)
    try:
        started.ready()
        yield started
    finally:
        started.stop()


def build(site: Site, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "--content", str(site.content), "--output", str(site.output),
         "build", *options], cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_cluster_builds_the_same_site_though_a_worker_dies(
    cluster: Cluster, site: Site, tmp_path: Path
):
    site.put(*many(400))
    run = build(site, "--cluster", cluster.address)
    pages = site.output / "project" / "project-1" / "patch"
    _wait(lambda: run.poll() is not None or (pages.is_dir() and len(list(pages.iterdir())) > 40))
    assert run.poll() is None, "it was still at work"
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, told = run.communicate(timeout=240)
    assert run.returncode == 0, told
    other = Site(tmp_path)
    other.output = tmp_path / "again"
    other.build(jobs=1)
    assert site.files() == other.files()


def test_a_page_that_takes_too_long_on_a_cluster_is_named_and_the_rest_built(
    cluster: Cluster, site: Site
):
    site.put(*many(310))
    hostile_theme(site, ENDLESS)
    (site.content / "site.toml").write_text('theme = "mine"\nunit_seconds = 2\n')
    run = build(site, "--cluster", cluster.address)
    _, told = run.communicate(timeout=240)
    assert run.returncode == 1, told
    assert "patch:1: took longer than 2 s" in told
    pages = site.output / "project" / "project-1" / "patch"
    assert len(list(pages.glob("*/index.html"))) == 309


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:99999", "nope://a", "", "a b", "x" * 5000]
)  # fmt: skip
def test_a_scheduler_has_an_address(
    distributed: None, address: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    with pytest.raises(ConfigError, match="no scheduler answers"), executors.cluster(address):
        pass


def test_a_scheduler_that_does_not_answer_is_told(distributed: None, site: Site):
    """Even for one patch, which is too little to ask the workers for."""
    site.put(factories.patch())
    run = build(site, "--cluster", "tcp://127.0.0.1:9")
    _, told = run.communicate(timeout=120)
    assert (run.returncode, told.count("\n")) == (2, 1), told
    assert "no scheduler answers there" in told
    assert not site.output.exists()
