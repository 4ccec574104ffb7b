from __future__ import annotations

import json
import os

import pytest

from generator.archive.comments import comments
from generator.archive.statistics import object_counts
from generator.sources import json_files
from generator.sources.importer import Importer
from tests import factories
from tests.conftest import shared


def run(archive, *paths, only_new=False):
    wrong: list[str] = []
    summary = Importer(archive, wrong.append).run(paths, only_new=only_new)
    return summary, wrong


def test_a_bad_object_is_named_and_the_rest_imported(archive, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(
        factories.lines(
            factories.patch(1), factories.patch(2194, date="2026-99"), factories.patch(3)
        )
    )
    summary, wrong = run(archive, path)
    assert wrong == [f'{path}: patch 2194: date "2026-99" is not a valid date']
    assert (summary.counts["patch"], summary.skipped) == (2, 1)


def test_a_missing_path_is_reported(archive, tmp_path):
    assert run(archive, tmp_path / "nowhere")[1] == [
        f"{tmp_path / 'nowhere'}: no such file or directory"
    ]


def test_comments_may_come_before_the_patch_they_answer(archive, tmp_path):
    comment = factories.comment()
    del comment["url"]
    answer = factories.comment(2, headers={"In-Reply-To": comment["msgid"]})
    del answer["url"]
    (tmp_path / "1.json").write_text(json.dumps([answer, comment]))
    (tmp_path / "2.json").write_text(json.dumps(factories.patch()))
    _, wrong = run(archive, tmp_path)
    assert wrong == []
    assert [c.id for c in comments(archive, "patch", 1)] == [1, 2]


def test_an_object_without_a_parent_is_reported(archive, tmp_path):
    comment = factories.comment(7, headers={})
    del comment["url"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(comment))
    assert run(archive, path)[1] == [f"{path}: object 7: parent patch unknown"]


def test_only_new_skips_files_that_were_read_but_not_those_with_faults(archive, tmp_path):
    (tmp_path / "good.json").write_text(json.dumps(factories.patch()))
    (tmp_path / "bad.json").write_text("{")
    run(archive, tmp_path, only_new=True)
    summary, wrong = run(archive, tmp_path, only_new=True)
    assert (summary.files, summary.unchanged, len(wrong)) == (1, 1, 1)


def test_an_interrupted_import_keeps_whole_batches_and_can_be_repeated(
    archive, tmp_path, monkeypatch
):
    path = tmp_path / "x.jsonl"
    path.write_text(factories.lines(*(factories.patch(n) for n in range(1, 51))))
    monkeypatch.setattr("generator.sources.importer._BATCH_OBJECTS", 20)
    stop = iter([None])

    def progress(_):
        if next(stop, "now") == "now":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importer(archive, print, progress).run([path])
    assert object_counts(archive)["patches"] == 40
    run(archive, path)
    assert object_counts(archive)["patches"] == 50


def test_all_versions_of_the_api_give_the_same_patch(archive):
    folder = shared("recorded") / "git"
    run(archive, folder / "patches.jsonl")
    full = archive.raw("patch", 917)
    for version in ("v1.0", "v1.1", "v1.2", "v1.3", "v1.4"):
        run(archive, folder / f"patches-{version}.jsonl")
    merged = archive.raw("patch", 917)
    without_urls = {k: v for k, v in merged.items() if isinstance(v, str) and "url" not in k}
    assert without_urls == {k: v for k, v in full.items() if k in without_urls}
    assert merged.keys() == full.keys()


@pytest.mark.slow
def test_all_real_input_is_imported_without_a_fault(archive):
    summary, wrong = run(archive, shared("seeds"), shared("recorded"))
    assert wrong == [] and summary.skipped == 0
    counts = object_counts(archive)
    assert (counts["patches"], counts["covers"], counts["comments"]) == (219, 45, 244)
    assert (counts["checks"], counts["events"], counts["projects"]) == (266, 1734, 4)


def test_progress_is_told_after_each_batch_with_all_objects_so_far(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("generator.sources.importer._BATCH_OBJECTS", 2)
    path = tmp_path / "x.jsonl"
    path.write_text(factories.lines(*(factories.patch(n) for n in range(1, 6))))
    told: list[int] = []
    summary = Importer(archive, print, told.append).run([path])
    assert told == [2, 4, 5]
    assert (summary.files, summary.skipped, summary.unchanged) == (1, 0, 0)


def test_a_batch_ends_after_some_time_as_well(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("generator.sources.importer._BATCH_SECONDS", -1.0)
    path = tmp_path / "x.jsonl"
    path.write_text(factories.lines(*(factories.patch(n) for n in range(1, 6))))
    told: list[int] = []
    Importer(archive, print, told.append).run([path])
    assert told == [2, 4, 5]


def test_files_that_vanish_or_never_were_cost_themselves(archive, tmp_path):
    (tmp_path / "1.json").symlink_to("nowhere")
    (tmp_path / "2.json").symlink_to("2.json")
    (tmp_path / "3.json").write_text(json.dumps(factories.patch()))
    summary, wrong = run(archive, tmp_path, only_new=True)
    assert [line.partition(": ")[0] for line in wrong] == [f"{tmp_path}/{n}.json" for n in (1, 2)]
    assert summary.counts["patch"] == 1


def test_what_is_no_file_and_may_have_no_end_is_named(archive, tmp_path):
    os.mkfifo(tmp_path / "1.json")
    (tmp_path / "2.json").symlink_to("/dev/zero")
    (tmp_path / "folder").symlink_to(".")
    (tmp_path / "3.json").write_text(json.dumps(factories.patch()))
    summary, wrong = run(archive, tmp_path, only_new=True)
    assert wrong == [
        f"{tmp_path}/folder: a symlink to a folder; not read",
        f"{tmp_path}/1.json: not a regular file",
        f"{tmp_path}/2.json: not a regular file",
    ]
    assert summary.counts["patch"] == 1


def test_what_is_added_to_a_file_while_it_is_read_is_read_the_next_time(
    archive, tmp_path, monkeypatch
):
    path = tmp_path / "1.jsonl"
    path.write_text(factories.lines(factories.patch(1)))
    read = json_files.read

    def read_before_more_comes(path):
        found = [*read(path)]
        path.write_text(factories.lines(factories.patch(1), factories.patch(2)))
        yield from found

    with monkeypatch.context() as patched:
        patched.setattr(json_files, "read", read_before_more_comes)
        assert run(archive, path, only_new=True)[0].counts["patch"] == 1
    assert run(archive, path, only_new=True)[0].files == 1
    assert object_counts(archive)["patches"] == 2


def test_without_only_new_a_file_is_read_again(archive, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(factories.patch()))
    assert [run(archive, path)[0].files for _ in range(2)] == [1, 1]
    assert [run(archive, path, only_new=True)[0].files for _ in range(2)] == [1, 0]


def test_a_file_that_changed_is_read_again(archive, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(factories.patch()))
    run(archive, path, only_new=True)
    path.write_text(json.dumps(factories.patch(state="accepted", name="longer than before")))
    assert run(archive, path, only_new=True)[0].files == 1
    assert archive.raw("patch", 1)["state"] == "accepted"


def test_files_with_an_orphan_are_read_again_until_its_patch_is_there(archive, tmp_path):
    comment = factories.comment()
    del comment["url"]
    (tmp_path / "1.json").write_text(json.dumps(comment))
    assert run(archive, tmp_path, only_new=True)[0].skipped == 1
    (tmp_path / "2.json").write_text(json.dumps(factories.patch()))
    summary, wrong = run(archive, tmp_path, only_new=True)
    assert (summary.files, summary.skipped, wrong) == (2, 0, [])
    assert run(archive, tmp_path, only_new=True)[0].unchanged == 2


def test_a_chain_of_orphans_and_one_that_stays_are_told_apart(archive, tmp_path):
    chain = [
        factories.comment(n, msgid=f"<c{n}@x>", headers={"In-Reply-To": f"<c{n - 1}@x>"})
        for n in (3, 2, 1)
    ]
    chain[-1]["headers"] = {"In-Reply-To": "<2026030110.patch1@example.org>"}
    lost = factories.comment(9, headers={})
    for comment in (*chain, lost):
        del comment["url"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps([*chain, lost, factories.patch()]))
    summary, wrong = run(archive, path)
    assert wrong == [f"{path}: object 9: parent patch unknown"]
    assert summary.skipped == 1
    assert [c.id for c in comments(archive, "patch", 1)] == [1, 2, 3]


def test_an_error_names_the_file_without_the_place_in_it(archive, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps([factories.patch(1), factories.patch(2, name=7)]))
    assert run(archive, path)[1] == [f"{path}: patch 2: name 7: expected `str | null`, got `int`"]


def test_a_saved_page_says_whose_comments_it_holds(archive, tmp_path):
    comment = factories.comment(headers={})
    del comment["url"]
    path = tmp_path / "page.txt"
    path.write_text("GET /api/patches/1/comments/\nHTTP 200 OK\n\n" + json.dumps([comment]))
    run(archive, path)
    assert [c.id for c in comments(archive, "patch", 1)] == [1]
