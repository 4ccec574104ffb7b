"""The text of one line of a diff as HTML. Reviewed: all text is escaped.

Tabs and trailing blanks of changed lines, unprintable characters and changed words are marked. The marks
that make characters visible aren't copied with the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

from generator.diff.changed_words import Spans
from generator.site.html.escape import visible_html as visible

#: Lines without anything to make visible but tabs, which most lines are.
_CLEAN = re.compile(r"[\t\x20-\x7e\xa1-\xac\xae-\u05ff]*[\x21-\x7e\xa1-\xac\xae-\u05ff]\Z|\Z")
#: The same for many lines: what none of them may hold, besides a blank at its end.
UNCLEAN = re.compile(r"[^\t\n\x20-\x7e\xa1-\xac\xae-\u05ff]")
#: Characters without a width, which can stay where they are: their names stand beside them.
_ZERO_WIDTH = re.compile("[\xad\u200b-\u200d\u2060\ufeff]")
#: Blanks before a tab, which hide behind it.
_BEFORE_TAB = re.compile(r"(?<! ) ++(?=\t)")
#: By the lines' signs: removed lines, and the added ones that follow them. It begins at the first of them
#: only, and gives none back: a thousand removed lines that none follow are read once.
_CHANGE = re.compile(r"(?<!-)(-++)\\?(\++)")
#: Lines of a hunk, or of a range diff, in which words are marked.
_MOST_MARKED = 10_000
_TAB = "<i>\t</i>"
#: A character and its name, which style.css shows: so it isn't copied.
_INVISIBLE = '<span class="invisible" data-name="{}">{}</span>'
#: Longer lines are cut: how many characters a line may have, and how many are shown of a longer one.
LONGEST_LINE, _SHOWN = 10_000, 2_000
T = TypeVar("T")


def code(text: str, spans: Sequence[tuple[int, int]], changed: bool, raw: str = "") -> str:
    """One line's text; tabs and trailing space (in changed lines) and unprintable characters are visible.

    `raw`: the address where a line that is cut can be read.
    """
    if len(text) > LONGEST_LINE:
        note = f"… {len(text):,} characters"
        more = f'<a class="cut" href="{raw}">{note}: whole in the raw diff</a>' if raw else note
        return f"{code(text[:_SHOWN], (), changed)}{more}"
    if not spans and _CLEAN.match(text):
        html = escape(text, quote=False)
        return with_tabs(html) if changed else html
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
    """Like `with_tabs`; shows blanks that don't break, too."""
    return with_tabs(html).replace("\xa0", '<span class="nbsp">\xa0</span>')


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


def with_tabs(html: str) -> str:
    """Show tabs, and blanks that stand before one, in the HTML of a line."""
    if " \t" in html:
        html = _BEFORE_TAB.sub(r'<span class="space-before-tab">\g<0></span>', html)
    return html.replace("\t", _TAB)


def changes(
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
