"""The lines of a hunk of any form, with their signs and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unidiff.patch import Line

from generator.diff.other_hunks import NEW_RANGE, OLD_RANGE, columns_of
from generator.diff.raw_hunk import RawHunk


def rows_of(hunk: RawHunk) -> Iterable[tuple[Line, str]]:
    """The lines of a hunk of any form, each with what stands in front of its text."""
    match hunk.form:
        case "combined":
            return _combined_rows(hunk)
        case "context":
            return _context_rows(hunk)
        case "normal":
            return _normal_rows(hunk)
    return _unified_rows(hunk)


def _unified_rows(hunk: RawHunk) -> Iterator[tuple[Line, str]]:
    # Without numbers where nothing says from where to count.
    numbered = hunk.form == "unified"
    old, new = hunk.starts
    for text in hunk.lines:
        kind = text[:1]
        if kind in ("", "\r"):
            kind, text = " ", f" {text}"
        elif kind not in ("+", "-", " ", "\\"):
            kind, text = "?", f"?{text}"
        line = Line(f"{text[1:]}\n", kind)
        if numbered and kind in ("-", " "):
            line.source_line_no, old = old, old + 1
        if numbered and kind in ("+", " "):
            line.target_line_no, new = new, new + 1
        yield line, kind


def _combined_rows(hunk: RawHunk) -> Iterator[tuple[Line, str]]:
    new, width = hunk.starts[-1], hunk.width
    for text in hunk.lines:
        if text.startswith("\\"):
            yield Line(f"{text[1:]}\n", "\\"), "\\"
            continue
        signs = text[:width]
        kind = "-" if "-" in signs else "+" if "+" in signs else " "
        line = Line(f"{text[width:]}\n", kind)
        if width in columns_of(signs.ljust(width)):
            line.target_line_no, new = new, new + 1
        yield line, signs


def _context_rows(hunk: RawHunk) -> Iterator[tuple[Line, str]]:
    old, new = hunk.starts
    changed = "-"
    for text in hunk.lines:
        if OLD_RANGE.fullmatch(text) or NEW_RANGE.fullmatch(text):
            changed = "-" if text.startswith("*") else "+"
            yield Line(f"{text}\n", "@"), ""
            continue
        sign = text[:1] if text.startswith("\\") else text[:2]
        kind = changed if sign[:1] in ("!", changed) else sign[:1].strip() or " "
        line = Line(f"{text[len(sign) :]}\n", kind)
        if kind != "\\" and changed == "-":
            line.source_line_no, old = old, old + 1
        elif kind != "\\":
            line.target_line_no, new = new, new + 1
        yield line, sign


def _normal_rows(hunk: RawHunk) -> Iterator[tuple[Line, str]]:
    old, new = hunk.starts
    for text in hunk.lines:
        if text.rstrip("\r") == "---":
            yield Line(f"{text}\n", "@"), ""
            continue
        sign = text[:1] if text.startswith("\\") else text[:2]
        line = Line(f"{text[len(sign) :]}\n", {"<": "-", ">": "+"}.get(sign[:1], "\\"))
        if line.line_type == "-":
            line.source_line_no, old = old, old + 1
        elif line.line_type == "+":
            line.target_line_no, new = new, new + 1
        yield line, sign
