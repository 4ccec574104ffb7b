"""`stillwork git`, `stillwork find-commit`, and what site.toml and content/updates/ say about commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.archive import landed
from generator.cli.git_commands import commands
from generator.config import load
from generator.landed.update import configured
from generator.progress import Reporter
from generator.sources import overrides
from tests.landed.repository import GitRepository, text


def run(content: Path, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["--content", str(content), *arguments])


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return tmp_path / "content"


@pytest.fixture
def sha(archive, repository: GitRepository, put) -> str:
    """The commit that patch 1 became."""
    made = repository.commit("fix: it", {"fix.c": text("fix")})
    repository.commit("other: thing", {"other.c": text("other")})
    repository.run("tag", "v1.0")
    put(repository.mail(1, made))
    return made


def test_a_patch_is_found_as_a_commit_and_back(content, repository, sha):
    there = run(content, "git", "project-1", str(repository.path), "--jobs", "1", "--json")
    assert there.exit_code == 0, there.output
    link = json.loads(next(line for line in there.stdout.splitlines() if line[0] == "{"))
    assert (link["patch"], link["role"], link["commit"]) == (1, "landed", sha)
    assert (link["branch"], link["release"]) == ("master", "v1.0")
    back = run(content, "find-commit", sha[:8], "--json")
    assert [found["id"] for found in json.loads(back.stdout)["patches"]] == [1]
    assert "landed: " in run(content, "find-commit", sha[:8]).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("git", "nothing", "."), "no project 'nothing'"),
        (("git", "project-1"), "name a repository"),
        (("find-commit", "0000000"), "no such commit"),
        (("find-commit", "hello"), "no such commit"),
    ],
)
def test_what_cannot_be_done_is_told(content, sha, arguments, told):
    assert told in str(run(content, *arguments).exception)


def test_a_build_reads_the_repository_of_site_toml(archive, repository, links, sha, tmp_path):
    (tmp_path / "site.toml").write_text(
        '[projects.project-1]\nrepository = "project.git"\nbranches = ["mas*"]\n'
        '[projects.none]\nrepository = "gone.git"\n'
    )
    assert configured(archive, load(tmp_path), tmp_path, Reporter()) == 1
    assert links(1) == [("landed", sha)]


def test_what_is_set_here_is_over_what_was_found(archive, refresh, links, sha, tmp_path):
    refresh()
    other = next(
        name for (name,) in archive.sql.execute("SELECT lower(hex(sha)) FROM git_commit")
        if name != sha
    )  # fmt: skip
    folder = tmp_path / "updates"
    folder.mkdir()
    for value, found in ((other[:9], [("landed", other)]), (None, []), ("", [])):
        (folder / "a.json").write_text(json.dumps({"id": 1, "commit": value}))
        assert overrides.apply(archive, folder, pytest.fail).skipped == 0
        assert links(1) == found
    (folder / "a.json").unlink()
    overrides.apply(archive, folder, pytest.fail)
    assert links(1) == [("landed", sha)]
    (folder / "a.json").write_text(json.dumps({"id": 1, "commit": "master"}))
    told: list[str] = []
    overrides.apply(archive, folder, told.append)
    assert "7 hexadecimal digits" in told[0]
    assert landed.landed_links(archive, [1])[1][0].found != landed.SET_HERE


def test_a_missing_repository_costs_a_build_a_line_and_strictness_its_status(
    content, sha, tmp_path
):
    (content / "site.toml").write_text('[projects.project-1]\nrepository = "gone.git"\n')
    output = ["--output", str(tmp_path / "output"), "build", "--jobs", "1"]
    assert run(content, *output).exit_code == 0
    strict = run(content, *output, "--strict")
    assert strict.exit_code == 1 and "no such git repository" in strict.output
    assert (tmp_path / "output/index.html").is_file()


def test_the_command_sets_the_commit_of_a_patch_or_that_it_is_none(content, sha, refresh, links):
    refresh()
    for value, found in (("none", []), (sha[:12], [("landed", sha)])):
        done = run(content, "update", "1", "--commit", value)
        assert done.exit_code == 0 and links(1) == found
    assert f'commit "{sha[:12]}"' in done.output
    assert json.loads((content / "updates/patch-1.json").read_text()) == {
        "id": 1,
        "commit": sha[:12],
    }
    assert "7 hexadecimal digits" in str(
        run(content, "update", "1", "--commit", "master").exception
    )
    run(content, "update", "1", "--reset")
    assert links(1) == [("landed", sha)]
