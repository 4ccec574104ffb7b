"""Generates from the rows of `fields` the browser's constants and a table in docs/search-format.md.

`python -m generator.search.field_tables`, in the project's folder, rewrites both; a test says when to run it.
"""

from __future__ import annotations

import json
from pathlib import Path

from generator.search import (
    advice,
    encoding,
    fields,
    outcomes,
    query_values,
    reading,
    relevance,
    synonyms,
    tokenizer,
)
from generator.search.fields import FIELDS, GROUPS, NAMED, RESULT_FACETS

JAVASCRIPT = Path("themes/default/static/js/search/fields.js")
FORMAT = Path("docs/search-format.md")
_COMMAND = "python -m generator.search.field_tables"
_BEGIN = f"<!-- fields: made by `{_COMMAND}` -->"
_END = "<!-- end of fields -->"


def javascript() -> str:
    """The text of fields.js."""
    constants: dict[str, object] = {
        "SUBJECT": fields.SUBJECT,
        "FROM": fields.FROM,
        "PATH": fields.PATH,
        "ADDED": fields.ADDED,
        "REMOVED": fields.REMOVED,
        "EXACT": fields.EXACT,
        "DEFAULT": fields.DEFAULT,
        "POSITIONAL": fields.POSITIONAL,
        "PROSE": fields.PROSE,
        "WEIGHTS": [[field.bit, field.weight] for field in FIELDS],
        "TEXT_FIELDS": fields.TEXT_FIELDS,
        "VALUE_FIELDS": fields.VALUE_FIELDS,
        "ALIASES": fields.ALIASES,
        "NAMES": fields.NAMES,
        "DATE_BOUNDS": synonyms.DATE_BOUNDS,
        "VALUE_SYNONYMS": synonyms.VALUES,
        "REFUSED": fields.REFUSED,
        "FIXED_VALUES": fields.FIXED_VALUES,
        "NUMBERS": fields.NUMBERS,
        "MAIL_KINDS": fields.MAIL_KINDS,
        "SUGGESTIONS": [[f"{row.name}:", row.help, row.related] for row in NAMED],
        "RESULT_FACETS": [[facet.name, facet.label, facet.newest_first] for facet in RESULT_FACETS],
        "VERSION": encoding.VERSION,
        "FIELD_ORDER": encoding.FIELD_ORDER,
        "DATE_SHIFT": encoding.DATE_SHIFT,
        "MAX_WORD": tokenizer.MAX_WORD,
        "MAX_PATH": tokenizer.MAX_PATH,
        "MAX_FOLDERS": tokenizer.MAX_FOLDERS,
        "MAX_SENDER": tokenizer.MAX_SENDER,
        "MIN_BLOB": tokenizer.MIN_BLOB,
        "SHORTEST_BLOB": tokenizer.SHORTEST_BLOB,
        "MAX_BLOB": tokenizer.MAX_BLOB,
        "MAX_HASH": tokenizer.MAX_HASH,
        "STEM": tokenizer.STEM,
        "ELSEWHERE": advice.ELSEWHERE,
        "FOREIGN_FIELDS": advice.FOREIGN_FIELDS,
        "DIGITS": outcomes.DIGITS,
        "FATES": outcomes.FATES,
        "EXACT_FIELDS": reading.EXACT_FIELDS,
        "MAX_PASTE": reading.MAX_PASTE,
        "MOST_READINGS": reading.MOST_READINGS,
        "MAX_QUERY": reading.MAX_QUERY,
        "MIN_PREFIX": query_values.MIN_PREFIX,
        "SATURATION": relevance.SATURATION,
        "FRESHNESS": relevance.FRESHNESS,
    }
    lines = [f"// Made by `{_COMMAND}` from fields.py and the constants of the modules beside it."]
    lines += [f"export const {name} = {json.dumps(value)};" for name, value in constants.items()]
    return "\n".join(lines) + "\n"


def format_table() -> str:
    """The fields as a table in Markdown."""

    def mark(flag: bool) -> str:
        return "yes" if flag else ""

    rows = ["| bit | in files | field | in a query | positions | prose | plain word | weight |"]
    rows.append("| ---: | ---: | --- | --- | --- | --- | --- | ---: |")
    for field in FIELDS:
        groups = [group.name for group in GROUPS if field.key in group.fields]
        names = " ".join(f"`{name}:`" for name in [field.name, *groups] if name)
        flags = " | ".join(map(mark, (field.positions, field.prose, field.default)))
        stored = 1 << encoding.FIELD_ORDER.index(field.bit)
        about = f"{field.bit} | {stored} | {field.help} | {names}"
        rows.append(f"| {about} | {flags} | {field.weight:g} |")
    return "\n".join(rows)


def format_document(text: str) -> str:
    """docs/search-format.md, given as it is, with the table as it has to be."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{format_table()}\n{_END}{after}"


if __name__ == "__main__":
    JAVASCRIPT.write_text(javascript(), "utf-8")
    FORMAT.write_text(format_document(FORMAT.read_text("utf-8")), "utf-8")
