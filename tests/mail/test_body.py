from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.mail import body
from generator.mail.blocks import blocks
from generator.mail.body import links, tag_counts, trailers


def targets(text: str) -> list[tuple[str, str]]:
    return [(link.kind, link.target) for link in links(text)]


def test_a_url_in_angle_brackets_is_taken_whole():
    assert targets("see <https://x.example/a(b)>.") == [("url", "https://x.example/a(b)")]


def test_punctuation_after_a_url_belongs_to_the_sentence():
    assert targets("(see https://x.example/a_(b)), then https://y.example/.") == [
        ("url", "https://x.example/a_(b)"),
        ("url", "https://y.example/"),
    ]


def test_commit_ids_are_told_from_other_numbers():
    text = 'Fixes: 1234567890ab ("x"), commit deadbee, abcdef1 (init), not cafebabe or (1234567)'
    assert [t for k, t in targets(text) if k == "commit"] == ["1234567890ab", "deadbee", "abcdef1"]


def test_message_ids_are_links_and_mentions_but_addresses_are_no_mentions():
    text = "v1: <20260101.abc-1@example.org>\nCc: <someone@example.org>"
    assert ("msgid", "20260101.abc-1@example.org") in targets(text)
    assert body.mentions(text) == {"20260101.abc-1@example.org"}


def test_the_trailers_at_the_end_are_set_apart():
    kinds = [b.kind for b in blocks("Text.\n\nLink: https://x.example\nSigned-off-by: A <a@b.c>")]
    assert kinds == ["text", "trailers"]


def test_prose_with_a_colon_is_no_trailer():
    assert [b.kind for b in blocks("Note: this is prose.\nAnd so is this.")] == ["text"]


def test_a_review_tag_amid_a_comment_is_set_apart():
    kinds = [b.kind for b in blocks("> quoted\n\nFine.\nReviewed-by: B <b@c.d>\n\nBut see below.")]
    assert kinds == ["quote", "text", "trailers", "text"]


def test_notes_below_the_line_are_split_off():
    assert body.split_notes("message\n---\n a.c | 2 +-") == ("message", " a.c | 2 +-")
    assert body.split_notes("no --- line here\n----") == ("no --- line here\n----", "")


def test_tags_are_counted_as_patchwork_does():
    text = "Acked-by: A\nreviewed-by: B\nReviewed-by: C\n> Tested-by: quoted\n Acked-by: indented"
    assert tag_counts(text) == {"A": 1, "R": 2, "T": 0}


def test_trailers_name_people():
    found = trailers('Reviewed-by: "Doe, Alex" <alex@example.org> # note\nTested-by: Bot')
    assert [(t.tag, t.name, t.email) for t in found] == [
        ("reviewed", "Doe, Alex", "alex@example.org"),
        ("tested", "Bot", ""),
    ]


@given(st.text())
def test_no_line_of_a_message_is_lost(text):
    assert "\n".join("\n".join(block.lines) for block in blocks(text)) == text


@given(st.text(alphabet=st.sampled_from("htps:/<>()@.,ab1 \n"), max_size=80))
def test_links_are_in_order_and_apart(text):
    end = 0
    for link in links(text):
        assert end <= link.start < link.end or link.start == link.end
        assert text[link.start : link.end] == link.target
        end = link.end


def kinds(text: str) -> list[tuple[str, int]]:
    return [(block.kind, len(block.lines)) for block in blocks(text)]


def test_only_the_last_paragraph_is_read_as_trailers_and_only_if_most_of_it_is():
    """Three lines of four, and one of them known: as git-interpret-trailers(1) asks for 25 percent."""
    known = "Signed-off-by: A <a@b.c>"
    assert kinds(f"Link: x\n\n{known}\n\n") == [("text", 2), ("trailers", 1), ("text", 2)]
    assert kinds(f"a\n\nLink: x\nCc: y\n{known}\nprose") == [("text", 2), ("trailers", 4)]
    assert kinds(f"a\n\nLink: x\n{known}\nprose") == [("text", 3), ("trailers", 1), ("text", 1)]
    assert kinds(f"a\n\n{known}\n continued") == [("text", 2), ("trailers", 2)]
    assert kinds("a\n\nLink: x\nCc: y") == [("text", 4)]
    assert kinds(known) == [("trailers", 1)]
    assert kinds("") == [("text", 1)]


def test_a_quote_may_be_indented_by_one_blank():
    assert kinds("> a\n > b\n  > c") == [("quote", 2), ("text", 1)]


def test_a_line_of_three_dashes_may_end_in_blanks():
    assert body.split_notes("a\n--- \t\r\nb\n---\nc") == ("a", "b\n---\nc")
    assert body.split_notes("---\nb") == ("", "b")
    assert body.split_notes(" ---\nb") == (" ---\nb", "")


def test_every_known_trailer_names_its_person_and_quoted_ones_none():
    tags = ["signed-off", "acked", "reviewed", "tested", "reported", "suggested", "co-developed", "nacked",
            "reported-and-tested"]  # fmt: skip
    text = "\n".join(f"{tag.title()}-by: N <n@x.org>" for tag in tags)
    assert [(t.tag, t.name, t.email) for t in trailers(text)] == [
        (tag, "N", "n@x.org") for tag in tags
    ]
    assert trailers("> Acked-by: A <a@x>\nSeen-by: B <b@x>\nAcked-by:\n Acked-by: C") == []
    (only,) = trailers("Acked-by: <a@x>  ")
    assert (only.name, only.email) == ("a@x", "a@x")


@pytest.mark.parametrize(
    ("text", "is_msgid"),
    [
        ("1234567a@x", True),
        ("123456a@x", False),
        ("abcdefgh@x", False),
        ("abcdefg1@" + "x" * 390, True),
        ("abcdefg1@" + "x" * 391, False),
        ("abcdefgh@x1", False),
    ],
)
def test_a_message_id_is_long_and_has_a_digit(text, is_msgid):
    assert body.looks_like_msgid(text) is is_msgid
    assert body.mentions(f"a <{text}> b") == ({text} if is_msgid else set())


def test_each_kind_of_link_is_found_where_it_stands_alone():
    assert targets("git://x.example/a") == [("url", "git://x.example/a")]
    assert targets("<a@b>") == [("msgid", "a@b")]
    assert targets("commit abcdef0") == [("commit", "abcdef0")]
    assert targets("nothing: here") == []
    (link,) = links("see <http://x/>!")
    assert (link.start, link.end, link.kind) == (5, 14, "url")


def test_whole_commit_ids_need_no_word_before_them():
    assert targets("a " + "0a" * 20 + " b") == [("commit", "0a" * 20)]
    assert targets("a " + "0a" * 19 + " b") == []


@pytest.mark.parametrize(
    "end", [".", ",", ";", ":", "!", "?", "'", "*", "_", ")", "]", "}", ").", "!?)"]
)
def test_what_ends_a_sentence_ends_no_url(end):
    assert targets(f"http://x/a{end} b") == [("url", "http://x/a")]


def test_brackets_that_a_url_opens_belong_to_it():
    for text in ("http://x/(a)", "http://x/[a]", "http://x/{a}", "http://x/((a))"):
        assert targets(text) == [("url", text)]
        assert targets(f"{text})") == [("url", text)]


def test_a_plain_number_hides_no_link_after_it():
    assert targets("1234567 (lines), see http://x/") == [("url", "http://x/")]
