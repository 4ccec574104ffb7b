"""Checks a built site: every file, every internal link, and the search index against the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag

from selectolax.lexbor import LexborHTMLParser

from generator.archive.database import Archive
from generator.archive.index_queries import EVERYTHING, mail_name, mails_of
from generator.errors import SearchError
from generator.search import index_reader, publish
from generator.site.files import digest_of
from generator.site.manifest import Manifest
from generator.site.published import Published, address_of

_LINKS = ("href", "src", "action")
_EXTERNAL = re.compile(r"^[a-z][a-z0-9+.-]*:|^//", re.IGNORECASE)


@dataclass
class Checked:
    """What a check has seen."""

    files: int = 0
    links: int = 0


def verify(archive: Archive, output: Path, checked: Checked) -> Iterator[str]:
    """A line for each fault of the site in `output`; nothing when it is whole. Writes nothing.

    Raises ConfigError where no site has been built.
    """
    manifest = Manifest(output, read_only=True)
    try:
        known: dict[str, str] = {}  # what answers at an address: the file that is stored
        for path, digest, size in manifest.files():
            known[address_of(path)] = path
            checked.files += 1
            yield from _check_file(output, path, digest, size)
        if not known:
            yield f"{output}: the first build has not finished"
            return
        yield from _check_index(archive, output)
        known |= {path: path for path in publish.published(output)}
        yield from _check_links(output, known, checked)
    finally:
        manifest.close()


def _check_file(output: Path, path: str, digest: bytes, size: int) -> Iterator[str]:
    file = output / path
    try:
        actual = digest_of(file), file.lstat().st_size
        file.stat()  # a link must lead somewhere
    except OSError as error:
        yield f"{path}: {error.strerror}"
        return
    if actual != (digest, size):
        yield f"{path}: differs from what was built"


def _check_links(output: Path, known: Mapping[str, str], checked: Checked) -> Iterator[str]:
    anchors: dict[str, set[str]] = {}
    published = Published(output)
    for path in sorted(known):
        if not path.endswith(".html") or not (output / known[path]).is_file():
            continue
        for link in _links(published.read(path) or b""):
            checked.links += 1
            try:
                target, fragment = urldefrag(link)
            except ValueError:  # not a URL
                yield f"{path}: broken link {link}"
                continue
            file = _resolve(path, target)
            if file not in known:
                yield f"{path}: broken link {link}"
            elif fragment and file.endswith(".html") and (output / known[file]).is_file():
                if len(anchors) > 500:
                    anchors.clear()
                if file not in anchors:
                    anchors[file] = _anchors(published.read(file) or b"")
                if unquote(fragment) not in anchors[file]:
                    yield f"{path}: broken link {link}: no such anchor"


def _links(page: bytes) -> Iterator[str]:
    """The links within the site, as a browser finds them."""
    for element in LexborHTMLParser(page).css("[href], [src], [action]"):
        for name, value in element.attributes.items():
            link = (value or "").strip()
            if name in _LINKS and link and not _EXTERNAL.match(link):
                yield link


def _anchors(page: bytes) -> set[str]:
    return {element.id for element in LexborHTMLParser(page).css("[id]") if element.id}


def _resolve(page: str, target: str) -> str:
    """The file that a relative link leads to."""
    if not target:
        return page
    path = target.partition("?")[0]
    parts = [] if path.startswith("/") else page.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(unquote(part))
    is_folder = path.endswith(("/", ".", "..")) or not path
    return "/".join([*parts, "index.html"] if is_folder else parts)


def _check_index(archive: Archive, output: Path) -> Iterator[str]:
    """Whether the index has exactly the archive's mails, and can be read to its last file."""
    try:
        index = index_reader.Index(output)
        keys = {key for segment in index.segments for key in segment.mail_keys()}
        for segment in index.segments:
            for window in segment.windows:
                segment.columns(window)
                segment.numbers(window)
    except SearchError as error:
        yield str(error)
        return
    stored = {mail.key for mail in mails_of(archive, EVERYTHING)}
    for key in sorted(stored - keys):
        yield f"search: {mail_name(key)} is not in the index"
    for key in sorted(keys - stored):
        yield f"search: {mail_name(key)} is in the index, but not in the archive"
