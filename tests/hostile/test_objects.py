"""Nothing that an object holds stops an import or a build, leaves the output, or runs in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.archive import index_queries
from generator.archive.database import Archive
from generator.site.verify import Checked, verify
from tests.conftest import Site
from tests.hostile.conftest import COUNT, Built

pytestmark = pytest.mark.slow

#: What may be linked: nothing that runs.
_HARMLESS = re.compile(r"(?:https?|ftps?|git|mailto):|data:image/|[^:]*(?:[/?#]|\Z)", re.IGNORECASE)
_URLS = ("href", "src", "action", "formaction", "srcset", "poster", "data")


def pages(site: Site) -> Iterator[tuple[str, bytes]]:
    return ((path, held) for path, held in site.files().items() if path.endswith(".html"))


def test_what_is_refused_is_told_in_one_line_each(hostile: Built) -> None:
    skipped = hostile.skipped
    assert 0 < len(skipped) < COUNT * 0.6
    assert all("\n" not in line and line.isprintable() and len(line) < 600 for line in skipped)


def test_no_page_fails(built: Site) -> None:
    assert built.failures == []


def test_every_patch_has_its_page(built: Site) -> None:
    known = {
        json.loads(held)[0]["id"]
        for path, held in built.files().items()
        if re.search(r"/patch/[^/]+/lookup\.json$", path)
    }
    with Archive(built.content / "archive.db") as archive:
        stored = set(index_queries.patch_numbers(archive))
    assert stored == known
    assert len(stored) > COUNT // 10
    for number in stored:
        assert "/patch/" in built.page(f"patch/{number}/index.html")


def test_nothing_is_written_outside_the_output(built: Site) -> None:
    top = built.content.parent
    assert {path.name for path in top.iterdir()} == {"content", "output"}
    assert {path.name for path in built.content.iterdir()} <= {
        "patches",
        "archive.db",
        "archive.db-wal",
        "archive.db-shm",
    }
    assert not Path("/tmp/x").exists()


def test_no_file_name_and_no_rule_has_what_a_rule_could_trip_over(built: Site) -> None:
    assert not [path for path in built.names() if re.search(r"[\x00-\x1f\x7f\\]", path)]
    rules = (built.output / ".stillwork/server").iterdir()
    assert not [
        file for file in rules if re.search(r"passwd|Cookie|Marker", file.read_text("utf-8"))
    ]


def test_verify_finds_no_fault(built: Site) -> None:
    with Archive(built.content / "archive.db") as archive:
        assert [*verify(archive, built.output, Checked())] == []


def test_no_markup_is_the_senders(built: Site) -> None:
    faults = []
    for path, held in pages(built):
        for element in LexborHTMLParser(held).css("*"):
            attributes = element.attributes
            for name, value in attributes.items():
                runs = name in _URLS and not _HARMLESS.match((value or "").strip())
                if name.startswith("on") or name in ("srcdoc", "style") or runs:
                    faults.append((path, element.tag, name, value))
            own = (attributes.get("src") or "").lstrip("./").startswith("static/")
            is_data = attributes.get("type") == "application/ld+json" and "<" not in element.text()
            if element.tag in ("iframe", "object", "embed", "base") or (
                element.tag == "script" and not own and not is_data
            ):
                faults.append((path, element.tag, "", element.text()))
    assert faults == []
