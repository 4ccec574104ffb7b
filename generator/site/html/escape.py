"""Text from outside as HTML, where Jinja's escaping does not do it. Reviewed: all text is escaped.

Every function here takes plain text and returns Markup in which all of that text is escaped. Control,
zero-width and bidirectional characters, which can make a mail look different from what it says, are
replaced by a visible name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import urlsplit

from markupsafe import Markup

from generator.mail import body

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff]|[\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)
#: Quotes longer than this many lines are folded.
LONG_QUOTE = 8


class Links:
    """The targets of links in one mail's text: URLs, commits and mails; None for all else."""

    def __init__(
        self,
        pages: Mapping[str, str],
        commit_url: str | None = None,
        archive_url: Callable[[str], str | None] = lambda msgid: None,
    ) -> None:
        """`pages`: message id → URL; `commit_url`: the project's format, with `{}` for the id;
        `archive_url`: the address of any other message id in the list's archive."""
        self._pages = pages
        self._commit_url = commit_url if commit_url and "{}" in commit_url else None
        self._archive_url = archive_url

    def target(self, link: body.TextLink) -> str | None:
        if link.kind == "msgid":
            known = self._pages.get(link.target)
            if known or not body.looks_like_msgid(link.target):
                return known
            return self._archive_url(link.target)
        if link.kind == "commit":
            return (
                safe_url(self._commit_url.replace("{}", link.target)) if self._commit_url else None
            )
        return safe_url(link.target)


def safe_url(url: str | None) -> str | None:
    """The URL if it is absolute and of a scheme that runs no code, else None."""
    if not url or any(c.isspace() or c in "<>\"'`" for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    allowed = parts.scheme in ("http", "https", "ftp", "ftps", "git") and parts.netloc
    return url if allowed else None


def visible(text: str) -> Markup:
    """Escape a text and show characters by name that would hide or reorder it."""
    return Markup(visible_html(text))


def visible_html(text: str) -> str:
    """Like `visible`, as a plain string for code that joins many."""
    if not _UNPRINTABLE.search(text):
        return escape(text)
    parts = []
    at = 0
    for match in _UNPRINTABLE.finditer(text):
        parts.append(escape(text[at : match.start()]))
        parts.append(f'<span class="unprintable">{_name(match[0])}</span>')
        at = match.end()
    return "".join(parts) + escape(text[at:])


def _name(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"U+{code:04X}"


def linked(text: str, links: Links) -> Markup:
    """Escape a text and link the URLs, message ids and commits in it."""
    parts = []
    at = 0
    for link in body.links(text):
        target = links.target(link)
        if target is None:
            continue
        relation = ' rel="nofollow noopener"' if link.kind != "msgid" else ""
        parts.append(visible_html(text[at : link.start]))
        shown = visible_html(text[link.start : link.end])
        parts.append(f'<a href="{escape(target)}"{relation}>{shown}</a>')
        at = link.end
    return Markup("".join(parts) + visible_html(text[at:]))


def mail_text(content: str, links: Links, *, fold_quotes: bool) -> Markup:
    """A mail's text in blocks of prose, quotes and trailers; every line is kept as written.

    `fold_quotes`: whether quotes of more than LONG_QUOTE lines start out folded.
    """
    parts = []
    for block in body.blocks(content.replace("\r\n", "\n").strip("\n")):
        # A browser drops a block's last newline, so one more keeps the blank line before the next.
        html = linked("\n".join(block.lines), links) + "\n"
        if block.kind == "text":
            parts.append(f'<div class="prose">{html}</div>')
        elif block.kind == "trailers":
            parts.append(f'<div class="trailers">{html}</div>')
        elif fold_quotes and len(block.lines) > LONG_QUOTE:
            parts.append(
                f'<details class="quote"><summary>{len(block.lines)} quoted lines</summary>'
                f"<div>{html}</div></details>"
            )
        else:
            parts.append(f'<div class="quote">{html}</div>')
    return Markup("".join(parts))
