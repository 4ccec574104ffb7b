"""Brings the published index up to date with the archive. Segments depend on the mails alone.

The patches, by number, are cut into blocks like the digits of a number to the base 16: 37,900 patches are
thirty-seven units of 1,024, so a block of 32 units, one of 5, and the rest. A new patch changes the last,
small block. There are few blocks to read, however large the archive: each patch is written anew some eleven
times on the way to 100,000 patches, seventeen times to a million. And whoever builds the same archive, in one
go or over years, gets the same files.

Cover letters and replies, whose numbers have nothing to do with those of patches, go to the block of their
time: a reply to an old patch changes the last block, too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generator import durable
from generator.archive import index_queries, landed_index, vocabulary
from generator.archive.database import Archive
from generator.archive.index_queries import Numbers, Part
from generator.errors import Failure
from generator.search import encoding
from generator.search.column_files import ColumnEncoder, ContentFiles, change_statuses, content_name
from generator.search.encoding import LAYOUT, Layout
from generator.search.outcomes import pack_commits
from generator.search.parallel import build_segments, fail_again
from generator.search.segment_writer import SegmentInfo
from generator.search.tokenizer import ANALYSIS

DATA = "search/data"
ENTRY = "search/entry.json"


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
    advance: Callable[[int], None] = lambda mails: None,
    layout: Layout = LAYOUT,
    failed: Callable[[Failure], None] = lambda failure: None,
    open_states: Sequence[str] = (),
    stale_days: int = 90,
    keep_before: bool = True,
) -> list[str]:
    """Write what is missing, replace the entry file last; returns the files written, entry included.

    `temporary` is a folder on the same disk, for what is not yet whole.

    What the entry before this one names stays, for readers who have loaded it, unless `keep_before` says
    that it mustn't. `failed` gets each
    mail whose text could not be indexed; searches find it by its subject and ids all the same, and the next
    update tries it again. `open_states`: what `is:open` finds (none: what
    the server's lists show). stale_days: days without a mail after which an open change is stale.
    """
    before = _read_entry(output)
    states = vocabulary.open_states(archive, open_states)
    statuses = change_statuses(archive, states, stale_days)
    open_states = [state.lower() for state in states]
    values = {**_values(archive), "open": open_states}
    segments = [_Segment.of(archive, part, layout) for part in parts(archive, layout)]
    segments = [segment for segment in segments if segment.mails]
    described = {
        segment.get("of", segment["name"]): segment for segment in before.get("segments", [])
    }
    written: list[str] = []
    with TemporaryDirectory(dir=temporary) as folder:
        missing = {}
        for segment in segments:
            known = described.get(segment.name)
            is_there = known and (output / DATA / known["name"]).is_dir()
            again = known.get("failed", []) if known and is_there else []
            if not is_there or (
                again and not fail_again(archive_path, Path(folder), again, executor, failed)
            ):
                missing[segment.name] = segment.mails
        for made in build_segments(
            archive_path, Path(folder), missing, executor, advance, layout, failed
        ):
            described[made.name] = _described(made, Path(folder))
            name = described[made.name]["name"]
            _move(Path(folder, made.name), output / DATA / name)
            written += _files(output, name)
    files = ContentFiles(output / DATA, temporary, _named(before))
    columns = ColumnEncoder(archive, values, layout.window, statuses)
    entries = []
    for segment in segments:
        names = [
            (files.write("m", content), files.write("o", outcomes))
            for content, outcomes in columns.encode(segment.part)
        ]
        of_columns, of_outcomes = zip(*names, strict=True)
        entries.append(
            described[segment.name]
            | {"columns": of_columns, "outcomes": of_outcomes if any(of_outcomes) else []}
        )
    commits = pack_commits(list(landed_index.commits(archive)))
    values["commits"] = [files.write("k", content) for content in commits]
    written += [f"{DATA}/{name}" for name in files.written]
    docs = sum(len(segment.mails) for segment in segments)
    sizes = {name: getattr(layout, name) for name in ("window", "inline", "records", "group")}
    entry = {"version": encoding.VERSION, "docs": docs, **sizes, **values, "segments": entries}
    if written:
        durable.flush(output)  # what an entry names is there, even after a crash of the machine
    if _write_entry(output, temporary, entry):
        written.append(ENTRY)
        _remove_others(output, _named(entry) | (_named(before) if keep_before else set()))
    return written


def _described(segment: SegmentInfo, folder: Path) -> dict[str, Any]:
    """What the entry file says of a segment.

    One that lacks the text of a patch is named by its content: browsers keep the files of a name for ever.
    """
    info = asdict(segment)
    if not segment.failed:
        del info["failed"]
        return info
    files = sorted(Path(folder, segment.name).iterdir())
    content = [(file.name, hashlib.blake2b(file.read_bytes()).digest()) for file in files]
    return {**info, "name": content_name("s", content), "of": segment.name}


def published(output: Path) -> list[str]:
    """The files that the entry file names, and itself."""
    entry = _read_entry(output)
    paths = [path for name in sorted(_named(entry)) for path in _files(output, name)]
    return paths + ([ENTRY] if entry else [])


def _named(entry: dict[str, Any]) -> set[str]:
    """What an entry file names in the folder of data: folders of segments, and single files."""
    named = {*entry.get("commits", [])}
    for segment in entry.get("segments", []):
        named.update((segment["name"], *segment["columns"], *segment.get("outcomes", [])))
    return named - {""}


def _files(output: Path, name: str) -> list[str]:
    if not (output / DATA / name).is_dir():
        return [f"{DATA}/{name}"]
    return sorted(f"{DATA}/{name}/{path.name}" for path in (output / DATA / name).iterdir())


def parts(archive: Archive, layout: Layout) -> Iterator[Part]:
    """What each segment holds, oldest first: a block of patches, and the other mails of its time.

    The time of a full block ends with the median of the dates of its last unit, so that a few wrong clocks
    don't matter. What is newer lies with the rest of the patches, even if there are none yet.
    """
    every = index_queries.patch_numbers(archive)
    until = index_queries.EVER[0]
    end = 0
    for size in blocks(len(every) // layout.unit * layout.unit, layout.unit, layout.base):
        start, end, after = end, end + size, until
        middle = index_queries.middle_date(archive, every[end - layout.unit], every[end - 1])
        until = max(until, middle)
        yield Part(every[start], every[end - 1], after, until)
    yield Part(*((every[end], every[-1]) if end < len(every) else (0, -1)), after=until)


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment: its name, the part of the archive that it holds, the keys of its mails in order."""

    name: str
    part: Part
    mails: Numbers

    @classmethod
    def of(cls, archive: Archive, part: Part, layout: Layout) -> _Segment:
        """The segment of a part. Its name follows from the mails' order and texts."""
        mails = array("q")
        state = hashlib.blake2b(digest_size=8)
        for mail in index_queries.mails_of(archive, part):
            mails.append(mail.key)
            state.update(repr(tuple(mail)).encode())
        return cls(content_name("s", (layout, ANALYSIS, state.digest())), part, mails)


def _move(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    folder.rename(target)


def _values(archive: Archive) -> dict[str, Any]:
    """What the columns' numbers stand for."""
    return {
        "states": vocabulary.states(archive),
        "delegates": vocabulary.delegates(archive),
        "projects": index_queries.project_names(archive),
        "repositories": landed_index.repositories(archive),
        "releases": landed_index.releases(archive),
    }


def _read_entry(output: Path) -> dict[str, Any]:
    """The entry file, and nothing where there is none of this format."""
    path = output / ENTRY
    try:
        entry = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        _named(entry)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
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
    if target.is_file() and target.read_bytes() == text.encode():
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
