"""What happens to a file of a diff, in words: modes, renames, submodules, the sizes of binary files.

Format: git-diff(1), "Generating patch text with -p"; binary patches as `git apply` takes them.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from generator.diff.parse import FileDiff, is_binary

_MODES = {"100755": "executable", "120000": "symbolic link", "160000": "submodule"}
_MODE_LINE = re.compile(r"(old|new|new file|deleted file) mode (\d{6})\r?")
_INDEX_MODE = re.compile(r"index [0-9a-f]+\.\.[0-9a-f]+ (\d{6})\r?")
_SIMILARITY = re.compile(r"(similarity|dissimilarity) index (\d{1,3})%")
_BINARY = re.compile(r"(literal|delta) (\d{1,15})\r?")
_COMMIT = re.compile(r"Subproject commit ([0-9a-f]{7,64})")


def labels(file: FileDiff) -> list[str]:
    """What happens to a file besides its changed lines, in words."""
    found = ["binary"] if is_binary(file) else []
    if file.change not in ("modified", "text", "mode", "binary"):
        found.append(file.change)
    found += _of_header(file.header)
    if is_binary(file) and (sizes := _binary_sizes(file.plain)):
        found.append(sizes)
    return [*found, *_submodule(file)]


def _of_header(header: list[str]) -> Iterator[str]:
    modes: dict[str, str] = {}
    for line in header:
        if match := _SIMILARITY.match(line):
            word = "similar" if match[1] == "similarity" else "rewritten"
            yield f"{match[2]} % {word}"
        elif match := _MODE_LINE.fullmatch(line):
            modes[match[1].split()[0]] = match[2]
        elif (match := _INDEX_MODE.fullmatch(line)) and match[1] in ("120000", "160000"):
            yield _MODES[match[1]]
    if "old" in modes and "new" in modes:
        yield _mode_change(modes["old"], modes["new"])
    elif mode := _MODES.get(modes.get("new") or modes.get("deleted") or ""):
        yield mode


def _mode_change(old: str, new: str) -> str:
    if (old, new) == ("100644", "100755"):
        return "made executable"
    if (old, new) == ("100755", "100644"):
        return "no longer executable"
    if old[:3] != new[:3]:
        return f"{_MODES.get(old, 'regular file')} → {_MODES.get(new, 'regular file')}"
    return f"mode {old} → {new}"


def _submodule(file: FileDiff) -> Iterator[str]:
    """The commits of a submodule."""
    if len(file.hunks) != 1:
        return
    lines = file.hunks[0].lines
    ids = {
        line.line_type: match[1][:12] for line in lines[:4] if (match := _COMMIT.match(line.value))
    }
    if ids and len(lines) <= 2:
        yield " → ".join(ids[sign] for sign in "-+" if sign in ids)


def _binary_sizes(data: list[str]) -> str:
    """The sizes that a binary patch names: its first block makes the new file, the second the old one."""
    sizes: list[int | None] = []
    for at, line in enumerate(data):
        if match := _BINARY.fullmatch(line):
            is_literal = match[1] == "literal"
            sizes.append(int(match[2]) if is_literal else _size_after(data[at + 1 : at + 2]))
            if len(sizes) == 2:
                break
    new, old = (*sizes, None, None)[:2]
    if new is None:
        return ""
    return f"{new:,} bytes" if not old else f"{old:,} → {new:,} bytes" if new else f"{old:,} bytes"


def _size_after(lines: list[str]) -> int | None:
    """The size that a delta gives its file: the second number of its first bytes. None: can't be read."""
    try:
        packed = base64.b85decode(lines[0].rstrip("\r")[1:])
        delta = zlib.decompressobj().decompress(packed, 64)
        at = 0
        for _ in range(2):
            size = shift = 0
            while True:
                size |= (delta[at] & 0x7F) << shift
                at, shift = at + 1, shift + 7
                if delta[at - 1] < 0x80:
                    break
    except (IndexError, ValueError, zlib.error):
        return None
    return size
