"""What is new is read and matched, and gives what reading everything again gives."""

from __future__ import annotations

import json

import pytest

from generator.archive import deletions, landed, redaction
from generator.errors import SourceError
from generator.landed import git
from generator.landed.update import update
from generator.privacy import rules
from generator.progress import Reporter
from tests.factories import series_stub
from tests.landed.repository import GitRepository, text


def every_link(archive) -> list[tuple[object, ...]]:
    query = (
        "SELECT l.patch_id, hex(c.sha), l.role, l.certainty, l.found, l.similarity, c.place, c.release "
        "FROM landed_link l JOIN git_commit c ON c.id = l.commit_id ORDER BY 1, 2"
    )
    return archive.sql.execute(query).fetchall()


def grow(repository: GitRepository, first: int, last: int) -> list[str]:
    return [
        repository.commit(f"part{n}: change it", {f"src/{n}.c": text(f"part{n}", n % 4)})
        for n in range(first, last)
    ]


def mails(repository: GitRepository, shas: list[str], first: int = 1) -> list[dict[str, object]]:
    return [
        repository.mail(number, sha, series=[series_stub(number)])
        for number, sha in enumerate(shas, first)
    ]


def test_a_second_run_reads_only_what_is_new(repository, archive, put, refresh, links):
    put(*mails(repository, grow(repository, 0, 5)))
    assert refresh().added == 5
    refresh()  # links the versions of series by what was stored
    before = archive.revision()
    again = refresh()
    assert (again.added, again.removed, again.matched) == (0, 0, 0)
    assert archive.revision() == before
    new = grow(repository, 5, 6)
    put(*mails(repository, new, 6))
    last = refresh()
    assert (last.added, last.matched) == (1, 1)
    assert links(6) == [("landed", new[0])]


def test_a_patch_is_matched_when_its_commit_comes_later(repository, put, refresh, links):
    grow(repository, 0, 3)
    sha = repository.commit(
        "x: y", {"x.c": text("x")}, branch="topic", parents=("refs/heads/master",)
    )
    put(repository.mail(1, sha))
    refresh()
    assert links(1) == []
    repository.run("update-ref", "refs/heads/master", sha)
    assert refresh().added == 1
    assert links(1) == [("landed", sha)]


def test_a_newer_version_takes_the_commit(repository, put, refresh, links):
    (sha,) = grow(repository, 1, 2)
    put(repository.mail(1, sha, series=[series_stub(1, name="part1: change it")]))
    refresh()
    assert links(1) == [("landed", sha)]
    stub = series_stub(2, name="part1: change it", version=2)
    put(
        repository.mail(
            2, sha, series=[stub], name="[v2] part1: change it", date="2026-03-01T12:00:00"
        )
    )
    refresh()
    assert (links(1), links(2)) == ([("later", sha)], [("landed", sha)])


def test_step_by_step_gives_what_one_reading_gives(repository, archive, put, refresh):
    for step in range(4):
        shas = grow(repository, step * 3, step * 3 + 3)
        put(*mails(repository, shas, step * 3 + 1))
        repository.run("tag", f"v1.{step}", shas[1])
        refresh()
    stepwise = every_link(archive)
    assert len(stepwise) == 12
    refresh(full=True)
    assert every_link(archive) == stepwise


def test_a_rewritten_branch_is_noticed(repository, archive, put, refresh, links):
    shas = grow(repository, 0, 4)
    put(*mails(repository, shas))
    refresh()
    repository.run("update-ref", "refs/heads/master", shas[1])
    other = repository.commit("part3: change it", {"src/3.c": text("part3", 2)})
    done = refresh()
    assert (done.added, done.removed) == (1, 2)
    assert (links(3), links(4)) == ([], [("landed", other)])
    assert landed.commit_of(archive, shas[3]) == []


def test_a_rewritten_branch_whose_commits_are_gone_is_read_again(repository, put, refresh, links):
    shas = grow(repository, 0, 3)
    put(*mails(repository, shas))
    refresh()
    repository.run("update-ref", "refs/heads/master", shas[1])
    repository.run("-c", "gc.reflogExpire=now", "gc", "--quiet", "--prune=now")
    assert refresh().removed == 1
    assert links(3) == []


def test_a_commit_that_is_merged_moves_to_the_first_branch(repository, archive, put, refresh):
    grow(repository, 0, 2)
    sha = repository.commit(
        "fix: it", {"fix.c": text("fix")}, branch="maint", parents=("refs/heads/master",)
    )
    put(repository.mail(1, sha))
    refresh("master", "maint")
    assert landed.commit_of(archive, sha)[0].branch == "maint"
    repository.commit("Merge maint", {}, parents=("refs/heads/master", sha))
    refresh("master", "maint")
    assert landed.commit_of(archive, sha)[0].branch == "master"


