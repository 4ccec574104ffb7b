"""What `pull` reports in the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.config import Config
from generator.sources.patchwork import command
from tests.sources.patchwork.conftest import RecordingReporter
from tests.sources.patchwork.fake import Fake
from tests.sources.patchwork.http import Server, Trouble, running

Report = Callable[..., str]


@pytest.fixture
def server() -> Iterator[Server]:
    fake = Fake()
    fake.add_series(fake.add_project(), 2, cover=True)
    with running(fake) as started:
        yield started


@pytest.fixture
def report(tmp_path: Path, server: Server) -> Report:
    """Pull, and return what was reported, with figures of time and size left out."""

    def run(**options: object) -> str:
        reporter = RecordingReporter()
        settings = {"projects": (), "since": None, "full": False, "relist": False, "prune": False,
                    "connections": None, "rate": None, "moved": False, **options}  # fmt: skip
        wanted = command.request(Config(), server.url, **settings)  # type: ignore[arg-type]
        command.pull(tmp_path / "archive.db", wanted, reporter)
        lines = [
            line for line in reporter.lines if line.startswith(("project-", "changed without"))
        ]
        return re.sub(r"\([\d,]+ requests?[^)]*\)", "(…)", "\n".join(lines))

    return run


def test_counts_agree_with_their_nouns(server: Server, report: Report) -> None:
    assert report() == "project-1: new: 2 patches, 1 cover letter, 1 series (…)"
    server.fake.add_comment("patch", 1)
    server.fake.set_state(2, "accepted")
    assert report() == "project-1: new: 1 comment; changed: 1 patch (…)"


def test_a_pull_without_news_says_so(report: Report) -> None:
    report()
    assert report() == "project-1: no changes (…)"


def test_deletions_and_prunes_are_told_apart(server: Server, report: Report) -> None:
    report()
    server.fake.delete("patch", 2)
    deleted = report(relist=True)
    assert "deleted on the server: 1 patch" in deleted and "pruned" not in deleted
    assert "pruned: 1 patch" in report(prune=True)


def test_changes_without_an_event_have_a_line_of_their_own(server: Server, report: Report) -> None:
    report()
    server.fake.edit("patch", 1, archived=True)
    assert report(relist=True).endswith("changed without an event: 1 archived")


def test_what_was_skipped_and_is_left_is_counted(server: Server, report: Report) -> None:
    server.trouble = lambda path: Trouble(400) if path.endswith("/patches/2/") else None
    assert report().endswith("; 1 skipped; 1 request left for the next pull")


def test_comments_on_patches_and_cover_letters_are_counted_together(
    server: Server, report: Report
) -> None:
    for kind in ("patch", "cover"):
        server.fake.add_comment(kind, 1)
    report()
    for kind in ("patch", "cover"):
        server.fake.delete_comment(kind, 1, 1)
    assert "pruned: 2 comments" in report(full=True, prune=True)
