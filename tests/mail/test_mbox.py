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


def test_a_line_is_escaped_where_git_would_begin_the_next_mail_and_only_there():
    """`From ` in a message stays, because `git am` takes the text as it is (mailsplit.c, is_from_line)."""
    kept = "From here on\n>From there\n From a blank\nFrom 10:00:00 on\nFrom a 1:02:03 2026: b\nFrom x 1:02:03 90"
    split = ["From 0123abcd Mon Sep 17 00:00:00 2001", "From x 1:02:03 91", "From 1:02:03\t+0200"]
    content = "\n".join([kept, *split])
    text = mbox.mail(patch(content=content, diff=f"{split[0]}\n"), []).decode().split("\n\n", 1)[1]
    assert text == f"{kept}\n" + "".join(f">{line}\n" for line in split) + f"\n>{split[0]}\n"


def test_trailers_go_above_notes_that_have_no_message_above_them():
    item = patch(content="---\nv2: all new", diff="diff\n")
    given = "Acked-by: B <b@x.org>\n"
    assert (
        mbox.mail(item, [comment(given)])
        .decode()
        .endswith(f"\n\n\n{given}---\nv2: all new\n\ndiff\n")
    )


def test_two_dashes_part_the_message_for_patchwork_but_not_when_tidy():
    item = patch(content="a\n--\nb\n---\nc", diff=None)
    assert mbox.mail(item, []).endswith(b"\n\na\n---\nb\n---\nc\n")
    assert mbox.mail(item, [], tidy=True).endswith(b"\n\na\n--\nb\n---\nc\n")


def test_a_line_of_dashes_at_the_end_has_nothing_below_it():
    assert mbox.mail(patch(content="a\n---", diff=None), []).endswith(b"\n\na\n")


def test_long_headers_are_folded_as_patchwork_folds_them():
    name = "Maximiliana Wilhelmine " * 3
    headers = {"Subject": "word " * 20 + "end", "X-Long": "y" * 90, "X-Raw": "Grüße"}
    text = mbox.mail(
        patch(submitter=factories.person(1, name=name.strip()), headers=headers), []
    ).decode()
    assert (
        "X-Patchwork-Submitter: Maximiliana Wilhelmine Maximiliana Wilhelmine\n"
        " Maximiliana Wilhelmine <sender1@example.org>\n"
    ) in text
    assert f"Subject: {'word ' * 13}word\n {'word ' * 6}end\nX-Long: \n {'y' * 90}\n" in text
    assert "X-Raw: Grüße\n" in text


def test_headers_too_long_to_fold_are_left_as_they_came():
    value = "word " * 3000 + "end"
    assert f"Subject: {value}\n" in mbox.mail(patch(headers={"Subject": value}), []).decode()


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
    assert same / total >= 0.99, "JSON loses the order of some headers (mail/header_order.py)"


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=4), st.text(max_size=60))
def test_any_header_and_text_gives_one_mail(headers, content):
    if any("\0" in part for part in (*headers, *headers.values(), content)):
        return
    raw = mbox.mail(patch(headers=headers, content=content, diff="+x\n"), [])
    assert raw.count(b"\nFrom ") == 0
    assert email.message_from_bytes(raw)["X-Patchwork-Id"] == "1"


def test_a_mail_is_put_together_as_patchwork_does():
    headers = {
        "From": "Ann <ann@example.org>", "Received": ["by a\n\tfor b", "by c"], "Content-Type": "text/html",
        "Content-Transfer-Encoding": "base64", "Message-Id": "<1@x>",
    }  # fmt: skip
    item = patch(
        headers=headers, diff="diff\n", content="\nWhy.\n\n", date="2026-03-01T10:00:07",
        delegate=factories.user(3, email="maint@example.org"), submitter=factories.person(1, name="Änn"),
    )  # fmt: skip
    assert mbox.mail(
        item, [comment("No.\nNACKed-by: B <b@x>"), comment("Tested-By: C")]
    ).decode() == (
        "From patchwork Sun Mar  1 10:00:07 2026\n"
        'Content-Type: text/plain; charset="utf-8"\n'
        "MIME-Version: 1.0\n"
        "Content-Transfer-Encoding: 7bit\n"
        "X-Patchwork-Submitter: =?utf-8?q?=C3=84nn?= <sender1@example.org>\n"
        "X-Patchwork-Id: 1\n"
        "X-Patchwork-Delegate: maint@example.org\n"
        "From: Ann <ann@example.org>\n"
        "Received: by a\n\tfor b\n"
        "Received: by c\n"
        "Message-Id: <1@x>\n"
        "Subject: lock: patch number 1\n"
        "Date: Sun, 01 Mar 2026 10:00:07 -0000\n"
        "\n"
        "Why.\nNACKed-by: B <b@x>\nTested-By: C\n"
        "\ndiff\n"
    )


