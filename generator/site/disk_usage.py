"""What a built site takes on disk, by kind of file, and what options would save of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.search import publish
from generator.site.manifest import Manifest

#: Kinds of file by a pattern of their paths; the first that matches counts.
_KINDS = [
    ("pages of patches and covers", r"project/[^/]+/(?:patch|cover)/[^/]+/(?:index|410)\.html"),
    ("pages of files of large diffs", r"project/[^/]+/patch/[^/]+/files/.*"),
    ("mails", r"project/[^/]+/(?:patch|cover)/[^/]+/mbox"),
    ("bare diffs", r"project/[^/]+/patch/[^/]+/raw"),
    ("mails with those before them", r"project/[^/]+/patch/[^/]+/mbox\.\w+"),
    ("mails of series", r"series/\d+/mbox"),
    ("threads", r"project/[^/]+/(?:thread/[^/]+|slashed/.+/t)\.mbox\.gz"),
    ("redirects by number", r"(?:patch|cover|comment)/\d+/[^/]+"),
    ("maps of numbers and commits", r"(?:number|commit)/.*"),
    ("API look-ups", r"project/[^/]+/(?:hash/[^/]+|.+/(?:lookup|patch|cover))\.json"),
    ("API collections", r"api/(?:\w+/pages/\d+\.json|(?:lists|changes)/.*)"),
    ("API objects", r"api/(?!vocabulary\.json).*"),
    ("pages of series", r"project/[^/]+/series/\d+/(?:.*/)?index\.html"),
    ("feeds", r".*\.atom"),
    ("bulk downloads", r"archive/.*"),
    ("search index", r"search/(?:data/.*|entry\.json)"),
    ("lists, people, all else", r".*"),
]
_KIND = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KINDS)))
#: A file that is stored compressed as well counts where it belongs.
_PACKED_END = re.compile(r"(?<=\w)\.(?:gz|br)$")

#: What each option leaves out.
_OPTIONS = {
    "api = false": ("API look-ups", "API collections", "API objects"),
    "bulk = false": ("bulk downloads",),
    "mbox_series_kb = 0": ("mails with those before them",),
    'redirects = "rules"': ("redirects by number",),
}


@dataclass(slots=True)
class Usage:
    """Some files: how many, links included, and what they hold and take on disk, in bytes."""

    files: int = 0
    bytes: int = 0
    disk: int = 0

    def __iadd__(self, other: Usage) -> Usage:
        self.files += other.files
        self.bytes += other.bytes
        self.disk += other.disk
        return self


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """The usage of a site: in all, of each kind of file (largest first), and what each option would save.

    `folders`: what the folders themselves take on disk, where the file system says so.
    """

    total: Usage
    kinds: Mapping[str, Usage]
    savings: Mapping[str, Usage]
    folders: int = 0
    missing: list[str] = field(default_factory=list)


def disk_usage(output: Path) -> DiskUsage:
    """Measure the site in an output folder; raises ConfigError where there is none.

    Files of the site that are missing are named.
    """
    kinds = {name: Usage() for name, _ in _KINDS}
    folders: set[str] = set()
    missing = []
    for path in _paths(output):
        try:
            state = (output / path).lstat()
        except OSError:
            missing.append(path)
            continue
        kinds[kind_of(path)] += Usage(1, state.st_size, state.st_blocks * 512)
        folders |= _above(path, folders)
    total = Usage()
    for usage in kinds.values():
        total += usage
    found = {name: usage for name, usage in kinds.items() if usage.files}
    largest = sorted(found.items(), key=lambda item: (-item[1].disk, item[0]))
    blocks = sum((output / folder).stat().st_blocks for folder in folders)
    return DiskUsage(total, dict(largest), _savings(found), blocks * 512, missing)


def kind_of(path: str) -> str:
    """The kind of a file of the site, by its path below the output folder."""
    plain = path if path.endswith(".mbox.gz") else _PACKED_END.sub("", path)
    match = _KIND.fullmatch(plain)
    return _KINDS[int(match.lastgroup[1:])][0] if match and match.lastgroup else _KINDS[-1][0]


def _paths(output: Path) -> Iterator[str]:
    manifest = Manifest(output, read_only=True)
    try:
        for path, _, _ in manifest.files():
            if not path.startswith("."):
                yield path
    finally:
        manifest.close()
    yield from publish.published(output)


def _above(path: str, known: set[str]) -> set[str]:
    """The folders on the way to a file that are not known yet."""
    folders = set()
    while (path := path.rpartition("/")[0]) and path not in known:
        folders.add(path)
    return folders


def _savings(kinds: Mapping[str, Usage]) -> dict[str, Usage]:
    savings = {}
    for option, names in _OPTIONS.items():
        saved = Usage()
        for name in names:
            saved += kinds.get(name, Usage())
        if saved.files:
            savings[option] = saved
    return savings
