"""A stranger's repository runs nothing here, and whatever is odd in it costs little."""

from __future__ import annotations

import stat
import subprocess
from email.utils import formatdate
from pathlib import Path

import pytest

from generator.archive import landed
from generator.errors import SourceError
from generator.landed import commits, git
from generator.landed.update import update
from generator.progress import Reporter
from tests.landed.repository import START, GitRepository, text


def read(repository: GitRepository) -> list[commits.Commit]:
    with git.opened(repository.path) as opened:
        shas = [*opened.lines("rev-list", "--reverse", "refs/heads/master")]
        return list(commits.read(opened, shas))


def trap(path: Path, mark: Path) -> str:
    """A program that leaves a mark when it is run."""
    path.write_text(f"#!/bin/sh\ntouch {mark}\nexit 0\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_hooks_and_configuration_run_nothing(repository, tmp_path, archive, put, refresh, links):
    mark = tmp_path / "mark"
    program = trap(tmp_path / "trap.sh", mark)
    sha = repository.commit(
        "a: b", {"a.c": text("a"), ".gitattributes": "*.c diff=bad filter=bad\n"}
    )
    put(repository.mail(1, sha))
    for key in ("diff.external", "diff.bad.command", "diff.bad.textconv", "core.fsmonitor", "core.pager",
                "core.sshCommand", "gpg.program", "core.editor", "filter.bad.smudge", "uploadpack.packObjectsHook"):  # fmt: skip
        repository.run("config", key, program)
    for key, value in (("log.showSignature", "true"), ("alias.rev-list", f"!{program}"), ("extensions.partialClone", "origin"),
                       ("remote.origin.url", f"ext::{program}"), ("protocol.ext.allow", "always"), ("remote.origin.promisor", "true"),
                       ("mailmap.file", "/etc/passwd"), ("diff.noprefix", "true"), ("i18n.logOutputEncoding", "UTF-16")):  # fmt: skip
        repository.run("config", key, value)
    (repository.path / "info").mkdir(exist_ok=True)
    (repository.path / "info/attributes").write_text("*.c diff=bad\n")
    hooks = repository.path / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
    ):
        trap(hooks / name, mark)
    refresh()
    assert links(1) == [("landed", sha)]
    assert not mark.exists()


def test_a_lost_object_is_not_fetched_and_costs_its_commit_alone(
    repository, tmp_path, archive, put, refresh, links
):
    first = repository.commit("a: b", {"a.c": text("a")})
    lost = repository.commit("c: d", {"c.c": text("c")}, authored=START)
    last = repository.commit("e: f", {"e.c": text("e")})
    sent = {"headers": {"Date": formatdate(START)}}
    put(repository.mail(1, first), repository.mail(2, lost, **sent), repository.mail(3, last))
    mark = tmp_path / "mark"
    for key, value in (("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"),
                       ("remote.origin.url", f"ext::{trap(tmp_path / 'trap.sh', mark)}"),
                       ("protocol.ext.allow", "always")):  # fmt: skip
        repository.run("config", key, value)
    blob = repository.run("rev-parse", f"{lost}:c.c").strip()
    for pack in (repository.path / "objects/pack").glob("*.pack"):
        moved = pack.rename(tmp_path / pack.name)
        pack.with_suffix(".idx").unlink()
        repository.run("unpack-objects", "-q", given=moved.read_bytes())
    (repository.path / "objects" / blob[:2] / blob[2:]).unlink()
    assert refresh().broken == 1
    assert (links(1), links(3)) == ([("landed", first)], [("landed", last)])
    assert links(2) == [("landed", lost)]  # by title, author and date
    assert not mark.exists()


def test_a_repository_without_its_objects_is_refused(repository, monkeypatch, archive, refresh):
    monkeypatch.setattr(commits, "_MOST_FAULTS", 2)
    for number in range(5):
        repository.commit(f"a: {number}", {f"{number}.c": text(f"n{number}")})
    for pack in (repository.path / "objects/pack").glob("*.pack"):
        moved = pack.rename(repository.path / pack.name)
        repository.run("unpack-objects", "-q", given=moved.read_bytes())
    listed = repository.run("cat-file", "--batch-check", "--batch-all-objects")
    for line in listed.splitlines():
        name, kind, _ = line.split()
        if kind == "blob":
            (repository.path / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(SourceError, match="unable to read"):
        refresh()


def test_a_shallow_repository_is_refused(repository, tmp_path):
    for number in range(3):
        repository.commit(f"a: {number}", {"a.c": text("a", number)})
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{repository.path}", clone],
        check=True,
        capture_output=True,
    )
    with pytest.raises(SourceError, match="shallow repository"), git.opened(clone):
        pass


