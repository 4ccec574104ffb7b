"""The lines of a diff as HTML, written by hand for speed. Reviewed: all text is escaped.

Each hunk is a `<pre>`, so that browsers without style sheets show it as it was written, and each line a
`<span>` in it: its numbers are the title of a link, which the style sheet shows, the link's text is the
sign, and none of these is copied. Removed lines and the added ones after them stand together in one more
`<span>`, in which a style sheet can set them side by side.

Every line has an anchor: `f2R17` is line 17 of the second file's new form, `f2L17` of its old form, and
`f2h3.4` the fourth line of its third hunk, where nothing tells its number. The marks that make characters
visible aren't copied with the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import repeat
from typing import NamedTuple

from markupsafe import Markup
from unidiff.patch import Line

from generator.diff.changed_words import Spans, changed_spans
from generator.diff.parse import FileDiff, Hunk
from generator.diff.range_diff import Row
from generator.site.html.code import LONGEST_LINE, UNCLEAN, changes, code, with_tabs
from generator.site.html.escape import visible_html as visible

#: By the types of lines: removed and added ones that stand together. Long runs are cut, as a browser lays
#: them out one by one when they come on screen; removed lines, and those added instead, only where they must.
_RUN = re.compile(r"-[-\\]{0,999}+\+[+\\]{0,999}|-[-\\]{0,39}|\+[+\\]{0,39}")
#: A run with as many lines is laid out when it comes on screen.
_LONG_RUN = 30
#: So many notes of one run are told apart; style.css has a class for each.
_MOST_CUTS = 5
#: The classes of lines that say nothing of the file's lines, by their types.
_UNSIGNED = {"\\": "no-newline", "@": "range", "?": "loose"}

#: HTML of the inline comments below the lines of a hunk, by line; -1 is the hunk's header.
Notes = Mapping[int, Sequence[Markup]]


def rows(
    file: FileDiff,
    number: int,
    notes: Mapping[tuple[int, int], Notes] | None = None,
    *,
    base: str = "",
    lines: range | None = None,
) -> Markup:
    """The hunks of a file; `number` counts the files of the diff from 1.

    `notes`: the inline comments, by file and hunk (both counted from 0). `base`: the way from the page to
    that of the patch. `lines`: which of the file's lines to show, counted from 0 through all hunks.
    """
    out: list[str] = []
    free = _free_anchors(file.hunks)
    begin = 0
    for count, hunk in enumerate(file.hunks, 1):
        shown = _within(lines, begin, len(hunk.lines))
        begin += len(hunk.lines)
        if shown is None:
            continue
        anchor = f"f{number}h{count}"
        # Hunks that overlap would give a line's anchor twice; theirs name the hunk, too.
        place = _Place(f"f{number}" if free[count - 1] else anchor, anchor, f"{base}raw")
        out += ["<pre>", *_head(hunk, place, is_continued=shown.start > 0)]
        kinds = "".join([line.line_type or " " for line in hunk.lines])
        texts = _lines(hunk, kinds, place)
        if notes and (here := notes.get((number - 1, count - 1))):
            out += _with_notes(texts, kinds, shown, here)
        else:
            out += _runs(texts, kinds, shown)
        out.append("</pre>")
    html = "".join(out)
    return Markup(html.replace("<pre></pre>", "") if notes else html)


class _Place(NamedTuple):
    """Where a hunk stands: what its lines' anchors begin with, its own anchor, the whole diff's address."""

    prefix: str
    anchor: str
    raw: str


def _within(lines: range | None, begin: int, count: int) -> range | None:
    """Which lines of a hunk are shown, counted from its first, or None; `begin`: how many are before it."""
    if lines is None:
        return range(count)
    shown = range(max(lines.start - begin, 0), min(lines.stop - begin, count))
    is_here = len(shown) > 0 or (not count and begin in lines)
    return shown if is_here else None


def _head(hunk: Hunk, place: _Place, *, is_continued: bool) -> Iterator[str]:
    """What stands above the lines of a hunk."""
    end = len(hunk.header) - len(hunk.function)
    rest = code(hunk.header[:end].rstrip(), (), False, place.raw)
    function = f" <b>{code(hunk.function, (), False, place.raw)}</b>" if hunk.function else ""
    if is_continued:
        yield f"<span class=h>{rest}{function} (continued)\n</span>"
        return
    for line in hunk.before:
        yield f"<span class=loose>{code(line, (), False, place.raw)}\n</span>"
    anchor = place.anchor
    yield f"<span class=h id={anchor}><a href=#{anchor}>{rest or '@@'}</a>{function}\n</span>"
    if hunk.fault:
        yield f"<span class=fault>This hunk is damaged: {visible(hunk.fault)}.\n</span>"


def _runs(lines: Sequence[str], kinds: str, shown: range) -> Iterator[str]:
    """The lines of a hunk, with an element around each run of changed ones."""
    at = shown.start
    for run in _RUN.finditer(kinds, at, shown.stop):
        yield from lines[at : run.start()]
        yield "<span class=long>" if run.end() - run.start() >= _LONG_RUN else "<span>"
        yield from lines[run.start() : run.end()]
        yield "</span>"
        at = run.end()
    yield from lines[at : shown.stop]


def _with_notes(lines: Sequence[str], kinds: str, shown: range, notes: Notes) -> Iterator[str]:
    """The same with notes, which interrupt the `<pre>` around the lines."""
    at = shown.start
    if at == 0:
        yield from _note(notes, -1)
    for run in _RUN.finditer(kinds, at, shown.stop):
        for number in range(at, run.start()):
            yield lines[number]
            yield from _note(notes, number)
        yield from _noted_run(lines, kinds, range(*run.span()), notes)
        at = run.end()
    for number in range(at, shown.stop):
        yield lines[number]
        yield from _note(notes, number)


def _note(notes: Notes, number: int, order: int = 0) -> Iterator[str]:
    """The notes below a line; `order`: where they stand in their run."""
    if here := notes.get(number):
        css = f"inline-comment o{order}" if order else "inline-comment"
        yield "</pre>"
        yield from (f'<div class="{css}">{note}</div>' for note in here)
        yield "<pre>"


def _noted_run(lines: Sequence[str], kinds: str, run: range, notes: Notes) -> Iterator[str]:
    """A run of changed lines with its notes.

    Side by side, a note has to stand below its line and the one that faces it, and above all others of
    both sides: `o2` is the class of lines that stand below the first note, which has `o1`, and so on.
    """
    added = kinds.find("+", run.start, run.stop)
    added = run.stop if added < 0 else added
    rows = [n - (run.start if n < added else added) for n in run]
    cuts = sorted({row for n, row in zip(run, rows, strict=True) if n in notes})[:_MOST_CUTS]
    if not cuts or (cuts == [max(rows)] and run[-1] in notes and rows[-1] == cuts[0]):
        yield from _runs(lines, kinds, run)
        yield from _note(notes, run[-1])
        return
    yield "</pre><div class=run><pre>"
    for n, row in zip(run, rows, strict=True):
        order = 2 * bisect_left(cuts, row)
        yield f"<span class=o{order}>{lines[n]}</span>" if order else lines[n]
        yield from _note(notes, n, order + 1)
    yield "</pre></div><pre>"


def _free_anchors(hunks: list[Hunk]) -> list[bool]:
    """For each hunk: whether no hunk before it has one of its line numbers."""
    if len(hunks) == 1:
        return [True]
    used: set[tuple[int | None, int | None]] = set()
    free = []
    for hunk in hunks:
        # A line of the new file goes by its number there, another one by that of the old file, if any.
        numbers = {
            (None, line.target_line_no) if line.target_line_no else (line.source_line_no, None)
            for line in hunk.lines
        }
        free.append(used.isdisjoint(numbers))
        used |= numbers - {(None, None)}
    return free


def _lines(hunk: Hunk, kinds: str, place: _Place) -> list[str]:
    out = []
    prefix, _, raw = place
    spans = changes(kinds, hunk.lines, _line_spans)
    texts = _clean_lines(hunk) or repeat("")
    signs = [escape(sign) for sign in hunk.signs] if hunk.signs else kinds
    for at, (line, kind, sign, html) in enumerate(
        zip(hunk.lines, kinds, signs, texts, strict=False)
    ):
        old, new = line.source_line_no, line.target_line_no
        if kind == " " and old is not None and new is not None:
            name = f"{prefix}R{new}"
            text = html or code(_text(line), (), False, raw)
            out.append(
                f'<span id={name}><a href=#{name} title="{old}\t{new}">{sign}</a>{text}\n</span>'
            )
        elif kind == "+" and new is not None:
            name = f"{prefix}R{new}"
            text = _changed(line, spans.get(at), html, raw)
            out.append(
                f'<span class=a id={name}><a href=#{name} title="\t{new}">{sign}</a>{text}\n</span>'
            )
        elif kind == "-" and old is not None:
            name = f"{prefix}L{old}"
            text = _changed(line, spans.get(at), html, raw)
            out.append(
                f"<span class=d id={name}><a href=#{name} title={old}>{sign}</a>{text}\n</span>"
            )
        elif kind in "+- ":
            text = (
                _changed(line, spans.get(at), html, raw)
                if kind != " "
                else code(_text(line), (), False, raw)
            )
            out.append(_half_numbered(line, f"{sign}</a>{text}\n</span>", place, at))
        else:
            shown = (
                f"\\{visible(_text(line))}" if kind == "\\" else code(_text(line), (), False, raw)
            )
            out.append(f"<span class={_UNSIGNED[kind]}>{shown}\n</span>")
    return out


def _half_numbered(line: Line, rest: str, place: _Place, at: int) -> str:
    """A line that has no number, or lacks that of one file; its anchor without one says where it stands."""
    old, new = line.source_line_no, line.target_line_no
    of_kind = {"+": "class=a ", "-": "class=d "}.get(line.line_type, "")
    if new is not None:
        anchor, title = f"{place.prefix}R{new}", f'"\t{new}"'
    elif old is not None:
        anchor, title = f"{place.prefix}L{old}", str(old)
    else:
        anchor, title = f"{place.anchor}.{at + 1}", "·"
    return f"<span {of_kind}id={anchor}><a href=#{anchor} title={title}>{rest}"


def _clean_lines(hunk: Hunk) -> list[str] | None:
    """The lines of a hunk, escaped in one go; None where one has characters to make visible, or is cut."""
    text = "".join([line.value for line in hunk.lines])
    if " \n" in text or "\t\n" in text or UNCLEAN.search(text):
        return None
    if len(text) > LONGEST_LINE and any(len(line.value) > LONGEST_LINE for line in hunk.lines):
        return None
    lines = escape(text, quote=False).split("\n")
    return lines if len(lines) == len(hunk.lines) + 1 else None


def _text(line: Line) -> str:
    return line.value[:-1] if line.value.endswith("\n") else line.value


def _changed(line: Line, spans: Spans | None, html: str, raw: str) -> str:
    """The text of an added or removed line; `html`: the same escaped, where only tabs need marks."""
    if spans or not html:
        return code(_text(line), spans or (), True, raw)
    return with_tabs(html) if "\t" in html else html


def _line_spans(old: Line, new: Line) -> tuple[Spans, Spans]:
    return changed_spans(old.value.rstrip("\r\n"), new.value.rstrip("\r\n"))


def _row_spans(old: Row, new: Row) -> tuple[Spans, Spans]:
    """No words where the lines' own signs differ: what one version adds, the other has as context."""
    return changed_spans(old.text, new.text) if old.text[:1] == new.text[:1] else ([], [])


def pair_rows(rows: Sequence[Row]) -> Markup:
    """The rows of a range diff: the first column is the sign of the change, the second the line of the diff.

    That line begins with a sign of its own, which colours it within the row.
    """
    out: list[str] = []
    spans = changes("".join([row.sign[:1] or " " for row in rows]), rows, _row_spans)
    for at, row in enumerate(rows):
        inner = row.text[:1]
        if row.sign == "@" or row.text.startswith((" ## ", "@@")):
            text = row.text.strip("#@ ")
            sign = row.sign.replace("@", "")
            if text or sign:
                out.append(f'<tr class="h"><td>{sign}<td>{visible(text)}')
            continue
        kind = {"-": ' class="d"', "+": ' class="a"'}.get(row.sign, "")
        colour = {"-": ' class="minus"', "+": ' class="plus"'}.get(inner, "")
        out.append(
            f"<tr{kind}><td>{row.sign}<td{colour}>{code(row.text, spans.get(at, ()), bool(kind))}"
        )
    return Markup("".join(out))
