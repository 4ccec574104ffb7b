"""The message of a mail and that of a commit, as they are compared: title, text, trailers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.mail import body, subject
from generator.mail.encoded_words import decoded
from generator.mail.readable import readable_text
from generator.model import Patch

#: git-am(1): lines at the start of a mail's text that count over its header; scissors, below which it begins.
_IN_BODY = re.compile(r"(From|Subject|Date):[ \t]{1,20}(\S.{0,1000})", re.IGNORECASE)
_SCISSORS = (">8", "8<", ">%", "%<")
#: git-interpret-trailers(1); and lines that maintainers write between them.
_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]")
_BETWEEN = re.compile(r"\[.{1,1000}\]$|\(cherry[- ]picked from commit ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """A message. text: its lines between the title and the trailers."""

    title: str
    text: tuple[str, ...]
    trailers: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All its lines."""
        end = ("", *self.trailers) if self.trailers else ()
        return (self.title, *(("", *self.text) if self.text else ()), *end)

    def says_the_same(self, other: Message) -> bool:
        """Whether two differ in no more than white space and trailers."""
        return _words([self.title, *self.text]) == _words([other.title, *other.text])


def of_mail(patch: Patch) -> Message:
    """What git-am(1) makes a commit's message of."""
    title = subject.parse(decoded(patch.name or "")).title
    above, _ = body.split_notes(readable_text(patch))
    lines = _tidy(above)
    cut = [number for number, line in enumerate(lines) if _is_cut(line)]
    lines = lines[cut[-1] + 1 :] if cut else lines
    while lines and (not lines[0] or _IN_BODY.match(lines[0])):
        if (match := _IN_BODY.match(lines[0])) and match[1].lower() == "subject":
            title = subject.parse(decoded(match[2])).title
        lines = lines[1:]
    return _message(title, lines)


def of_commit(text: str) -> Message:
    """The message of a commit, whose first paragraph is its title."""
    lines = _tidy(text)
    end = lines.index("") if "" in lines else len(lines)
    return _message(subject.parse(" ".join(lines[:end])).title, lines[end + 1 :])


def _message(title: str, lines: Sequence[str]) -> Message:
    """The last paragraphs whose lines are all trailers are none of the text."""
    end = len(lines)
    paragraphs: list[list[str]] = []
    while found := _trailers(lines[(begin := _last_blank(lines, end) + 1) : end]):
        paragraphs.append(found)
        end = max(begin - 1, 0)
    trailers = [line for paragraph in reversed(paragraphs) for line in paragraph]
    return Message(" ".join(title.split()), tuple(lines[:end]), tuple(trailers))


def _is_cut(line: str) -> bool:
    """Whether a line is `-- >8 --`."""
    return "-" in line and any(mark in line for mark in _SCISSORS) and not line.strip("- \t>8<%")


def _last_blank(lines: Sequence[str], end: int) -> int:
    return next((at for at in range(end - 1, -1, -1) if not lines[at]), -1)


def _trailers(paragraph: Sequence[str]) -> list[str]:
    """The trailers of a paragraph, each on one line; none where other text stands in it."""
    found: list[list[str]] = []  # the lines of each
    for line in paragraph:
        if found and line[:1] in " \t":
            found[-1].append(line)
        elif _TRAILER.match(line) or _BETWEEN.match(line):
            found.append([line])
        else:
            return []
    return [" ".join(_words(lines)) for lines in found]


def _tidy(text: str) -> list[str]:
    """A text's lines as git-stripspace(1) leaves them: no white space at their ends, single blank lines."""
    # What is stored is UTF-8, which has no lone surrogates.
    plain = text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    lines: list[str] = []
    for line in plain.strip().split("\n"):
        if (kept := line.rstrip()) or (lines and lines[-1]):
            lines.append(kept)
    return lines


def _words(lines: Iterable[str]) -> list[str]:
    return " ".join(lines).split()
