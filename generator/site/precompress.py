"""Files compressed beforehand, for web servers that send them as they are."""

from __future__ import annotations

import gzip
import re
from importlib import import_module
from typing import Any

from generator.errors import ConfigError
from generator.servers.rules import PACKED
from generator.site.build_context import Files

#: Smaller ones fit into the first packets anyway.
_SMALLEST = 1024
_GZIP_LEVEL = 9
#: Above it, brotli takes many times as long for a few percent.
_BROTLI_QUALITY = 9


def require_brotli() -> Any:
    """The module brotli, which comes with an extra; raises ConfigError when it isn't installed."""
    try:
        return import_module("brotli")
    except ImportError as error:
        raise ConfigError("precompress needs brotli: pip install 'stillwork[compress]'") from error


def with_packed(files: Files) -> Files:
    """The files, and beside each one that gains by it `.gz` and `.br` (RFC 1952, RFC 7932)."""
    brotli = require_brotli()
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
