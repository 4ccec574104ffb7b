"""Text from outside as HTML, where Jinja's escaping does not do it. Reviewed: all text is escaped.

Every function here takes plain text and returns Markup in which all of that text is escaped. Control,
zero-width and bidirectional characters, which can make a mail look different from what it says, are
replaced by a visible name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlsplit

from markupsafe import Markup

from generator.mail import body
from generator.mail.blocks import Block, blocks

#: Characters that would hide or reorder a text.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\ufffb\ufffe\uffff]|[\U0001fffe\U0001ffff\U000e0000-\U000e007f]"
)
#: Those of ASCII, which most texts are: this is found three times as fast.
_UNPRINTABLE_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
#: Quotes longer than this many lines are folded, and those below an answer to the whole mail if they have
#: as many as _SHORT_QUOTE.
LONG_QUOTE = 8
_SHORT_QUOTE = 3


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
    return Markup(visible_html(text, quote=True))


def visible_html(text: str, *, quote: bool = False) -> str:
    """Like `visible`, as a plain string for code that joins many, and as it stands between two tags.

    There quotes need no escaping (HTML §13.1.2), and many lines of code have some; `quote` escapes them.
    """
    if not (_UNPRINTABLE_ASCII if text.isascii() else UNPRINTABLE).search(text):
        return escape(text, quote)
    parts = []
    at = 0
    for match in UNPRINTABLE.finditer(text):
        parts.append(escape(text[at : match.start()], quote))
        parts.append(f'<span class="unprintable">{_name(match[0])}</span>')
        at = match.end()
    return "".join(parts) + escape(text[at:], quote)


def header_rows(headers: Iterable[tuple[str, str]]) -> Markup:
    """The names and values of a mail's headers, as rows of a `<dl>`."""
    rows = [
        f"<dt>{visible_html(name)}</dt><dd>{visible_html(value)}</dd>\n" for name, value in headers
    ]
    return Markup("".join(rows))


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
        relation += ' class="commit"' if link.kind == "commit" else ""
        parts.append(visible_html(text[at : link.start]))
        shown = visible_html(text[link.start : link.end])
        parts.append(f'<a href="{escape(target)}"{relation}>{shown}</a>')
        at = link.end
    return Markup("".join(parts) + visible_html(text[at:]))


def mail_text(content: str, links: Links, *, is_reply: bool) -> Markup:
    """A mail's text in blocks of prose, quotes, trailers and so on; every line is kept as written.

    `is_reply`: whether what the mail quotes starts out folded: long quotes, and the mail that it answers
    where that stands below the answer.
    """
    parts: list[str] = []
    every = blocks(content.replace("\r\n", "\n").strip("\n"), is_reply=is_reply)
    last = _last_quote(every) if is_reply else None
    in_pre = False
    for number, block in enumerate(every):
        # Each line ends within its block: text browsers need that, and others drop a block's last newline.
        html = linked("\n".join(block.lines), links) + "\n"
        summary = (
            _summary(block, is_whole=number == last) if is_reply or block.kind == "pgp" else ""
        )
        if in_pre and summary:
            parts.append("</pre>")
        if summary:
            parts.append(
                f'<details class="{block.kind}"><summary>{summary}</summary><pre>\n{html}</pre></details>'
            )
        else:
            css = "prose" if block.kind == "text" else block.kind
            # One element for what stands together: text browsers set each apart. It drops a first newline.
            parts.append("" if in_pre else "<pre>\n")
            parts.append(f'<span class="{css}">{html}</span>')
        in_pre = not summary
    return Markup("".join(parts) + ("</pre>" if in_pre else ""))


def _summary(block: Block, *, is_whole: bool) -> str:
    """The summary of a block that starts out folded; empty where it doesn't."""
    count = len(block.lines)
    match block.kind:
        case "quote" if is_whole or count > LONG_QUOTE:
            return f"{count} quoted lines"
        case "original":
            return f"Answered mail, {count} {'line' if count == 1 else 'lines'}"
        case "pgp":
            return "PGP data"
    return ""


def _last_quote(every: Sequence[Block]) -> int | None:
    """The index of the quote that ends a mail below its answer: it answers all of it."""
    ends = [number for number, block in enumerate(every) if not _is_epilogue(block)]
    last = ends[-1] if ends else 0
    if len(ends) < 2 or every[last].kind != "quote" or len(every[last].lines) < _SHORT_QUOTE:
        return None
    # Above the quote is a line that introduces it.
    above = [line for number in ends[:-1] for line in every[number].lines if line.strip()]
    return last if len(above) > 1 and all(every[n].kind != "quote" for n in ends[:-1]) else None


def _is_epilogue(block: Block) -> bool:
    """Whether a block at the end of a mail says nothing: a signature, blank lines."""
    return block.kind in ("signature", "pgp") or not any(line.strip() for line in block.lines)
