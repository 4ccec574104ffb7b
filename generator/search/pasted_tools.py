"""What people copy from a terminal: commands with what they are given, and what tools print about a patch.

`pasted_tools.js` in the theme is the same.
"""

from __future__ import annotations

import re

from generator.search.identifiers import read_id, read_message_id
from generator.search.pasted_code import paths
from generator.search.reading import HEX, Readings, distinct, query

_COMMAND = re.compile(
    r"^(?:[$#%>] ?)?(?:b4|git|git-pw|pwclient|lei|curl|wget) [a-z-]+ (.{1,2000})$",
    re.A,
)
#: Options whose value is somebody's address.
_ADDRESS = re.compile(r"^--?(?:to|cc|bcc|from|author|committer)(?:=|$)", re.A)
_NUMBERED = re.compile(r"^(?:\$ )?(?:git[ -]pw|pwclient) (.{1,200}) ([0-9]{1,15})$", re.A)
_MESSAGE_ID = re.compile(r"^<?[^ <>@]{1,300}@[^ <>@]{1,300}>?$")
_PATCH_FILE = re.compile(r"(?:^|/)(?:v[0-9]{1,3}-)?[0-9]{4}-[^ /]+\.patch$", re.A)
_PATH = re.compile(r"^[\w.+-]{1,200}(?:/[\w.+-]{1,200}){1,40}$", re.A)
#: `20260303_kim_title_of_it.mbx`, as b4 names what it fetches.
_B4_FILE = re.compile(
    r"^(?:\./)?(?:v[0-9]{1,3}_)?[0-9]{8}_(\w{3,200})\.(?:mbx|cover|eml|patch)$", re.A
)
_TITLE = re.compile(r"^(?:Applying: |Patch failed at [0-9]{4} )(.+)$", re.A)
_ABOUT_PATH = re.compile(
    r"^(?:error: patch failed: |patching file |Checking patch |(?:#[0-9]{1,9}: )?FILE: |"
    r"In file included from |(?:CONFLICT \([^)]{1,60}\): )?Merge conflict in |Auto-merging |"
    r"error: (?=[^ ]{1,400}: patch does not)|[MADRTUC?]{1,2}[0-9]{0,3} (?=[^ ]{1,400}$))"
    r"['\"]?([^ :'\"]{1,400})",
    re.A,
)
_BACKSLASHES = re.compile(
    r"^(?:[A-Za-z]:)?[\w.+-]{0,200}(?:\\[\w.+-]{1,200}){1,40}\.[A-Za-z]\w{0,9}$", re.A
)
_RANGE = re.compile(rf"^({HEX})\.\.\.?({HEX})$", re.A)
#: `2026-03-03 10:12 ` [PATCH] title  Name`, as public-inbox lists a thread.
_IN_THREAD = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [ 0-9]?[0-9]:[0-9]{2} [^\w\[]{0,40}\[[^\]]{1,100}\] (.+)$", re.A
)


def read_tool(text: str) -> Readings:
    """What a line of a terminal is about; nothing where it is none, or doesn't say."""
    if numbered := _NUMBERED.match(text):
        return read_id(numbered[2], "series" if "series" in numbered[1] else "patch")
    if command := _COMMAND.match(text):
        return _read_arguments(command[1].split())
    if told := _ABOUT_PATH.match(text):
        return paths(told[1])
    if named := _B4_FILE.match(text):
        return (query(" ".join(named[1].split("_"))),)
    if _BACKSLASHES.match(text):
        return paths(re.sub("^[A-Za-z]:", "", text).replace("\\", "/"))
    if between := _RANGE.match(text):
        return distinct(reading for one in between.groups() for reading in read_id(one)[:1])
    if entry := _IN_THREAD.match(text):
        return (query(entry[1]),)
    return ()


def title_told(text: str) -> str:
    """The title of a patch that `git am` names; empty where a line is none of its."""
    match = _TITLE.match(text)
    return match[1] if match else ""


def patch_file(text: str) -> str:
    """The name of a patch's file that a command is given, or that stands in a folder; else empty."""
    last = text.rpartition(" ")[2]
    if not _PATCH_FILE.search(last) or not (last == text or _COMMAND.match(text)):
        return ""
    return last.rpartition("/")[2]


def _read_arguments(arguments: list[str]) -> Readings:
    ids: list[str] = []
    files: list[str] = []
    before = ""
    for argument in arguments[:100]:
        value = (argument.partition("=")[2] or argument).strip("'\"<>\\,;")
        if _MESSAGE_ID.match(value) and not (_ADDRESS.match(argument) or _ADDRESS.match(before)):
            ids.append(value)
        elif _PATH.match(value):
            files.append(value)
        before = argument if "=" not in argument else ""
    if ids:
        return read_message_id(ids[0])
    return paths(files[-1]) if files else ()
