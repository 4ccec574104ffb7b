"""Looks for a text in everything that a site consists of, however it is encoded there."""

from __future__ import annotations

import gzip
import html
import quopri
import re
import zlib
from binascii import Error, a2b_base64
from collections.abc import Iterator
from urllib.parse import unquote

from generator.mail.encoded_words import decoded
from tests.conftest import Site

_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def forms(content: bytes, *, is_packed: bool = False) -> Iterator[str]:
    """What a file may be read as."""
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if is_packed:  # a file of the index
        content = zlib.decompress(content, -15)
    text = content.decode("utf-8", "replace")
    yield text
    yield html.unescape(re.sub(r"<[^>]*>", "", text))
    yield unquote(text)
    yield _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    yield decoded(re.sub(r"\r?\n[ \t]+", " ", text))
    yield quopri.decodestring(content).decode("utf-8", "replace")
    for match in _BASE64.finditer(content):
        try:
            yield a2b_base64(match[0]).decode("utf-8", "replace")
        except (Error, ValueError):
            continue


def files_with(site: Site, pattern: str) -> list[str]:
    """The files and paths in which a pattern (case is ignored) is found."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        path
        for path, content in site.files().items()
        if wanted.search(path)
        or any(
            wanted.search(form)
            for form in forms(content, is_packed=path.startswith("search/data/"))
        )
    ]
