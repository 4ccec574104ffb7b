from __future__ import annotations

import json

from generator.diff.patch_hash import patch_hash
from tests import factories
from tests.conftest import shared


def test_positions_and_functions_do_not_count():
    moved = factories.DIFF.replace("@@ -10,4 +10,5 @@ static", "@@ -99,4 +101,5 @@ inline")
    assert patch_hash(moved) == patch_hash(factories.DIFF)
    assert patch_hash(factories.DIFF.replace("lock_note", "lock_log")) != patch_hash(factories.DIFF)


def test_the_hash_of_every_real_patch_is_reproduced():
    patches = []
    for path in sorted(shared("recorded").glob("*/patches.jsonl")):
        patches += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for path in sorted(shared("seeds").iterdir()):
        text = path.read_text("utf-8")
        patches.append(json.loads(text[text.index("\n{") :]))
    with_diff = [patch for patch in patches if patch["diff"]]
    assert len(with_diff) > 200
    wrong = [patch["id"] for patch in with_diff if patch_hash(patch["diff"]) != patch["hash"]]
    assert wrong == []
