from __future__ import annotations

import email
import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from generator.mail import mbox
from generator.model import Comment, Cover, Patch
from tests import factories
from tests.conftest import shared


def patch(**fields) -> Patch:
    return msgspec.convert(factories.patch(**fields), Patch)


def comment(content: str) -> Comment:
    return msgspec.convert(factories.comment(content=content), Comment)


def test_trailers_of_comments_go_above_the_line():
    item = patch(content="Why.\n---\n a.c | 1 +")
    text = mbox.mail(item, [comment("ok\nAcked-by: B <b@c.d>")]).decode()
    assert "Why.\nAcked-by: B <b@c.d>\n---\n a.c | 1 +\n\ndiff --git" in text


def test_trailers_can_be_tidied():
    """Each once, after an empty line unless they follow others, and none that the mail has already."""
    said = [
        "Reviewed-by: R <r@x>",
        "reviewed-by:  R <r@x>\nTested-by: T <t@x>",
        "Signed-off-by: A <a@x>",
    ]
    comments = [comment(text) for text in said]

    def body(content: str) -> str:
        item = patch(content=content, diff="diff")
        return mbox.mail(item, comments, tidy=True).decode().split("\n\n", 1)[1]

    given = "Reviewed-by: R <r@x>\nTested-by: T <t@x>\n"
    assert body("Why.\n\nSigned-off-by: A <a@x>\n---\nnote") == (
        f"Why.\n\nSigned-off-by: A <a@x>\n{given}---\nnote\n\ndiff"
    )
    assert body("Why.") == f"Why.\n\n{given}Signed-off-by: A <a@x>\n\ndiff"


def test_no_line_of_a_mail_begins_the_next_one():
    """Lines that begin with `From ` are quoted as Patchwork does: once, and only these."""
    item = patch(
        content="From here on\n>From there\n From a blank\nFrom\tme", diff="From the diff\n"
    )
    text = mbox.mail(item, []).decode().split("\n\n", 1)[1]
    assert text == (">From here on\n>From there\n From a blank\nFrom\tme\n\n>From the diff\n")
    reply = comment("ok\nAcked-by: B <b@c.d>\nFrom me")
    assert mbox.mail(item, [reply]).count(b"\nFrom ") == 0


def test_a_thread_escapes_lines_so_that_they_can_be_restored():
    """mboxrd: every `>*From ` gets one `>` more."""
    text = mbox.thread([patch(content="From a\n>From b\n>>From c\nFrom: d", diff=None)]).decode()
    assert text.endswith("\n\n>From a\n>>From b\n>>>From c\nFrom: d\n\n")
    assert text.count("\nFrom ") == 0 and text.startswith("From mboxrd@z ")


def test_a_header_cannot_end_the_headers_or_begin_another_one():
    item = patch(headers={"Subject": "x\n\nbody\nX-Evil: 1", "X-Bad Name": "1", "X:Y": "2"})
    message = email.message_from_bytes(mbox.mail(item, []))
    assert message["X-Evil"] is None
    assert "body" in message["Subject"]


def test_a_sender_that_is_the_list_is_replaced():
    item = patch(headers={"From": "A via L <l@example.org>"})
    message = email.message_from_bytes(mbox.mail(item, [], "l@example.org"))
    assert message["X-Patchwork-Original-From"] == "A via L <l@example.org>"
    assert message["From"] == "Sender Number1 <sender1@example.org>"


def test_names_of_downloads_follow_patchworks_rule():
    assert mbox.file_name("[v2,20/24] a: b <c>", ".patch") == "v2-20-24-a-b-c.patch"
    assert mbox.file_name("///", ".diff") == "patch.diff"


def test_recorded_mails_come_out_byte_for_byte():
    same = total = 0
    for folder in sorted(path for path in shared("recorded").iterdir() if path.is_dir()):
        comments: dict[tuple[str, int], list[Comment]] = {}
        for kind in ("patch", "cover"):
            for line in (folder / f"{kind}-comments.jsonl").read_text().splitlines():
                value = json.loads(line)
                comments.setdefault((kind, value[f"{kind}_id"]), []).append(
                    msgspec.convert(value, Comment)
                )
        address = json.loads((folder / "projects.jsonl").read_text())["list_email"]
        for kind, name, cls in (("patch", "patches", Patch), ("cover", "covers", Cover)):
            for line in (folder / f"{name}.jsonl").read_text().splitlines():
                item = msgspec.json.decode(line, type=cls)
                replies = sorted(comments.get((kind, item.id), []), key=lambda c: c.id)
                served = (folder / "mbox" / f"{kind}-{item.id}.mbox").read_bytes()
                total += 1
                same += mbox.mail(item, replies, address) == served
    assert total > 200
    assert same / total >= 0.97, (
        "where repeated headers were interleaved, JSON has lost their order"
    )


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4), st.text(max_size=60))
def test_any_header_and_text_gives_one_mail(headers, content):
    if any("\0" in part for part in (*headers, *headers.values(), content)):
        return
    raw = mbox.mail(patch(headers=headers, content=content, diff="+x\n"), [])
    assert raw.count(b"\nFrom ") == 0
    assert email.message_from_bytes(raw)["X-Patchwork-Id"] == "1"
