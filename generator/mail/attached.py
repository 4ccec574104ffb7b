"""Mails within a diff: what `git format-patch` or `hg export` wrote, attached to a mail that says little.

Such a mail has the author, the title and the message of the commit; the mail around it has not.
Formats: git-format-patch(1); the in-body headers of git-mailinfo(1); Mercurial's `# HG changeset patch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

from generator.mail import body, subject
from generator.mail.encoded_words import decoded

#: The line that begins each mail of a mailbox. Git's date is a constant, others' is any date.
_FROM_LINE = re.compile(r">?From \S{1,300} .{0,40}\d\d:\d\d:\d\d \d{4}\r?")
_HEADER = re.compile(r"([A-Za-z][A-Za-z-]{0,60}): ?(.*)")
_HG = "# HG changeset patch"
_HG_USER = re.compile(r"# User (.*)")
#: Seconds since 1970, and how many the zone is behind UTC.
_HG_DATE = re.compile(r"# Date (\d{1,12}) (-?\d{1,5})\s*\Z")
#: What a mail's first line begins with.
_FIRST = ("From ", ">From ", "From: ", "Subject: ", "Date: ", _HG)
_KNOWN = ("From", "Date", "Subject")
#: Below a mail's text, these begin its diff.
_ENDS_MESSAGE = ("diff -", "Index: ", "--- ")


@dataclass(frozen=True, slots=True)
class AttachedMail:
    """A mail that was found in a diff. headers: From, Date and Subject, as written.

    notes: what stands between its `---` line and the diff.
    """

    headers: dict[str, str]
    title: str
    message: str
    notes: str


def begins(lines: Sequence[str], at: int) -> bool:
    """Whether a mail begins with this line of a diff; one without a `From ` line only as its first."""
    line = lines[at]
    if line.startswith(_HG):
        return True
    if line.startswith(("From ", ">From ")):
        return bool(_FROM_LINE.fullmatch(line)) and _is_header(lines, at + 1)
    return at == 0 and line.startswith(("From: ", "Subject: ", "Date: ")) and _is_header(lines, 1)


def _is_header(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and bool(_HEADER.match(lines[at]))


def read(lines: Sequence[str]) -> AttachedMail:
    """The mail in the lines that `begins` found, up to its diff."""
    lines = [line.rstrip("\r") for line in lines]
    if lines[0].startswith(_HG):
        headers, at = _hg_headers(lines)
    else:
        headers, at = _mail_headers(lines)
    message, notes = body.split_notes("\n".join(lines[at:]).strip("\n"))
    if "Subject" not in headers:
        headers["Subject"], _, message = message.strip("\n").partition("\n")
    kept = {name: headers[name] for name in _KNOWN if headers.get(name)}
    title = subject.parse(decoded(headers["Subject"])).title
    return AttachedMail(kept, title, message.strip("\n"), notes.strip("\n"))


def _mail_headers(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    headers: dict[str, list[str]] = {}
    at = 1 if lines[0].startswith(("From ", ">From ")) else 0
    name = ""
    while at < len(lines):
        line = lines[at]
        if line[:1] in (" ", "\t") and name:
            headers[name].append(line.strip())
        elif match := _HEADER.match(line):
            name = match[1].title()
            headers[name] = [match[2].strip()]
        else:
            break
        at += 1
    return {name: " ".join(parts) for name, parts in headers.items()}, at


def _hg_headers(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    headers: dict[str, str] = {}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        if match := _HG_USER.match(lines[at]):
            headers["From"] = match[1]
        elif (match := _HG_DATE.match(lines[at])) and (date := _date(int(match[1]), int(match[2]))):
            headers["Date"] = date
        at += 1
    return headers, at


def _date(seconds: int, behind: int) -> str:
    """A date of Mercurial as mails have it; empty where it is none."""
    try:
        zone = timezone(timedelta(seconds=-behind))
        return format_datetime(datetime.fromtimestamp(seconds, zone))
    except (ValueError, OverflowError, OSError):
        return ""


def with_in_body_headers(text: str) -> str:
    """A mail's text as git takes it: that of `hg export` with its author, date and title as git writes them.

    Git takes the first lines of a text for headers if they look like some (git-mailinfo(1)). Any other text
    is left as it is.
    """
    if not text.startswith(_HG):
        return text
    found = read(text.split("\n"))
    headers = "".join(f"{name}: {value}\n" for name, value in found.headers.items())
    notes = f"\n---\n{found.notes}" if found.notes else ""
    return f"{headers}\n{found.message}{notes}"


def split(diff: str) -> Iterator[tuple[AttachedMail, str]]:
    """The mails that a diff consists of, each with its own diff; nothing where it begins with none."""
    if not diff.startswith(_FIRST):
        return
    lines = diff.split("\n")
    starts = [at for at in range(len(lines)) if lines[at].startswith(_FIRST) and begins(lines, at)]
    if not starts or starts[0]:
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        head = next((n for n in range(start, end) if _ends_message(lines, n)), end)
        yield read(lines[start:head]), "\n".join(lines[head:end])


def _ends_message(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.startswith("--- "):
        return at + 1 < len(lines) and lines[at + 1].startswith("+++ ")
    return line.startswith(_ENDS_MESSAGE)