def test_a_cover_letter_has_no_diff_and_its_own_date_is_kept():
    headers = {"Date": "Mon, 2 Mar 2026 00:00:00 +0100"}
    item = msgspec.convert(factories.cover(headers=headers, content="Grüße", submitter=None), Cover)
    assert mbox.mail(item, []).decode() == (
        "From patchwork Sun Mar  1 10:00:01 2026\n"
        'Content-Type: text/plain; charset="utf-8"\nMIME-Version: 1.0\n'
        "Content-Transfer-Encoding: 8bit\nX-Patchwork-Id: 1\n"
        "Date: Mon, 2 Mar 2026 00:00:00 +0100\nSubject: [0/2] cover 1\n\nGrüße\n"
    )


def test_a_patch_of_which_only_the_list_entry_is_known_has_a_mail():
    item = msgspec.convert(factories.list_form(factories.patch()), Patch)
    text = mbox.mail(item, []).decode()
    assert text.endswith(
        "From: Sender Number1 <sender1@example.org>\nSubject: lock: patch number 1\n"
        "Date: Sun, 01 Mar 2026 10:00:01 -0000\n\n"
    )
    assert mbox.mail(patch(content=None, diff=None), []).endswith(b"\n\n")


def test_the_rest_below_the_line_is_kept_once_and_only_the_first_line_parts_it():
    text = mbox.mail(patch(content="a\n-- \nb\n---\nc", diff=None), []).decode()
    assert text.endswith("\n\na\n---\nb\n---\nc\n")


def test_a_sender_is_replaced_only_where_the_list_itself_is_named():
    item = patch(headers={"From": "A <a@example.org>", "To": "l@example.org"})
    text = mbox.mail(item, [], "l@example.org").decode()
    assert "From: A <a@example.org>\nTo: l@example.org\n" in text and "Original-From" not in text
    nobody = patch(headers={"From": "A via L <l@example.org>"}, submitter=None)
    assert "\nFrom: A via L <l@example.org>\n" in mbox.mail(nobody, [], "l@example.org").decode()


def test_addresses_that_are_not_ascii_are_written_as_they_are():
    item = patch(submitter=factories.person(1, name="", email="ä@x.org"), headers={})
    assert "\nX-Patchwork-Submitter:  <ä@x.org>\n" in mbox.mail(item, []).decode()


def test_several_mails_are_parted_by_a_newline():
    assert mbox.mailbox([b"a\n", b"b\n", b"c\n"]) == b"a\n\nb\n\nc\n"


def test_a_thread_gives_each_mail_its_own_headers_and_makes_those_it_lacks():
    items = [
        patch(
            headers={
                "Subject": "[PATCH] a",
                "MIME-Version": "2.0",
                "Content-Type": "x",
                "bad name": "y",
            }
        ),
        comment("Fine.\n\n"),
    ]
    own = 'MIME-Version: 1.0\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 8bit\n'
    note = "X-Stillwork-Note: put together from Patchwork's data; signatures do not hold\n"
    first, second = (
        mbox.thread(items).decode().split("From mboxrd@z Thu Jan  1 00:00:00 1970\n")[1:]
    )
    assert first.split("\n\n")[0] + "\n" == (
        "Subject: [PATCH] a\n"
        "From: Sender Number1 <sender1@example.org>\n"
        "Date: Sun, 01 Mar 2026 10:00:01 -0000\n"
        "Message-Id: <2026030110.patch1@example.org>\n" + own + note
    )
    assert first.endswith(f"needed.\n\nSigned-off-by: A <a@example.org>\n\n{factories.DIFF}\n")
    assert second == (
        "Message-Id: <2026030111.comment1@example.org>\n"
        "In-Reply-To: <2026030110.patch1@example.org>\n"
        "From: Sender Number2 <sender2@example.org>\n"
        "Subject: Re: [PATCH] something\n"
        "Date: Sun, 01 Mar 2026 11:00:01 -0000\n" + own + note + "\nFine.\n\n"
    )


def test_a_download_has_a_name_that_fits_a_file():
    assert mbox.file_name("a" * 300, ".mbox") == "a" * 200 + ".mbox"
    assert mbox.file_name("-a b-", ".mbox") == "a-b.mbox"
