"""No text costs more time than its length warrants: every function on text, with every hostile pattern."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from generator.archive.columns import facets_of, paths_of
from generator.diff import diffstat, line_diff, parse, patch_hash, range_diff
from generator.diff.changed_words import changed_spans
from generator.diff.inline_comments import Finder
from generator.errors import SearchError
from generator.mail import (
    blocks,
    body,
    depends_on,
    encoded_words,
    headers,
    html_text,
    mbox,
    readable,
    series_versions,
    subject,
    thread,
)
from generator.model import Comment, Patch, Project
from generator.privacy.texts import Known, Person, Texts
from generator.search import documents, line_phrases, query_parser, tokenizer
from generator.search.date_ranges import date_range
from generator.search.fields import ADDED
from generator.search.query_nodes import Phrase
from generator.site.html import diff as diff_html
from generator.site.html import escape
from generator.site.pages.parts import reply_links
from tests import factories
from tests.hostile.patterns import PATTERNS, text

pytestmark = pytest.mark.slow

#: CPU seconds for a text (a megabyte for what only scans it, less for what makes objects of each line): two on
#: an idle machine. How much dearer twice the text may be, and from which time (CPU seconds) on that is measured.
BUDGET, GROWTH, MEASURABLE = 5.0, 3.0, 0.5
MEGABYTE = 1 << 20
PROJECT = msgspec.convert(factories.project(), Project)
LINKS = escape.Links(
    {}, "https://git.example.org/{}", lambda msgid: f"https://l.example.org/{msgid}"
)


def patch(**fields: Any) -> Patch:
    return msgspec.convert(factories.patch(1, **fields), Patch)


def comment(number: int = 1, **fields: Any) -> Comment:
    return msgspec.convert(factories.comment(number, **fields), Comment)


_JANE = Person("none", frozenset({"a@b.c", "a=a@b.c"}), frozenset({"a a", "< <"}), 1)
HIDING, PERSON_HIDING = Texts(Known([]), show="none"), Texts(Known([_JANE]))


def added(content: str) -> str:
    """A diff that adds some lines."""
    lines = content.split("\n")
    return f"--- a/a\n+++ b/a\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(
        f"+{line}\n" for line in lines
    )


def changed(content: str) -> str:
    """A diff that changes all lines."""
    lines = content[: len(content) // 2].split("\n")
    hunk = f"@@ -1,{len(lines)} +1,{len(lines)} @@\n"
    old, new = ("".join(f"{sign}{line}{sign}\n" for line in lines) for sign in "-+")
    return f"--- a/a\n+++ b/a\n{hunk}{old}{new}"


def rows(diff: str) -> None:
    for number, file in enumerate(parse.parse(diff), 1):
        diff_html.rows(file, number)


def mails(content: str) -> None:
    mbox.mail(patch(content=content, diff=content), [comment(content=content)], tidy=True)
    mbox.mail(patch(name=content, headers={"From": content, "X": content}), [], content)
    mbox.thread([patch(name=content, headers={"References": content}), comment(content=content)])


def senders(content: str) -> None:
    sender = factories.person(1, name=content, email=content)
    mbox.mail(patch(submitter=sender, delegate=factories.user(1, email=content)), [])
    mbox.thread([patch(submitter=sender, msgid=content, headers={})])
    mbox.thread([patch(submitter=factories.person(1, name=f"\u00e9{content}"), headers={})])


def versions(content: str) -> tuple[range_diff.PatchText, range_diff.PatchText]:
    one, other = content, content.replace("a", "b")[::-1]
    return tuple(range_diff.version(text, text, parse.parse(text)) for text in (one, other))


def threads(content: str) -> None:
    """Mails that answer each other in a long row, the parts of a text as their message ids."""
    ids = [part for part in content[: len(content) // 8].split() if part] or [content[:900]]
    parents = ["root", *(f"{n}{part}"[:40] for n, part in enumerate(ids))][:2000]
    comments = [
        comment(n, msgid=f"<{msgid}>", headers={"References": f"<{above}>"})
        for n, (above, msgid) in enumerate(pairwise(parents), 1)
    ]
    thread.order("root", [*comments[::-1], comment(9999, headers={"References": content})])


def reply(content: str) -> None:
    sender = factories.person(1, email=content)
    reply_links.reply_links(patch(headers={"To": content, "Cc": content}, name=content), PROJECT)
    reply_links.reply_links(patch(submitter=sender, msgid=content), PROJECT)


def query(content: str) -> None:
    with suppress(SearchError):
        query_parser.parse(content, date(2026, 3, 1))
    with suppress(SearchError):
        query_parser.parse(f"subject: {content}", date(2026, 3, 1))


def day(content: str) -> None:
    with suppress(SearchError):
        date_range(content, date(2026, 3, 1))


def indexed(content: str) -> None:
    documents._read_diff(content)
    documents.sender_terms(content, content)


SCANNERS: dict[str, Callable[[str], object]] = {
    "subject.parse": subject.parse,
    "subject.topic": subject.topic,
    "body.split_notes": body.split_notes,
    "blocks": blocks.blocks,
    "body.trailers": body.trailers,
    "privacy.texts": HIDING.redact,
    "privacy.texts of a person": PERSON_HIDING.redact,
    "body.tag_counts": body.tag_counts,
    "body.mentions": body.mentions,
    "depends_on": depends_on.depends_on,
    "depends_on lines": lambda content: depends_on.depends_on(f"Depends-on: {content}"),
    "body.looks_like_msgid": body.looks_like_msgid,
    "body.links": body.links,
    "blocks of a reply": lambda content: blocks.blocks(content, is_reply=True),
    "html_to_text": html_text.html_to_text,
    "unflowed": readable.unflowed,
    "decoded": encoded_words.decoded,
    "decoded_parameters": encoded_words.decoded_parameters,
    "headers.header": lambda content: headers.header({"To": content}, "To"),
    "headers.msgids": headers.msgids,
    "headers.addresses": headers.addresses,
    "headers.is_plain_address": headers.is_plain_address,
    "headers.answered": lambda content: headers.answered({"References": content}),
    "headers.slug": lambda content: headers.slug(content, 1),
    "headers.project_slug": lambda content: headers.project_slug(content, 1),
    "mbox.file_name": lambda content: mbox.file_name(content, ".patch"),
    "series_versions.stem": series_versions.stem,
    "series_versions.change_ids": series_versions.change_ids,
    "patch_hash": patch_hash.patch_hash,
    "tokenizer.words": tokenizer.words,
    "tokenizer.stem": tokenizer.stem,
    "tokenizer.split": tokenizer.split,
    "date_range": day,
    "escape.safe_url": escape.safe_url,
}
BUILDERS: dict[str, Callable[[str], object]] = {
    "headers.quote_segment": headers.quote_segment,
    "mbox.mail": mails,
    "mbox of a sender": senders,
    "thread.order": threads,
    "diffstat": lambda content: diffstat.total(diffstat.diffstat(parse.parse(content))),
    "rows of a diff": rows,
    "rows of added lines": lambda content: rows(added(content)),
    "rows of changed lines": lambda content: rows(changed(content)),
    "changed_spans": lambda content: changed_spans(content, content[::-1]),
    "line_diff": lambda content: line_diff.steps(content.split("\n"), content[::-1].split("\n")),
    "range_diff": lambda content: diff_html.pair_rows(
        [row for pair in range_diff.compare(*([v] for v in versions(content))) for row in pair.diff]
    ),
    "remarks": lambda content: Finder(parse.parse(added(content))).remarks(content),
    "remarks on a quote": lambda content: Finder(parse.parse(added(content))).remarks(
        "".join(f"> +{line}\nwhy\n" for line in content[: len(content) // 8].split("\n"))
    ),
    "escape.visible": escape.visible,
    "escape.linked": lambda content: escape.linked(content, LINKS),
    "escape.mail_text": lambda content: escape.mail_text(content, LINKS, is_reply=True),
    "Splitter": lambda content: tokenizer.Splitter().terms(content),
    "path_terms": tokenizer.path_terms,
    "documents": indexed,
    "line_phrases": lambda content: line_phrases.has_phrase(
        added(content), Phrase(("no", "such", "words"), ADDED, True)
    ),
    "query": query,
    "facets": lambda content: facets_of(one := patch(name=content, diff=content), paths_of(one)),
    "reply": reply,
}  # fmt: skip
#: How often a function gets the text: of a megabyte, each time that part.
TIMES = {"mbox.mail": 4, "mbox of a sender": 4, "range_diff": 2, "remarks": 2, "reply": 3, "query": 2, "documents": 2,
         "facets": 2}  # fmt: skip
#: All patterns by `make hostile`; else some, others for each function: every so many of those that are dear to
#: try, and of the rest.
SHARE, SHARE_OF_SMALL = (1, 1) if os.environ.get("HOSTILE_PATTERNS") == "all" else (24, 8)
MEGABYTE_CASES = [
    pytest.param(function, pattern, MEGABYTE // TIMES.get(name, 1), id=f"{name}-{pattern}")
    for place, (name, function) in enumerate(BUILDERS.items())
    for pattern in [*PATTERNS][place * 7 % SHARE :: SHARE]
]
CASES = [
    pytest.param(function, pattern, size, id=f"{name}-{pattern}")
    for functions, size in ((SCANNERS, MEGABYTE), (BUILDERS, MEGABYTE // 16))
    for place, (name, function) in enumerate(functions.items())
    for pattern in [*PATTERNS][place % SHARE_OF_SMALL :: SHARE_OF_SMALL]
]


def seconds(function: Callable[[str], object], content: str) -> float:
    gc.collect(0)
    gc.disable()  # it takes the more time, the more the tests before have left
    try:
        start = time.process_time()
        function(content)
        return time.process_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize(("function", "pattern", "size"), CASES)
def test_twice_the_text_takes_twice_the_time(function, pattern, size):
    whole, half = text(pattern, size), text(pattern, size // 2)
    for _ in range(3):  # a busy machine slows one run, and not three
        taken = seconds(function, whole)
        if taken < MEASURABLE or taken < GROWTH * seconds(function, half):
            break
    else:
        pytest.fail("twice the text takes more than three times as long")
    assert taken < BUDGET


@pytest.mark.parametrize(("function", "pattern", "size"), MEGABYTE_CASES)
def test_a_megabyte_takes_seconds(function, pattern, size):
    assert any(seconds(function, text(pattern, size)) < BUDGET for _ in range(3))
