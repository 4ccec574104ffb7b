"""The rows of a diff as HTML: the one function that writes markup line by line, for speed. Reviewed.

Every line has an anchor: `f2R17` is line 17 of the second file's new form, `f2L17` of its old form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from operator import attrgetter
from typing import TypeVar

from markupsafe import Markup
from unidiff.patch import Line

from generator.site.markup import visible_html as visible
from generator.text.diff import FileDiff, Hunk
from generator.text.rangediff import Row
from generator.text.words import Spans, changed_spans

_TRAILING = re.compile(r"[ \t]+$")
#: Lines without anything to make visible but tabs, which most lines are.
_CLEAN = re.compile(r"[\t\x20-\x7e\xa0-\u05ff]*[\x21-\x7e\xa1-\u05ff]\Z|\Z")
_NO_SPANS: Spans = []
_LINE_SIGN: Callable[[Line], str] = attrgetter("line_type")
_ROW_SIGN: Callable[[Row], str] = attrgetter("sign")
T = TypeVar("T")

#: HTML that stands below the lines of a hunk, by line; -1 is the hunk's header.
Notes = Mapping[int, Sequence[Markup]]


def rows(
    file: FileDiff, number: int, notes: Mapping[tuple[int, int], Notes] | None = None
) -> Markup:
    """The `<tbody>`s of one file's table; `number` counts the files of the diff from 1.

    `notes`: what is said about lines, by file and hunk (counted from 0).
    """
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
        if notes and (here := notes.get((number - 1, count - 1))):
            out.extend(_with_notes(_lines(hunk, prefix), here))
        else:
            out.extend(_lines(hunk, prefix))
    return Markup("".join(out))


def _with_notes(lines: Iterable[str], notes: Notes) -> Iterator[str]:
    def below(number: int) -> Iterator[str]:
        return (f'<tr class="r"><td><td><td>{note}' for note in notes.get(number, ()))

    yield from below(-1)
    for number, line in enumerate(lines):
        yield line
        yield from below(number)


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
    for line, spans in _with_changes(hunk.lines, _LINE_SIGN, _line_spans):
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


def _with_changes(
    lines: Sequence[T], sign: Callable[[T], str], spans_of: Callable[[T, T], tuple[Spans, Spans]]
) -> Iterator[tuple[T, Spans]]:
    """Each line with the words that changed in it, found where added lines follow removed ones."""
    at = 0
    while at < len(lines):
        if sign(lines[at]) != "-":
            yield lines[at], _NO_SPANS
            at += 1
            continue
        start = at
        while at < len(lines) and sign(lines[at]) == "-":
            at += 1
        middle = at + (at < len(lines) and sign(lines[at]) == "\\")
        end = middle
        while end < len(lines) and sign(lines[end]) == "+":
            end += 1
        removed, added = lines[start:at], lines[middle:end]
        spans = [spans_of(old, new) for old, new in zip(removed, added, strict=False)]
        for n, line in enumerate(removed):
            yield line, spans[n][0] if n < len(spans) else _NO_SPANS
        for line in lines[at:middle]:
            yield line, _NO_SPANS
        for n, line in enumerate(added):
            yield line, spans[n][1] if n < len(spans) else _NO_SPANS
        at = end


def _line_spans(old: Line, new: Line) -> tuple[Spans, Spans]:
    return changed_spans(old.value.rstrip("\r\n"), new.value.rstrip("\r\n"))


def _row_spans(old: Row, new: Row) -> tuple[Spans, Spans]:
    """A line that a diff added in one version and left alone in the other is another line."""
    return changed_spans(old.text, new.text) if old.text[:1] == new.text[:1] else ([], [])


def pair_rows(rows: Sequence[Row]) -> Markup:
    """The rows of a diff of diffs: the first column says which version has a line, the second is the line.

    A line of a diff begins with its own sign, by which it is coloured within the row.
    """
    out: list[str] = []
    for row, spans in _with_changes(rows, _ROW_SIGN, _row_spans):
        inner = row.text[:1]
        if row.sign == "@" or row.text.startswith((" ## ", "@@")):
            text = row.text.strip("#@ ")
            sign = row.sign.replace("@", "")
            if text or sign:
                out.append(f'<tr class="h"><td>{sign}<td>{visible(text)}')
            continue
        kind = {"-": ' class="d"', "+": ' class="a"'}.get(row.sign, "")
        colour = {"-": ' class="minus"', "+": ' class="plus"'}.get(inner, "")
        out.append(f"<tr{kind}><td>{row.sign}<td{colour}>{_code(row.text, spans, bool(kind))}")
    return Markup("".join(out))


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
