"""What a pasted text stands for: a message id, a commit, a number, a series, a subject, a path or a query.

People paste what lies at hand: a line of a mail's header, an address, a line of a log, a hunk. `read`
recognises these by their form alone, without the index. `pasted.js` in the theme does the same;
`tests/search/pasted.json` has examples that both are tested with. All takes linear time, and raises nothing.
"""

from __future__ import annotations

import re

from generator.search.pasted_code import read_code, read_frame, read_path
from generator.search.pasted_urls import read_id, read_message_id, read_url
from generator.search.reading import (
    HEX,
    MAX_PASTE,
    Readings,
    commit,
    distinct,
    query,
    subject,
)
from generator.search.tokenizer import words

#: Of several lines, so many are looked at one by one.
_MOST_LINES = 200
_MOST_READINGS = 50
#: Invisible characters that web pages and mail programs put into text.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END = re.compile("\r\n?|\n|\u2028|\u2029")
_QUOTE_MARK = re.compile("^(?:> ?){1,20}")
_HEADER = re.compile("^([A-Za-z][A-Za-z0-9-]{0,40}) ?: ?(.*)$")
_REPLY = re.compile(
    r"^(?:(?:re|fwd?|aw|wg|antw|sv|vb|rv|odp|答复|回复|转发)(?:\[[0-9]{1,3}\])? ?[:：] ?){1,20}",
    re.I | re.A,
)
_TAGS = re.compile(r"^(?:\[[A-Za-z0-9 ,./:#&+@_=-]{0,100}\] ?){1,10}")
_URL = re.compile(
    r"(?:https?|nntps?|news|mid)://[^ <>\"]+|\b(?:mid|news):[^ <>@\"]{1,300}@[^ <>\"]+", re.A
)
_BARE_URL = re.compile(r"^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}(?::[0-9]{1,5})?/[^ ]*$")
_ID = re.compile(r'[^ <>"(),;@]{1,300}@[^ <>"(),;]+')
_FIELD = re.compile(r"^-?[a-z]+:", re.A)
_NUMBER = re.compile(r"^(?:(patch|cover|series) ?)?#([0-9]{1,15})$", re.I | re.A)
_FILE = re.compile(r"^(?:v[0-9]{1,3}-)?[0-9]{4}-([^ /]+)\.(?:patch|diff|eml|mbox)$", re.A)
#: `git format-patch` cuts names off after so many letters.
_FILE_NAME_LENGTH = 52

_COMMIT_WORDS = re.compile(
    r"^[(\[]? ?(?:(?:[A-Za-z][A-Za-z-]* ){0,4}commit:?|from|git (?:show|log|diff|cherry-pick|revert|describe|"
    rf"checkout|reset|range-diff|rebase|format-patch)(?: -[^ ]*){{0,9}}) (?:[0-9a-f]+\.\.\.?)?({HEX})\b(.*)$",
    re.I | re.A,
)
_COMMIT = re.compile(rf"^(?:[^ ]{{1,200}}-g)?({HEX})[,.;:]?$", re.I | re.A)
_COMMIT_TITLE = re.compile(rf"^({HEX}) (.+)$", re.I | re.A)
_TITLE = re.compile(r'^[^("]*\( ?["\'](.+)["\'] ?\)')
#: As `git log --pretty=reference` has it.
_REFERENCE = re.compile(r"^ ?\((.+), [0-9]{4}-[0-9]{2}-[0-9]{2}\)", re.A)
_DECORATION = re.compile(r"^\((?:HEAD|tag:|origin/)[^)]*\) ")

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


def read(text: str) -> Readings:
    """What a text may stand for, in one or more ways, each of which counts; a plain query stays as it is."""
    lines = _telling([_clean(line) for line in _LINE_END.split(text[:MAX_PASTE])])
    if all(line.startswith(">") for line in lines):
        lines = _telling([_QUOTE_MARK.sub("", line) for line in lines])
    if len(lines) > 1 and (found := _read_lines(lines[:_MOST_LINES])):
        return found
    return _read_line(" ".join(" ".join(lines).split()), lines[0] if lines else "")


