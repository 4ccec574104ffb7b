"""The pull and update commands over real sockets: killed, interrupted, refused, and shown on pages."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.archive.database import Archive
from tests.conftest import ROOT
from tests.e2e.test_commands import COMMAND, run
from tests.sources.patchwork.fake import Fake
from tests.sources.patchwork.http import Server, Trouble, running


@pytest.fixture
def server() -> Iterator[Server]:
    fake = Fake(page_size=20)
    project = fake.add_project()
    for size in range(1, 12):
        series = fake.add_series(project, size, cover=size % 2 == 0)
        for number in fake.objects["patch"]:
            if number % 3 == 0 and len(fake.comments.get(("patch", number), {})) < 2:
                fake.add_comment("patch", number)
        fake.add_check(max(fake.objects["patch"]), "fail")
        if cover := fake.objects["series"][series]["cover_letter"]:
            fake.add_comment("cover", cover["id"])
    with running(fake) as found:
        yield found


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    return ["--content", str(tmp_path / "content"), "--output", str(tmp_path / "output")]


def dump(content: Path) -> list[object]:
    """All objects of an archive, in bytes."""
    with Archive(content / "archive.db") as archive:
        tables = (
            "project",
            "person",
            "user",
            "series",
            "cover",
            "patch",
            "comment",
            "check_result",
            "event",
        )
        return [
            archive.sql.execute(f"SELECT id, digest FROM {t} ORDER BY 1, 2").fetchall()
            for t in tables
        ]


def start(folders: list[str], server: Server) -> subprocess.Popen[str]:
    words = [*COMMAND, *folders, "pull", server.url]
    return subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_a_pull_killed_at_random_moments_ends_like_one_that_was_not(server, folders, tmp_path):
    whole = [*folders]
    whole[1] = str(tmp_path / "whole")
    assert run(*whole, "pull", server.url).returncode == 0
    asked = len(server.requests)
    server.requests.clear()
    moments = random.Random(1)
    killed = 0
    for _ in range(10):
        process = start(folders, server)
        # From the first request on, so that every kill falls into the work.
        begun = len(server.requests)
        while len(server.requests) == begun and process.poll() is None:
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.25))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed > 4  # the others had come to their end
    done = run(*folders, "pull", server.url)
    assert done.returncode == 0, done.stderr
    assert dump(tmp_path / "content") == dump(tmp_path / "whole")
    # Each kill costs the start of the next run, what was under way, and the batch in hand.
    assert len(server.requests) <= asked + 10 * (5 + 4 + 32)


def test_an_interrupted_pull_stops_at_once_and_keeps_what_it_has(server, folders, tmp_path):
    server.trouble = lambda path: Trouble(503, seconds=0.1) if "/patches/4/" in path else None
    process = start(folders, server)
    while len(server.requests) < 25:
        time.sleep(0.01)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert time.monotonic() - begun < 3
    with Archive(tmp_path / "content" / "archive.db") as archive:
        assert archive.sql.execute("SELECT count(*) FROM patch").fetchone()[0] == 66


def test_a_server_that_is_not_there_exits_with_3_and_leaves_nothing(folders, tmp_path):
    refused = run(*folders, "pull", "http://127.0.0.1:9")
    assert refused.returncode == 3
    assert (
        refused.stderr.count("\n") <= 2 and "http://127.0.0.1:9/api/1.4/projects/" in refused.stderr
    )
    assert not (tmp_path / "content").exists()


def test_a_mistyped_project_leaves_nothing(server, folders, tmp_path):
    assert run(*folders, "pull", server.url, "--project", "typo").returncode == 2
    assert not (tmp_path / "content").exists()


def test_wrong_usage_exits_with_2(server, folders, tmp_path):
    assert run(*folders, "pull").returncode == 2
    assert run(*folders, "pull", "ftp://x").returncode == 2
    assert run(*folders, "pull", server.url, "--rate", "fast").returncode == 2
    unknown = run(*folders, "pull", server.url, "--project", "qemu")
    assert unknown.returncode == 2 and "known projects: project-1" in unknown.stderr


def test_strictness_is_about_what_was_left_out(server, folders):
    server.trouble = lambda path: Trouble(400) if path.endswith("/patches/7/") else None
    assert run(*folders, "pull", server.url).returncode == 0
    strict = run(*folders, "pull", server.url, "--strict")
    assert strict.returncode == 1
    assert "1 skipped; 1 request left for the next pull" in strict.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="others don't limit a process's memory")
def test_a_small_answer_may_not_grow_without_bound(server, folders, tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    (content / "site.toml").write_text("[pull]\nmax_body_mb = 1\n")
    tiny = b"[" + b"[]," * 300_000 + b"[]]"  # 64 bytes of memory for three
    server.trouble = lambda path: Trouble(body=tiny) if "/covers/" in path else None
    done = run(*folders, "pull", server.url, "--strict")
    assert done.returncode == 1
    assert "decoding the response needed more than 4 MB of memory" in done.stderr


def test_the_configuration_names_server_projects_and_token(server, folders, tmp_path):
    server.fake.add_project()
    content = tmp_path / "content"
    content.mkdir()
    (content / "site.toml").write_text(
        f'contact = "ann@example.org"\n[pull]\nurl = "{server.url}"\nprojects = ["project-2"]\ntoken = "s3cret"\n'
    )
    done = run(*folders, "pull", "-v")
    assert done.returncode == 0 and "project-2: no changes" in done.stderr
    assert {headers["Authorization"] for *_, headers in server.requests} == {"Token s3cret"}
    assert "ann@example.org" in server.requests[0][2]["User-Agent"]
    assert "s3cret" not in done.stderr


def test_a_token_in_the_configuration_is_for_the_server_named_there(server, folders, tmp_path):
    content = tmp_path / "content"
    content.mkdir()
    (content / "site.toml").write_text('[pull]\nurl = "https://pw.example.org"\ntoken = "s3cret"\n')
    run(*folders, "pull", server.url)
    assert not any("Authorization" in headers for *_, headers in server.requests)
    server.requests.clear()
    words = [sys.executable, "-m", "generator", *folders, "pull", server.url]
    subprocess.run(
        words, cwd=ROOT, env={**os.environ, "STILLWORK_TOKEN": "other"}, capture_output=True
    )
    assert {headers.get("Authorization") for *_, headers in server.requests} == {"Token other"}


def test_pulls_updates_and_builds_in_turn(server, folders, tmp_path):
    """An administrator's week: mirror, change something here, lose something there."""
    assert run(*folders, "pull", server.url).returncode == 0
    assert run(*folders, "build").returncode == 0
    page = tmp_path / "output/project/project-1/patch/2026030110.patch2@example.org/index.html"
    assert "Set here" not in page.read_text()
    changed = run(*folders, "update", "2", "--state", "accepted", "--commit-ref", "f00dcafe")
    assert 'patch 2: commit_ref "f00dcafe", state "accepted"' in changed.stderr
    server.fake.set_state(2, "rejected")
    server.fake.delete("patch", 1)
    assert run(*folders, "pull", server.url, "--relist").returncode == 0
    built = run(*folders, "build")
    assert built.returncode == 0, built.stderr
    shown = page.read_text()
    assert 'data-state="accepted"' in shown and "f00dcafe" in shown
    assert "state: accepted" in shown and "on the server: rejected" in shown
    lost = tmp_path / "output/project/project-1/patch/2026030110.patch1@example.org/index.html"
    assert "This patch was deleted on the server" in lost.read_text()
    found = run(*folders, "search", "state:accepted", "--json")
    assert [json.loads(line)["id"] for line in found.stdout.splitlines()] == [2]
    assert "no local overrides" in run(*folders, "update", "2", "--reset").stderr
    assert run(*folders, "pull", server.url, "--prune").returncode == 0
    assert run(*folders, "build").returncode == 0
    assert "Set here" not in page.read_text() and not lost.exists()
    assert run(*folders, "verify").returncode == 0


def test_an_update_that_cannot_be_meant_exits_with_2(server, folders):
    run(*folders, "pull", server.url)
    for wrong in (
        ["999", "--state", "new"],
        ["1", "--state", "done"],
        ["1"],
        ["1", "--reset"],
        [],
        ["1", "--file", "x.json"],
        ["1", "--related", "2;3"],
    ):
        refused = run(*folders, "update", *wrong)
        assert refused.returncode == 2, wrong
