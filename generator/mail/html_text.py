"""The text of an HTML mail, as a reader without a browser shows it. Takes time in proportion to its length.

It reads tags one by one and makes no tree: parsers that do so as browsers do, take time in proportion to the
square of how deep a mail nests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>?|<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?P<attributes>[^<>]*+)>"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"\b(href|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_SKIPPED = frozenset({"head", "iframe", "object", "script", "style", "template", "title"})
#: How many empty lines a block asks for around itself.
_GAPS = {
    **dict.fromkeys("address article div dd dt footer form header li section tr".split(), 0),
    **dict.fromkeys("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul".split(), 1),
}
#: No mail that people write has more letters; of a longer one, the source is shown.
_MAX_LENGTH = 500_000
#: Marks of quotes in quotes beyond this say no more.
_MAX_QUOTES = 10
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def html_to_text(html: str) -> str:
    """The text of HTML: paragraphs apart, quotes marked by `>`, targets of links beside their text.

    HTML that is too long stays as it is, below a line that says so.
    """
    if len(html) > _MAX_LENGTH:
        return f"[HTML of {len(html):,} characters, shown as its source]\n\n{html}"
    writer = _Writer()
    skipped = ""  # the element whose content is passed over
    for token in _TOKEN.finditer(html):
        tag = (token["tag"] or "").lower()
        if skipped:
            if tag == "body" or (tag == skipped and token["end"]):
                skipped = ""
        elif token["text"]:
            writer.add(unescape(token["text"]))
        elif tag in _SKIPPED and not token["end"]:
            skipped = tag
        elif tag and token["end"]:
            writer.leave(tag)
        elif tag:
            writer.enter(tag, token["attributes"])
    return writer.text()


@dataclass(slots=True)
class _Writer:
    """Collects the lines of a text, tag by tag."""

    lines: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)  # those of the line that isn't ended
    gap: int = 0  # empty lines wanted before the next one
    quotes: int = 0
    last_quotes: int = 0  # those of the last line
    verbatim: int = 0
    link: tuple[str, int] = ("", 0)  # its target, and the part that its text begins with

    def enter(self, tag: str, attributes: str) -> None:
        """Note a start tag."""
        if tag in _GAPS:
            self._end_line(_GAPS[tag])
        match tag:
            case "br":
                self._end_line(0, keep_empty=True)
            case "hr":
                self.parts.append("-" * 40)
                self._end_line(1)
            case "li":
                self.parts.append("* ")
            case "td" | "th" if self.parts:
                self.parts.append(" ")
            case "blockquote":
                self.quotes += 1
            case "pre":
                self.verbatim += 1
            case "a":
                self.link = _attribute(attributes, "href"), len(self.parts)
            case "img":
                self.add(_attribute(attributes, "alt"))

    def leave(self, tag: str) -> None:
        """Note an end tag."""
        if tag in _GAPS:
            self._end_line(_GAPS[tag])
        match tag:
            case "blockquote":
                self.quotes = max(0, self.quotes - 1)
            case "pre":
                self.verbatim = max(0, self.verbatim - 1)
            case "a":
                self._end_link()

    def add(self, text: str) -> None:
        """Note a text."""
        if not self.verbatim:
            self.parts.append(_BLANKS.sub(" ", text))
            return
        first, *more = text.split("\n")
        self.parts.append(first)
        for line in more:
            self._end_line(0, keep_empty=True)
            self.parts.append(line)

    def text(self) -> str:
        """All lines so far."""
        self._end_line(0)
        return "\n".join(self.lines)

    def _end_link(self) -> None:
        """Add the target of a link, unless its text says the same."""
        target, start = self.link
        self.link = "", 0
        shown = "".join(self.parts[start:]).strip()
        if (
            target.startswith(("http://", "https://"))
            and shown
            and shown.rstrip("/") != target.rstrip("/")
        ):
            self.parts.append(f" <{target}>")

    def _end_line(self, gap: int, *, keep_empty: bool = False) -> None:
        line = "".join(self.parts)
        line = line.rstrip() if self.verbatim else _BLANKS.sub(" ", line).strip(" ")
        self.parts.clear()
        if line or (keep_empty and self.lines):
            if self.lines:
                between = min(self.quotes, self.last_quotes, _MAX_QUOTES)
                self.lines += [("> " * between).rstrip()] * self.gap
            self.lines.append(("> " * min(self.quotes, _MAX_QUOTES) + line).rstrip())
            self.gap, self.last_quotes = gap, self.quotes
        elif self.lines:
            self.gap = max(self.gap, gap)


def _attribute(attributes: str, name: str) -> str:
    """An attribute's value; empty where the tag has none."""
    for match in _ATTRIBUTE.finditer(attributes):
        if match[1].lower() == name:
            return unescape(match[2] or match[3] or match[4] or "").strip()
    return ""
