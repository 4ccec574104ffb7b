"""A patch of the archive → what it is compared by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from generator.archive.columns import seconds
from generator.diff.header import read_header
from generator.diff.parse import changed_lines
from generator.diff.sections import sections
from generator.landed.features import (
    MAIL_LINES,
    Features,
    author_keys,
    change_of,
    title_of,
    without_blanks,
)
from generator.mail.encoded_words import decoded
from generator.mail.headers import header
from generator.model import Header, Patch

#: git-am(1): a line at the start of the mail's text that names the author.
_AUTHOR = re.compile(r"\s{0,200}From:[ \t]{0,20}([^<\n]{0,200})<([^<>\s]{1,250})>")
_LONGEST_LINE = 20_000


def features_of(patch: Patch, date: int) -> Features:
    """What a patch is compared by; `date`: when it was sent (seconds since 1970)."""
    people = []
    if isinstance(patch.content, str) and (match := _AUTHOR.match(patch.content[:1000])):
        people.append((decoded(match[1]).strip(), match[2]))
    if patch.submitter:
        people.append((decoded(patch.submitter.name or ""), patch.submitter.email or ""))
    headers = patch.headers if isinstance(patch.headers, Mapping) else {}
    diff = patch.diff if isinstance(patch.diff, str) else ""
    return Features(
        title_of(decoded(patch.name or "")),
        author_keys(people),
        _dated(headers) or seconds(patch.date),
        date,
        change_of(_files(diff), MAIL_LINES),
    )


def _files(diff: str) -> Iterator[tuple[str, list[bytes]]]:
    """Each file's path, and its changed lines with their signs and without blanks."""
    for section in sections(diff.split("\n")):
        head = read_header(section.header)
        path = head.new_path or head.old_path
        if not path:
            continue
        lines: list[str] = []
        for hunk in section.hunks:
            added, removed = changed_lines(hunk)
            lines += [f"-{line}" for line in removed]
            lines += [f"+{line}" for line in added]
        text = "\n".join(line[:_LONGEST_LINE] for line in lines).encode("utf-8", "replace")
        yield path, without_blanks(text).split(b"\n") if lines else []


def _dated(headers: Mapping[str, Header | None]) -> int:
    """The date in a mail's header, which git-am(1) takes for the author's; 0 where there is none."""
    try:
        return max(int(parsedate_to_datetime(header(headers, "Date")[:100]).timestamp()), 0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0
