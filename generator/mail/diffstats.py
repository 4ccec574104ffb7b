"""The diffstats that git puts into mails, which say again what the diff says."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: What follows the last `|` of a file's line: ` 12 +++---`, ` Bin 0 -> 123 bytes`.
_CHANGES = re.compile(r" +(?:[0-9]+(?: \+*-*)?|Bin\b.*)\s*")
_SUMMARY = re.compile(
    r" [0-9]+ files? changed(?:, [0-9]+ insertions?\(\+\))?(?:, [0-9]+ deletions?\(-\))?\s*"
)


def without_diffstats(lines: Sequence[str]) -> list[str]:
    """The lines of a mail without those of diffstats: a line for each file, then a summary.

    Other lines with a `|`, as tables have, stay: no summary follows.
    """
    kept: list[str] = []
    files = 0  # lines at the end of `kept` that may be a diffstat's
    for line in lines:
        if _SUMMARY.fullmatch(line):
            del kept[len(kept) - files :]
            files = 0
            continue
        kept.append(line)
        files = files + 1 if _is_file(line) else 0
    return kept


def _is_file(line: str) -> bool:
    name, bar, changes = line.rpartition("|")
    return bool(bar) and name[:1] == " " and _CHANGES.fullmatch(changes) is not None
