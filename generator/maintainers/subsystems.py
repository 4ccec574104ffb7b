"""A MAINTAINERS file's text → its subsystems: titles, people, lists, state of support, and patterns of paths.

The format is that of Linux, which `scripts/get_maintainer.pl` reads there, in QEMU and in U-Boot: a title,
then lines such as `M:	Ann <ann@example.org>`, up to an empty line. Whatever else there is, such as the
explanation at the top, whose lines are indented, and headings, is skipped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_TAGGED = re.compile(r"([A-Z]):(?:\s+(.*))?")
_UNDERLINE = re.compile(r"[-=~*]{3,}")
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 60
#: What lines other than those of people and files are about, as pages call it.
LINKS = {
    "W": "Website",
    "Q": "Patches",
    "T": "Repository",
    "B": "Bugs",
    "C": "Chat",
    "P": "Process",
}


class Contact(NamedTuple):
    """Somebody to write to, or a list; either may be empty. note: what else the line says of a list."""

    name: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subsystem:
    """A part of the tree. slug: the name of its page's folder, which stays while the title does.

    files, excluded: patterns of F: and X: lines; names: the regular expressions of N: lines, each with the
    number of its line. links: (what, as `LINKS` calls it; what it says). content: how many K: lines it has.
    """

    title: str
    slug: str
    maintainers: tuple[Contact, ...]
    reviewers: tuple[Contact, ...]
    lists: tuple[Contact, ...]
    support: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    excluded: tuple[str, ...]
    names: tuple[tuple[int, str], ...]
    content: int


@dataclass(slots=True)
class _Entry:
    """The lines below a title: (number, tag, value)."""

    title: str
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def values(self, tag: str) -> tuple[str, ...]:
        """What differs among the values of a tag, in the file's order."""
        return tuple(dict.fromkeys(value for _, own, value in self.lines if own == tag))


def subsystems(data: bytes, name: str) -> tuple[list[Subsystem], list[str]]:
    """The subsystems of a file in its order, and a line for each fault; `name` is that of the file.

    Entries with the same title are one subsystem.
    """
    faults: list[str] = []
    entries: dict[str, _Entry] = {}
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    for entry in _entries(text, name, faults):
        entries.setdefault(entry.title, _Entry(entry.title)).lines.extend(entry.lines)
    slugs: set[str] = set()
    found = [_subsystem(entry, slugs) for entry in entries.values()]
    if content := sum(one.content for one in found):
        faults.append(f"{name}: K: lines are not used, as they are about content ({content})")
    return found, faults


def _entries(text: str, name: str, faults: list[str]) -> Iterator[_Entry]:
    title, entry = "", None
    for number, line in enumerate(text.split("\n"), 1):
        tagged = _TAGGED.fullmatch(line.rstrip())
        if tagged and (title or entry):
            if not entry:
                entry = _Entry(title)
            entry.lines.append((number, tagged[1], (tagged[2] or "").strip()))
            continue
        if tagged:
            faults.append(f"{name}:{number}: {tagged[1]}: without a title above it")
        if entry:
            yield entry
            title, entry = "", None
        if not line.strip() or tagged:
            title = ""
        elif not line[0].isspace() and not _UNDERLINE.fullmatch(line.strip()):
            title = " ".join(line.split())
    if entry:
        yield entry


def _subsystem(entry: _Entry, slugs: set[str]) -> Subsystem:
    return Subsystem(
        title=entry.title,
        slug=_slug(entry.title, slugs),
        maintainers=_contacts(entry.values("M")),
        reviewers=_contacts(entry.values("R")),
        lists=_contacts(entry.values("L")),
        support=tuple(filter(None, entry.values("S"))),
        links=tuple((LINKS[t], value) for _, t, value in entry.lines if t in LINKS and value),
        files=tuple(filter(None, entry.values("F"))),
        excluded=tuple(filter(None, entry.values("X"))),
        names=tuple((n, value) for n, tag, value in entry.lines if tag == "N" and value),
        content=sum(tag == "K" for _, tag, _ in entry.lines),
    )


def _slug(title: str, taken: set[str]) -> str:
    """The folder of a subsystem's page: words of its title, with a digest where another one has these."""
    slug = _NOT_IN_SLUG.sub("-", title.lower()).strip("-")
    if not slug or len(slug) > _LONGEST_SLUG or slug in taken:
        digest = hashlib.sha1(title.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
        slug = f"{slug[:_LONGEST_SLUG].strip('-')}~{digest[:8]}"
    taken.add(slug)
    return slug


def _contacts(values: Sequence[str]) -> tuple[Contact, ...]:
    return tuple(_contact(value) for value in values if value)


def _contact(value: str) -> Contact:
    """`Ann <ann@example.org>`, or an address with a note such as `(moderated)` behind it."""
    before, bracket, after = value.partition("<")
    if bracket:
        address, _, note = after.partition(">")
        return Contact(before.strip().strip('"').strip(), address.strip(), note.strip())
    first, _, note = value.partition(" ")
    return Contact("", first, note.strip()) if "@" in first else Contact(value, "")
