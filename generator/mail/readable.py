"""The text of a mail as people read it: HTML as text, the lines of format=flowed joined.

Patchwork takes a mail's plain text where it has one; other sources may have HTML only. The text that is
downloaded, and in which Patchwork's tags are counted, is the mail's own.
"""

from __future__ import annotations

import re

from generator.mail.headers import header
from generator.mail.html_text import html_to_text
from generator.model import Mail

_HTML = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_FLOWED = re.compile(r"\bformat=\"?flowed\b", re.IGNORECASE)
_DELSP = re.compile(r"\bdelsp=\"?yes\b", re.IGNORECASE)
_QUOTES = re.compile(r">*")


def readable_text(mail: Mail) -> str:
    """The text of a mail, with its lines ended by `\\n`; empty where it has none."""
    content = mail.content if isinstance(mail.content, str) else ""
    content = content.replace("\r\n", "\n")
    content_type = header(mail.headers, "Content-Type") if isinstance(mail.headers, dict) else ""
    is_html = content_type[:9].lower() == "text/html" and "<" in content
    if is_html or _HTML.match(content):
        return html_to_text(content)
    if _FLOWED.search(content_type):
        return unflowed(content, delete_space=bool(_DELSP.search(content_type)))
    return content


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """A text of format=flowed with the lines of each paragraph joined (RFC 3676 §4).

    `delete_space`: whether the blank that marks a soft line break isn't part of the text.
    """
    joined: list[str] = []
    parts: list[str] = []  # those of the paragraph that the last line belongs to
    depth = -1  # how often it is quoted; -1: the last line ended its paragraph
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        own_depth = quotes.end() if quotes else 0
        rest = line[own_depth:].removeprefix(" ")
        is_signature = rest in ("-- ", "--")
        goes_on = rest.endswith(" ") and not is_signature
        shown = rest[:-1] if goes_on and delete_space else rest
        if rest and own_depth == depth and not is_signature:
            parts.append(shown)
        else:
            joined += ["".join(parts)] if parts else []
            mark = ">" * own_depth + (" " if own_depth else "")
            parts = [mark + shown]
        depth = own_depth if goes_on else -1
    return "\n".join([*joined, "".join(parts)])
