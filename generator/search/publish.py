"""Brings the published index level with the archive. Segments are a function of the patches alone.

The patches, by number, are cut into blocks like the digits of a number to the base 8: 2,900 patches are
eleven units of 256, so a block of 8 units, one of 3, and the rest. A new patch changes the last, small
block. There are few blocks to ask, however large the archive: each patch is written anew some ten times
on the way to 100,000 patches, fourteen times to a million. And whoever builds the same archive, in one
go or over years, gets the same files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from generator.archive.database import Archive
from generator.archive.patch_rows import check_counts, comment_tags
from generator.search import encoding
from generator.search.encoding import LAYOUT, Layout
from generator.search.parallel import make
from generator.search.tokenizer import ANALYSIS

DATA = "search/data"
ENTRY = "search/entry.json"

#: The numbers of patches: compact, there may be a million.
_Numbers: TypeAlias = "array[int]"
_NONE = (0, 0, 0)
#: The patches of a segment, by their lowest and highest number.
_IN_ORDER = "WHERE id BETWEEN ? AND ? ORDER BY date DESC, id DESC"


def blocks(count: int, unit: int, base: int) -> list[int]:
    """The sizes of the segments of an archive of so many patches, oldest first."""
    units, rest = divmod(count, unit)
    sizes = [rest]
    weight = unit
    while units:
        units, digit = divmod(units, base)
        sizes.append(digit * weight)
        weight *= base
    return [size for size in reversed(sizes) if size]


def update(
    archive: Archive,
    archive_path: Path,
    output: Path,
    temporary: Path,
    executor: Executor,
    advance: Callable[[int], None] = lambda patches: None,
    layout: Layout = LAYOUT,
) -> list[str]:
    """Write what is missing, replace the entry file last; returns the files written, entry included.

    `temporary` is a folder on the same disk, for what is not yet whole.

    What the entry before this one names stays, for readers who have loaded it.
    """
    before = _read_entry(output)
    known = {segment["name"]: segment for segment in before.get("segments", [])}
    kept = _named(before)
    written: list[str] = []
    segments = []
    values = _values(archive)
    parts = _parts(archive, layout)
    with TemporaryDirectory(dir=temporary) as folder:
        missing = {
            name: part
            for name, part in parts
            if not (name in known and (output / DATA / name).is_dir())
        }
        for segment in make(archive_path, Path(folder), missing, executor, advance, layout):
            known[segment.name] = asdict(segment)
            _move(Path(folder, segment.name), output / DATA / segment.name)
            written += _files(output, segment.name)
    mutable = _Mutable(archive, values, layout.window)
    for name, part in parts:
        entry = {key: value for key, value in known[name].items() if key != "columns"}
        entry["columns"] = []
        for column in mutable.encode(part):
            file = _name("m", column)
            entry["columns"].append(file)
            if not (output / DATA / file).is_file():
                _write_column(output, temporary, file, column)
                written.append(f"{DATA}/{file}")
        segments.append(entry)
    docs = sum(len(part) for _, part in parts)
    sizes = {name: getattr(layout, name) for name in ("window", "inline", "records", "group")}
    entry = {"version": encoding.VERSION, "docs": docs, **sizes, **values, "segments": segments}
    if _write_entry(output, temporary, entry):
        written.append(ENTRY)
        _remove_others(output, _named(entry) | kept)
    return written


def published(output: Path) -> list[str]:
    """The files that the entry file names, and itself."""
    entry = _read_entry(output)
    found = [path for name in sorted(_named(entry)) for path in _files(output, name)]
    return found + ([ENTRY] if entry else [])


def _named(entry: dict[str, Any]) -> set[str]:
    """What an entry file names in the folder of data: folders of segments, files of columns."""
    return {name for s in entry.get("segments", []) for name in (s["name"], *s["columns"])}


def _files(output: Path, name: str) -> list[str]:
    if not (output / DATA / name).is_dir():
        return [f"{DATA}/{name}"]
    return sorted(f"{DATA}/{name}/{path.name}" for path in (output / DATA / name).iterdir())


def _parts(archive: Archive, layout: Layout) -> list[tuple[str, _Numbers]]:
    """The segments' names, oldest first, and the numbers of their patches, newest first."""
    every = array("q", (row[0] for row in archive.sql.execute("SELECT id FROM patch ORDER BY id")))
    found = []
    start = 0
    for size in blocks(len(every), layout.unit, layout.base):
        part = array("q")
        state = hashlib.blake2b(digest_size=8)
        # Not all of them at once: what a patch's place depends on is its date, and `words` its text.
        query = f"SELECT id, date, text_digest FROM patch {_IN_ORDER}"
        for key in archive.sql.execute(query, (every[start], every[start + size - 1])):
            part.append(key[0])
            state.update(repr(key).encode())
        found.append((_name("s", (layout, ANALYSIS, state.digest())), part))
        start += size
    return found


