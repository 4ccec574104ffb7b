"""Takes a mail's text apart: prose, quotes, trailers, signatures, and the mail that a top post carries."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.mail.answered_mail import answered_mail
from generator.mail.body import PERSON_TRAILER
from generator.mail.quotes import quote_marks

_ANY_TRAILER = re.compile(r"^[A-Z][A-Za-z]*(?:-[A-Za-z]+)*: ?\S")

#: RFC 3676 §4.3. Without the blank, only a few lines at the end of a mail are a signature.
_SIGNATURE = re.compile(r"^--( ?)\r?$")
_LONGEST_SIGNATURE = 8
#: RFC 4880 §6.2, §7.
_PGP_BEGIN = re.compile(r"^-----BEGIN PGP ([A-Z ]{1,40})-----\s*$")
_PGP_END = re.compile(r"^-----END PGP [A-Z ]{1,40}-----\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one kind.

    `text`, `quote`, `trailers`, `signature`, `pgp` (what PGP adds), or `original`: a mail that was answered
    above its copy, without quote marks.
    """

    kind: str
    lines: list[str]


def blocks(text: str, *, is_reply: bool = False) -> list[Block]:
    """Cut a text into runs of one kind; every line is in exactly one run.

    `is_reply`: whether the mail may carry the one that it answers. A commit message does not.
    """
    lines = text.split("\n")
    end = answered_mail(lines) if is_reply else len(lines)
    kinds = ["text"] * end + ["original"] * (len(lines) - end)
    if "-----BEGIN PGP " in text:
        _mark_pgp(lines, kinds)
    end = _mark_signature(lines, kinds, end, is_reply=is_reply)
    for number, mark in enumerate(quote_marks(lines[:end])):
        if kinds[number] == "text":
            if mark:
                kinds[number] = "quote"
            elif PERSON_TRAILER.match(lines[number]):
                kinds[number] = "trailers"
    for number in _last_paragraph(lines[:end]):
        if kinds[number] == "text":
            kinds[number] = "trailers"
    return _runs(lines, kinds)


def _runs(lines: list[str], kinds: list[str]) -> list[Block]:
    runs: list[Block] = []
    for line, kind in zip(lines, kinds, strict=True):
        if runs and runs[-1].kind == kind:
            runs[-1].lines.append(line)
        else:
            runs.append(Block(kind, [line]))
    return runs


def _mark_pgp(lines: list[str], kinds: list[str]) -> None:
    inside = ""
    for number, line in enumerate(lines):
        if kinds[number] != "text":
            break
        begin = _PGP_BEGIN.match(line)
        if begin:
            inside = begin[1]
        if inside:
            kinds[number] = "pgp"
        # The headers of a signed message end with a blank line; all else ends with a line of its own.
        is_signed = inside == "SIGNED MESSAGE"
        if (is_signed and not line.strip()) or (not is_signed and _PGP_END.match(line)):
            inside = ""


def _mark_signature(lines: list[str], kinds: list[str], end: int, *, is_reply: bool) -> int:
    """Mark the signature that ends the first `end` lines; gives where it begins."""
    last = end
    while last and (kinds[last - 1] == "pgp" or not lines[last - 1].strip()):
        last -= 1
    for number in range(last - 1, -1, -1):
        if match := _SIGNATURE.match(lines[number]):
            if match[1] or (is_reply and 0 < last - number - 1 <= _LONGEST_SIGNATURE):
                kinds[number:last] = ["signature"] * (last - number)
                return number
            break
    return last


def _last_paragraph(lines: list[str]) -> range:
    """The indices of the last paragraph's lines, if these are trailers (git-interpret-trailers(1))."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    paragraph = lines[start:end]
    trailer_like = [bool(_ANY_TRAILER.match(line)) or line[:1] in " \t" for line in paragraph]
    has_person_trailer = any(PERSON_TRAILER.match(line) for line in paragraph)
    if has_person_trailer and sum(trailer_like) * 4 >= len(trailer_like) * 3:
        return range(start, end)
    return range(0)
