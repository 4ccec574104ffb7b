"""Headers of mails that people paste, one by one or several. `pasted_mail.js` in the theme is the same."""

from __future__ import annotations

import re

from generator.search.identifiers import read_id, read_message_id
from generator.search.pasted_commits import commit_of_mail, read_commit_value
from generator.search.pasted_subjects import read_subject
from generator.search.pasted_urls import read_link
from generator.search.reading import HEX, MOST_READINGS, Readings, commit, distinct, query

_HEADER = re.compile("^([A-Za-z][A-Za-z0-9-]{0,40}) ?: ?(.*)$")
_ADDRESS = re.compile(r'[^ <>"(),;@]{1,300}@[^ <>"(),;]+')
#: What mail programs put above a mail that they forward.
_SEPARATOR = re.compile(r"^(?:-{3,20} ?[A-Za-z ]{5,40} ?-{3,20}|Begin forwarded message:)$")
_IDS = frozenset(
    "message-id in-reply-to references msgid msg-id rfc822msgid x-message-id "
    "original-message-id".split()
)
_LINKS = frozenset(
    "link closes url archived-at buglink bug patchwork patch lore thread ref reference discussion see web "
    "v1 v2 v3 v4 v5 v6 v7 v8 v9 x-patchwork-url supersedes based-on".split()
)
_COMMITS = frozenset("fixes reverts upstream-commit cherry-picked-from".split())
_PEOPLE = {"from": "f", "author": "f", "sender": "f", "to": "t", "cc": "c"}
_NUMBERS = frozenset("x-patchwork-id patchwork-id".split())


def read_mail(lines: list[str]) -> Readings:
    """Headers, of which a long one goes on in lines that begin with a blank."""
    start = next((n for n, line in enumerate(lines) if not _SEPARATOR.match(line.strip())), 0)
    first = commit_of_mail(lines[start])
    if not first and not _HEADER.match(lines[start]):
        return ()
    headers: dict[str, str] = {}
    last = ""
    for line in lines[start + 1 if first else start :]:
        if line[0] in " \t" and last:
            headers[last] += f" {line.strip()}"
        elif header := _HEADER.match(line):
            last = header[1].lower()
            headers.setdefault(last, header[2].strip())
        else:
            break
    if "message-id" in headers:
        return _read_ids(headers["message-id"])
    title = read_subject(headers["subject"]) if "subject" in headers else ()
    return (*first, *title)


def read_header(text: str) -> Readings:
    """A line of a header, or a trailer, that names something."""
    header = _HEADER.match(text)
    name, value = (header[1].lower(), header[2].strip()) if header else ("", "")
    if not value:
        return ()
    if name == "subject":
        return read_subject(value)
    if name in _IDS:
        return _read_ids(value)
    # A field of the language: the thing alone.
    if name in ("m", "mid", "id") and " " not in value and value[-1] != "*":
        found = read_id(value) if name == "id" else read_message_id(value)
        return read_link(value) or found[:1]
    if name == "commit" and re.fullmatch(HEX, value):
        return commit(value)[:1]
    if name == "series" and value.isascii() and value.isdigit():
        return read_id(value, "series")
    if name in _LINKS:
        return read_link(value) or read_link(value.split(" ")[0])
    if name in _COMMITS and (found := read_commit_value(value)):
        return found
    if name in _NUMBERS:
        return read_id(value) if value.isascii() and value.isdigit() else ()
    if name in _PEOPLE and (address := _ADDRESS.search(value)):
        whole = value.endswith(f"<{address[0]}>") or value == address[0]
        return (query(f'{_PEOPLE[name]}:"{address[0]}"'),) if whole else ()
    return ()


def _read_ids(text: str) -> Readings:
    """Message ids as headers have them, `<a@x> <b@y>`, or an address."""
    if "://" in text:
        return read_link(text)
    ids = re.findall(r"<([^<> ]+)>", text) or text.split()
    found = distinct([reading for one in ids[:MOST_READINGS] for reading in read_message_id(one)])
    return found if len(ids) == 1 else tuple(reading for reading in found if reading.is_exact)
