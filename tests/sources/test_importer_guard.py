from __future__ import annotations

import json

import pytest

from generator.archive import mails
from generator.archive.writer import Writer
from generator.sources.importer import Importer
from tests.factories import patch, person


def test_an_object_that_fails_leaves_nothing_behind_and_the_rest_is_stored(
    archive, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Writer._put_derived

    def fail(self, kind, item, *rest, **more):
        if getattr(item, "id", 0) == 2 and kind == "patch":
            raise RecursionError("too\ndeep")
        return original(self, kind, item, *rest, **more)

    monkeypatch.setattr(Writer, "_put_derived", fail)
    path = tmp_path / "x.jsonl"
    objects = [patch(number, submitter=person(number)) for number in (1, 2)]
    objects.append(patch(3, submitter=person(2)))
    path.write_text("\n".join(map(json.dumps, objects)))
    lines: list[str] = []
    traces: list[str] = []
    summary = Importer(archive, lines.append, trace=traces.append).run([path])
    assert (summary.counts, summary.skipped, summary.failed) == ({"patch": 2}, 1, 1)
    assert lines == [f"{path}:2: RecursionError: too deep"]
    assert "Traceback" in traces[0]
    assert archive.raw("patch", 2) is None
    assert mails.patch(archive, 3).submitter.id == 2
    assert archive.sql.execute("SELECT count(*) FROM person").fetchone() == (2,)
