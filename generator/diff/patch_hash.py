"""Patchwork's hash of a diff, by which it recognises identical patches."""

from __future__ import annotations

import hashlib
import re

_HUNK = re.compile(r"^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_FILE = re.compile(r"^(---|\+\+\+) (\S+)")


def patch_hash(diff: str) -> str:
    """The SHA-1 (40 hex digits) over a diff's changes, without positions, dates and index lines.

    Source: the behaviour of Patchwork's `hasher.py`; reproduces the API field `hash`.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    for line in (diff.replace("\r", "").strip() + "\n").split("\n"):
        if not line:
            continue
        if file := _FILE.match(line):
            # The folder before the first slash differs between tools (a/, i/, linux-6.1/).
            side = "a" if file[1] == "---" else "b"
            line = f"{file[1]} {side}/{'/'.join(file[2].split('/')[1:])}"
        elif hunk := _HUNK.match(line):
            line = f"@@ -{hunk[1] or 1} +{hunk[2] or 1} @@"
        elif line[0] not in "-+ ":
            continue
        digest.update(f"{line}\n".encode("utf-8", "replace"))
    return digest.hexdigest()
