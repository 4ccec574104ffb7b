"""The rows of a diff as HTML: the one function that writes markup line by line, for speed. Reviewed.

Every line has an anchor: `f2R17` is line 17 of the second file's new form, `f2L17` of its old form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from markupsafe import Markup
from unidiff.patch import Line

from generator.site.markup import visible_html as visible
from generator.text.diff import FileDiff, Hunk
from generator.text.words import Spans, changed_spans

_TRAILING = re.compile(r"[ \t]+$")
#: Lines without anything to make visible but tabs, which most lines are.
_CLEAN = re.compile(r"[\t\x20-\x7e\xa0-\u05ff]*[\x21-\x7e\xa1-\u05ff]\Z|\Z")
_NO_SPANS: Spans = []


def rows(file: FileDiff, number: int) -> Markup:
    """The `<tbody>`s of one file's table; `number` counts the files of the diff from 1."""
    out: list[str] = []
    used: set[str] = set()
    for count, hunk in enumerate(file.hunks, 1):
        anchor = f"f{number}h{count}"
        # Hunks that overlap would give a line's anchor twice; theirs name the hunk, too.
        prefix = f"f{number}" if _is_free(hunk, used) else anchor
        rest = (
            hunk.header[: len(hunk.header) - len(hunk.function)] if hunk.function else hunk.header
        )
        out.append(
            f'<tbody><tr class="h" id="{anchor}"><td><td><a href="#{anchor}">¶</a><td>'
            f"{visible(rest.rstrip())} <b>{visible(hunk.function)}</b>"
        )
        out.extend(_lines(hunk, prefix))
    return Markup("".join(out))


def _is_free(hunk: Hunk, used: set[str]) -> bool:
    """Note a hunk's line numbers; whether none of them was there before."""
    numbers = set()
    for line in hunk.lines:
        if line.target_line_no:
            numbers.add(f"R{line.target_line_no}")
        elif line.source_line_no:
            numbers.add(f"L{line.source_line_no}")
    free = used.isdisjoint(numbers)
    used |= numbers
    return free


def _lines(hunk: Hunk, prefix: str) -> Iterator[str]:
    for line, spans in _with_changes(hunk.lines):
        kind = line.line_type
        text = line.value[:-1] if line.value.endswith("\n") else line.value
        if kind == "+":
            n = line.target_line_no
            yield (
                f'<tr class="a" id="{prefix}R{n}"><td><td><a href="#{prefix}R{n}">{n}</a>'
                f"<td>+{_code(text, spans, True)}"
            )
        elif kind == "-":
            n = line.source_line_no
            yield (
                f'<tr class="d" id="{prefix}L{n}"><td><a href="#{prefix}L{n}">{n}</a><td>'
                f"<td>-{_code(text, spans, True)}"
            )
        elif kind == "\\":
            yield f'<tr class="n"><td><td><td>\\{visible(text)}'
        else:
            n = line.target_line_no
            yield (
                f'<tr id="{prefix}R{n}"><td>{line.source_line_no}<td><a href="#{prefix}R{n}">{n}</a>'
                f"<td> {_code(text, spans, False)}"
            )


def _with_changes(lines: list[Line]) -> Iterator[tuple[Line, Spans]]:
    """Each line with the words that changed in it, found where added lines follow removed ones."""
    at = 0
    while at < len(lines):
        if lines[at].line_type != "-":
            yield lines[at], _NO_SPANS
            at += 1
            continue
        start = at
        while at < len(lines) and lines[at].line_type == "-":
            at += 1
        middle = at + (at < len(lines) and lines[at].line_type == "\\")
        end = middle
        while end < len(lines) and lines[end].line_type == "+":
            end += 1
        removed, added = lines[start:at], lines[middle:end]
        spans = [
            changed_spans(old.value.rstrip("\r\n"), new.value.rstrip("\r\n"))
            for old, new in zip(removed, added, strict=False)
        ]
        for n, line in enumerate(removed):
            yield line, spans[n][0] if n < len(spans) else _NO_SPANS
        for line in lines[at:middle]:
            yield line, _NO_SPANS
        for n, line in enumerate(added):
            yield line, spans[n][1] if n < len(spans) else _NO_SPANS
        at = end


def _code(text: str, spans: Spans, changed: bool) -> str:
    """One line's text, with tabs (in changed lines), trailing blanks and odd characters made visible."""
    if not spans and _CLEAN.match(text):
        html = escape(text)
        return html.replace("\t", "<i>\t</i>") if changed else html
    end = ""
    if text.endswith("\r"):
        text, end = text[:-1], '<span class="odd">␍</span>'
    if changed and (trailing := _TRAILING.search(text)):
        blanks = trailing[0].replace("\t", "<i>\t</i>")
        text, end = text[: trailing.start()], f'<span class="w">{blanks}</span>{end}'
    parts = []
    at = 0
    for start, stop in spans:
        stop = min(stop, len(text))
        if start < stop:
            parts.append(f"{visible(text[at:start])}<b>{visible(text[start:stop])}</b>")
            at = stop
    html = "".join(parts) + visible(text[at:])
    return (html.replace("\t", "<i>\t</i>") if changed else html) + end
