"""What queries mean: the examples that the browser's parser is tested with, and the bounds of words."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.errors import SearchError
from generator.search import query_parser
from generator.search.query_nodes import to_json

TODAY = date(2026, 3, 31)
EXAMPLES: list[tuple[str, Any]] = json.loads(
    Path(__file__).with_name("queries.json").read_text("utf-8")
)


def parse(text: str, today: date = TODAY) -> list[Any]:
    """What a query means, in the form that the examples have."""
    return to_json(query_parser.parse(text, today))


@pytest.mark.parametrize(("text", "expected"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_a_query_means_this(text: str, expected: Any) -> None:
    try:
        assert parse(text, TODAY) == expected
    except SearchError as error:
        assert expected == {"error": str(error)}


def exact(node: list[Any]) -> list[tuple[str, str]]:
    """(kind, term) of what a query looks up as it is: ids, hashes, names."""
    children = node[1:] if node[0] in ("and", "or") else [node]
    return [
        (kind, term) for kind, term, *_ in children if kind in ("term", "prefix") and ":" in term
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<A@x.org>,", [("term", "m:a@x.org")]),
        ("007", [("term", "id:7")]),
        ("0", [("term", "id:0")]),
        ("abcdef0", [("prefix", "commit:abcdef0"), ("prefix", "hash:abcdef0")]),
        ("abcdef", []),
        ("a" * 40, [("prefix", "commit:" + "a" * 16), ("prefix", "hash:" + "a" * 16)]),
        ("a" * 64, [("prefix", "commit:" + "a" * 16), ("prefix", "hash:" + "a" * 16)]),
        ("a" * 65, []),
        ('"a@x b"', []),
        ("m:<A@x>", [("term", "m:a@x")]),
        ("series:012", [("term", "series:12")]),
        ("series:0", [("term", "series:0")]),
        ("f:ann.ex", [("term", "f:ann ex"), ("prefix", "f:ann ex ")]),
    ],
)
def test_ids_are_looked_up_as_they_are(text: str, expected: list[tuple[str, str]]) -> None:
    assert exact(parse(text)) == expected


def test_long_ids_are_cut_as_in_the_index() -> None:
    assert exact(parse("m:" + "x" * 400)) == [("term", "m:" + "x" * 298)]
    ((_, name), (_, longer)) = exact(parse('f:"' + "ann " * 60 + '"'))
    assert len(name) == 100 and longer == f"{name} "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("archived:TRUE", ["value", "archived", "yes"]),
        ("archived:0", ["value", "archived", "no"]),
        ("check:Warning", ["value", "check", "warning"]),
        ("tag:Reviewed-by", ["value", "tag", "reviewed"]),
        ('state:"Under Review"', ["value", "state", "under-review"]),
        ("delegate:Ann", ["value", "delegate", "ann"]),
        ("project:Git", ["value", "project", "git"]),
    ],
)
def test_values_are_read_without_regard_to_case(text: str, expected: list[str]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "  ", '""', "series:x", "series:²", "archived:x", "check:x", "tag:x", "a*"]
)
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(SearchError):
        parse(text)


def test_typographic_quotes_are_quotes() -> None:
    assert parse("“a b”") == parse('"a b"')


def test_a_copied_subject_is_read_without_its_prefixes() -> None:
    wanted = parse('s:"lock: fix it"')
    for text in ("Subject: [PATCH v2 1/3] lock: fix it", "subject:Re: Fwd: [a] [b] lock: fix it"):
        assert parse(text) == wanted


def test_a_prefix_needs_two_letters_unless_a_path_stands_before_it() -> None:
    assert parse("s:ab*") == ["prefix", "ab", 1]
    with pytest.raises(SearchError, match=r"a\* is too short.*2 letters"):
        parse("s:a*")
    assert parse("dfn:lib/a*")[:2] == ["prefix", "lib/a"]
    assert parse("dfn:lib/*")[1] == "lib/"


def test_a_folder_that_is_too_deep_to_be_a_term_is_a_beginning() -> None:
    for count, kind in ((8, "term"), (9, "prefix")):
        node = parse("dfn:" + "a/" * count + "*")
        assert node[:2] == [kind, "a/" * count]
    assert parse("dfn:" + "x" * 198 + "/a/*")[0] == "prefix"
