"""What leads to everything else comes last: at no moment of a first build does a reader find a dead end there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.search import publish
from generator.site import files
from generator.site.files import Content
from generator.site.verify import _links, _resolve
from tests import factories
from tests.conftest import Site

BASE = "https://patches.example.org/"
HOME = "index.html"
_ENTRY = re.compile(r"index\.html|archive/index\.html|(.*/)?feed\.atom|sitemap.*\.xml")


def dead_ends(output: Path, path: str, content: bytes) -> list[str]:
    """What an entry point leads to and is not there. The home page, which all pages link to, comes last."""
    if not _ENTRY.fullmatch(path):
        return []
    if path.endswith(".html"):
        targets = {_resolve(path, link.partition("#")[0]) for link in _links(content)}
    else:
        own = re.compile(f'{BASE}([^"<#]*)')
        targets = {_resolve(HOME, link) for link in own.findall(content.decode())}
    return [t for t in sorted(targets - {path, HOME}) if not (output / t).exists()]


def dead_ends_of(site: Site) -> Iterator[tuple[str, list[str]]]:
    """The same for all entry points of a site; that of the search leads to all of the index."""
    for path in site.output.rglob("*"):
        name = path.relative_to(site.output).as_posix()
        if not name.startswith(files.PRIVATE) and path.is_file() and _ENTRY.fullmatch(name):
            yield name, dead_ends(site.output, name, path.read_bytes())
    yield "search", [p for p in publish.published(site.output) if not (site.output / p).exists()]


def test_what_an_entry_point_leads_to_is_there_before_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, dead = [], []
    write = files.write

    def note(output: Path, path: str, content: Content):
        assert isinstance(content, bytes) or not _ENTRY.fullmatch(path)
        if isinstance(content, bytes):
            dead.extend((path, target) for target in dead_ends(output, path, content))
        written.append(path)
        return write(output, path, content)

    monkeypatch.setattr(files, "write", note)
    site.put(
        factories.cover(), *map(factories.patch, (1, 2)), factories.comment(), factories.check()
    )
    site.build(base_url=BASE, feeds={"open": "is:open"})
    assert dead == []
    entries = [path for path in written if _ENTRY.fullmatch(path)]
    assert entries[-1] == written[-1] == HOME
    assert {"archive/index.html", "feed.atom", "search/feeds/open/feed.atom", "sitemap.xml"} <= {
        *entries
    }
    assert [*dict(dead_ends_of(site)).values()] == [[]] * (len(entries) + 1)
