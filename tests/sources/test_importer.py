from __future__ import annotations

import json

import pytest

from generator.archive.comments import comments
from generator.archive.statistics import object_counts
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
    assert wrong == [f'{path}: patch 2194: date "2026-99" is not a date']
    assert (summary.counts["patch"], summary.left_out) == (2, 1)


def test_a_missing_path_is_left_out(archive, tmp_path):
    assert run(archive, tmp_path / "nowhere")[1] == [
        f"{tmp_path / 'nowhere'}: no such file or folder"
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


def test_what_never_finds_its_patch_is_reported(archive, tmp_path):
    comment = factories.comment(7, headers={})
    del comment["url"]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(comment))
    assert run(archive, path)[1] == [f"{path}: object 7: its patch can't be told"]


def test_only_new_passes_over_what_was_read_but_not_what_was_faulty(archive, tmp_path):
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


def test_all_real_input_is_imported_without_a_fault(archive):
    summary, wrong = run(archive, shared("seeds"), shared("recorded"))
    assert wrong == [] and summary.left_out == 0
    counts = object_counts(archive)
    assert (counts["patches"], counts["covers"], counts["comments"]) == (219, 45, 244)
    assert (counts["checks"], counts["events"], counts["projects"]) == (266, 1734, 4)
