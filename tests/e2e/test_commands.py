"""The real command, as an administrator uses it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from generator.archive.database import Archive
from generator.servers.preview import server
from tests import factories
from tests.conftest import ROOT, Site, shared, tool, without_override

COMMAND = [sys.executable, "-m", "generator"]


def run(
    *arguments: object,
    stdin: str = "",
    cwd: Path = ROOT,
    prefix: Sequence[str] = (),
    env: Mapping[str, str] = {},
) -> subprocess.CompletedProcess[str]:
    """Run the command; `prefix`: what stands before it, `env`: variables beside the tests' own."""
    words = [*prefix, *COMMAND, *map(str, arguments)]
    environment = {**os.environ, **env}
    environment["PYTHONPATH"] = os.pathsep.join([*env.get("PYTHONPATH", "").split(), str(ROOT)])
    return subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, input=stdin, env=environment
    )


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
    assert "imported 8 patches from 1 file" in built.stderr
    again = run("build", *folders)
    assert "nothing has changed" in again.stderr
    told = json.loads(run(*folders, "build", "--full", "--timings").stdout)
    assert told["kept"]["patch"] > 0 and told["failed"] == []
    assert {"plan", "patches and series", "search index"} <= told["seconds"].keys()
    found = run(*folders, "search", "lock_note state:new", "--json", "--limit", "2")
    hits = [json.loads(line) for line in found.stdout.splitlines()]
    assert [hit["id"] for hit in hits] == [8, 7]
    assert hits[0] == {
        "kind": "patch", "id": 8, "reply": None, "msgid": "2026030110.patch8@example.org", "name": "lock: patch number 8", "date": "2026-03-01T10:00:08",
        "submitter": "Sender Number1", "state": "new", "project": "project-1", "series": 1, "outcome": None,
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
    assert re.search(r"; \d+\.\d files and \d+ KB a patch\n", built.stderr)
    disk = json.loads(run(*folders, "stats", "--disk", "--json").stdout)
    assert disk["patches"] == 8 and disk["kinds"]["mails"]["files"] == 8
    assert "saved by api = false" in run(*folders, "stats", "--disk").stdout
    assert run(*folders, "verify").returncode == 0


def test_standard_input_and_strictness(folders):
    text = factories.lines(factories.patch(1), {"id": 2, "no": "kind"})
    lenient = run(*folders, "import", "-", stdin=text)
    assert (lenient.returncode, lenient.stderr.splitlines()[0]) == (
        0,
        "stillwork: -: object 2: unrecognised object",
    )
    assert "imported 1 patch from 1 file; 1 object skipped" in lenient.stderr
    assert run(*folders, "import", "--strict", "-", stdin=text).returncode == 1


def test_names_are_printed_in_whatever_encoding_the_terminal_has(folders, tmp_path):
    name = "Za\u017c \x1b]0;x\x07"
    (tmp_path / "content/patches/p.json").write_text(factories.lines(factories.patch(1, name=name)))
    assert run(*folders, "build").returncode == 0
    found = run(*folders, "-q", "search", "is:patch", env={"PYTHONIOENCODING": "latin-1:strict"})
    assert (found.returncode, found.stderr) == (0, "")
    assert "Za\\u017c ?]0;x?" in found.stdout


def test_wrong_usage_and_configuration_exit_with_2(folders, tmp_path):
    assert run("nonsense").returncode == 2
    assert run(*folders, "search", "d:never").returncode == 2
    (tmp_path / "content/site.toml").write_text("nonsense = 1")
    wrong = run(*folders, "build")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    (tmp_path / "content/site.toml").write_text('theme = "absent"')
    assert "theme 'absent'" in run(*folders, "build").stderr


def test_an_unreadable_folder_is_named(folders, tmp_path):
    closed = tmp_path / "content/patches/closed"
    closed.mkdir()
    closed.chmod(0)
    done = run(*folders, "build", prefix=without_override())
    closed.chmod(0o755)
    assert f"stillwork: {closed}: Permission denied" in done.stderr.splitlines()


def tree(*folders: Path) -> dict[Path, object]:
    """Every file below the folders with its content, and every folder with its permissions."""
    return {
        path: path.read_bytes() if path.is_file() else path.stat().st_mode
        for folder in folders
        for path in sorted([folder, *folder.rglob("*")])
    }


@pytest.fixture
def built(folders, tmp_path):
    """The folders of an archive of one patch and its site."""
    (tmp_path / "content/patches/p.json").write_text(factories.lines(factories.patch(1)))
    assert run(*folders, "build").returncode == 0
    return folders


@pytest.mark.parametrize("command", ["verify", "stats"])
def test_a_check_or_count_writes_nothing(built, tmp_path, command):
    before = tree(tmp_path)
    assert run(*built, command).returncode == 0
    assert tree(tmp_path) == before


@pytest.mark.parametrize("command", ["verify", "stats"])
@pytest.mark.parametrize("journal", [True, False])
def test_a_check_or_count_works_on_a_read_only_disk(built, tmp_path, command, journal):
    if not journal:
        Archive(tmp_path / "content/archive.db").close()
        assert not (tmp_path / "content/archive.db-wal").exists()
    every = [tmp_path, *tmp_path.rglob("*")]
    for path in every:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = tree(tmp_path)
    done = run(*built, command, prefix=without_override())
    assert (done.returncode, tree(tmp_path)) == (0, before), done.stderr
    for path in every:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize(
    ("command", "absent"),
    [
        ("verify", "content"),
        ("verify", "output"),
        ("stats", "content"),
        ("stats", "output"),
        ("numbers nginx", "content"),
        ("update 1 --state new", "content"),
        ("build", "content"),
        ("pull", "content"),
        ("search lock", "output"),
        ("serve --port 0", "output"),
    ],
)
def test_a_mistyped_folder_is_one_line_and_makes_nothing(built, tmp_path, command, absent):
    where = {"content": tmp_path / "content", "output": tmp_path / "output"}
    where[absent] = tmp_path / "typo"
    before = tree(tmp_path)
    done = run(*(f"--{name}={path}" for name, path in where.items()), *command.split())
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"stillwork: {tmp_path / 'typo'}")
    assert tree(tmp_path) == before


