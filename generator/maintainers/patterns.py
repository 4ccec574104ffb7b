"""Which subsystems a path belongs to, by the patterns of their F:, X: and N: lines.

As the head of Linux's MAINTAINERS explains them: `*` and `?` stand for letters of one name, `**` for any
folders; with a slash at the end, or no such sign in it, a pattern also stands for all that lies below.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from importlib import import_module
from typing import Any

from generator.maintainers.subsystems import Subsystem

_SPECIAL = re.compile(r"[*?\[]")
_FOLDERS = "**"
#: What a name may be compared with: None for any folders, else a test of a name.
_Part = Callable[[str], object] | None


class _Patterns:
    """Patterns of many subsystems, by the folder (or file) that each names before its first wildcard."""

    def __init__(self) -> None:
        self._by_start: defaultdict[str, list[tuple[int, list[_Part]]]] = defaultdict(list)

    def add(self, number: int, pattern: str) -> None:
        """Add a pattern of the subsystem `number`."""
        parts = [part for part in pattern.split("/") if part not in ("", ".")]
        plain = next((n for n, part in enumerate(parts) if _SPECIAL.search(part)), len(parts))
        rest = parts[plain:]
        if pattern.endswith("/"):
            rest += ["*", _FOLDERS]
        elif not rest:
            rest = [_FOLDERS]
        self._by_start["/".join(parts[:plain])].append((number, [_part(name) for name in rest]))

    def of(self, path: str) -> Iterator[int]:
        """The subsystems with a pattern that a path fits."""
        names = path.split("/")
        for size in range(len(names) + 1):
            for number, parts in self._by_start.get("/".join(names[:size]), ()):
                if _fits(parts, names[size:]):
                    yield number


class Matcher:
    """Finds the subsystems of paths. faults: a line for each N: line that isn't used."""

    def __init__(self, subsystems: Sequence[Subsystem], name: str) -> None:
        """`name`: that of the file, for faults."""
        self._files, self._excluded = _Patterns(), _Patterns()
        for number, one in enumerate(subsystems):
            for pattern in one.files:
                self._files.add(number, pattern)
            for pattern in one.excluded:
                self._excluded.add(number, pattern)
        self._names, self.faults = _expressions(subsystems, name)
        self._known: dict[str, tuple[int, ...]] = {}

    def of(self, path: str) -> tuple[int, ...]:
        """The subsystems (places in the file) that a path belongs to, in their order."""
        if (known := self._known.get(path)) is None:
            found = set(self._files.of(path))
            found.update(number for number, search in self._names if search(path))
            if found:
                found.difference_update(self._excluded.of(path))
            known = self._known[path] = tuple(sorted(found))
        return known


def _part(name: str) -> _Part:
    if name == _FOLDERS:
        return None
    return _glob(name) if _SPECIAL.search(name) else name.__eq__


@lru_cache(maxsize=10_000)
def _glob(name: str) -> Callable[[str], object]:
    # Python's translation never reads a text twice: each run of letters is an atomic group.
    return re.compile(translate(name)).match


def _fits(parts: Sequence[_Part], names: Sequence[str]) -> bool:
    """Whether names fit: where they don't, only the last `**` before may take one more of them."""
    at, wanted = 0, 0
    folders, resumed = -1, 0
    while at < len(names):
        if wanted < len(parts) and parts[wanted] is None:
            folders, resumed = wanted, at
            wanted += 1
        elif wanted < len(parts) and (test := parts[wanted]) and test(names[at]):
            at, wanted = at + 1, wanted + 1
        elif folders >= 0:
            resumed += 1
            at, wanted = resumed, folders + 1
        else:
            return False
    return all(part is None for part in parts[wanted:])


def _expressions(
    subsystems: Sequence[Subsystem], name: str
) -> tuple[list[tuple[int, Callable[[str], object]]], list[str]]:
    """The tests of N: lines by subsystem, and a line for each that isn't used."""
    lines = [(number, *line) for number, one in enumerate(subsystems) for line in one.names]
    if not lines:
        return [], []
    try:
        re2: Any = import_module("re2")  # the standard library's expressions may take for ever
    except ImportError:
        hint = "they need the extra: pip install 'stillwork[maintainers]'"
        return [], [f"{name}: N: lines are not used ({len(lines)}); {hint}"]
    options = re2.Options()
    options.log_errors = False
    found, faults = [], []
    for number, line, expression in lines:
        try:
            # get_maintainer.pl takes them with Perl's /x: blanks mean nothing.
            compiled = re2.compile("".join(expression.split()), options=options)
        except re2.error as error:
            reason = error.args[0] if error.args else "not understood"
            reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
            faults.append(f"{name}:{line}: N: is not used: {reason}")
            continue
        found.append((number, compiled.search))
    return found, faults
