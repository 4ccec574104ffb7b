"""Diffs in all forms, whole and damaged, for what reads their changed lines."""

from __future__ import annotations

import random
from pathlib import Path

from generator.diff.parse import parse
from tests.wild.repositories import FORMS, Repository
from tests.wild.test_damaged_diffs import DAMAGES

#: The last one is damaged.
OTHER_FORMS = [
    "*** a.c\t1\n--- a.c\t2\n***************\n*** 1,4 ****\n  int a;\n! return one two;\n- gone line;\n  }\n"
    "--- 1,4 ----\n  int a;\n! return three four;\n  }\n+ added line;\n***************\n*** 9,10 ****\n"
    "--- 9,11 ----\n  x\n+ only new here;\n\n  y\n",
    "diff -r1 a b\n3c3,4\n< old one here\n---\n> new one here\n> and more\n\\ No newline at end of file\n"
    "7d7\n< gone away\n9a9\n> came along\n",
    "diff --cc a.c\nindex 1,2..3\n--- a/a.c\n+++ b/a.c\n@@@ -1,3 -1,3 +1,4 @@@ f\n  int a;\n- one parent\n"
    " -other parent\n++both added\n+ one side\n@@@ -9 -9 +9 @@@\n--all gone\n++all new\n",
    "Index: a\n--- a\n+++ a\n@@ -1 +1 @@\n--- old\n+++ new\n\nProperty changes on: a\n## -1 +1,2 ##\n-x y\n+z w\n+v u\n",
    "@@ what @@\n+ a line of a broken hunk\n- another\nend\n@@ -1,9 +1,9 @@\n-short\n+hunk\n-- \n2.40\n",
]  # fmt: skip


def whole_diffs(folder: Path, count: int = 24) -> list[str]:
    """Diffs of a made-up repository in every form that git writes, and those of other programs."""
    repository = Repository(folder, 123)
    found = OTHER_FORMS[:-1]
    for number in range(count):
        repository.change()
        found.append(repository.diff(FORMS[number % len(FORMS)]))
    return found


def damaged(diffs: list[str], seed: int) -> list[str]:
    """The same with a damaged hunk each, or cut off."""
    chance = random.Random(seed)
    found = OTHER_FORMS[-1:]
    for diff in diffs:
        files = parse(diff)
        hunks = [hunk for file in files for hunk in file.hunks]
        target = chance.choice(hunks) if hunks else None
        damage = chance.choice(DAMAGES)
        lines: list[str] = []
        for file in files:
            lines += file.header
            for hunk in file.hunks:
                own = [hunk.header, *hunk.text_lines()]
                is_damaged = hunk is target and hunk.header.startswith("@@ -") and len(own) > 1
                lines += [*hunk.before, *(damage(own, chance) if is_damaged else own)]
            lines += file.plain
        text = "\n".join(lines) + "\n"
        found.append(text if chance.random() < 0.8 else text[: chance.randrange(len(text))])
    return found
