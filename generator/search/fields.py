"""What a query can name: fields of text, values and facets, a row each.

whoosh's schema, the weights, the help on the search page, the suggestions, the browser's constants and the
table in docs/search-format.md come from these rows. A new field is a row here and a line in `documents` that
reads its text from a patch; then raise `tokenizer.ANALYSIS`, so that segments are made anew, and run
`python -m generator.search.field_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A field of the index, whose words are terms.

    bit: what it adds to the fields of a posting. It is part of the format and never changes.
    name: what stands before the colon in a query; empty if nothing does.
    weight: what a word in it counts for relevance (BM25F; a field has a word or it hasn't).
    positions: whether its words have positions, so that phrases are found in it.
    prose: whether it is English, whose words are also found in their other forms.
    default: whether a word without a field is looked for in it.
    related: other words that suggestions find it by, separated by blanks.
    """

    key: str
    bit: int
    name: str
    weight: float
    help: str
    example: str
    related: str = ""
    positions: bool = True
    prose: bool = False
    default: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """A name in a query that means several fields, by their keys."""

    name: str
    fields: tuple[str, ...]
    help: str
    example: str
    related: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueField:
    """A name in a query before a value of a column, or a whole value.

    values: all possible ones, if they are fixed.
    """

    name: str
    help: str
    example: str
    related: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacet:
    """Values by which results are counted. newest_first: in the order of the values, not of their counts."""

    name: str
    label: str
    newest_first: bool = False


#: The worst check of a patch, by its number in the columns.
CHECKS = ("pending", "success", "warning", "fail")
#: Trailers that others gave a patch, by their bits in the columns.
TAGS = ("acked", "reviewed", "tested")

FIELDS = (
    TextField(key="subject", bit=1, name="s", weight=8.0, prose=True,
              help="subject", example='s:"memory leak"', related="title name"),
    TextField(key="unquoted", bit=2, name="nq", weight=2.0, prose=True,
              help="unquoted lines of the message", example="nq:regression"),
    TextField(key="quoted", bit=4, name="q", weight=1.0, prose=True,
              help="quoted lines of the message", example="q:deadlock"),
    TextField(key="from", bit=8, name="f", weight=3.0,
              help="from", example='f:"Alex Doe"', related="author submitter sender"),
    TextField(key="path", bit=16, name="dfn", weight=4.0, positions=False,
              help="path", example="dfn:builtin/log.c", related="file folder"),
    TextField(key="hunk", bit=32, name="dfhh", weight=2.0,
              help="hunk header", example="dfhh:cmd_log", related="function"),
    TextField(key="added", bit=64, name="dfb", weight=1.5, positions=False,
              help="added line", example='dfb:"return -EINVAL"'),
    TextField(key="removed", bit=128, name="dfa", weight=1.0, positions=False,
              help="removed line", example="dfa:kfree", related="deleted"),
    TextField(key="to", bit=256, name="t", weight=0.5, default=False,
              help="to", example="t:alex@example.org", related="to"),
    TextField(key="cc", bit=512, name="c", weight=0.5, default=False,
              help="cc", example="c:alex@example.org", related="cc"),
    TextField(key="exact", bit=1024, name="", weight=20.0, positions=False, default=False,
              help="a whole value", example=""),
)  # fmt: skip

GROUPS = (
    FieldGroup(name="b", fields=("unquoted", "quoted"),
               help="message", example='b:"use after free"', related="body"),
    FieldGroup(name="a", fields=("from", "to", "cc"),
               help="from, to or cc", example="a:alex@example.org", related="address"),
)  # fmt: skip

VALUES = (
    ValueField(name="d", help="date or range of dates, either end open",
               example="d:2026-01..2026-03", related="since until year"),
    ValueField(name="state", help="state", example="state:accepted"),
    ValueField(name="project", help="project", example="project:git", related="list"),
    ValueField(name="delegate", help="delegate", example="delegate:nobody"),
    ValueField(name="check", help="worst check", example="check:fail", related="ci", values=CHECKS),
    ValueField(name="tag", help="trailer by others", example="tag:reviewed",
               related="reviewed acked tested", values=TAGS),
    ValueField(name="archived", help="archived or not", example="archived:no", values=("yes", "no")),
    ValueField(name="series", help="number of a series", example="series:1234"),
    ValueField(name="m", help="message id", example="m:2026.1-2@example.org", related="msgid"),
)  # fmt: skip

RESULT_FACETS = (
    ResultFacet(name="state", label="State"),
    ResultFacet(name="project", label="Project"),
    ResultFacet(name="year", label="Year", newest_first=True),
)

#: What a name before a colon in a query means.
Named = TextField | FieldGroup | ValueField
#: All of them, in the order of the help.
NAMED: tuple[Named, ...] = (
    *(field for field in FIELDS if field.name), *GROUPS, *VALUES,
)  # fmt: skip

BITS = {field.key: field.bit for field in FIELDS}
#: The fields that queries treat in ways of their own.
SUBJECT, FROM, PATH = BITS["subject"], BITS["from"], BITS["path"]
ADDED, REMOVED, EXACT = BITS["added"], BITS["removed"], BITS["exact"]
#: Where a word without a field is looked for.
DEFAULT = sum(field.bit for field in FIELDS if field.default)
#: Fields whose words have positions.
POSITIONAL = sum(field.bit for field in FIELDS if field.positions)
#: Fields whose words are also found in their other forms.
PROSE = sum(field.bit for field in FIELDS if field.prose)
#: Bit → weight.
WEIGHTS = {field.bit: field.weight for field in FIELDS}

#: Name in a query → the fields it means.
TEXT_FIELDS = {field.name: field.bit for field in FIELDS if field.name} | {
    group.name: sum(BITS[key] for key in group.fields) for group in GROUPS
}
#: Names in a query that are looked up in columns, or are whole values.
VALUE_FIELDS = tuple(field.name for field in VALUES)
