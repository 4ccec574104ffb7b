"""A patch as sent and the commit that it landed as: what counts as changed."""

from __future__ import annotations

import msgspec
import pytest

from generator.archive.landed_changes import Change
from generator.landed import messages
from generator.landed.comparison import Refused, Sent
from generator.model import Patch
from tests.factories import patch
from tests.landed.repository import text

BODY = "Because.\n\nSigned-off-by: A <a@example.org>\n"
TITLE = "queue: refuse"
MESSAGE = f"{TITLE}\n\n{BODY}"
HEAD = (
    "diff --git a/src/q.c b/src/q.c\nindex 1111111..2222222 100644\n--- a/src/q.c\n+++ b/src/q.c\n"
)
HUNK = " one\n two\n three\n-four\n+five\n six\n seven\n eight\n"
DIFF = f"{HEAD}@@ -11,7 +11,7 @@ int main(void)\n{HUNK}"


def sent(diff: str = DIFF, content: str = BODY, name: str = f"[PATCH v2 3/4] {TITLE}") -> Sent:
    return Sent(msgspec.convert(patch(1, diff=diff, content=content, name=name), Patch))


def landed(message: str = MESSAGE, diff: str = DIFF) -> Change:
    return sent().compare(message, diff)[0]


@pytest.mark.parametrize(
    ("diff", "expected"),
    [
        (DIFF, Change()),
        (DIFF.replace("-11,7 +11,7 @@ int main(void)", "-91,7 +94,7 @@"), Change()),
        (DIFF.replace("1111111..2222222", "3333333..4444444"), Change()),
        (DIFF.replace(" eight", " nine"), Change(context=True)),
        (DIFF.replace("+five", "+fifth"), Change(lines=1)),
        (DIFF.replace("+five", "+  five\t"), Change(lines=1, is_blank=True)),
        (DIFF.replace("+five", "+five  "), Change()),
        (DIFF.replace("+five\n", "+five\n+and more\n").replace("+11,7", "+11,8"), Change(lines=1)),
        (DIFF.replace("src/q.c", "lib/q.c"), Change(paths=1)),
        (DIFF.replace("-four\n+five", "+five\n-four"), Change()),
        (f"{DIFF}{DIFF.replace('q.c', 'r.c')}", Change(lines=2, paths=1)),
        (DIFF[: DIFF.index("@@")] + "@@ -1 +1 @@\n-x\n+y\n", Change(lines=2)),
    ],
)
def test_line_numbers_and_context_are_no_change_of_the_code(diff: str, expected: Change):
    assert landed(diff=diff) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"{MESSAGE}Signed-off-by: M <m@example.org>\n", Change(added=("Signed-off-by: M <m@example.org>",))),
        (f"{MESSAGE}[m: no tabs]\nLink: https://x\n", Change(added=("[m: no tabs]", "Link: https://x"))),
        (f"{MESSAGE}\nAcked-by: M\n", Change(added=("Acked-by: M",))),
        (f"{TITLE}\n\nBecause.\n", Change(removed=("Signed-off-by: A <a@example.org>",))),
        (f"{MESSAGE}signed-off-by:  a <A@example.org>\n", Change()),
        (f"{TITLE}\n\n\nBecause.  \n\n\nSigned-off-by: A\n  <a@example.org>\n", Change()),
        (MESSAGE.replace("Because.", "Since."), Change(message=True)),
        (MESSAGE.replace("refuse", "accept"), Change(message=True)),
        (MESSAGE.replace(": refuse", ":\nrefuse"), Change()),
    ],
)  # fmt: skip
def test_trailers_are_told_apart_from_the_message(message: str, expected: Change):
    assert landed(message) == expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"[PATCH] {TITLE}", f"From: B <b@example.org>\n\n{BODY}"),
        ("[PATCH] another", f"From: B <b@example.org>\nSubject: [PATCH 2/3] {TITLE}\n\n{BODY}"),
        (f"[PATCH] {TITLE}", f"{BODY}---\nv2: below the line\n"),
        (f"[PATCH] {TITLE}", f"Hello,\n\nhere it is.\n\n-- >8 --\nFrom: B <b@x.org>\n\n{BODY}"),
        (f"[PATCH] {TITLE}", BODY.replace("\n", "\r\n")),
        (f"[PATCH] {TITLE}", f"\n\n{BODY}\n\n"),
    ],
)
def test_a_mail_is_read_as_git_am_reads_it(name: str, content: str):
    assert sent(name=name, content=content).compare(MESSAGE, DIFF)[0] == Change()


def test_what_is_shown_are_the_hunks_that_changed():
    twice = f"{DIFF}@@ -51,7 +51,7 @@\n{HUNK.replace('e', 'o')}"
    rows = sent(twice).compare(MESSAGE, twice.replace("+five", "+six").replace("oight", "other"))[1]
    assert [row.text for row in rows.diff if row.sign in "+-"] == ["+five", "+six"]
    assert rows.message == []


def test_a_renamed_file_and_more_context_ask_git_for_the_same():
    renamed = "diff --git a/a b/b\nsimilarity index 90%\nrename from a\nrename to b\n"
    assert sent(f"{renamed}{DIFF}").options == ("-M", "-U3")
    wide = f"{HEAD}@@ -1,9 +1,9 @@\n" + "".join(f" {n}\n" for n in range(8)) + "-x\n+y\n"
    assert sent(wide).options == ("--no-renames", "-U8")


@pytest.mark.parametrize("diff", ["", "-- \n2.43\n", "x" * (1 << 21)])
def test_what_cannot_be_compared_is_refused(diff: str):
    with pytest.raises(Refused):
        sent(diff)


def test_large_files_that_differ_are_refused():
    def large(name: str) -> str:
        lines = text(name, lines=10_500).splitlines(keepends=True)
        return f"{HEAD}@@ -0,0 +1,{len(lines)} @@\n{''.join('+' + line[:40].strip() + chr(10) for line in lines)}"

    with pytest.raises(Refused, match="too large"):
        sent(large("a")).compare(MESSAGE, large("b"))
    assert sent(large("a")).compare(MESSAGE, large("a"))[0] == Change()


def test_a_text_that_is_one_long_line_of_marks_takes_linear_time():
    for marks in ("-- " * 50_000 + ">8", "a: " * 50_000, "[" * 100_000, "\n\na: b" * 30_000):
        messages.of_commit(marks)
