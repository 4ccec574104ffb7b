"""The names of files in the header lines of diffs: quotes, dates and prefixes taken off.

Tools name the two sides `a/` and `b/`, by letters of their own (git's `diff.mnemonicPrefix`), by the folders
that were compared (`linux.orig/`, `linux/`), as addresses (Bitbucket's `src://`, `dst://`), or not at all.
Only both names together say what is a prefix.
"""

from __future__ import annotations

import re

#: The first parts of names that git writes for the two sides.
_PREFIXES = frozenset("abciow12")
_SCHEMES = ("src://", "dst://")
#: Two names, in quotes or not. Possessive, so that an unclosed quote is read only once.
_QUOTED_NAMES = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*+"|[^\s"]++)\s*("(?:[^"\\]|\\.)*+"|[^\s"]++)\s*"""
)
_OCTAL = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}
#: What follows a name where a mailer or a tool has replaced the tab.
_STAMP = re.compile(
    r"(?<! ) ++(?:\d{4}-\d\d-\d\d[ T]\d\d:|\((?:revision \d|working copy\)|nonexistent\)))"
)
#: Dates of the epoch, by which diff says that there was no file (POSIX diff -N), and what Subversion writes.
_ABSENT = ("1970-01-01 ", "1969-12-31 ", "Thu Jan  1 ", "Wed Dec 31 ", "(nonexistent)")
#: Blanks in a `diff --git` line at which one name may end and the other begin.
_MOST_BLANKS = 64


def name_and_stamp(text: str) -> tuple[str | None, bool]:
    """(the name in a `---` or `+++` line, whether it says that there is no such file); None: /dev/null."""
    name, _, stamp = text.rstrip("\r").partition("\t")
    if not stamp and " " in name and (match := _STAMP.search(name)):
        name, stamp = name[: match.start()], name[match.start() :].lstrip()
    name = unquote(name)
    if name.strip() == "/dev/null":
        return None, True
    return name, stamp.lstrip("\t").startswith(_ABSENT)


def git_names(text: str) -> tuple[str, str] | None:
    """The two names of a `diff --git` line, prefixes included, which git writes without a separator."""
    text = text.rstrip("\r")
    is_quoted = text.startswith('"') or text.endswith('"')
    if is_quoted and (names := _QUOTED_NAMES.fullmatch(text)):
        return unquote(names[1]), unquote(names[2])
    half = len(text) // 2
    if text[half : half + 1] == " " and _same_but_prefix(text[:half], text[half + 1 :]):
        return text[:half], text[half + 1 :]
    at = -1
    for _ in range(_MOST_BLANKS):
        if (at := text.find(" ", at + 1)) < 0:
            break
        if _same_but_prefix(text[:at], text[at + 1 :]):
            return text[:at], text[at + 1 :]
    old, separator, new = text.partition(" b/")
    if separator:
        return old, f"b/{new}"
    old, separator, new = text.partition(" ")
    return (old, new) if separator and " " not in new else None


def _same_but_prefix(old: str, new: str) -> bool:
    """Whether two names are the same, apart from their first parts where these differ."""
    if old == new:
        return True
    rest = _rest(old)
    return bool(rest) and rest == _rest(new)


def _rest(name: str) -> str:
    for scheme in _SCHEMES:
        if name.startswith(scheme):
            return name[len(scheme) :]
    return name.partition("/")[2]


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """The two names of git's header without the prefixes that tell the sides apart."""
    if old == new:
        return old, new  # diff.noprefix
    if old.startswith(_SCHEMES) and new.startswith(_SCHEMES):
        return _rest(old), _rest(new)
    sides = old.partition("/")[0], new.partition("/")[0]
    known = sides[0] != sides[1] and _PREFIXES.issuperset(sides)
    if known or _same_but_prefix(old, new):
        return _rest(old) or old, _rest(new) or new
    return old, new


def without_prefix(name: str) -> str:
    """A name that stands alone without git's prefix."""
    if name.startswith(_SCHEMES):
        return _rest(name)
    return name[2:] if name[1:2] == "/" and name[0] in _PREFIXES and name[2:] else name


def common_name(old: str, new: str) -> str:
    """What a diff without git's header changes, from its two names: these are of one file.

    As in patch(1), what the names have in common from the right; else the new one.
    """
    if old == new:
        return new
    stripped = without_prefixes(old, new)
    if stripped != (old, new):
        return stripped[1]
    if old.startswith("/") and not new.startswith("/"):
        return new
    parts, others = old.split("/"), new.split("/")
    size = 0
    for part, other in zip(reversed(parts), reversed(others), strict=False):
        if part != other:
            break
        size += 1
    return "/".join(others[-size:]) if size else new


def unquote(name: str) -> str:
    r"""Undo git's C-style quoting (`"a\303\244"`, core.quotePath)."""
    name = name.rstrip("\r")
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name

    def replace(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if len(code) == 3:
            return bytes([int(code, 8) & 255])
        return _ESCAPES.get(code, code)

    return _OCTAL.sub(replace, name[1:-1].encode("utf-8", "replace")).decode("utf-8", "replace")
