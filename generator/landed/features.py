"""What patches and commits are compared by: title, authors, dates, files, changed lines. The same for both.

A line is known by 32 bits of a hash of its sign and its text without blanks; of a large change the lines
with the smallest hashes stand for all (Broder's min-wise sketch), so that a commit takes half a kilobyte.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Sequence
from zlib import crc32

import msgspec

from generator.mail import subject

#: Lines that stand for all those of a commit and of a mail, and files for all those of either.
COMMIT_LINES, MAIL_LINES, _MOST_FILES = 64, 512, 64
#: Of these, the lines by which pairs are found.
_LINE_KEYS = 24
#: Characters of a line, sign included, from which it says something: `}` and `*/` don't.
_SHORTEST = 4
_BLANKS = b" \t\r\f\v"
#: Spreads CRC-32 over all numbers, so that the smallest are a fair sample: 2³² divided by the golden ratio.
_SPREAD, _MASK = 0x9E3779B1, 0xFFFFFFFF
_WORD = re.compile(r"\w{2,40}")
#: Names that many have, or nobody.
_NO_NAMES = frozenset(
    ("root", "unknown", "nobody", "admin", "user", "git", "no author", "none", "me")
)
_VIA = re.compile(r" via \S.{0,200}$")


class Change(msgspec.Struct, frozen=True, array_like=True):
    """What a diff changes.

    paths, names: hashes of the files' paths, and of these without their folders. whole: a digest of all
    changed lines and their files; body: of the lines alone; both empty where there are none. lines: the
    sketch (32-bit numbers, sorted); count: how many different lines it stands for.
    """

    paths: list[int] = []
    names: list[int] = []
    whole: bytes = b""
    body: bytes = b""
    lines: bytes = b""
    count: int = 0


class Features(msgspec.Struct, frozen=True, array_like=True):
    """A patch or a commit. Times are seconds since 1970.

    title: in lower case, prefixes in brackets removed. authors: hashes of names and addresses. authored: the
    author's date, which for a mail is that of its header. moment: when it was committed or sent.
    """

    title: str
    authors: list[int]
    authored: int
    moment: int
    change: Change

    @property
    def is_revert(self) -> bool:
        return self.title.startswith("revert ")


def title_of(text: str) -> str:
    """A subject as it is compared."""
    plain = text[:1000].strip()
    while plain[:3].lower() == "re:":
        plain = plain[3:].lstrip()
    return " ".join(subject.parse(plain).title.lower().split()).rstrip(".")


def words_of(title: str) -> list[int]:
    """The different words of a title, hashed."""
    return sorted({_hash(b"w" + word.encode()) for word in _WORD.findall(title)})


def author_keys(people: Iterable[tuple[str, str]]) -> list[int]:
    """Hashes by which people (name, address) are recognised; the name alone will do, or the address."""
    keys = set()
    for name, email in people:
        plain = " ".join(_VIA.sub("", name.replace('"', " ").lower()).split()).strip("'")
        if len(plain) > 2 and plain not in _NO_NAMES:
            keys.add(_hash(b"n" + plain.encode("utf-8", "replace")))
        if "@" in email:
            keys.add(_hash(b"e" + email.strip().lower().encode("utf-8", "replace")))
    return sorted(keys)


def change_of(files: Iterable[tuple[str, Sequence[bytes]]], most_lines: int) -> Change:
    """What a diff changes, from each file's path and its changed lines, each with its sign and no blanks."""
    paths: set[int] = set()
    names: set[int] = set()
    lines: set[bytes] = set()
    parts: list[tuple[bytes, bytes]] = []
    for path, changed in files:
        encoded = path.encode("utf-8", "replace")
        paths.add(_hash(b"p" + encoded))
        names.add(_hash(b"f" + encoded.rpartition(b"/")[2]))
        # Removed before added: some forms of diff don't say how they alternate.
        parts.append((encoded, b"\n".join([*_with(b"-", changed), *_with(b"+", changed)])))
        lines.update(changed)
    sketch = sorted({crc32(line) * _SPREAD & _MASK for line in lines if len(line) >= _SHORTEST})
    parts.sort()
    has_lines = any(text for _, text in parts)
    return Change(
        sorted(paths)[:_MOST_FILES],
        sorted(names)[:_MOST_FILES],
        _digest(b"\0".join(path + b"\n" + text for path, text in parts)) if has_lines else b"",
        _digest(b"\0".join(text for _, text in parts)) if has_lines else b"",
        array("I", sketch[:most_lines]).tobytes(),
        len(sketch),
    )


def without_blanks(text: bytes) -> bytes:
    """The lines of a diff as `change_of` takes them."""
    return text.translate(None, _BLANKS)


def sketch_of(change: Change) -> array[int]:
    """The lines of a change, by their numbers."""
    lines: array[int] = array("I")
    lines.frombytes(change.lines[: len(change.lines) // lines.itemsize * lines.itemsize])
    return lines


def keys_of(item: Features, msgids: Iterable[str], numbers: Iterable[int]) -> list[int]:
    """Numbers (63 bits) that a patch and a commit may share: only such pairs are compared.

    msgids, numbers: those of a patch's own mail, or those that a commit names.
    """
    change = item.change
    keys = {*keys_of_mails(msgids, numbers)}
    keys.add(_key(b"authored", b"%d" % item.authored))
    if item.title:
        keys.add(_key(b"title", item.title.encode("utf-8", "replace")))
    if change.body:
        keys.add(_key(b"body", change.body))
    return sorted(keys) + line_keys(item)


def keys_of_mails(msgids: Iterable[str], numbers: Iterable[int]) -> list[int]:
    """Those of the keys that name a patch's mail: by message ids, and by numbers on a server."""
    keys = {_key(b"msgid", msgid.lower().encode("utf-8", "replace")) for msgid in msgids}
    return sorted(keys | {_key(b"number", b"%d" % number) for number in numbers})


def line_keys(item: Features) -> list[int]:
    """The keys that are lines: small numbers, as `rarity` knows them."""
    return sketch_of(item.change)[:_LINE_KEYS].tolist()


def _with(sign: bytes, lines: Sequence[bytes]) -> list[bytes]:
    return [line for line in lines if line[:1] == sign]


def _hash(text: bytes) -> int:
    return crc32(text) * _SPREAD & _MASK


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=8).digest()


def _key(kind: bytes, value: bytes) -> int:
    """A number above all those of lines."""
    digest = hashlib.blake2b(value, digest_size=8, person=kind.ljust(16, b"\0")).digest()
    return (int.from_bytes(digest, "big") >> 1) | 1 << 62
