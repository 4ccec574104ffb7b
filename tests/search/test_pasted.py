"""What pasted texts are read as: the examples that the browser's code is tested with, and bounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.search.pasted import read
from generator.search.query_nodes import Node, Or, Phrase, Prefix, Term, Value
from generator.search.query_parser import parse, parse_exact
from generator.search.reading import MAX_PASTE, Reading, as_query

EXAMPLES: list[tuple[str, list[list[str]]]] = json.loads(
    Path(__file__).with_name("pasted.json").read_text("utf-8")
)


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_a_pasted_text_is_read_as_this(text: str, expected: list[list[str]]) -> None:
    assert [[reading.field, reading.text] for reading in read(text)] == expected


def children(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, Or) else (node,)


def test_a_message_id_finds_its_mail_and_what_mentions_it() -> None:
    found = children(parse("Link: https://lore.example.org/r/one@example.org"))
    assert found[0] == Term("m:one@example.org", 1024)
    assert isinstance(found[1], Phrase) and found[1].words == ("one", "example", "org")


def test_a_thing_that_is_named_is_known_apart_from_what_mentions_it() -> None:
    assert parse_exact("Message-ID: <One@example.org>") == Term("m:one@example.org", 1024)
    assert parse_exact("#12") == Term("id:12", 1024)
    assert parse_exact("commit:1a2b3c4") == Or(
        (
            Prefix("commit:1a2b3c4", 1024),
            Prefix("hash:1a2b3c4", 1024),
            Value("commit", "1a2b3c4"),
        )
    )
    assert parse_exact("https://pw.example.org/cover/7/") == Term("cover:7", 1024)
    for text in ("lock page", "[PATCH] lock: take it", "lib/a.c:12", "f:alex 12", ""):
        assert parse_exact(text) is None


def test_a_node_that_two_readings_give_stands_once() -> None:
    node = parse("one@example.org")
    assert isinstance(node, Or) and len(set(node.children)) == len(node.children)


def test_a_subject_is_found_by_its_words_in_their_order() -> None:
    node = parse("Re: [PATCH v2 00/11] lock: take it once")
    assert node == Phrase(("lock", "take", "it", "once"), 1, True)


def test_the_query_that_means_the_same_can_be_shown() -> None:
    assert as_query(read("lib/a.c:12:3")) == 'dfn:"lib/a.c"'
    assert as_query((Reading("s", 'say "why"'), Reading("", "a b"))) == '(s:"say why") OR (a b)'
    assert parse(as_query(read("b/lib/a.c"))) == parse("b/lib/a.c")


@pytest.mark.parametrize(
    "piece",
    ["a", "@", "<", "a@", "mid:", '("', "x/", "[a] ", "Re: ", "...", "{ => ", "a.b/", "%40", "+0x1", "#", "_", "\n+", "\n ", "\n> ",
     "commit ", "https://a/b@c ", "diff --git a", "\n@@ -1 @@", "\\303", "é", "a-g", "-a", "1", "a1", " | ", "BUG at a:1"],
)  # fmt: skip
def test_any_text_is_read_in_linear_time_without_an_error(piece: str) -> None:
    """A text that took quadratic time would run into the test's time limit, being far too long."""
    for text in (piece * (2 * MAX_PASTE), f"{piece * MAX_PASTE}\x00", f"x {piece * MAX_PASTE} y"):
        assert all(len(reading.text) <= MAX_PASTE + 200 for reading in read(text))
