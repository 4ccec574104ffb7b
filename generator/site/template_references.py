"""Which templates a template extends, includes and imports: kept on disk, since to parse them all takes
longer than the rest of a small build.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta


class References:
    """Finds the templates that others name."""

    def __init__(self, environment: jinja2.Environment, folder: Path | None) -> None:
        """`folder`: where what was found is kept, beside the compiled templates."""
        self._environment = environment
        self._folder = folder

    def of(self, name: str, source: str, file: str | None) -> list[str]:
        """The templates that a template with this text names, sorted. Raises what Jinja's parser raises."""
        state = _digest(jinja2.__version__, source)
        kept = self._folder / f"{_digest(name, file or '')}.names" if self._folder else None
        if kept and (known := _read(kept)) and known[0] == state:
            return known[1]
        tree = self._environment.parse(source, name, file)
        names = sorted(filter(None, meta.find_referenced_templates(tree)))
        if kept:
            _write(kept, json.dumps([state, names]))
        return names


def _digest(*texts: str) -> str:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()


def _read(path: Path) -> tuple[str, list[str]] | None:
    """What was kept in a file; None where there is none, or it was not written to its end."""
    try:
        known: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    match known:
        case [str(state), [*names]] if all(isinstance(name, str) for name in names):
            return state, names
    return None


def _write(path: Path, text: str) -> None:
    """Keep a text, whole or not at all; where that can't be, the next build looks again."""
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
