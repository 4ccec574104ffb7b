"""Code that people paste: hunks, paths with a place in the file.

`pasted_code.js` in the theme is the same.
"""

from __future__ import annotations

import re

from generator.search.pasted_traces import crash_path, read_frames
from generator.search.reading import Readings, distinct, path, phrase, query
from generator.search.tokenizer import words

#: Characters of a line of code that are looked for.
_LONGEST_LINE = 200

_FILE_HEADER = re.compile(r"^(?:\+\+\+|---) ([^\t]+)")
_GIT_HEADER = re.compile(r"^diff --(?:git|cc|combined) (.+)$")
_BLOBS = re.compile(r"^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})(?: [0-7]{6})?$", re.A)
_HUNK = re.compile(r"^@@+ -[0-9,]+ (?:[^@]|@(?!@))*@@ ?(.*)", re.A)

#: The numbers of a line before and after the change, in columns of their own or not.
_TABBED = re.compile(r"^ {0,9}[0-9]{0,7} ?\t[0-9]{0,7} ?(?:\t|(?=[ +-]))", re.A)
_NUMBERED = re.compile(r"^ {0,9}[0-9]{1,7}(?: {1,9}[0-9]{1,7})?(?: {1,2}(?=[+-])| (?= )|$)", re.A)

_NAMED = re.compile(
    r"^(?:---|\+\+\+|(?:rename|copy) (?:from|to)|(?:modified|new file|deleted|renamed|both modified):) (.+)$"
)
_DIFFSTAT = re.compile(r"^(.{1,400}?) ?\| (?:[0-9]+ ?[+-]*|Bin\b.*)$", re.A)
#: A line that is added; one that is removed looks like a word that is excluded.
_ADDED_CODE = re.compile(r"^\+[^+].*[(){};=]")
_ROOTED = re.compile(r"^(?:[ab]|\.)/[^ ]+$")
_QUOTED = re.compile(r"^[\"'`]((?:[ab]|\.)/[^\"'`]+)[\"'`]$")
#: As `diff -u` puts it behind a path.
_TIME = re.compile(r" [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]{5,18}.*$", re.A)
_BRACES = re.compile(r"\{([^{}]*) => ([^{}]*)\}")
_PLACE = re.compile(
    r"^([^ :()#]+)(?::[0-9]{1,9}(?:[:,-].*)?:?|#L[0-9].*|\([0-9]{1,9}(?:,[0-9]+)?\):?(?: .*)?)$",
    re.A,
)
_OCTAL = re.compile(r"(?:\\[0-3][0-7][0-7])+", re.A)
_LOOKS_LIKE_PATH = re.compile(
    r"(?:/|\.[A-Za-z][A-Za-z0-9]{0,9}$|^(?:Makefile|Kconfig|Kbuild|README|MAINTAINERS)$)", re.A
)


def read_code(lines: list[str]) -> Readings:
    """Lines of a diff, or of a stack trace; nothing where they are neither."""
    return _read_hunk(_without_numbers(lines)) or read_frames(lines)


def _without_numbers(lines: list[str]) -> list[str]:
    """Lines of a diff without numbers before them, if all have some: so they are copied from web pages."""
    for pattern in (_TABBED, _NUMBERED):
        if all(pattern.match(line) for line in lines):
            return [line for one in lines if (line := pattern.sub("", one))]
    return lines


def _read_hunk(lines: list[str]) -> Readings:
    """The most telling line that is added, and the one that is removed, in the file that a header names."""
    added = [line[1:] for line in lines if line.startswith("+") and not _FILE_HEADER.match(line)]
    removed = [line[1:] for line in lines if line.startswith("-") and not _FILE_HEADER.match(line)]
    hunks = [match[1] for line in lines if (match := _HUNK.match(line))]
    file = _file_of(lines)
    if not hunks and not file and not _has_signs(lines):
        return ()
    parts = [
        phrase(line, field).text
        for field, some in (("dfb:", added), ("dfa:", removed))
        if (line := _most_telling(some))
    ]
    if not parts and (line := _most_telling(hunks)):
        parts.append(phrase(line, "dfhh:").text)
    if file:
        parts.append(phrase(file, "dfn:").text)
    return (query(" ".join(parts)),) if parts else ()


