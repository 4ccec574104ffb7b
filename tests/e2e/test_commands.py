"""The real command, as an administrator uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories
from tests.conftest import ROOT, Site, shared, tool

COMMAND = [sys.executable, "-m", "generator"]


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, input=stdin)


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    (tmp_path / "content" / "patches").mkdir(parents=True)
    return ["--content", str(tmp_path / "content"), "--output", str(tmp_path / "output")]


def test_import_build_search_stats_verify(folders, tmp_path):
    (tmp_path / "content/patches/p.jsonl").write_text(
        factories.lines(*(factories.patch(n) for n in range(1, 9)))
    )
    built = run(*folders, "build")
    assert built.returncode == 0, built.stderr
    assert "imported 8 patches from 1 files" in built.stderr
    again = run("build", *folders)
    assert "nothing has changed" in again.stderr
    told = json.loads(run(*folders, "build", "--full", "--timings").stdout)
    assert told["kept"]["patch"] > 0 and told["failed"] == []
    assert {"plan", "patches and series", "search index"} <= told["seconds"].keys()
    found = run(*folders, "search", "lock_note state:new", "--json", "--limit", "2")
    hits = [json.loads(line) for line in found.stdout.splitlines()]
    assert [hit["id"] for hit in hits] == [8, 7]
    assert hits[0] == {
        "id": 8, "msgid": "2026030110.patch8@example.org", "name": "lock: patch number 8", "date": "2026-03-01T10:00:08",
        "submitter": "Sender Number1", "state": "new", "project": "project-1", "series": 1,
        "url": "project/project-1/patch/2026030110.patch8@example.org/",
    }  # fmt: skip
    assert run(*folders, "search", "lock_note", "--count").stdout == "8\n"
    counts = json.loads(run(*folders, "stats", "--json").stdout)
    assert (counts["projects"], counts["patches"], counts["series"], counts["covers"]) == (
        1,
        8,
        1,
        0,
    )
    assert run(*folders, "verify").returncode == 0


def test_standard_input_and_strictness(folders):
    text = factories.lines(factories.patch(1), {"id": 2, "no": "kind"})
    lenient = run(*folders, "import", "-", stdin=text)
    assert (lenient.returncode, lenient.stderr.splitlines()[0]) == (
        0,
        "stillwork: -: object 2: unrecognised object",
    )
    assert "imported 1 patches from 1 files; 1 skipped" in lenient.stderr
    assert run(*folders, "import", "--strict", "-", stdin=text).returncode == 1


def test_wrong_usage_and_configuration_exit_with_2(folders, tmp_path):
    assert run("nonsense").returncode == 2
    assert run(*folders, "search", "d:never").returncode == 2
    (tmp_path / "content/site.toml").write_text("nonsense = 1")
    wrong = run(*folders, "build")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    (tmp_path / "content/site.toml").write_text('theme = "absent"')
    assert "theme 'absent'" in run(*folders, "build").stderr


def test_an_unreadable_folder_is_named(folders, tmp_path):
    if os.geteuid() == 0:
        run_as = ["setpriv", "--reuid=65534", "--clear-groups"]
        tool("setpriv")
    else:
        run_as = []
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "x.json").write_text("{}")
    closed.chmod(0)
    code = (
        "from generator.sources import files; from pathlib import Path; import sys;"
        "print([str(x) for x in files.walk(Path(sys.argv[1]))])"
    )
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o5 != 0o5 and os.geteuid() == 0:
            parent.chmod(0o755) if "pytest" in str(parent) else None
    out = subprocess.run(
        [*run_as, sys.executable, "-c", code, str(closed)],
        env=path,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    closed.chmod(0o755)
    assert "Permission denied" in out.stdout, out.stderr


def test_the_seeds_give_five_pages_at_patchworks_paths(folders, tmp_path):
    for seed in shared("seeds").iterdir():
        (tmp_path / "content/patches" / seed.name).write_bytes(seed.read_bytes())
    assert run(*folders, "build", "--strict").returncode == 0
    for seed in shared("seeds").iterdir():
        text = seed.read_text("utf-8")
        patch = json.loads(text[text.index("\n{") :])
        path = patch["web_url"].split("/", 3)[3]
        page = (tmp_path / "output" / path / "index.html").read_text("utf-8")
        assert patch["msgid"].strip("<>") in page
        number = patch["series"][0]["id"]
        project = patch["project"]["link_name"]
        assert (tmp_path / f"output/project/{project}/series/{number}/index.html").is_file()
    assert run(*folders, "verify").returncode == 0


def test_series_of_the_sample_apply_with_git(sample: Site, tmp_path):
    """`git am` takes what was downloaded: the second version, onto the files that it starts from."""
    git = tool("git")
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org",
           "GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.org"}  # fmt: skip
    folder = tmp_path / "repository"
    folder.mkdir()

    def call(*words: str) -> str:
        done = subprocess.run([git, *words], cwd=folder, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    call("init", "-q")
    call("commit", "-q", "--allow-empty", "-m", "start")
    mailbox = sample.output / "project/stillwork/patch"
    new_files = next(path for path in mailbox.glob("*8842-2*"))
    call("am", str(new_files / "mbox"))
    assert "chunks.py" in call("ls-files")
    assert "search: cut long postings into windows" in call("log", "-1", "--format=%s")
    binary = next(path for path in mailbox.glob("*1203-1*"))
    (folder / "tools").mkdir()
    (folder / "tools/bench.sh").write_text(
        "#!/bin/sh\n# Print how long a build takes.\ntime stillwork build --full\n"
    )
    call("add", "-A")
    call("commit", "-qm", "bench")
    call("am", str(binary / "mbox"))
    assert "site/icon.png" in call("ls-files")