@pytest.mark.parametrize(
    "kind", ["a work tree", "a folder of a work tree", "a linked work tree", "a quoted path"]
)
def test_repositories_are_found_as_git_finds_them(repository, archive, tmp_path, kind):
    sha = repository.commit("a: b", {"folder/a.c": text("a")})
    clone = tmp_path / ('odd "name\\' if kind == "a quoted path" else "clone")
    subprocess.run(["git", "clone", "-q", repository.path, clone], check=True)
    path = clone
    if kind == "a folder of a work tree":
        path = clone / "folder"
    if kind == "a linked work tree":
        path = tmp_path / "linked"
        subprocess.run(
            ["git", "-C", clone, "worktree", "add", "-q", path, "HEAD", "--detach"], check=True
        )
    update(archive, 1, path, ["master"], Reporter())
    assert [item.sha for item in landed.commit_of(archive, sha)] == [sha]


def test_a_folder_that_is_no_repository_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceError, match="not a git repository"), git.opened(tmp_path / "folder"):
        pass


def test_the_callers_environment_leads_nowhere_else(repository, monkeypatch, tmp_path):
    sha = repository.commit("a: b", {"a.c": text("a")})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'diff.external=false'")
    assert [item.sha for item in read(repository)] == [sha]


def test_replacements_are_ignored(repository):
    first = repository.commit("a: b", {"a.c": text("a")})
    other = repository.commit("x: y", {"x.c": text("x")}, branch="other")
    repository.run("replace", first, other)
    assert [item.title for item in read(repository)] == ["a: b"]


def test_odd_names_messages_and_encodings_are_read(repository):
    names = [
        'quo"te.c',
        "new\nline.c",
        "tab\there.c",
        "ümlaut.c",
        "-dash.c",
        "a b/c d.c",
        " b/x b/x",
    ]
    for name in names:
        repository.commit("odd: name", {name: text("x")})
    repository.commit("", {"empty": "x\n"})
    repository.commit(
        "fake: \x01 commit\n\ndiff --git a/z b/z\n+++ b/z\n@@ -1 +1 @@\n+fake\n", {"y": "y\n"}
    )
    repository.commit("no lines", {"y": "y"})
    found = read(repository)
    assert len(found) == len(names) + 3
    assert all(len(item.features.change.paths) == 1 for item in found)
    assert found[-2].features.change.count == 0  # `+y` is too short, and `+fake` a message


def test_the_path_of_a_file_is_that_of_its_mail(repository, put, archive, refresh, links):
    shas = [
        repository.commit(f"odd: {number}", {name: text(f"n{number}")})
        for number, name in enumerate(('quo"te.c', "ümlaut.c", "a b/c d.c", "tab\there.c"))
    ]
    put(*(repository.mail(number, sha) for number, sha in enumerate(shas, 1)))
    refresh()
    known = landed.landed_links(archive, range(1, 5))
    assert [known[number][0].found for number in range(1, 5)] == ["same diff"] * 4


def test_a_renamed_file_and_a_mode_have_a_path(repository):
    repository.commit("a: b", {"a.c": text("a")})
    repository.commit("a: move", {"a.c": None, "d/e.c": text("a")})
    moved = read(repository)[1].features.change
    assert len(moved.paths) == 1 and moved.count == 0


def test_huge_diffs_are_bounded(repository, monkeypatch):
    monkeypatch.setattr(commits, "_LARGEST", 1 << 12)
    monkeypatch.setattr(commits, "_CHUNK", 1 << 10)
    repository.commit("small: before", {"a.c": text("a")})
    repository.commit("huge: one", {"huge.c": text("huge", lines=2000)})
    repository.commit("small: after", {"b.c": text("b")})
    found = read(repository)
    assert [item.is_whole for item in found] == [True, False, True]
    assert found[1].features.change.whole == b"" and found[1].features.change.count > 10


def test_dates_beyond_all_bounds_are_held(repository):
    repository.commit("a: b", {"a": "b\n"}, authored=10**17)
    assert read(repository)[0].authored == 1 << 40


def test_git_is_asked_for_nothing_by_a_shell(repository, archive, refresh):
    repository.path = repository.path.rename(repository.path.with_name("$(touch mark).git"))
    repository.commit("a: b", {"a": "b\n"})
    update(archive, 1, repository.path, ["master"], Reporter())
    assert landed.branches(archive, 1)
