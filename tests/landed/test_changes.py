"""Patches are compared with their commits once, and again when either changes."""

from __future__ import annotations

import pytest

from generator.archive import deletions, landed, landed_changes, redaction
from generator.landed import changes
from generator.landed.git import opened
from generator.privacy import rules
from tests.landed.repository import GitRepository, text


@pytest.fixture
def changed(archive):
    """The commit that a patch was compared with, and how many lines differ; None where it wasn't."""

    def found(number: int) -> tuple[str, int] | None:
        known = landed_changes.changes(archive, [number]).get(number)
        return known and (known[0], known[1].lines)

    return found


@pytest.fixture
def land(repository: GitRepository, put):
    """Send a patch, and commit it with some lines changed."""

    def commit(number: int, lines: int, **fields: object) -> str:
        files = {f"{number}.c": text(f"part{number}")}
        sha = repository.commit(f"part{number}: change it", files, branch="topic")
        put(repository.mail(number, sha, **fields))
        edited = {f"{number}.c": text(f"part{number}", lines)}
        return repository.commit(f"part{number}: change it", edited)

    return commit


def test_what_differs_is_known_once_a_patch_landed(refresh, land, changed):
    first, second = land(1, 0), land(2, 3)
    refresh()
    assert (changed(1), changed(2)) == ((first, 0), (second, 3))


def test_a_second_run_compares_only_what_is_new(repository, archive, refresh, land, changed):
    land(1, 1)
    refresh()

    def compared() -> int:
        with opened(repository.path) as held:
            return changes.update(archive, 1, held, lambda total: None, lambda done: None)

    assert compared() == 0
    sha = land(2, 2)
    refresh()
    assert changed(2) == (sha, 2) and compared() == 0


def test_another_form_is_compared_again_and_a_changed_state_is_not(
    repository, archive, put, refresh, land, monkeypatch
):
    land(1, 1)
    refresh()
    with archive.transaction():
        archive.sql.execute("UPDATE patch SET digest = digest + 1, state = 'accepted'")
    assert landed_changes.to_compare(archive, 1, changes.FORM, {}) == []
    monkeypatch.setattr(changes, "FORM", changes.FORM + 1)
    assert len(landed_changes.to_compare(archive, 1, changes.FORM, {})) == 1


def test_a_rewritten_branch_is_compared_again(repository, refresh, land, changed):
    base = repository.commit("base: it", {"base.c": "x\n"})
    land(1, 1)
    refresh()
    repository.run("update-ref", "refs/heads/master", base)
    refresh()
    assert changed(1) is None
    sha = repository.commit("part1: change it", {"1.c": text("part1", 4)})
    refresh()
    assert changed(1) == (sha, 4)


def test_the_commit_that_is_set_here_is_compared(archive, refresh, land, changed):
    land(1, 1)
    other = land(2, 2)
    refresh()
    with archive.transaction():
        landed.set_overrides(archive, {1: other[:10]})
    assert changed(1) is None and changed(2) is not None
    refresh()
    assert changed(1) == (other, 24)
    with archive.transaction():
        landed.set_overrides(archive, {1: None})
    refresh()
    assert changed(1) is None


def test_a_commit_that_lacks_objects_costs_its_own_comparison(repository, archive, refresh, land):
    for number in range(1, 5):
        land(number, 1)
    refresh()
    for number, name in ((2, "2.c"), (4, "4.c")):
        lost = repository.run("rev-parse", f"master~{4 - number}:{name}").strip()
        (repository.path / "objects" / lost[:2] / lost[2:]).unlink()
    with archive.transaction():
        archive.sql.execute("DELETE FROM landed_change")
    refresh()
    known = landed_changes.changes(archive, [1, 2, 3, 4])
    assert [bool(known[number][1].refused) for number in range(1, 5)] == [False, True, False, True]


def test_other_ways_to_write_down_one_change_are_no_change(repository, put, refresh, changed):
    lines = [f"int f{n}(void)\n{{\n\treturn {n};\n}}\n\n" for n in range(4)]
    before = "".join(lines)
    repository.commit("base: it", {"f.c": before})
    after = "".join([*lines[:2], "int g(void)\n{\n\treturn 9;\n}\n\n", *lines[2:]])
    sha = repository.commit("f: add g", {"f.c": after})
    options = ("-p", "--no-commit-id", "--no-indent-heuristic", sha)
    put(repository.mail(1, sha, diff=repository.run("diff-tree", *options)))
    refresh()
    assert changed(1) == (sha, 0)


def test_lines_that_are_no_utf_8_are_those_that_a_mail_program_reads(
    repository, put, refresh, changed
):
    latin = "".join(f"line {n} \u00e4\n" for n in range(9))
    sha = repository.commit("f: add", {"f.txt": latin.encode("latin-1")})
    diff = "diff --git a/f.txt b/f.txt\nnew file mode 100644\n--- /dev/null\n+++ b/f.txt\n@@ -0,0 +1,9 @@\n"
    put(repository.mail(1, sha, diff=diff + "".join(f"+{line}\n" for line in latin.splitlines())))
    refresh()
    assert changed(1) == (sha, 0)


def test_what_is_forgotten_for_good_does_not_come_back_from_the_repository(
    archive, put, repository, refresh, tmp_path
):
    said = "Signed-off-by: Jane Hidden <jane@corp.example>\n"
    sha = repository.commit("a: b", {"a.c": text("a")}, branch="topic")
    put(repository.mail(1, sha, content=f"Why.\n\n{said}"))
    repository.commit(
        f"a: b\n\nBecause.\n\n{said}Acked-by: J. Hidden <jane@corp.example>\n", {"a.c": text("a")}
    )
    refresh()
    assert "jane@corp" in repr(landed_changes.rows_of(archive, 1))
    (tmp_path / "redactions.toml").write_text(
        '[[person]]\naddress = "jane@corp.example"\nnames = ["Jane Hidden", "J. Hidden"]\n'
    )
    redaction.forget(archive, rules.load(tmp_path, "all"))
    refresh()
    stored = repr([landed_changes.rows_of(archive, 1), landed_changes.changes(archive, [1])])
    assert "Because." in stored and "jane@corp" not in stored and "Hidden" not in stored


def test_nothing_stays_of_a_patch_that_is_removed_or_deleted(archive, refresh, land, tmp_path):
    for number in (1, 2, 3):
        land(number, 1)
    refresh()
    (tmp_path / "redactions.toml").write_text('[[mail]]\nmsgid = "2026030110.patch1@example.org"\n')
    redaction.forget(archive, rules.load(tmp_path, "all"))
    deletions.mark_deleted(archive, "patch", 2, 0)
    deletions.prune(archive)
    assert archive.sql.execute("SELECT patch_id FROM landed_change").fetchall() == [(3,)]
