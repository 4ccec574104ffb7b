"""What somebody says in a mail in their own words, as one line: for lists and descriptions."""

from __future__ import annotations

from generator.mail.blocks import blocks

#: How many lines introduce a quote at most, such as `On Monday, somebody wrote:`.
_LONGEST_INTRODUCTION = 3


def own_words(text: str, most: int) -> str:
    """The words of a mail without quotes, the lines that introduce these, trailers and signature.

    `most`: how many characters; a longer text is cut at the end of a word, and ends in `…`.
    """
    every = blocks(text.replace("\r\n", "\n"), is_reply=True)
    lines: list[str] = []
    for at, block in enumerate(every):
        if block.kind == "text":
            before_quote = at + 1 < len(every) and every[at + 1].kind == "quote"
            lines += _without_introduction(block.lines) if before_quote else block.lines
    words = " ".join(" ".join(lines).split())
    if len(words) <= most:
        return words
    return f"{words[:most].rpartition(' ')[0] or words[:most]} …"


def _without_introduction(lines: list[str]) -> list[str]:
    """Lines above a quote, without the last paragraph of them if it introduces the quote."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if not end or not lines[end - 1].rstrip().endswith((":", "：")):
        return lines
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    return lines[:start] if end - start <= _LONGEST_INTRODUCTION else lines
