"""Everything of a project and month in two files, for who would otherwise fetch page after page.

`archive/P-2026-03.jsonl.zst` has the objects as they came from the API, one a line, in a form that
`stillwork import` reads; `archive/P-2026-03.mbox.gz` the mails (mboxrd). `archive/P-2026-03.json` tells of
both, and `archive/index.json` of all. A month that nothing changed in keeps its files.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard

from generator.site import urls
from generator.site.output import Spooled
from generator.site.pages.api import escape
from generator.site.pages.context import Context, Files
from generator.store import dump
from generator.text import mbox

_LEVEL = 6
_MIB = 1 << 20


def month_files(context: Context, key: tuple[int, str], payload: None) -> Files:
    """The files of a project (number) and month (`2026-03`)."""
    project, month = key
    slug, _ = context.project(project)
    name = name_of(slug, month)
    year, number = int(month[:-3]), int(month[-2:])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    span = dump.Span(project, _begin(year, number), _begin(*following))
    spool = context.spool()
    objects, counts = (
        spool / f"{name}.jsonl",
        dict.fromkeys(("patches", "covers", "comments", "series"), 0),
    )
    with objects.open("wb") as raw, zstandard.ZstdCompressor(_LEVEL).stream_writer(raw) as packed:
        for kind, line in dump.lines(context.archive, span):
            packed.write(escape(line) + b"\n")
            if kind in counts:
                counts[kind] += 1
    mails = spool / f"{name}.mbox"
    with mails.open("wb") as raw, _gzip(raw) as packed_mails:
        for item in dump.mails(context.archive, span):
            packed_mails.write(mbox.thread([item]))
    files = {"jsonl.zst": objects, "mbox.gz": mails}
    about = {
        "project": slug,
        "month": month,
        **counts,
        "files": [_about(f"{name}.{suffix}", path) for suffix, path in files.items()],
    }
    made: Files = {
        f"archive/{name}.{suffix}": Spooled(str(path).encode()) for suffix, path in files.items()
    }
    return {**made, f"archive/{name}.json": msgspec.json.encode(about)}


def bulk_index(context: Context, key: tuple[()], names: tuple[str, ...]) -> Files:
    """`archive/index.json` and the page that shows it; `names` are those of the months' files."""
    shown = []
    for name in names:
        path = context.output / "archive" / f"{name}.json"
        if path.is_file():  # it could not be made: that was told
            shown.append(msgspec.json.decode(path.read_bytes()))
    shown.sort(key=lambda item: item["month"], reverse=True)
    shown.sort(key=lambda item: item["project"])
    page = context.renderer.render("bulk.html", "archive/", months=shown)
    return {"archive/index.json": msgspec.json.encode(shown), "archive/index.html": page}


def _begin(year: int, month: int) -> int:
    """When a month begins (seconds since 1970); the calendar ends with the year 9999."""
    return 1 << 60 if year > 9999 else int(datetime(year, month, 1, tzinfo=UTC).timestamp())


def name_of(slug: str, month: str) -> str:
    """What the files of a project (folder name) and month are called."""
    return f"{urls.segment(slug)}-{month}"


def _gzip(raw: BinaryIO) -> gzip.GzipFile:
    return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)


def _about(name: str, path: Path) -> dict[str, Any]:
    state = hashlib.sha256()
    for part in _parts(path):
        state.update(part)
    return {"name": name, "bytes": path.stat().st_size, "sha256": state.hexdigest()}


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(_MIB):
            yield part
