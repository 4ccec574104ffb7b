"""What a query can name: fields of text, values and facets, a row each.

whoosh's schema, the weights, the help on the search page, the suggestions, the browser's constants and the
table in docs/search-format.md come from these rows. A new field is a row here and a line in `documents` that
reads its text from a patch; then raise `tokenizer.ANALYSIS`, so that segments are made anew, and run
`python -m generator.search.field_tables`.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.archive.index_queries import KINDS
from generator.search import synonyms


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

    values: all possible ones, if they are fixed. means: the name of another row that it is short for.
    """

    name: str
    help: str
    example: str
    related: str = ""
    values: tuple[str, ...] = ()
    means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacet:
    """Values by which results are counted. newest_first: in the order of the values, not of their counts."""

    name: str
    label: str
    newest_first: bool = False


#: What the index holds, by its number in the index.
MAIL_KINDS = KINDS
#: What `is:` takes besides states: kinds of mails, and what is true of a patch today.
_KINDS_OF_RESULTS = ("patch", "cover", "reply")
_CONDITIONS = ("open", "closed", "latest", "unanswered", "archived", "landed", "reverted")
#: The worst check of a patch, by its number in the columns.
CHECKS = ("pending", "success", "warning", "fail")
#: What is left to do for a change, by its number in the columns of its newest version, from 1 on.
STATUSES = (
    "needs-review", "waiting", "ready", "stale", "landed", "superseded", "rejected", "closed",
)  # fmt: skip
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
    TextField(key="by", bit=2048, name="by", weight=1.0, default=False,
              help="who wrote a reply", example='by:"Alex Doe"', related="reply comment author"),
    TextField(key="reviewed", bit=4096, name="reviewer", weight=1.0, default=False,
              help="Reviewed-by", example='reviewer:"Alex Doe"', related="reviewed review tag"),
    TextField(key="acked", bit=8192, name="acked", weight=1.0, default=False,
              help="Acked-by", example='acked:"Alex Doe"', related="tag"),
    TextField(key="tested", bit=16384, name="tested", weight=1.0, default=False,
              help="Tested-by", example='tested:"Alex Doe"', related="tag"),
)  # fmt: skip

GROUPS = (
    FieldGroup(name="b", fields=("unquoted", "quoted"),
               help="message", example='b:"use after free"', related="body"),
    FieldGroup(name="bs", fields=("subject", "unquoted", "quoted"),
               help="subject or message", example="bs:deadlock", related="title body"),
    FieldGroup(name="a", fields=("from", "to", "cc", "by"),
               help="from, to, cc or who wrote a reply", example="a:alex@example.org", related="address"),
    FieldGroup(name="tc", fields=("to", "cc"),
               help="to or cc", example="tc:alex@example.org", related="address"),
    FieldGroup(name="tcf", fields=("to", "cc", "from"),
               help="to, cc or from", example="tcf:alex@example.org", related="address"),
)  # fmt: skip

VALUES = (
    ValueField(name="d", help="date or range of dates, either end open",
               example="d:2026-01..2026-03", related="since until year"),
    ValueField(name="dt", help="the same as d:", example="dt:2026-01..", means="d"),
    ValueField(name="rt", help="the same as d: (when a mail was received is not known)",
               example="rt:2.weeks.ago..", means="d"),
    ValueField(name="is", help="kind of mail, state, or what is true of a patch", example="is:cover",
               related="open latest unanswered reply landed merged reverted",
               values=(*_KINDS_OF_RESULTS, *_CONDITIONS)),
    ValueField(name="has", help="what a patch has", example="has:comments",
               values=("comments", "checks", "tags", "delegate")),
    ValueField(name="state", help="state", example="state:accepted"),
    ValueField(name="status", help="what a change waits for, or what became of it; or a state",
               example="status:needs-review", related="review waiting ready stale", values=STATUSES),
    ValueField(name="project", help="project", example="project:git", related="list"),
    ValueField(name="l", help="the same as project:", example="l:git", related="list", means="project"),
    ValueField(name="delegate", help="delegate", example="delegate:nobody"),
    ValueField(name="check", help="worst check", example="check:fail", related="ci", values=CHECKS),
    ValueField(name="tag", help="trailer by others", example="tag:reviewed",
               related="reviewed acked tested", values=TAGS),
    ValueField(name="archived", help="archived or not", example="archived:no", values=("yes", "no")),
    ValueField(name="series", help="number of a series", example="series:1234"),
    ValueField(name="v", help="version of a patch, or a range", example="v:2..", related="revision"),
    ValueField(name="version", help="the same as v:", example="version:3", means="v"),
    ValueField(name="prefix", help="word in brackets before the subject", example="prefix:rfc",
               related="rfc subject tag"),
    ValueField(name="n", help="number of files in the diff, or a range", example="n:10..20",
               related="files count"),
    ValueField(name="size", help="number of changed lines, or a range", example="size:>1000",
               related="lines changed"),
    ValueField(name="dfpre", help="blob before the change (index line), or how it begins",
               example="dfpre:1a2b3c4", related="index"),
    ValueField(name="dfpost", help="blob after the change (index line), or how it begins",
               example="dfpost:1a2b3c4", related="index"),
    ValueField(name="dfblob", help="blob before or after the change, or how it begins",
               example="dfblob:1a2b3c4", related="index"),
    ValueField(name="patchid", help="Patchwork's hash of the diff (not git's patch id), or how it begins",
               example="patchid:1a2b3c4", related="hash"),
    ValueField(name="m", help="message id", example="m:2026.1-2@example.org", related="msgid mid"),
    ValueField(name="id", help="number of a patch, or message id", example="id:1234", related="number"),
    ValueField(name="commit", help="commit that a patch became, or hash of a diff, or its beginning",
               example="commit:1a2b3c4", related="sha landed"),
    ValueField(name="release", help="first release of the commit that a patch became; none: not released yet",
               example="release:v2.43", related="tag version landed"),
    ValueField(name="landed", help="date of the commit that a patch became, or range of dates",
               example="landed:2026-01..", related="merged committed"),
)  # fmt: skip

RESULT_FACETS = (
    ResultFacet(name="state", label="State"),
    ResultFacet(name="project", label="Project"),
    ResultFacet(name="year", label="Year", newest_first=True),
    ResultFacet(name="from", label="Submitter"),
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
#: Names that lore knows, and why there is nothing by them here. Context lines would add a sixth to the index.
REFUSED = {
    "dfctx": "context lines are not in the index: use dfb: or dfa: (changed lines) or dfhh: (function)",
}
#: Names in a query that are looked up in columns, or are whole values; or refused.
VALUE_FIELDS = (*(field.name for field in VALUES), *REFUSED)
#: Names that mean the same as others.
ALIASES = {field.name: field.means for field in VALUES if field.means} | synonyms.FIELDS
#: All that a query may have before a colon; capitals or not.
NAMES = (*TEXT_FIELDS, *VALUE_FIELDS, *synonyms.FIELDS, *synonyms.DATE_BOUNDS)
#: Names in a query → the values that they take, if these are fixed.
FIXED_VALUES = {field.name: field.values for field in VALUES if field.values}
#: Values that are numbers, in the order in which the files of values have them.
NUMBERS = ("v", "n", "size")


def canonical(name: str) -> str:
    """The name of the field that a name in a query means: `From` and `f` are one."""
    plain = name.lower()
    return ALIASES.get(plain, plain)