def _file_of(lines: list[str]) -> str:
    """The path in the last header, as it is after the change where a file stays."""
    names = []
    for line in lines:
        if header := _GIT_HEADER.match(line):
            names.append(_new_path(header[1]))
        elif header := _FILE_HEADER.match(line):
            names.append(header[1].strip())
    name = next((name for name in reversed(names) if name != "/dev/null"), "")
    return re.sub("^(?:[abciow]/)?(.)", r"\1", _unquote(name))


def _has_signs(lines: list[str]) -> bool:
    """Whether lines without headers are of a diff: all have a sign or a blank, and some look like code."""
    if any(line[0] not in "+- \t\\" for line in lines):
        return False
    changed = [line for line in lines if line[0] in "+-"]
    indented = any(line[1:2] == "\t" or line[1:3] == "  " for line in changed)
    return (
        indented
        or len({line[0] for line in changed}) > 1
        or any(_ADDED_CODE.match(line) for line in changed)
    )


def _most_telling(lines: list[str]) -> str:
    """The line with most letters in different words: the rarest one, as far as its form shows."""
    best, most = "", 0
    for line in lines:
        text = " ".join(line.split())
        if len(text) > _LONGEST_LINE:
            text = text[:_LONGEST_LINE].rpartition(" ")[0] or text[:_LONGEST_LINE]
        telling = sum(len(word) for word in set(words(text)))
        if telling > most:
            best, most = text, telling
    return best


def read_path(text: str) -> Readings:
    """A path with something around it: `a/x.c`, `./x.c`, `x.c:12:3:`, `+++ b/x.c`, ` x.c | 5 +-`."""
    if crash := crash_path(text):
        return paths(crash)
    if header := _GIT_HEADER.match(text):
        return paths(_new_path(header[1]))
    if blobs := _BLOBS.match(text):
        return (query(f"dfpre:{blobs[1]} dfpost:{blobs[2]}"),)
    if named := _NAMED.match(text):
        return paths(_TIME.sub("", named[1]))
    if stat := _DIFFSTAT.match(text):
        renamed = _BRACES.sub(r"\2", stat[1]).replace("//", "/")
        return paths(renamed.rpartition(" => ")[2].removeprefix(".../"))
    if place := _PLACE.match(text):
        return paths(place[1])
    if (quoted := _QUOTED.match(text)) or _ROOTED.match(text):
        return paths(quoted[1] if quoted else text)
    return ()


def _new_path(paths: str) -> str:
    """`a/x b/x` → `b/x`; blanks of a path are not quoted by git."""
    half = len(paths) // 2
    if paths[half : half + 1] == " " and paths[:half][1:] == paths[half + 1 :][1:]:
        return paths[half + 1 :]
    return paths.rpartition(' "' if paths.endswith('"') else " ")[2]


def paths(text: str) -> Readings:
    """A path with and without the `a/` or `b/` that git puts before it: a folder may have this name."""
    whole = re.sub(r"^(?:\.{1,2}/)+|^/", "", _unquote(text.strip()))
    plain = re.sub("^[ab]/(.)", r"\1", whole)
    if not _LOOKS_LIKE_PATH.search(plain) or whole == "dev/null":
        return ()
    return distinct((path(plain), path(whole)))


def _unquote(text: str) -> str:
    """A path as git quotes it (in quotes, other bytes than ASCII's in octal) → its characters."""

    def decoded(match: re.Match[str]) -> str:
        return bytes(int(octal, 8) for octal in match[0].split("\\")[1:]).decode("utf-8", "replace")

    return _OCTAL.sub(decoded, text.strip("\"'`"))
