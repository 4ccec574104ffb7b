"""What holds for any input of the functions that read outside text: each target raises where it doesn't."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from email import message_from_bytes
from html import unescape
from typing import Any

import msgspec

from generator.diff import diffstat, inline_comments, parse, patch_hash
from generator.errors import InputError, SearchError
from generator.mail import (
    attached,
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
)
from generator.model import Comment, Patch
from generator.search import query_parser, tokenizer
from generator.search.date_ranges import date_range
from generator.site.html import diff as diff_html
from generator.site.html import escape
from generator.sources import json_arrays, json_files
from tests import factories

_TODAY = date(2026, 3, 1)
_LINKS = escape.Links(
    {}, "https://git.example.org/{}", lambda msgid: f"https://l.example.org/{msgid}"
)
#: All markup that is made of text.
_TAG = re.compile(r"</?(?:a|b|i|p|pre|div|span|details|summary|code|table|tbody|tr|td|th|del|ins|mark|wbr|blockquote|br)\b[^<>]*>")  # fmt: skip


def _patch(**fields: Any) -> Patch:
    return msgspec.convert(factories.patch(1, **fields), Patch)


def _require_safe(html: str) -> None:
    rest = _TAG.sub("", html)
    assert "<" not in rest and ">" not in rest, rest[:200]
    for tag in _TAG.findall(html):
        assert not re.search(r"\son\w+=|javascript:", re.sub(r'"[^"]*"', '""', tag), re.I), tag
    assert not re.search(r'href="\s*(?:javascript|data|vbscript):', html, re.I)


def diffs(text: str) -> None:
    files = parse.parse(text)
    for number, file in enumerate(files, 1):
        _require_safe(str(diff_html.rows(file, number)))
    diffstat.total(diffstat.diffstat(files))
    patch_hash.patch_hash(text)
    inline_comments.Finder(files).remarks(f"> {text}\nwhy?\n")


def bodies(text: str) -> None:
    for is_reply in (False, True):
        blocks.blocks(text, is_reply=is_reply)
    html_text.html_to_text(text)
    readable.unflowed(text)
    body.split_notes(text)
    body.trailers(text)
    body.tag_counts(text)
    body.mentions(text)
    depends_on.depends_on(text)
    depends_on.from_urls([text])
    for link in body.links(text):
        assert text[link.start : link.end]
    series_versions.change_ids(text)


def header_values(text: str) -> None:
    headers.addresses(text)
    encoded_words.decoded(text)
    headers.msgids(text)
    headers.answered({"References": text, "In-Reply-To": text})
    for slug in (headers.slug(text, 1), headers.project_slug(text, 1)):
        assert slug and "/" not in slug and slug not in (".", "..") and len(slug.encode()) <= 255
    series_versions.stem(text)


def subjects(text: str) -> None:
    subject.parse(text)
    subject.topic(text)


def mails(text: str) -> None:
    patch = _patch(content=text, diff=text, name=text, headers={"From": text, text[:40]: text})
    head, _, below = mbox.mail(patch, []).partition(b"\n")
    assert head.startswith(b"From ")
    others = sum(map(_begins_a_mail, below.split(b"\n")))
    assert others == max(0, len(list(attached.split(text))) - 1), (
        "other mails than those in the diff"
    )
    assert message_from_bytes(below)["From"] is not None
    thread = mbox.thread([patch, msgspec.convert(factories.comment(1, content=text), Comment)])
    assert sum(map(_begins_a_mail, thread.split(b"\n"))) == 2


def _begins_a_mail(line: bytes) -> bool:
    """Whether git splits an mbox at a line (is_from_line in its builtin/mailsplit.c)."""
    colon = line.rfind(b":", 5, len(line) - 1)
    around = line[colon - 4 : colon - 3] + line[colon - 2 : colon] + line[colon + 1 : colon + 3]
    year = re.match(rb"\s*[+-]?\d+", line[colon + 3 :])
    is_time = colon >= 9 and len(around) == 5 and around.isdigit()
    return line.startswith(b"From ") and is_time and year is not None and int(year[0][:9]) > 90


def words(text: str) -> None:
    for word in tokenizer.words(text):
        assert word
        tokenizer.stem(word)
    tokenizer.split(text)
    tokenizer.path_terms(text)
    tokenizer.Splitter().terms(text)


def queries(text: str) -> None:
    with suppress(SearchError):
        query_parser.parse(text, _TODAY)
    with suppress(SearchError):
        date_range(text, _TODAY)


def arrays(text: str) -> None:
    data = text.encode()

    class Dripping(io.BytesIO):
        """Few bytes at a time, so that every place is a border."""

        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(3, size) if size and size > 0 else 3)

    whole = list(json_arrays.elements(b"[" + data, io.BytesIO(), 1 << 20))
    parts = list(json_arrays.elements(b"[", Dripping(data), 1 << 20))  # type: ignore[arg-type]
    wanted = [item for item in whole if isinstance(item, bytes)]
    assert [item for item in parts if isinstance(item, bytes)] == wanted
    try:
        value = json.loads(b"[" + data)
    except (ValueError, RecursionError):
        return
    if all(isinstance(item, dict) for item in value):
        assert [json.loads(item) for item in wanted] == value


def values(text: str) -> None:
    with suppress(InputError):
        json_files.decode(text.encode())


def markup(text: str) -> None:
    _require_safe(str(escape.visible(text)))
    _require_safe(str(escape.linked(text, _LINKS)))
    for is_reply in (False, True):
        _require_safe(str(escape.mail_text(text, _LINKS, is_reply=is_reply)))
    url = escape.safe_url(text)
    assert url is None or not re.match(r"\s*(?:javascript|data|vbscript):", unescape(url), re.I)


TARGETS: dict[str, Callable[[str], None]] = {
    function.__name__: function
    for function in (
        diffs,
        bodies,
        header_values,
        subjects,
        mails,
        words,
        queries,
        arrays,
        values,
        markup,
    )
}
