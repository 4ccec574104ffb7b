"""Files compressed beforehand, which web servers send as they are: beside the plain ones, or alone."""

from __future__ import annotations

import gzip
import re
from importlib import import_module
from typing import Any

from generator.errors import ConfigError
from generator.servers.rules import PACKED, Packed, stored
from generator.site.build_context import Files
from generator.site.files import SymlinkTo

#: Beside the plain one, a smaller file fits into the first packets anyway.
_SMALLEST = 1024
_GZIP_LEVEL = 9
#: Of every file, where there is no plain one: level 9 takes twice as long for a percent.
_ONLY_LEVEL = 6
#: Above it, brotli takes many times as long for a few percent.
_BROTLI_QUALITY = 9


def require_modules(packed: Packed) -> None:
    """Raise ConfigError where brotli, which comes with an extra, is needed and isn't installed."""
    if packed and packed != "only":
        _brotli()


def _brotli() -> Any:
    try:
        return import_module("brotli")
    except ImportError as error:
        raise ConfigError("precompress needs brotli: pip install 'stillwork[compress]'") from error


def with_packed(files: Files, packed: Packed) -> Files:
    """The files as they are stored: plain, with `.gz` and `.br` beside (RFC 1952, 7932), or `.gz` alone."""
    if not packed:
        return files
    return _packed_only(files) if packed == "only" else _packed_beside(files)


def _packed_beside(files: Files) -> Files:
    """The files, and the compressed forms of those that gain by it."""
    brotli = _brotli()
    with_compressed = dict(files)
    for path, content in files.items():
        if not isinstance(content, bytes) or len(content) < _SMALLEST:
            continue
        if re.search(PACKED, f"/{path}"):
            packed = {
                ".gz": gzip.compress(content, _GZIP_LEVEL, mtime=0),
                ".br": brotli.compress(content, quality=_BROTLI_QUALITY),
            }
            with_compressed |= {
                path + end: data for end, data in packed.items() if len(data) < len(content)
            }
    return with_compressed


def _packed_only(files: Files) -> Files:
    """The files, all that servers send compressed in this form alone, however small; links lead to it."""
    made: Files = {}
    for path, content in files.items():
        place = stored(path, packed_only=True)
        if place == path:
            made[path] = content
        elif isinstance(content, bytes):
            made[place] = gzip.compress(content, _ONLY_LEVEL, mtime=0)
        elif isinstance(content, SymlinkTo):
            made[place] = SymlinkTo(stored(content.target, packed_only=True))
        else:
            raise TypeError(f"{path}: a file too large for memory is stored as it is")
    return made
