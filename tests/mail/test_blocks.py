"""What readers see of a mail's text: which lines are prose, quoted, signed, or of the mail that it answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.blocks import blocks
from generator.mail.quotes import quote_marks


def kinds(text: str, *, is_reply: bool = True) -> list[tuple[str, int]]:
    return [(block.kind, len(block.lines)) for block in blocks(text, is_reply=is_reply)]


@given(st.lists(st.sampled_from(["> a", "| a", "AD> a", "x:", "-- ", "--", "", "From: a", "Sent: b", "Subject: c",
                                 "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----",
                                 "On 1 May A wrote:", "-----Original Message-----", "Acked-by: A <a@x>"])),
       st.booleans())  # fmt: skip
def test_every_line_is_in_one_block(lines, is_reply):
    text = "\n".join(lines)
    found = blocks(text, is_reply=is_reply)
    assert "\n".join("\n".join(block.lines) for block in found) == text


def test_quotes_by_bars_and_initials_need_a_line_that_introduces_them():
    assert quote_marks(["Kim wrote:", "| a", "|", "| | b", "c", "| d"]) == [0, 2, 1, 4, 0, 2]
    assert quote_marks(["Kim wrote:", "", "KP> a", "KP>> b", "KP> ", "x", "KP> c"]) == [0, 0, 4, 5, 4, 0, 4]  # fmt: skip
    assert quote_marks(["SQL> select", "| a | b |", "|---|---|"]) == [0, 0, 0]
    assert quote_marks(["A table:", "| a | b |", "| c | d |"]) == [0, 0, 0]


def test_a_quote_goes_on_below_an_answer_with_the_same_marks_only():
    assert quote_marks(["A:", "| a", "yes", "| b", "AD> c"]) == [0, 2, 0, 2, 0]
    assert quote_marks(["A:", "AD> a", "yes", "AD> b", "GDB> c"]) == [0, 4, 0, 4, 0]
    assert quote_marks(["> > a", ">b", " > c"]) == [4, 1, 3]


OUTLOOK = ["From: Kim <k@x.org>", "Sent: Monday", "To: Alex", "Subject: RE: lock", "", "What now?"]


@pytest.mark.parametrize(
    "below",
    [
        ["-----Original Message-----", *OUTLOOK],
        ["----- Ursprüngliche Nachricht -----", "Was nun?"],
        ["---------- Forwarded message ----------", "What?"],
        OUTLOOK,
        ["Von: Kim <k@x.org>", "Gesendet: Montag", "An: Alex", "Betreff: AW: lock", "", "Was nun?"],
        ["*De :* Kim", "*Envoyé :* lundi", "*À :* Alex", "*Objet :* lock", "", "Et?"],
        ["发件人: 张三", "发送时间: 2026", "收件人: 李四", "主题: lock", "", "好"],
        ["On Mon, 2 Mar 2026, Kim <k@x.org> wrote:", "", "What now?"],
        ["Am 02.03.26 um 10:00 schrieb Kim Poe:", "Was nun?"],
        ["Le 2 mars 2026, Kim a écrit :", "", "Et alors ?"],
        ["El 2/3/26 10:00, Kim escribió:", "¿Y?"],
        ["2026年3月2日 Kim <k@x.org> 写道：", "好"],
        ["2 марта 2026 г. Kim написал:", "Что?"],
    ],
)
def test_a_mail_below_its_answer_is_told_from_it(below):
    text = "\n".join(["I don't know.", "", *below])
    assert kinds(text) == [("text", 2), ("original", len(below))]
    assert ("original", len(below)) not in kinds(text, is_reply=False)
    assert "original" not in dict(kinds("\n".join(below)))


@pytest.mark.parametrize(
    "text",
    [
        "Sure.\n\nOn Mon, 2 Mar 2026, Kim wrote:\n> What now?\nThis.",
        "Kim wrote:\nsomething I doubt.",
        "See below.\n-- >8 --\nFrom: Kim <k@x.org>\nDate: today\nSubject: [PATCH] x\n\nText.",
        "We said:\nnothing.",
        "--- Results ---\nnone",
    ],
)
def test_what_only_looks_like_an_answered_mail_is_none(text):
    assert "original" not in dict(kinds(text))


def test_signatures_are_set_apart():
    assert kinds("Fine.\n\n-- \nKim\nexample.org") == [("text", 2), ("signature", 3)]
    assert kinds("Fine.\n--\nKim\n\n") == [("text", 1), ("signature", 2), ("text", 2)]
    assert kinds("a\n--\nb", is_reply=False) == [("text", 3)]
    assert kinds("a\n--\n" + "b\n" * 9) == [("text", 12)]
    assert kinds("Acked-by: K <k@x>\n-- \nKim") == [("trailers", 1), ("signature", 2)]


def test_what_pgp_adds_is_set_apart():
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    tail = "-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----"
    assert kinds(f"{head}Fine.\n{tail}") == [("pgp", 3), ("text", 1), ("pgp", 4)]
    assert kinds(f"Fine.\n-- \nKim\n{tail}\n") == [
        ("text", 1),
        ("signature", 2),
        ("pgp", 4),
        ("text", 1),
    ]
    assert kinds("-----BEGIN PGP MESSAGE-----\n\nabc") == [("pgp", 3)]
