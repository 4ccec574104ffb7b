from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.mail import body
from generator.mail.body import blocks, links, tag_counts, trailers


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
