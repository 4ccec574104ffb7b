"""Reads JSON objects from files: single ones, arrays, JSON Lines, saved API pages, also compressed.

Nothing here holds more than one object in memory, whatever the size of the file.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard

from generator.archive.normal_form import check_depth
from generator.errors import InputError
from generator.sources.json_arrays import elements
from generator.sources.zstd import ZstdStream

#: No object of a Patchwork server comes near this many bytes; a larger one is skipped unread.
MAX_OBJECT = 64 << 20
#: How many bytes of a file may be skipped in search of the next object.
MAX_SKIPPED = 1 << 30
SUFFIXES = (".json", ".jsonl", ".ndjson", ".txt")
_PACKED = {".gz": "gzip", ".zst": "Zstandard"}
_MAX_PREAMBLE_LINES = 1000
_REQUEST = re.compile(rb"^GET (/\S*)")
_STATUS = re.compile(rb"^HTTP(?:/[\d.]+)? (\d{3})")


@dataclass(slots=True)
class Found:
    """A decoded value, its file and line or element, and the API path that a saved page names."""

    value: Any
    where: str
    context: str = ""


def walk(path: Path) -> Iterator[Path | InputError]:
    """The JSON files at a path: itself, or all below that folder, by name.

    An InputError is yielded for each folder that can't be read, for each symlink to one, which may lead in
    a circle, and for each pipe, device and the like, which may have no end.
    """
    if not path.is_dir():
        yield path
        return
    failures: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=failures.append):
        folders.sort()
        for name in folders:
            if os.path.islink(f"{folder}/{name}"):  # noqa: PTH114 - there may be many
                yield InputError(f"{Path(folder, name)}: a symlink to a folder; not read")
        for name in sorted(names):
            stem = name.removesuffix(".gz").removesuffix(".zst")
            if stem.endswith(SUFFIXES) and not name.startswith("."):
                file = Path(folder, name)
                is_special = file.exists() and not file.is_file()
                yield InputError(f"{file}: not a regular file") if is_special else file
    for failure in failures:
        yield InputError(f"{failure.filename}: {failure.strerror}")


def read(path: Path) -> Iterator[Found | InputError]:
    """Every value in a file (`-`: standard input), with an InputError in place of each invalid one."""
    try:
        with _open(path) as stream:
            yield from _read(stream, str(path))
    except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
        yield InputError(f"{path}: the compressed data is damaged or truncated: {error}")
    except OSError as error:
        yield InputError(f"{path}: {error.strerror or error}")


def _open(path: Path) -> BinaryIO:
    if str(path) == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return sys.stdin.buffer
    stream = io.BufferedReader(io.FileIO(path, opener=_without_waiting), 1 << 20)
    os.set_blocking(stream.fileno(), True)
    magic = stream.peek(4)[:4]
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(stream)  # type: ignore[return-value]
    if magic == b"\x28\xb5\x2f\xfd":
        return io.BufferedReader(ZstdStream(stream), 1 << 20)
    if path.suffix in _PACKED:
        stream.close()
        raise OSError(f"not a {_PACKED[path.suffix]} file despite its name")
    return stream


def _without_waiting(path: str, flags: int) -> int:
    """Open a file. A named pipe that nobody writes to is empty: to wait for a writer may take for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


def _read(stream: BinaryIO, name: str) -> Iterator[Found | InputError]:
    first, context = b"", ""
    for number, line in enumerate(_lines(stream), 1):
        text = line.removeprefix(b"\xef\xbb\xbf").lstrip() if line else b""
        if text[:1] in (b"{", b"["):
            first = text
            break
        if request := _REQUEST.match(text):
            context = request[1].decode("ascii", "replace")
        if (status := _STATUS.match(text)) and status[1] != b"200":
            yield InputError(f"{name}: a saved error page, status {status[1].decode()}")
            return
        if number > _MAX_PREAMBLE_LINES:
            break
    if not first:
        yield InputError(f"{name}: no JSON object found")
    elif first[:1] == b"[":
        yield from _array(first, stream, name, context)
    else:
        yield from _objects(first, number, stream, name, context)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines with their newline; None for one longer than an object may be."""
    skipped = 0
    while line := stream.readline(MAX_OBJECT):
        if len(line) < MAX_OBJECT or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
            skipped += len(rest)
            if skipped > MAX_SKIPPED:
                raise OSError(f"gave up after {skipped >> 20} MiB without a newline")
        yield None


def _objects(
    first: bytes, first_line: int, stream: BinaryIO, name: str, context: str
) -> Iterator[Found | InputError]:
    """Objects one after the other: JSON Lines, or written over several lines.

    A line that begins with `{` in its first column begins a new object, so that a damaged one
    costs none of those below it.
    """
    chunk, start = bytearray(first), first_line
    for number, line in enumerate(_lines(stream), first_line + 1):
        if line is None or len(chunk) > MAX_OBJECT:
            if line is None:
                yield from _decode(chunk, name, start, context)
            yield InputError(f"{name}:{number}: object longer than {MAX_OBJECT >> 20} MiB")
            chunk, start = bytearray(), number + 1
        elif line[:1] in (b"{", b"["):
            yield from _decode(chunk, name, start, context)
            chunk, start = bytearray(line), number
        elif line.strip():
            chunk += line
    yield from _decode(chunk, name, start, context)


def _decode(chunk: bytearray, name: str, number: int, context: str) -> Iterator[Found | InputError]:
    if not chunk:
        return
    value, error = _try(bytes(chunk))
    if error is None:
        yield Found(value, f"{name}:{number}", context)
        return
    line, _, below = bytes(chunk).partition(b"\n")
    if below.strip():  # perhaps an object on a line of its own, with something else below it
        value, on_line = _try(line)
        if on_line is None:
            yield Found(value, f"{name}:{number}", context)
            number, error = number + 1, InputError("not JSON")
    yield InputError(f"{name}:{number}: {error}")


def _try(data: bytes) -> tuple[Any, InputError | None]:
    try:
        return decode(data), None
    except InputError as error:
        return None, error


def _array(first: bytes, stream: BinaryIO, name: str, context: str) -> Iterator[Found | InputError]:
    for index, element in enumerate(elements(first, stream, MAX_OBJECT)):
        if isinstance(element, InputError):
            yield InputError(f"{name}: {element}")
            continue
        try:
            yield Found(decode(element), f"{name}: element {index + 1}", context)
        except InputError as error:
            yield InputError(f"{name}: element {index + 1}: {error}")


def decode(data: bytes | bytearray) -> Any:
    """Decode one JSON value (UTF-8); raises InputError with the cause."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InputError(_label(data) + _cause(data, error)) from error
    try:
        check_depth(value)
    except InputError as error:
        raise InputError(_label(data) + str(error)) from error
    return value


def _label(data: bytes | bytearray) -> str:
    number = re.match(rb'\s*\{\s*"id":\s*(\d{1,16})\b', data)
    return f"object {number[1].decode()}: " if number else ""


def _cause(data: bytes | bytearray, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if b"\0" in data:
        return "not JSON: a NUL byte"
    if re.search(rb"\\u[dD][89a-fA-F]", data) and _is_json(data):
        return "a lone surrogate is not a character"
    return f"not JSON: {str(error).partition(' - at')[0]}"


def _is_json(data: bytes | bytearray) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
