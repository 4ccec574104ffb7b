"""A server in memory, pulls from it, and how the archive differs from it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from generator.archive.database import Archive, table
from generator.progress import Reporter
from generator.sources.patchwork.client import Client, ClientOptions
from generator.sources.patchwork.discovery import discover
from generator.sources.patchwork.sync import Pull, PullOptions, PullSummary
from tests.sources.patchwork.fake import HOST, Fake

Pulls = Callable[..., PullSummary]

#: When pulls happen, unless a test says otherwise (seconds since 1970).
NOW = 1_790_000_000


class RecordingReporter(Reporter):
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.failures: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    detail = line

    def failure(self, line: str) -> None:
        self.failures.append(line)


def run_pull(
    archive: Archive,
    fake: Fake,
    reporter: Reporter,
    *,
    now: int = NOW,
    url: str = HOST,
    client_options: ClientOptions | None = None,
    **options: Any,
) -> PullSummary:
    """One pull, with no waiting between tries."""

    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def run() -> PullSummary:
        async with Client(
            url, client_options or ClientOptions(), transport=fake.transport(), sleep=no_sleep
        ) as client:
            wanted = PullOptions(**options)
            instance = await discover(client, wanted.projects)
            return await Pull(archive, client, instance, wanted, reporter, now).run()

    return asyncio.run(run())


def differences(archive: Archive, fake: Fake) -> list[str]:
    """What the archive lacks, has in excess, or has otherwise than the server."""
    found, met = [], set()
    for kind, parent, value in fake.everything():
        met.add((kind, parent, value["id"]))
        stored = _stored(archive, kind, parent, value["id"])
        if stored != value:
            found.append(f"{kind} {value['id']}: {stored} is not {value}")
    for kind in ("patch", "cover", "series"):
        for (number,) in archive.sql.execute(f"SELECT id FROM {kind}"):
            if (kind, None, number) not in met:
                found.append(f"{kind} {number} is not on the server")
    for kind, number, parent in archive.sql.execute(
        "SELECT parent_kind, id, parent_id FROM comment"
    ):
        if ("comment", (kind, parent), number) not in met:
            found.append(f"comment {number} on {kind} {parent} is not on the server")
    return found


def _stored(archive: Archive, kind: str, parent: tuple[str, int] | None, number: int) -> Any:
    where, keys = "id = ?", [number]
    if kind == "comment" and parent:
        where, keys = "id = ? AND parent_kind = ? AND parent_id = ?", [number, *parent]
    if kind == "check" and parent:
        where, keys = "id = ? AND patch_id = ?", [number, parent[1]]
    row = archive.sql.execute(f"SELECT raw FROM {table(kind)} WHERE {where}", keys).fetchone()
    return msgspec.json.decode(archive.unpack(row[0])) if row else None


def asked(fake: Fake) -> Counter[str]:
    """How often each path below the API was asked for, numbers left out."""
    paths = (target.partition("?")[0].split("/", 3)[3] for target in fake.log)
    return Counter(
        "/".join("N" if part.isdigit() else part for part in path.split("/")) for path in paths
    )


@pytest.fixture
def reporter() -> RecordingReporter:
    return RecordingReporter()


@pytest.fixture
def fake() -> Fake:
    """A server with two projects: series with and without cover letter, comments, checks."""
    server = Fake()
    for _ in range(2):
        project = server.add_project()
        for size in (1, 3, 2):
            series = server.add_series(project, size, cover=size > 1)
        patches = [n for n, p in server.objects["patch"].items() if p["project"]["id"] == project]
        server.add_comment("patch", patches[0])
        server.add_comment("patch", patches[0])
        server.add_comment("cover", server.objects["series"][series]["cover_letter"]["id"])
        server.add_check(patches[1])
        server.set_state(patches[2], "accepted")
    return server


@pytest.fixture
def pull(archive: Archive, fake: Fake, reporter: RecordingReporter) -> Callable[..., PullSummary]:
    """Pull from the server, and forget what it was asked before."""

    def run(**options: Any) -> PullSummary:
        fake.log.clear()
        return run_pull(archive, fake, reporter, **options)

    return run