def _name(letter: str, content: Any) -> str:
    state = hashlib.blake2b(digest_size=9)
    state.update(repr((encoding.VERSION, content)).encode())
    return letter + state.hexdigest()


def _move(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)


def _values(archive: Archive) -> dict[str, Any]:
    """What the columns' numbers stand for."""
    sql = archive.sql
    states = [row[0] for row in sql.execute("SELECT DISTINCT state FROM patch ORDER BY state")]
    users = sql.execute(
        "SELECT DISTINCT u.username FROM patch p JOIN user u ON u.id = p.delegate_id ORDER BY 1"
    )
    projects = sql.execute("SELECT id, slug, link_name, name FROM project ORDER BY id")
    return {
        "states": states,
        "delegates": [row[0] for row in users],
        "projects": [[number, slug, link, name] for number, slug, link, name in projects],
    }


class _Mutable:
    """The columns that change without a new text: states, delegates, flags."""

    def __init__(self, archive: Archive, values: dict[str, Any], window: int) -> None:
        self._archive = archive
        self._size = window
        self._checks, self._tags = check_counts(archive), comment_tags(archive)
        self._states = {state: n for n, state in enumerate(values["states"])}
        self._delegates = {name: n + 1 for n, name in enumerate(values["delegates"])}

    def encode(self, ids: _Numbers) -> Iterator[bytes]:
        """One column file's content for each window of a segment's patches."""
        rows = self._archive.sql.execute(
            "SELECT id, state, (SELECT username FROM user WHERE user.id = delegate_id), "
            f"archived, acked, reviewed, tested FROM patch INDEXED BY patch_plan {_IN_ORDER}",
            (min(ids), max(ids)),
        )
        while window := rows.fetchmany(self._size):
            yield self._window(window)

    def _window(self, rows: list[tuple[Any, ...]]) -> bytes:
        states = [self._states[row[1]] for row in rows]
        delegates = [self._delegates.get(row[2], 0) for row in rows]
        flags = [self._flags(*row) for row in rows]
        return b"".join(encoding.varints(column) for column in (states, delegates, flags))

    def _flags(self, number: int, _state: str, _delegate: str, archived: int, *own: int) -> int:
        """Bit 0: archived; 1–2: the worst check (place in schema.CHECKS); 3–5: the tags."""
        success, warning, fail = self._checks.get(number, _NONE)
        check = 3 if fail else 2 if warning else 1 if success else 0
        acked, reviewed, tested = map(int.__add__, own, self._tags.get(number, _NONE))
        tags = (acked and 1) | (reviewed and 2) | (tested and 4)
        return (archived and 1) | check << 1 | tags << 3


def _write_column(output: Path, temporary: Path, name: str, column: bytes) -> None:
    fresh = temporary / name
    fresh.write_bytes(encoding.pack(column))
    (output / DATA).mkdir(parents=True, exist_ok=True)
    fresh.replace(output / DATA / name)


def _read_entry(output: Path) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads((output / ENTRY).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return entry if entry.get("version") == encoding.VERSION else {}


def _write_entry(output: Path, temporary: Path, entry: dict[str, Any]) -> bool:
    """Replace the entry file if it differs; whether it did."""
    text = json.dumps(entry, ensure_ascii=True, separators=(",", ":"))
    # Names come from outside, and nothing that is published may hold markup.
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    target = output / ENTRY
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.read_text("utf-8") == text:
        return False
    fresh = temporary / "entry.json"
    fresh.write_text(text, "utf-8")
    fresh.replace(target)
    return True


def _remove_others(output: Path, kept: set[str]) -> None:
    for path in (output / DATA).glob("*"):
        if path.name not in kept and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in kept:
            path.unlink()
