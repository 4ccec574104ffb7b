"""The rows of a diff as HTML, written by hand for speed. Reviewed: all text is escaped.

Every line has an anchor: `f2R17` is line 17 of the second file's new form, `f2L17` of its old form, and
`f2h3.4` the fourth line of its third hunk, where nothing tells its number. The marks that make characters
visible aren't copied with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import repeat
from typing import TypeVar

from markupsafe import Markup
from unidiff.patch import Line

from generator.diff.changed_words import Spans, changed_spans
from generator.diff.parse import FileDiff, Hunk
from generator.diff.range_diff import Row
from generator.site.html.escape import visible_html as visible

#: Lines without anything to make visible but tabs, which most lines are.
_CLEAN = re.compile(r"[\t\x20-\x7e\xa1-\xac\xae-\u05ff]*[\x21-\x7e\xa1-\xac\xae-\u05ff]\Z|\Z")
#: The same for many lines: what none of them may hold.
_UNCLEAN = re.compile(r"[^\t\n\x20-\x7e\xa1-\xac\xae-\u05ff]|[ \t](?:\n|\Z)")
#: Characters without a width, which can stay where they are: their names stand beside them.
_ZERO_WIDTH = re.compile("[\xad\u200b-\u200d\u2060\ufeff]")
#: Blanks before a tab, which hide behind it.
_BEFORE_TAB = re.compile(r"(?<! ) ++(?=\t)")
#: By the lines' signs: removed lines, and the added ones that follow them. It begins at the first of them
#: only, and gives none back: a thousand removed lines that none follow are read once.
_CHANGE = re.compile(r"(?<!-)(-++)\\?(\++)")
#: Lines of a hunk, and of a range diff, in which words are marked.
_MOST_MARKED = 10_000
_TAB = "<i>\t</i>"
#: A character and its name, which style.css shows: so it isn't copied.
_INVISIBLE = '<span class="invisible" data-name="{}">{}</span>'
#: Longer lines are cut: how many characters a line may have, and how many are shown of a longer one.
_LONGEST_LINE, _SHOWN = 10_000, 2_000
#: The address of the whole diff, from the page of its patch.
_RAW = "raw"
#: The classes of rows whose lines say nothing of the file's lines, by the lines' types.
_UNSIGNED = {"\\": "no-newline", "@": "range", "?": "loose"}
T = TypeVar("T")

#: HTML of the inline comments below the lines of a hunk, by line; -1 is the hunk's header.
Notes = Mapping[int, Sequence[Markup]]


def rows(
    file: FileDiff, number: int, notes: Mapping[tuple[int, int], Notes] | None = None
) -> Markup:
    """The `<tbody>`s of one file's table; `number` counts the files of the diff from 1.

    `notes`: the inline comments, by file and hunk (both counted from 0).
    """
    out: list[str] = []
    free = _free_anchors(file.hunks)
    for count, hunk in enumerate(file.hunks, 1):
        anchor = f"f{number}h{count}"
        # Hunks that overlap would give a line's anchor twice; theirs name the hunk, too.
        prefix = f"f{number}" if free[count - 1] else anchor
        rest = (
            hunk.header[: len(hunk.header) - len(hunk.function)] if hunk.function else hunk.header
        )
        out.append("<tbody>")
        out += [
            f'<tr class="loose"><td><td><td>{_code(line, (), False, _RAW)}' for line in hunk.before
        ]
        out.append(
            f'<tr class="h" id="{anchor}"><td><td><a href="#{anchor}">¶</a><td>'
            f"{_code(rest.rstrip(), (), False, _RAW)} <b>{_code(hunk.function, (), False, _RAW)}</b>"
        )
        if hunk.fault:
            out.append(
                f'<tr class="fault"><td><td><td>This hunk is damaged: {visible(hunk.fault)}.'
            )
        lines = _lines(hunk, prefix, anchor)
        if notes and (here := notes.get((number - 1, count - 1))):
            out.extend(_with_notes(lines, here))
        else:
            out += lines
    return Markup("".join(out))


def _with_notes(lines: Iterable[str], notes: Notes) -> Iterator[str]:
    def below(number: int) -> Iterator[str]:
        return (f'<tr class="inline-comment"><td><td><td>{note}' for note in notes.get(number, ()))

    yield from below(-1)
    for number, line in enumerate(lines):
        yield line
        yield from below(number)


def _free_anchors(hunks: list[Hunk]) -> list[bool]:
    """For each hunk: whether no hunk before it has one of its line numbers."""
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


def _lines(hunk: Hunk, prefix: str, anchor: str) -> list[str]:
    out = []
    kinds = "".join([line.line_type or " " for line in hunk.lines])
    spans = _changes(kinds, hunk.lines, _line_spans)
    texts = _clean_lines(hunk) or repeat("")
    signs = [escape(sign) for sign in hunk.signs] if hunk.signs else kinds
    for at, (line, kind, sign, html) in enumerate(
        zip(hunk.lines, kinds, signs, texts, strict=False)
    ):
        old, new = line.source_line_no, line.target_line_no
        if kind == "+" and new is not None:
            out.append(
                f'<tr class="a" id="{prefix}R{new}"><td><td><a href="#{prefix}R{new}">{new}</a>'
                f"<td>{sign}{_changed(line, spans.get(at), html)}"
            )
        elif kind == "-" and old is not None:
            out.append(
                f'<tr class="d" id="{prefix}L{old}"><td><a href="#{prefix}L{old}">{old}</a><td>'
                f"<td>{sign}{_changed(line, spans.get(at), html)}"
            )
        elif kind == " " and old is not None and new is not None:
            out.append(
                f'<tr id="{prefix}R{new}"><td>{old}<td><a href="#{prefix}R{new}">{new}</a>'
                f"<td>{sign}{html or _code(_text(line), (), False, _RAW)}"
            )
        elif kind in "+- ":
            changed = kind != " "
            code = (
                _changed(line, spans.get(at), html)
                if changed
                else _code(_text(line), (), False, _RAW)
            )
            out.append(_half_numbered(line, kind, f"{sign}{code}", prefix, f"{anchor}.{at + 1}"))
        else:
            shown = (
                f"\\{visible(_text(line))}" if kind == "\\" else _code(_text(line), (), False, _RAW)
            )
            out.append(f'<tr class="{_UNSIGNED[kind]}"><td><td><td>{shown}')
    return out


def _half_numbered(line: Line, kind: str, code: str, prefix: str, place: str) -> str:
    """The row of a line that has no number, or lacks that of one file; `place`: its anchor without one."""
    old, new = line.source_line_no, line.target_line_no
    of_kind = {"+": ' class="a"', "-": ' class="d"'}.get(kind, "")
    if new is not None:
        anchor = f"{prefix}R{new}"
        return f'<tr{of_kind} id="{anchor}"><td><td><a href="#{anchor}">{new}</a><td>{code}'
    anchor, number = (place, "·") if old is None else (f"{prefix}L{old}", str(old))
    return f'<tr{of_kind} id="{anchor}"><td><a href="#{anchor}">{number}</a><td><td>{code}'


def _clean_lines(hunk: Hunk) -> list[str] | None:
    """The lines of a hunk, escaped in one go; None where one has characters to make visible, or is cut."""
    text = "".join([line.value for line in hunk.lines])
    if _UNCLEAN.search(text):
        return None
    if len(text) > _LONGEST_LINE and any(len(line.value) > _LONGEST_LINE for line in hunk.lines):
        return None
    lines = escape(text).split("\n")
    return lines if len(lines) == len(hunk.lines) + 1 else None


def _text(line: Line) -> str:
    return line.value[:-1] if line.value.endswith("\n") else line.value


def _changed(line: Line, spans: Spans | None, html: str) -> str:
    """The text of an added or removed line; `html`: the same escaped, where only tabs need marks."""
    if spans or not html:
        return _code(_text(line), spans or (), True, _RAW)
    return _with_tabs(html) if "\t" in html else html


def _with_tabs(html: str) -> str:
    """Show tabs, and blanks that stand before one, in the HTML of a line."""
    if " \t" in html:
        html = _BEFORE_TAB.sub(r'<span class="space-before-tab">\g<0></span>', html)
    return html.replace("\t", _TAB)


def _changes(
    signs: str, lines: Sequence[T], spans_of: Callable[[T, T], tuple[Spans, Spans]]
) -> dict[int, Spans]:
    """By index of a line: the words that changed in it, where added lines follow removed ones."""
    changed = {}
    for match in _CHANGE.finditer(signs):
        for old, new in zip(range(*match.span(1)), range(*match.span(2)), strict=False):
            changed[old], changed[new] = spans_of(lines[old], lines[new])
            if len(changed) >= _MOST_MARKED:
                return changed
    return changed


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
    spans = _changes("".join([row.sign[:1] or " " for row in rows]), rows, _row_spans)
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
            f"<tr{kind}><td>{row.sign}<td{colour}>{_code(row.text, spans.get(at, ()), bool(kind))}"
        )
    return Markup("".join(out))


def _code(text: str, spans: Sequence[tuple[int, int]], changed: bool, raw: str = "") -> str:
    """One line's text; tabs and trailing space (in changed lines) and unprintable characters are visible.

    `raw`: the address where a line that is cut can be read.
    """
    if len(text) > _LONGEST_LINE:
        note = f"… {len(text):,} characters"
        more = f'<a class="cut" href="{raw}">{note}: whole in the raw diff</a>' if raw else note
        return f"{_code(text[:_SHOWN], (), changed)}{more}"
    if not spans and _CLEAN.match(text):
        html = escape(text)
        return _with_tabs(html) if changed else html
    end = ""
    if text.endswith("\r"):
        text, end = text[:-1], _INVISIBLE.format("␍", "")
    if changed and text[-1:] in (" ", "\t", "\xa0"):
        bare = text.rstrip(" \t\xa0")
        blanks = _with_blanks(text[len(bare) :])
        text, end = bare, f'<span class="trailing-space">{blanks}</span>{end}'
    parts = []
    at = 0
    for start, stop in spans:
        stop = min(stop, len(text))
        if start < stop:
            parts.append(f"{_visible(text[at:start])}<b>{_visible(text[start:stop])}</b>")
            at = stop
    html = "".join(parts) + _visible(text[at:])
    return (_with_blanks(html) if changed else html) + end


def _with_blanks(html: str) -> str:
    """Like `_with_tabs`; shows blanks that don't break, too."""
    return _with_tabs(html).replace("\xa0", '<span class="nbsp">\xa0</span>')


def _visible(text: str) -> str:
    """Escape a text; characters that don't show get their names beside them, or in their place."""
    if not _ZERO_WIDTH.search(text):
        return visible(text)
    parts = []
    at = 0
    for match in _ZERO_WIDTH.finditer(text):
        parts += [
            visible(text[at : match.start()]),
            _INVISIBLE.format(f"U+{ord(match[0]):04X}", match[0]),
        ]
        at = match.end()
    return "".join(parts) + visible(text[at:])
