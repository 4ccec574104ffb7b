"""Whatever happens on the server, and however often a pull is killed, the archive ends up equal to it."""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.archive.database import Archive
from tests.sources.patchwork.conftest import RecordingReporter, differences, run_pull
from tests.sources.patchwork.fake import Fake

pytestmark = pytest.mark.slow

#: What happens: things that events tell of, things that they don't, pulls, and pulls that are killed
#: before their n-th request (beyond 30: within a transaction) while the server changes before each.
_EVENTED = st.sampled_from(
    ["series", "letter", "late", "comment", "letter comment", "check", "state", "address"]
)
_SILENT = st.sampled_from(["archive", "rename", "delete", "delete comment"])
_PULL = st.one_of(st.just(("pull", 0)), st.tuples(st.just("kill"), st.integers(1, 60)))

#: Enough for the events of one date, whose order no server promises.
_PAGE_SIZES = st.integers(4, 10)


def _steps(happenings: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.one_of(st.tuples(happenings, st.integers(0, 99)), _PULL), max_size=25)


def happen(fake: Fake, what: str, number: int) -> None:
    """Something happens on the server, if there is anything it can happen to."""
    objects = {kind: sorted(fake.objects[kind]) for kind in fake.objects}

    def one(kind: str) -> int | None:
        return objects[kind][number % len(objects[kind])] if objects[kind] else None

    patch, cover, series = one("patch"), one("cover"), one("series")
    project = 1 + number % len(fake.projects)
    if what in ("series", "letter"):
        fake.add_series(project, 1 + number % 3, cover=what == "letter")
    elif what == "late" and series:
        fake.add_patch(series)
    elif what == "comment" and patch:
        fake.add_comment("patch", patch)
    elif what == "letter comment" and cover:
        fake.add_comment("cover", cover)
    elif what == "check" and patch:
        fake.add_check(patch, ["success", "fail"][number % 2])
    elif what == "state" and patch:
        fake.set_state(patch, ["new", "accepted", "rejected"][number % 3])
    elif what == "archive" and patch:
        fake.edit("patch", patch, archived=bool(number % 2), commit_ref=f"c{number}")
    elif what == "rename" and cover:
        fake.edit("cover", cover, name=f"renamed {number}")
    elif what == "delete" and patch:
        fake.delete("patch", patch)
    elif what in ("address", "delete comment"):
        held = [(parent, c) for parent, comments in fake.comments.items() for c in comments]
        if held:
            parent, comment = held[number % len(held)]
            act = fake.address_comment if what == "address" else fake.delete_comment
            act(*parent, comment)


class Killed(BaseException):
    """The end of a process."""


def kill_at_statement(archive: Archive, after: int) -> None:
    """Let the archive fail for good somewhere within what it does, some time from now."""
    left = after * 10

    def fail() -> int:
        nonlocal left
        left -= 1
        return left < 0

    archive.sql.set_progress_handler(fail, 20)


def killed_pull(path: Path, fake: Fake, after: int, happenings: list[str]) -> None:
    """A pull whose process ends at its n-th request; before each, something may happen."""
    archive = Archive(path)
    left = after
    if after > 30:
        kill_at_statement(archive, after)

    def fault(path: str, query: dict[str, str]) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            archive.close()  # what wasn't committed is lost, and nothing can be saved any more
            raise Killed
        if happenings:
            happen(fake, happenings[left % len(happenings)], left)
        return None

    fake.fault = fault
    try:
        run_pull(archive, fake, RecordingReporter())
    except sqlite3.OperationalError as error:
        assert "interrupted" in str(error)
    except BaseException:  # noqa: BLE001
        assert left < 0
    fake.fault = lambda path, query: None
    archive.close()


def play(
    steps: list[tuple[str, int]], during: list[str], *, page_size: int, **last: Any
) -> list[str]:
    """Go through the steps, and pull a last time; what is different then."""
    fake = Fake(page_size=page_size)
    fake.pace = timedelta(hours=1)  # so that no event is read again by mere chance
    fake.add_project()
    fake.add_project()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        for what, number in steps:
            if what == "kill":
                killed_pull(path, fake, number, during)
            elif what == "pull":
                with Archive(path) as archive:
                    run_pull(archive, fake, RecordingReporter())
            else:
                happen(fake, what, number)
        with Archive(path) as archive:
            run_pull(archive, fake, RecordingReporter(), **last)
            return differences(archive, fake)


# An example takes a good part of a second, so they aren't made smaller by a hundred more tries.
_SETTINGS = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@_SETTINGS
@given(_steps(_EVENTED), st.lists(_EVENTED, max_size=3), _PAGE_SIZES)
def test_after_any_pulls_and_kills_a_pull_makes_the_archive_equal(
    steps: list[tuple[str, int]], during: list[str], page_size: int
) -> None:
    assert play(steps, during, page_size=page_size) == []


@_SETTINGS
@given(
    _steps(st.one_of(_EVENTED, _SILENT)),
    st.lists(st.one_of(_EVENTED, _SILENT), max_size=3),
    _PAGE_SIZES,
)
def test_a_full_pull_makes_the_archive_equal_even_without_events(
    steps: list[tuple[str, int]], during: list[str], page_size: int
) -> None:
    assert play(steps, during, page_size=page_size, full=True, prune=True) == []
