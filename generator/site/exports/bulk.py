"""Bulk files: all objects and all mails of a project and month, for those who want more than a few pages.

`archive/P-2026-03.jsonl.zst` has the objects as they came from the API, one a line, in a form that
`stillwork import` reads; `archive/P-2026-03.mbox.gz` the mails (mboxrd); `archive/P-2026-03.events.jsonl.zst`
what happened on the server in that month, by its clock. Beside each lies a `.json` that describes it, and
`archive/index.json` has all of these. A month in which nothing changed keeps its files.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard

from generator import urls
from generator.archive import events, export
from generator.mail import mbox
from generator.site.build_context import Context, Files
from generator.site.exports.api import escape
from generator.site.files import SpooledFile
from generator.site.plan import Plan
from generator.site.published import Published
from generator.site.registry import CollectionKind, PageKind, Stage, Unit

#: Higher ones take three times as long for eight percent, and each changed state repacks a month.
_LEVEL = 3

#: The files of a month: what they hold → how their names end.
PARTS = {"objects": "jsonl.zst", "mails": "mbox.gz", "events": "events.jsonl.zst"}


@dataclass(frozen=True, slots=True)
class BulkMonth:
    """A project (folder name) and month. files: name, bytes, sha256 and how many objects of each kind."""

    project: str
    month: str
    files: list[dict[str, Any]]


@dataclass(frozen=True)
class BulkView:
    """What `bulk.html` shows."""

    months: list[BulkMonth]


def month_file(context: Context, key: tuple[int, str, str], payload: None) -> Files:
    """A file of a project (number) and month (`2026-03`), and its description."""
    project, month, part = key
    slug, _ = context.project(project)
    name = f"{name_of(slug, month)}.{PARTS[part]}"
    path = context.spool() / name
    counts = _WRITERS[part](context, span_of(project, month), path)
    about = {"name": name, "bytes": path.stat().st_size, "sha256": _sha256(path), **counts}
    return {
        f"archive/{name}": SpooledFile(path),
        f"archive/{name}.json": msgspec.json.encode(about),
    }


def _write_objects(context: Context, span: export.Span, path: Path) -> dict[str, int]:
    counts = dict.fromkeys(("patches", "covers", "series", "comments", "checks"), 0)
    with path.open("wb") as raw, zstandard.ZstdCompressor(_LEVEL).stream_writer(raw) as packed:
        for kind, line in export.lines(context.archive, span):
            packed.write(escape(line) + b"\n")
            if kind in counts:
                counts[kind] += 1
    return counts


def _write_events(context: Context, span: export.Span, path: Path) -> dict[str, int]:
    count = 0
    with path.open("wb") as raw, zstandard.ZstdCompressor(_LEVEL).stream_writer(raw) as packed:
        for line in events.encoded_events(context.archive, span):
            packed.write(escape(line) + b"\n")
            count += 1
    return {"events": count}


def _write_mails(context: Context, span: export.Span, path: Path) -> dict[str, int]:
    count = 0
    with path.open("wb") as raw, _gzip(raw) as packed:
        for item in export.mails(context.archive, span):
            packed.write(mbox.thread([item]))
            count += 1
    return {"mails": count}


_WRITERS = {"objects": _write_objects, "mails": _write_mails, "events": _write_events}


def bulk_index(
    context: Context, published: Published, key: tuple[()], months: tuple[tuple[int, str], ...]
) -> Files:
    """`archive/index.json` and the page that shows it, the newest month of each project first."""
    index: list[BulkMonth] = []
    for project, month in sorted(months, key=lambda item: item[1], reverse=True):
        slug, _ = context.project(project)
        files = [
            msgspec.json.decode(about)
            for suffix in PARTS.values()
            if (about := published.read(f"archive/{name_of(slug, month)}.{suffix}.json"))
        ]  # a month may lack mails or events, and a file that could not be built has been reported
        index.append(BulkMonth(slug, month, files))
    index.sort(key=lambda item: item.project)
    page = context.render("bulk.html", "archive/", BulkView(index))
    return {"archive/index.json": msgspec.json.encode(index), "archive/index.html": page}


def span_of(project: int, month: str) -> export.Span:
    """A month (`2026-03`) of a project."""
    year, number = int(month[:-3]), int(month[-2:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return export.Span(project, _begin(year, number), _begin(*following))


def _begin(year: int, month: int) -> int:
    """When a month begins (seconds since 1970); the calendar ends with the year 9999."""
    return 1 << 60 if year > 9999 else int(datetime(year, month, 1, tzinfo=UTC).timestamp())


def name_of(slug: str, month: str) -> str:
    """What the files of a project (folder name) and month are called."""
    return f"{urls.segment(slug)}-{month}"


def _gzip(raw: BinaryIO) -> gzip.GzipFile:
    return gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=raw, mtime=0)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _units(plan: Plan) -> Iterator[Unit]:
    for key, (objects, mails) in plan.fingerprints.months.items() if plan.config.bulk else ():
        project = plan.projects.get(key[0])
        yield plan.unit("bulk", (*key, "objects"), (project, objects))
        yield plan.unit("bulk", (*key, "mails"), (project, mails))
    for key, state in plan.fingerprints.event_months.items() if plan.config.bulk else ():
        yield plan.unit("bulk", (*key, "events"), (plan.projects.get(key[0]), state))


def _index_units(plan: Plan) -> Iterator[Unit]:
    if plan.config.bulk:
        mails, happened = plan.fingerprints.months, plan.fingerprints.event_months
        months = tuple(sorted(mails.keys() | happened.keys()))
        yield plan.unit("bulk-index", (), (mails, happened, plan.projects), months)


BULK = PageKind("bulk", _units, month_file)
BULK_INDEX = CollectionKind(
    "bulk-index",
    _index_units,
    bulk_index,
    templates=("bulk.html",),
    stage=Stage.ENTRY_POINTS,
)