def is_address(text: str) -> bool:
    """Whether a text is one address of the web, and nothing else."""
    return _URL.fullmatch(text.strip()) is not None


def _telling(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _clean(line: str) -> str:
    line = _CONTROL.sub(" ", _INVISIBLE.sub("", line))
    return line.replace("“", '"').replace("”", '"')


def _read_lines(lines: list[str]) -> Readings:
    """Several lines: a mail or its headers, a commit, a hunk, a stack trace, or one thing a line."""
    if found := _read_mail(lines) or _read_commit_of_log(lines):
        return found
    if found := read_code(lines):
        return found
    exact = [
        reading
        for line in lines
        for reading in _read_line(" ".join(line.split()), line)
        if reading.is_exact
    ]
    return distinct(exact)[:_MOST_READINGS]


def _read_mail(lines: list[str]) -> Readings:
    """Headers, of which a long one goes on in lines that begin with a blank."""
    first = _COMMIT_WORDS.match(lines[0]) if lines[0].startswith("From ") else None
    if not first and not _HEADER.match(lines[0]):
        return ()
    headers: dict[str, str] = {}
    last = ""
    for line in lines[1 if first else 0 :]:
        if line[0] in " \t" and last:
            headers[last] += f" {line.strip()}"
        elif header := _HEADER.match(line):
            last = header[1].lower()
            headers.setdefault(last, header[2].strip())
        else:
            break
    if "message-id" in headers:
        return _read_ids(headers["message-id"])
    title = _read_subject(headers["subject"]) if "subject" in headers else ()
    return (*commit(first[1]), *title) if first else title


def _read_commit_of_log(lines: list[str]) -> Readings:
    """What `git log` and `git show` print: the title is the first line that is indented."""
    first = _COMMIT_WORDS.match(lines[0]) if lines[0].startswith("commit ") else None
    if not first:
        return ()
    title = next((line.strip() for line in lines[1:] if line.startswith("    ")), "")
    return (*commit(first[1]), *_read_subject(title))


def _read_line(text: str, raw: str) -> Readings:
    """One line, its blanks collapsed; `raw` has them as they were."""
    found: Readings = ()
    if header := _HEADER.match(text):
        found = _read_header(header[1].lower(), header[2])
    return (
        found
        or read_frame(text)
        or _read_commit(text)
        or _read_reply(text)
        or _read_link(text)
        or _read_value(text)
        or _read_tagged(text)
        or read_path(text)
        or read_code([raw] if raw else [])
        or (query(text),)
    )


def _read_header(name: str, value: str) -> Readings:
    value = value.strip()
    if not value:
        return ()
    if name == "subject":
        return _read_subject(value)
    if name in _IDS:
        return _read_ids(value)
    if (
        name in ("m", "mid", "id") and " " not in value and value[-1] != "*"
    ):  # a field of the language: the thing alone
        found = read_id(value) if name == "id" else read_message_id(value)
        return _read_link(value) or found[:1]
    if name == "commit" and re.fullmatch(HEX, value):
        return commit(value)[:1]
    if name == "series" and value.isascii() and value.isdigit():
        return read_id(value, "series")
    if name in _LINKS:
        return _read_link(value) or _read_link(value.split(" ")[0])
    if name in _COMMITS and (
        match := re.match(rf"^(?:commit )?({HEX})\b(.*)$", value, re.I | re.A)
    ):
        return _commit_and_title(match[1], match[2])
    if name in _NUMBERS:
        return read_id(value) if value.isascii() and value.isdigit() else ()
    if name in _PEOPLE and (address := _ID.search(value)):
        whole = value.endswith(f"<{address[0]}>") or value == address[0]
        return (query(f'{_PEOPLE[name]}:"{address[0]}"'),) if whole else ()
    return ()


def _read_ids(text: str) -> Readings:
    """Message ids as headers have them, `<a@x> <b@y>`, or an address."""
    if "://" in text:
        return _read_link(text)
    ids = re.findall(r"<([^<> ]+)>", text) or text.split()
    found = distinct([reading for one in ids[:_MOST_READINGS] for reading in read_message_id(one)])
    return found if len(ids) == 1 else tuple(reading for reading in found if reading.is_exact)


def _read_subject(text: str) -> Readings:
    """A subject without what mail programs and senders put before it, and without a word that was cut off."""
    title = text
    while title != (shorter := _TAGS.sub("", _REPLY.sub("", title)).strip()):
        title = shorter
    if title.endswith(("...", "…")):
        title = title.rpartition(" ")[0] or title
    return (subject(title),) if words(title) else ()


def _read_reply(text: str) -> Readings:
    """`Re: [PATCH] title`, `Fwd: AW: title`."""
    return _read_subject(text) if _REPLY.match(text) else ()


def _read_tagged(text: str) -> Readings:
    """`[PATCH v2 1/3] title`, also as Patchwork lists it; not if fields of a query follow."""
    tags = _TAGS.match(text)
    if not tags or any(
        _FIELD.match(word) and word[-1] != ":" for word in text[tags.end() :].split()
    ):
        return ()
    return _read_subject(text)


def _read_commit(text: str) -> Readings:
    """`commit ID ("title")`, `git show ID`, `ID title`, or an id alone. What has no digit may be a word."""
    if (match := _COMMIT_WORDS.match(text)) and _has_digit(match[1]):
        return _commit_and_title(match[1], match[2])
    if match := _COMMIT_TITLE.match(text):
        if _TITLE.match(match[2]) or _REFERENCE.match(match[2]):
            return _commit_and_title(match[1], match[2])
        title = _DECORATION.sub("", match[2])
        if title.count(" ") > 1 and _has_digit(match[1]) and not match[1].isdigit():
            return (*commit(match[1]), *_read_subject(title))
    if (match := _COMMIT.match(text)) and not match[1].isdigit():
        exact, mentions = commit(match[1])
        return (mentions if _has_digit(match[1]) else query(match[1]), exact)
    return ()


def _has_digit(hexes: str) -> bool:
    return re.search("[0-9]", hexes) is not None


def _commit_and_title(hexes: str, rest: str) -> Readings:
    title = _TITLE.match(rest) or _REFERENCE.match(rest)
    return (*commit(hexes), *(_read_subject(title[1]) if title else ()))


def _read_link(text: str) -> Readings:
    """Addresses in a line: `[1] https://…`, `https://… # v2`, `lore.kernel.org/all/…`, `/patch/12/`."""
    if addresses := _URL.findall(text)[:_MOST_READINGS]:
        found = [read_url(url) for url in addresses]
        exact = [readings for readings in found if any(reading.is_exact for reading in readings)]
        return distinct([reading for readings in exact for reading in readings]) or found[0]
    if _BARE_URL.match(text):
        found = [read_url(f"//{text}")]
        return found[0] if any(reading.is_exact for reading in found[0]) else ()
    return read_url(text) if text.startswith("/") else ()


def _read_value(text: str) -> Readings:
    """A message id or a number by itself, or the name of a patch's file."""
    bare = text.strip("<>,;.").removeprefix("mailto:")
    if "@" not in bare:
        bare = bare.replace("%40", "@")
    if _ID.fullmatch(bare) and not _FIELD.match(bare) and not bare.startswith("-"):
        whole = read_message_id(bare)[0]
        return (query(whole.text), whole)
    if number := _NUMBER.match(text):
        exact = read_id(number[2], (number[1] or "patch").lower())
        return exact if number[1] else (query(number[2]), *exact)
    if text.isascii() and text.isdigit():
        return (query(text), *read_id(text), *(commit(text)[:1] if 7 <= len(text) <= 40 else ()))
    if name := _FILE.match(text):
        title = name[1].split("-")
        is_cut_off = len(name[1]) >= _FILE_NAME_LENGTH - 5 and len(title) > 3
        return (subject(" ".join(title[:-1] if is_cut_off else title)),)
    return ()
