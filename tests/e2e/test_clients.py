"""The clients that people use with Patchwork, on the real servers: git-pw, b4, and the git that they run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import factories
from tests.conftest import Site, tool
from tests.e2e import server

pytestmark = pytest.mark.browser

Run = Callable[..., str]
#: How the factories' message ids begin.
HOURS = {"cover1": "2026030110", "patch2": "2026030110", "comment1": "2026030111"}


def new_file(number: int) -> str:
    name = f"part{number}.txt"
    return (
        f"diff --git a/{name} b/{name}\nnew file mode 100644\nindex 0000000..d00491f\n"
        f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+1\n"
    )


@pytest.fixture(params=["nginx", "apache", "caddy"])
def address(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[str]:
    """A small archive of a series, served at an address that its JSON names."""
    port = server.free_port()
    cover = factories.cover(1, name="[0/3] parts")
    cover["headers"]["Subject"] = "[PATCH 0/3] parts"
    root = cover["msgid"]
    patches = []
    for number in (1, 2, 3):
        mail = factories.patch(
            number,
            name=f"[{number}/3] part {number}",
            diff=new_file(number),
            prefixes=[f"{number}/3"],
        )
        mail["headers"]["Subject"] = f"[PATCH {number}/3] part {number}"
        mail["headers"]["In-Reply-To"] = mail["headers"]["References"] = root
        patches.append(mail)
    stubs = [{key: mail[key] for key in ("id", "url", "msgid", "date", "name")} for mail in patches]
    answer = factories.comment(1, on="patches/2")
    answer["headers"] |= {"From": "Sender Number2 <sender2@example.org>", "Subject": "Re: [PATCH 2/3] part 2",
                          "In-Reply-To": patches[1]["msgid"]}  # fmt: skip
    series = factories.series(
        1, name="parts", total=3, received_total=3, patches=stubs,
        cover_letter={key: cover[key] for key in ("id", "url", "msgid", "date", "name")},
    )  # fmt: skip
    site.put(*patches, cover, series, answer)
    site.put(factories.bundle(4, name="for testing", patches=[stubs[2], stubs[0]]))
    site.build(base_url=f"http://127.0.0.1:{port}/")
    folder = tmp_path / "server"
    folder.mkdir()
    with getattr(server, request.param)(site.output, folder, port) as url:
        yield url


@pytest.fixture
def git(tmp_path: Path) -> Run:
    """Runs git in an empty repository."""
    program = tool("git")
    folder = tmp_path / "repository"
    folder.mkdir()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # where git finds git-pw
    environment = {
        **os.environ,
        "PATH": path,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "HOME": str(folder),
        "TMPDIR": str(tmp_path),
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [program, "-c", "user.name=T", "-c", "user.email=t@example.org", *words],
            cwd=folder, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    run("init", "-q")
    for key, value in (("user.name", "T"), ("user.email", "t@example.org")):
        run("config", key, value)
    run("commit", "-q", "--allow-empty", "-m", "start")
    return run


def test_git_pw_shows_downloads_and_applies(address: str, git: Run, tmp_path: Path) -> None:
    def pw(*words: str) -> str:
        return git("pw", "--server", f"{address}api/1.2", "--project", "project-1", *words)

    listed = pw("patch", "list", "--limit", "100", "--page", "1")
    assert [line.split()[1] for line in listed.splitlines() if "part" in line] == ["3", "2", "1"]
    assert "part" not in pw("patch", "list", "--state", "accepted")
    assert "part 2" in pw("patch", "list", "--state", "new", "--sort", "-id")
    assert "parts" in pw("series", "list")
    shown = pw("patch", "show", "2")
    assert "[2/3] part 2" in shown and f"{address}project/project-1/patch/" in shown
    shown = pw("series", "show", "1")
    assert "3 of 3" in shown and "[0/3] parts" in shown
    saved = tmp_path / "one.patch"
    pw("patch", "download", "2", str(saved))
    pw("patch", "download", "3")
    pw("series", "download", "1")
    names = {path.name for path in tmp_path.rglob("*.patch")}
    assert {"3-3-part-3.patch", "parts.patch"} <= names
    assert "+++ b/part2.txt" in saved.read_text() and "part1" not in saved.read_text()
    series = tmp_path / "all.mbox"
    pw("series", "download", "1", str(series))
    assert series.read_text().count("\nFrom patchwork") + 1 == 3
    # A patch comes with those before it, as git-pw asks for it by itself.
    pw("patch", "apply", "2")
    assert git("log", "--format=%s").split("\n")[:3] == ["part 2", "part 1", "start"]
    git("reset", "-q", "--hard", "HEAD~2")
    pw("patch", "apply", "--no-deps", "3")
    assert git("ls-files") == "part3.txt\n"
    git("reset", "-q", "--hard", "HEAD~1")
    pw("series", "apply", "1")
    assert git("ls-files") == "part1.txt\npart2.txt\npart3.txt\n"


def test_git_pw_shows_downloads_and_applies_a_bundle(
    address: str, git: Run, tmp_path: Path
) -> None:
    def pw(*words: str) -> str:
        return git("pw", "--server", f"{address}api/1.2", "--project", "project-1", *words)

    assert "for testing" in pw("bundle", "list") and "user3" in pw("bundle", "list")
    shown = pw("bundle", "show", "4")
    assert "for testing" in shown and "user3" in shown and "[3/3] part 3" in shown
    pw("bundle", "download", "4")
    assert [path.name for path in tmp_path.rglob("*.mbox")] == ["bundle-4-for-testing.mbox"]
    pw("bundle", "apply", "4")
    assert git("log", "--format=%s").split("\n")[:3] == ["part 1", "part 3", "start"]


@pytest.mark.parametrize("msgid", ["cover1", "patch2", "comment1"])
def test_b4_finds_the_series_by_any_of_its_messages(
    address: str, git: Run, tmp_path: Path, msgid: str
) -> None:
    words = ["am", "-o", str(tmp_path / "out"), f"{HOURS[msgid]}.{msgid}@example.org"]
    program = Path(sys.executable).parent / "b4"
    done = subprocess.run(
        [program, "-c", f"b4.midmask={address}project-1/%s", "--no-interactive", *words],
        cwd=tmp_path / "repository", capture_output=True, text=True,
        env={**os.environ, "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": "/dev/null"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (mailbox,) = (tmp_path / "out").glob("*.mbx")
    git("am", str(mailbox))
    assert git("ls-files") == "part1.txt\npart2.txt\npart3.txt\n"
    # What was said in the discussion is in the commit.
    assert "Reviewed-by: Sender Number2" in git("log", "--format=%b", "-1", "--skip=1")
