"""What a server no longer has: shown as such on its page, and with --prune deleted without a trace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from generator.archive.database import Archive
from tests.conftest import Site
from tests.sources.patchwork.conftest import Pulls, RecordingReporter, run_pull
from tests.sources.patchwork.fake import Fake

#: Tables that say how far pulls and builds have come.
PROGRESS = ("list_", "event_", "fetch_queue", "server", "sqlite_", "meta")


def article(site: Site, comment: int) -> str:
    """A comment as the page of patch 1 shows it."""
    page = site.page("project/project-1/patch/2026030110.patch1@example.org/index.html")
    found = re.search(rf'<article [^>]*id="{comment}">.*?</article>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_comment_that_vanished_is_marked_on_its_page(site: Site, fake: Fake, pull: Pulls) -> None:
    pull()
    site.build()
    before = [article(site, number) for number in (1, 2)]
    assert not any("deleted on the server" in text for text in before)
    fake.delete_comment("patch", 1, 1)
    pull(full=True)
    site.build()
    assert "deleted on the server" in article(site, 1)
    assert article(site, 2) == before[1]


def content(archive: Archive) -> dict[str, set[Any]]:
    """All rows of all tables but those that say how far pulls and builds have come."""
    names = [
        name
        for (name,) in archive.sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    return {
        name: set(archive.sql.execute(f"SELECT * FROM {name}"))
        for name in names
        if not name.startswith(PROGRESS)
    }


def test_pruning_leaves_no_row_of_what_was_deleted(
    tmp_path: Path, archive: Archive, fake: Fake, pull: Pulls
) -> None:
    """As if it had never been there: with its trailers, mentions, facets, checks, events and relations."""
    text = "See <2026030110.patch2@example.org>.\n\nReviewed-by: Rev <rev@example.org>\nchange-id: 20260301-x-y"
    fake.edit("patch", 1, content=text, related=[{"id": 2, "msgid": "<2026030110.patch2@example.org>"}],
              name="[RFC] x")  # fmt: skip
    fake.edit("cover", 1, content=text)
    for (kind, _), comments in fake.comments.items():
        for held in comments.values():
            held["content"] = f"{kind}\n{text}"
    with Archive(tmp_path / "without.db") as fresh:
        pull()
        assert content(archive)
        fake.delete("patch", 1)  # and its comments
        fake.delete("patch", 2)  # and its check
        fake.delete("cover", 1)
        other = next(number for kind, number in fake.comments if kind == "patch")
        fake.delete_comment("patch", other, min(fake.comments["patch", other]))
        pull(full=True, prune=True)
        run_pull(fresh, fake, RecordingReporter())
        kept, expected = content(archive), content(fresh)
    assert {
        name: rows - expected[name] for name, rows in kept.items() if rows - expected[name]
    } == {}
