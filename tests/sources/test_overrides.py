"""Local overrides show in place of what was pulled, outlast pulls, and can be removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.archive import mails
from generator.archive.database import Archive
from generator.archive.patch_rows import patch_rows
from generator.errors import ConfigError
from generator.sources import overrides
from tests import factories
from tests.factories import check, patch, user


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "updates"
    path.mkdir()
    return path


def apply(archive: Archive, folder: Path) -> tuple[overrides.Outcome, list[str]]:
    lines: list[str] = []
    return overrides.apply(archive, folder, lines.append), lines


def drop(folder: Path, *values: Any, name: str = "some.json") -> None:
    (folder / name).write_text("".join(json.dumps(value) + "\n" for value in values))


def test_a_file_changes_what_lists_and_pages_show(archive, put, folder):
    put(patch(1, delegate=user(1)), patch(2, delegate=user(2)))
    change = {"state": "accepted", "delegate": "user2", "archived": True,
              "commit_ref": "f00d", "pull_url": "https://git.example.org/x"}  # fmt: skip
    drop(folder, {"id": 1, **change})
    assert apply(archive, folder) == (overrides.Outcome(1, 0), [])
    row = patch_rows(archive, [1])[0]
    assert (row.state, row.delegate, row.archived) == ("accepted", "user2", True)
    shown = mails.patch(archive, 1)
    assert (shown.state, shown.commit_ref, shown.pull_url) == (
        "accepted",
        "f00d",
        "https://git.example.org/x",
    )
    assert archive.raw("patch", 1)["state"] == "new"  # what the server said is kept


def test_an_override_outlasts_later_pulls(archive, put, folder):
    put(patch(1))
    drop(folder, {"id": 1, "state": "accepted"})
    apply(archive, folder)
    put(patch(1, state="rejected", commit_ref="beef"))
    assert patch_rows(archive, [1])[0].state == "accepted"
    assert mails.patch(archive, 1).commit_ref == "beef"
    assert archive.raw("patch", 1)["state"] == "rejected"


def test_removing_the_file_removes_the_override(archive, put, folder):
    put(patch(1))
    drop(folder, {"id": 1, "state": "accepted"})
    apply(archive, folder)
    (folder / "some.json").unlink()
    assert apply(archive, folder)[0].changed == 1
    assert patch_rows(archive, [1])[0].state == "new"
    assert apply(archive, folder)[0].changed == 0


def test_a_removed_override_leaves_no_trace(archive, put, folder):
    put(patch(1))
    before = archive.sql.execute("SELECT * FROM patch").fetchall()
    drop(folder, {"id": 1, "state": "accepted"})
    apply(archive, folder)
    assert archive.sql.execute("SELECT * FROM patch").fetchall() != before
    drop(folder)
    (folder / "some.json").unlink()
    apply(archive, folder)
    assert archive.sql.execute("SELECT * FROM patch").fetchall() == before


def test_nothing_is_written_when_the_files_are_as_they_were(archive, put, folder):
    put(patch(1))
    drop(folder, {"id": 1, "state": "accepted"})
    apply(archive, folder)
    before = archive.revision()
    assert apply(archive, folder)[0].changed == 0
    assert archive.revision() == before


def test_files_are_read_by_name_and_the_later_value_of_a_field_wins(archive, put, folder):
    put(patch(1))
    drop(folder, {"id": 1, "state": "accepted", "commit_ref": "f00d"}, name="a.json")
    drop(folder, {"id": 1, "state": "rejected"}, name="b.json")
    apply(archive, folder)
    shown = mails.patch(archive, 1)
    assert (shown.state, shown.commit_ref) == ("rejected", "f00d")


def test_a_file_may_hold_an_array(archive, put, folder):
    put(patch(1), patch(2))
    (folder / "many.json").write_text('[{"id": 1, "state": "rfc"}, {"id": 2, "archived": true}]')
    assert apply(archive, folder)[0].changed == 2


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"id": 1, "name": "x"}, "patch 1: cannot override name, only state, delegate, archived, commit_ref, pull_url"),
        ({"id": 7, "state": "new"}, "patch 7: not in the archive"),
        ({"id": 1, "state": "done"}, 'patch 1: unknown state "done"; known states: accepted, awaiting-upstream,'),
        ({"id": 1, "state": None}, "patch 1: unknown state null"),
        ({"id": 1, "delegate": "nobody-we-know"}, 'patch 1: unknown user "nobody-we-know"'),
        ({"id": 1, "archived": "yes"}, 'patch 1: archived must be true or false, not "yes"'),
        ({"id": 1, "commit_ref": 5}, "patch 1: commit_ref must be one line"),
        ({"id": 1, "pull_url": "a\nb"}, "patch 1: pull_url must be one line"),
        ({"state": "new"}, "not an object with the id of a patch"),
        ({"id": 1, "state": ["new"]}, 'patch 1: unknown state ["new"]'),
    ],
)  # fmt: skip
def test_an_invalid_override_is_reported_and_the_others_apply(archive, put, folder, change, line):
    put(patch(1), patch(2))
    drop(folder, change, {"id": 2, "state": "accepted"})
    outcome, lines = apply(archive, folder)
    assert outcome == overrides.Outcome(1, 1)
    assert len(lines) == 1 and line in lines[0] and "some.json:1" in lines[0]


def test_a_state_that_only_this_server_has_is_known(archive, put, folder):
    put(patch(1), patch(2, state="handled-elsewhere"))
    drop(folder, {"id": 1, "state": "handled-elsewhere"})
    assert apply(archive, folder)[1] == []


@pytest.mark.parametrize(
    "name", ["9", 9, "https://x.example/api/1.3/users/9/", "http://x.example/pw/api/users/9"]
)
def test_a_delegate_may_be_a_number_or_an_address_of_the_api(archive, put, folder, name):
    put(patch(1, delegate=user(3)), check(1, user=user(9), patch_id=1))
    drop(folder, {"id": 1, "delegate": name})
    assert overrides.apply(archive, folder, print).skipped == 0
    assert patch_rows(archive, [1])[0].delegate == "user9"


def test_digits_are_a_user_name_where_somebody_has_it(archive, put, folder):
    put(patch(1, delegate=user(9)), check(1, user=user(12, username="9"), patch_id=1))
    drop(folder, {"id": 1, "delegate": "9"})
    overrides.apply(archive, folder, print)
    assert patch_rows(archive, [1])[0].delegate == "9"


def test_who_maintains_something_else_is_no_delegate(archive, put, folder):
    maintained = factories.project(maintainers=[user(3)])
    put(maintained, patch(1, delegate=user(3)), check(1, user=user(9), patch_id=1))
    lines: list[str] = []
    drop(folder, {"id": 1, "delegate": "user9"})
    overrides.apply(archive, folder, lines.append)
    assert len(lines) == 1 and "patch 1: user user9 is no maintainer of project-1" in lines[0]
    drop(folder, {"id": 1, "delegate": "user3"})
    assert overrides.apply(archive, folder, lines.append).skipped == 0


@pytest.mark.parametrize("form", ["under-review", "Under Review", "UNDER  REVIEW", "under--review"])
def test_a_state_may_be_written_as_the_api_takes_it(archive, put, folder, form):
    put(patch(1), patch(2, state="under-review"))
    drop(folder, {"id": 1, "state": form})
    assert overrides.apply(archive, folder, print).skipped == 0
    assert patch_rows(archive, [1])[0].state == "under-review"


def test_a_delegate_is_a_user_by_name_address_or_number_or_nobody(archive, put, folder):
    put(patch(1, delegate=user(3)), check(1, user=user(9), patch_id=1))
    for name in ("user9", "user9@example.org", 9, {"id": 9}):
        drop(folder, {"id": 1, "delegate": name})
        apply(archive, folder)
        assert patch_rows(archive, [1])[0].delegate == "user9"
    for name in (None, ""):
        drop(folder, {"id": 1, "delegate": name})
        apply(archive, folder)
        assert patch_rows(archive, [1])[0].delegate == ""


def test_an_unreadable_file_removes_nothing(archive, put, folder):
    put(patch(1))
    drop(folder, {"id": 1, "state": "accepted"})
    apply(archive, folder)
    (folder / "some.json").write_text('{"id": 1, "sta')
    outcome, lines = apply(archive, folder)
    assert outcome == overrides.Outcome(0, 1) and "some.json" in lines[0]
    assert patch_rows(archive, [1])[0].state == "accepted"


def test_a_patch_is_found_by_number_message_id_or_address(archive, put):
    put(patch(5, msgid="<a/b@example.org>"), patch(6))
    for name in ("5", "a/b@example.org", "<a/b@example.org>", "https://x.example.org/patch/5/",
                 "https://pw.example.org/project/p/patch/a%252Fb@example.org/"):  # fmt: skip
        assert overrides.find(archive, name) == 5
    with pytest.raises(ConfigError, match="no such patch: 77"):
        overrides.find(archive, "77")


def test_a_message_id_of_two_projects_is_not_enough(archive, put):
    put(
        patch(5),
        patch(
            6, msgid=patch(5)["msgid"], project={**patch(5)["project"], "id": 2, "link_name": "q"}
        ),
    )
    with pytest.raises(ConfigError, match=r"2 patches match: 5, 6"):
        overrides.find(archive, patch(5)["msgid"])


def test_the_command_adds_to_the_file_of_a_patch(archive, put, folder):
    put(patch(1, delegate=user(4)))
    overrides.write(archive, folder, 1, {"state": "accepted"})
    path = overrides.write(archive, folder, 1, {"delegate": 4, "commit_ref": ""})
    assert json.loads(path.read_text()) == {
        "id": 1,
        "state": "accepted",
        "delegate": "user4",
        "commit_ref": "",
    }
    with pytest.raises(ConfigError, match="unknown state"):
        overrides.write(archive, folder, 1, {"state": "bogus"})
    assert overrides.reset(folder, 1) and not overrides.reset(folder, 1)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"id": ' + "9" * 5000 + "}", "[1]", "\xff", "3"])
def test_the_command_leaves_a_file_alone_that_holds_something_else(archive, put, folder, text):
    put(patch(1))
    path = folder / "patch-1.json"
    path.write_text(text, "latin-1")
    with pytest.raises(ConfigError, match=str(path)):
        overrides.write(archive, folder, 1, {"state": "accepted"})
    assert path.read_text("latin-1") == text
