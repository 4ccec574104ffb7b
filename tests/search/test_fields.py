"""The rows of fields, and what is made from them."""

from __future__ import annotations

from generator.search import field_tables, fields
from generator.search.grammar import PARSER
from tests.conftest import ROOT

COMMAND = "run `python -m generator.search.field_tables`"


def test_the_browser_has_the_same_constants():
    assert (ROOT / field_tables.JAVASCRIPT).read_text("utf-8") == field_tables.javascript(), COMMAND


def test_the_format_document_has_the_same_fields():
    text = (ROOT / field_tables.FORMAT).read_text("utf-8")
    assert text == field_tables.format_document(text), COMMAND


def test_every_field_has_a_bit_of_its_own():
    assert [field.bit for field in fields.FIELDS] == [1 << n for n in range(len(fields.FIELDS))]


def test_every_name_is_there_once_and_known_to_the_parser():
    names = [row.name for row in fields.NAMED]
    assert len(set(names)) == len(names)
    assert {*names, *fields.REFUSED, "text"} == set(PARSER.schema.names())


def test_the_examples_of_the_help_are_queries():
    from generator.search.query_parser import parse

    for row in fields.NAMED:
        assert row.example.startswith(f"{row.name}:")
        assert parse(row.example) != parse(row.example.replace(":", " ", 1)), row