def test_a_new_tag_names_the_release(repository, archive, refresh):
    shas = grow(repository, 0, 3)
    repository.run("tag", "v1.0-rc1", shas[0])
    refresh()
    assert landed.commit_of(archive, shas[0])[0].release == "v1.0-rc1"
    repository.run(
        "-c", "user.name=M", "-c", "user.email=m@x", "tag", "-m", "first", "v1.0", shas[1]
    )
    refresh()
    assert [landed.commit_of(archive, sha)[0].release for sha in shas] == ["v1.0", "v1.0", ""]


def test_the_state_of_the_branches_is_told(repository, archive, refresh):
    shas = grow(repository, 0, 2)
    refresh()
    (branch,) = landed.branches(archive, 1)
    assert (branch.name, branch.tip, branch.date) == ("master", shas[1], repository.now)


def test_a_repository_that_is_gone_leaves_the_links(
    repository, archive, put, refresh, links, tmp_path
):
    shas = grow(repository, 0, 2)
    put(*mails(repository, shas))
    refresh()
    with pytest.raises(SourceError, match="no such git repository"):
        update(archive, 1, tmp_path / "nowhere", ["master"], Reporter())
    with pytest.raises(SourceError, match="no branch matches trunk"):
        refresh("trunk")
    assert links(1) == [("landed", shas[0])]


def test_a_deleted_patch_has_no_links(repository, archive, put, refresh, links):
    shas = grow(repository, 0, 2)
    put(*mails(repository, shas))
    refresh()
    with archive.transaction():
        archive.sql.execute("DELETE FROM patch WHERE id = 1")
    refresh()
    assert (links(1), links(2)) == ([], [("landed", shas[1])])


def test_several_processes_give_the_same(repository, archive, put, refresh, monkeypatch):
    monkeypatch.setattr("generator.landed.reading._PORTION", 2)
    put(*mails(repository, grow(repository, 0, 7)))
    refresh()
    alone = every_link(archive)
    update(archive, 1, repository.path, ["master"], Reporter(), full=True, jobs=2)
    assert every_link(archive) == alone and len(alone) == 7


def test_what_content_updates_says_is_over_everything_else(
    repository, archive, put, refresh, links
):
    shas = grow(repository, 0, 3)
    put(*mails(repository, shas))
    refresh()
    with archive.transaction():
        landed.set_overrides(archive, {1: None, 2: shas[0][:10], 3: "f" * 9})
    assert (links(1), links(2), links(3)) == ([], [("landed", shas[0])], [("landed", "f" * 9)])
    assert landed.landed_links(archive, [2])[2][0].found == "set here"
    commit = landed.commit_of(archive, shas[0])[0]
    assert landed.patches_of_commit(archive, commit) == [(2, "landed")]
    assert landed.counts(archive, 1) == landed.Counts(3, 2)


def test_the_branch_of_head_is_read_where_none_is_named(repository, archive):
    sha = repository.commit("a: b", {"a": "b\n"}, branch="trunk")
    repository.run("symbolic-ref", "HEAD", "refs/heads/trunk")
    update(archive, 1, repository.path, [], Reporter())
    assert landed.commit_of(archive, sha)[0].branch == "trunk"


def test_branches_are_chosen_by_patterns_in_their_order():
    refs = git.Refs({"maint-2": "b", "maint-1": "a", "master": "c", "x": "d"}, {}, {})
    assert [*refs.matching(["master", "maint*", "m*"])] == ["master", "maint-1", "maint-2"]


def test_a_patch_that_is_deleted_or_left_out_has_no_links(
    repository, archive, put, refresh, links, tmp_path
):
    shas = grow(repository, 0, 3)
    sent = mails(repository, shas)
    put(*sent)
    refresh()
    (tmp_path / "redactions.toml").write_text(f"[[mail]]\nmsgid = {json.dumps(sent[0]['msgid'])}\n")
    redaction.forget(archive, rules.load(tmp_path, "all"))
    deletions.mark_deleted(archive, "patch", 2, 0)
    deletions.prune(archive)
    assert (links(1), links(2), links(3)) == ([], [], [("landed", shas[2])])
    refresh()
    assert (links(1), links(2)) == ([], [])
    assert every_link(archive)[0][0] == 3
