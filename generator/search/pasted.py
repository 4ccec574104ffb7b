"""What a pasted text stands for: a message id, a commit, a number, a series, a subject, a path or a query.

People paste what lies at hand: a line of a mail's header, an address, a line of a log, a hunk. `read`
recognises these by their form alone, without the index; what each kind of text looks like is in the modules
beside this one. `pasted.js` in the theme does the same; `tests/search/pasted.json` has examples that both are
tested with. All takes linear time, and raises nothing.
"""

from __future__ import annotations

import re

from generator.mail.encoded_words import decoded
from generator.search.identifiers import read_id, read_message_id
from generator.search.pasted_code import read_code, read_path
from generator.search.pasted_commits import read_commit, read_commit_of_log
from generator.search.pasted_mail import read_header, read_mail
from generator.search.pasted_subjects import is_subject, read_reply, read_subject, read_tagged
from generator.search.pasted_tools import patch_file, read_tool, title_told
from generator.search.pasted_traces import read_frames
from generator.search.pasted_urls import read_link
from generator.search.reading import (
    MAX_PASTE,
    MOST_READINGS,
    Readings,
    commit,
    distinct,
    query,
    subject,
)

#: Of several lines, so many are looked at one by one.
_MOST_LINES = 200
#: Files of several lines, one of which is likely to be meant.
_MOST_FILES = 3
#: Invisible characters that web pages and mail programs put into text.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END = re.compile("\r\n?|\n|\u2028|\u2029")
#: As pages have them that were escaped once too often.
_ENTITY = re.compile("&(lt|gt|quot|nbsp|amp|#39);")
_ENTITIES = {"lt": "<", "gt": ">", "quot": '"', "nbsp": " ", "amp": "&", "#39": "'"}
_QUOTE_MARK = re.compile("^(?:> ?){1,20}")
_ID = re.compile(r'[^ <>"(),;@]{1,300}@[^ <>"(),;]+')
_ID_NAME = re.compile(r"^(?:id|mid|msgid|message-id|in-reply-to)=", re.I | re.A)
_FIELD = re.compile(r"^-?[a-z]+:", re.A)
_NUMBER = re.compile(r"^(?:(patch|cover|series) ?)?#([0-9]{1,15})$", re.I | re.A)
_FILE = re.compile(r"^(?:v[0-9]{1,3}-)?[0-9]{4}-([^ /]+)\.(?:patch|diff|eml|mbox)$", re.A)
#: `git format-patch` cuts names off after so many letters.
_FILE_NAME_LENGTH = 52


def read(text: str) -> Readings:
    """What a text may stand for, in one or more ways, each of which counts; a plain query stays as it is."""
    lines = _unquoted(
        _telling([_clean(line) for line in _LINE_END.split(decoded(text[:MAX_PASTE]))])
    )
    if len(lines) > 1 and (found := _read_lines(lines[:_MOST_LINES])):
        return found
    return _read_line(" ".join(" ".join(lines).split()), lines[0] if lines else "")


def _telling(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _clean(line: str) -> str:
    line = _CONTROL.sub(" ", _INVISIBLE.sub("", line))
    line = _ENTITY.sub(lambda match: _ENTITIES[match[1]], line)
    return line.replace("“", '"').replace("”", '"')


def _unquoted(lines: list[str]) -> list[str]:
    """Lines that a reply quotes, without their marks and without `Alex wrote:` before them."""
    quoted = lines[1:] if len(lines) > 1 and lines[0].rstrip().endswith(":") else lines
    if all(line.startswith(">") for line in quoted):
        return _telling([_QUOTE_MARK.sub("", line) for line in quoted])
    return lines


def _read_lines(lines: list[str]) -> Readings:
    """Several lines: a mail or its headers, a commit, a hunk, a stack trace, or one thing a line."""
    if found := read_mail(lines) or read_commit_of_log(lines) or read_code(lines):
        return found
    each = [_read_line(" ".join(line.split()), line) for line in lines]
    exact = [*_broken_id(lines), *(one for found in each for one in found if one.is_exact)]
    if exact:
        return distinct(exact)[:MOST_READINGS]
    if is_subject(lines[0].strip()):
        return distinct((*each[0], *read_subject(" ".join(" ".join(lines[:2]).split()))))
    return distinct(one for found in each for one in found if one.field == "dfn")[:_MOST_FILES]


def _broken_id(lines: list[str]) -> Readings:
    """A message id that was broken into two lines."""
    whole = "".join(line.strip() for line in lines)
    is_one = len(lines) == 2 and whole.count("@") == 1 and " " not in whole
    return tuple(one for one in _read_value(whole) if one.is_exact) if is_one else ()


def _read_line(text: str, raw: str) -> Readings:
    """One line, its blanks collapsed; `raw` has them as they were."""
    return (
        read_header(text)
        or read_frames([text])
        or read_commit(text)
        or read_reply(text)
        or read_link(text)
        or read_subject(title_told(text))
        or read_tool(text)
        or _read_value(text)
        or read_tagged(text)
        or read_path(text)
        or read_code([raw] if raw else [])
        or (query(text),)
    )


def _read_value(text: str) -> Readings:
    """A message id or a number by itself, or the name of a patch's file."""
    bare = _ID_NAME.sub("", text.strip("<>,;.:'\"").removeprefix("mailto:")).strip("<>")
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
    if name := _FILE.match(patch_file(text) or text):
        title = name[1].split("-")
        is_cut_off = len(name[1]) >= _FILE_NAME_LENGTH - 5 and len(title) > 3
        return (subject(" ".join(title[:-1] if is_cut_off else title)),)
    return ()
