"""Looks for damage in an archive: in SQLite's own structures, and in every object."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import zstandard

from generator.archive.database import Archive, table
from generator.archive.overrides import patch_overrides
from generator.model import KINDS

#: What damaged bytes bring about when they are decoded.
_FAULTS = (
    zstandard.ZstdError, msgspec.MsgspecError, ValueError, TypeError, RecursionError, MemoryError,
)  # fmt: skip
#: Faults of SQLite's that are listed: there are more in a file whose middle is gone.
_MAX_FAULTS = 100


@dataclass
class Examined:
    """What a check has seen."""

    objects: int = 0


def faults(archive: Archive, examined: Examined) -> Iterator[str]:
    """A line for each fault, with table and number; nothing where the archive is whole. Writes nothing."""
    try:
        for (text,) in archive.sql.execute(f"PRAGMA integrity_check({_MAX_FAULTS})"):
            if text != "ok":
                yield f"database: {' '.join(text.split())}"
        overrides = patch_overrides(archive)
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        yield f"database: {error}"
        overrides = {}
    for kind in KINDS:
        extra = {
            number: msgspec.json.encode(fields)
            for number, fields in (overrides if kind == "patch" else {}).items()
        }
        yield from _object_faults(archive, kind, extra, examined)


def _object_faults(
    archive: Archive, kind: str, overrides: dict[int, bytes], examined: Examined
) -> Iterator[str]:
    name = table(kind)
    number = -1
    try:
        for number, digest, raw in archive.sql.execute(f"SELECT id, digest, raw FROM {name}"):
            examined.objects += 1
            try:
                encoded = archive.unpack(raw)
                msgspec.json.decode(encoded, type=KINDS[kind])
            except _FAULTS as error:
                yield f"{name} {number}: {' '.join(str(error).split())}"
                continue
            actual = hashlib.blake2b(encoded + overrides.get(number, b""), digest_size=8).digest()
            if int.from_bytes(actual, "big", signed=True) != digest:
                yield f"{name} {number}: differs from what was stored"
    except sqlite3.Error as error:
        after = f" after {number}" if number >= 0 else ""
        yield f"{name}: unreadable{after}: {error}"
