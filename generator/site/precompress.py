"""Files compressed beforehand, for web servers that send them as they lie there."""

from __future__ import annotations

import gzip
import re

import brotli

from generator.servers.rules import PACKED
from generator.site.build_context import Files
from generator.site.files import Link, Spooled

#: Smaller ones fit into the first packets anyway.
_SMALLEST = 1024
_GZIP_LEVEL = 9
#: Above it, brotli takes many times as long for a few percent.
_BROTLI_QUALITY = 9


def with_packed(files: Files) -> Files:
    """The files, and beside each one that gains by it `.gz` and `.br` (RFC 1952, RFC 7932)."""
    found = dict(files)
    for path, content in files.items():
        if isinstance(content, Link | Spooled) or len(content) < _SMALLEST:
            continue
        if re.search(PACKED, f"/{path}"):
            packed = {
                ".gz": gzip.compress(content, _GZIP_LEVEL, mtime=0),
                ".br": brotli.compress(content, quality=_BROTLI_QUALITY),
            }
            found |= {path + end: held for end, held in packed.items() if len(held) < len(content)}
    return found