def test_a_build_says_how_to_make_a_content_folder(tmp_path):
    done = run("--content", tmp_path / "new", "build")
    assert f"`stillwork init {tmp_path / 'new'}`" in done.stderr
    assert run("init", tmp_path / "new").returncode == 0
    assert run("--content", tmp_path / "new", "--output", tmp_path / "out", "build").returncode == 0


def test_counts_need_no_site_where_none_is_named(folders, tmp_path):
    text = factories.lines(factories.patch(1))
    run(*folders, "import", "-", stdin=text)
    done = run("stats", "--json", "--content", tmp_path / "content", cwd=tmp_path)
    counts = json.loads(done.stdout)
    assert (counts["patches"], counts["files"]) == (1, 0)
    assert not (tmp_path / "output").exists()


def test_a_path_that_is_not_there_is_wrong_usage(folders, tmp_path):
    done = run(*folders, "import", tmp_path / "nothere")
    assert (done.returncode, done.stderr) == (
        2,
        f"stillwork: {tmp_path / 'nothere'}: no such file or folder\n",
    )
    assert not (tmp_path / "content/archive.db").exists()


@pytest.mark.parametrize("command", ["import", "pull", "update"])
def test_a_command_that_makes_no_site_takes_no_output(command):
    done = run(command, "--output", "x", "y")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No such option '--output'" in done.stderr


def test_a_port_that_is_taken_is_one_line(sample):
    with server(sample.output, 0) as other:
        port = other.server_address[1]
        done = run("--output", sample.output, "serve", "--port", port)
    assert (done.returncode, done.stderr) == (
        2,
        f"stillwork: port {port}: Address already in use\n",
    )


def test_precompressing_without_brotli_says_what_to_install(folders, tmp_path):
    (tmp_path / "content/site.toml").write_text("precompress = true")
    (tmp_path / "without/brotli").mkdir(parents=True)
    (tmp_path / "without/brotli/__init__.py").write_text("raise ImportError")
    done = run(*folders, "build", env={"PYTHONPATH": str(tmp_path / "without")})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'stillwork[compress]'" in done.stderr
    assert not (tmp_path / "output").exists()


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


def test_changes_are_listed_by_status_area_and_person(folders, tmp_path):
    fixed = factories.patch(2, series=[], state="accepted", submitter=factories.person(3))
    (tmp_path / "content/patches/p.jsonl").write_text(
        factories.lines(factories.patch(1), fixed, factories.comment(1, content="Why?\x1b[2J"))
    )
    assert run(*folders, "import", tmp_path / "content/patches").returncode == 0
    content = folders[:2]
    waiting = run("changes", *content)
    assert (
        "waiting for the author: 1 open remark\n    project/project-1/series/1/" in waiting.stdout
    )
    assert waiting.stderr == "1 change\n"
    landed = json.loads(run("changes", *content, "--status", "landed", "--json").stdout)
    assert (landed["patches"], landed["people"]) == ([2], ["Sender Number3"])
    assert run("changes", *content, "--area", "lib", "--person", "number1").stdout
    (tmp_path / "content/MAINTAINERS").write_text("LOCKING\nF: lib/\n\nDOCS\nF: doc/\n")
    settings = '[projects.project-1]\nmaintainers = "MAINTAINERS"\n'
    (tmp_path / "content/site.toml").write_text(settings)
    found = json.loads(run("changes", *content, "--area", "locking", "--json").stdout)
    assert found["patches"] == [1]
    assert run("changes", *content, "--area", "DOCS").stdout == ""
    for nothing in (["--area", "doc"], ["--person", "number3"], ["--status", "ready"]):
        assert run("changes", *content, *nothing).stdout == ""
    wrong = run("changes", *content, "--status", "open")
    assert wrong.returncode == 2
    assert "the statuses are 'needs review', " in wrong.stderr
