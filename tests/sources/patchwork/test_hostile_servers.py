"""A server that is hostile, or broken, in one way in all that it answers: the pull ends, and keeps what it got."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from generator.archive.database import Archive
from generator.errors import SourceError
from generator.sources.patchwork import client
from generator.sources.patchwork.client import ClientOptions, Unavailable
from tests.sources.patchwork.conftest import Pulls, RecordingReporter, differences, run_pull
from tests.sources.patchwork.fake import HOST, Answer, Fake
from tests.sources.patchwork.http import Trouble, running
from tests.sources.patchwork.test_client import get

pytestmark = pytest.mark.slow

YEAR = str(365 * 86400)
LIMIT = 1 << 20  # bytes of an answer
JSON = {"Content-Type": "application/json"}

Hostile = Callable[[Fake, str, dict[str, str]], Answer]


def always(status: int, headers: dict[str, str] | None = None, body: Any = b"") -> Hostile:
    return lambda fake, path, query: (status, {**JSON, **(headers or {})}, body)


def changed(change: Callable[[Any], Any], **headers: str) -> Hostile:
    """The right answer, with every value or list changed."""

    def answer(fake: Fake, path: str, query: dict[str, str]) -> Answer:
        fake.fault = lambda *_: None
        target = f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
        status, given, value = fake.answer(target)
        return status, {**given, **headers}, change(value)

    return answer


def emptied(value: Any) -> Any:
    """Null everywhere but in ids."""
    if isinstance(value, list):
        return [emptied(item) for item in value]
    if isinstance(value, dict):
        return {key: held if key == "id" else None for key, held in value.items()}
    return value


def repeated(value: Any) -> Any:
    return value * 50 if isinstance(value, list) else value


def endless(fake: Fake, path: str, query: dict[str, str]) -> Answer:
    return 302, {"Location": f"{HOST}{path}?x={len(fake.log)}"}, b""


#: What the server does with each request but those for the list of projects, and how many requests that costs.
SCENARIOS: dict[str, tuple[Hostile, int]] = {
    "500": (always(500), 138),
    "503": (always(503), 216),
    "429 for a year": (always(429, {"Retry-After": YEAR}), 2),
    "503 for a year": (always(503, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}), 2),
    "redirects in circles": (lambda fake, path, query: (302, {"Location": path}, b""), 331),
    "redirects without end": (endless, 331),
    "redirects to another host": (always(302, {"Location": "https://example.net/api/"}), 67),
    "redirects to a file": (always(302, {"Location": "file:///etc/passwd"}), 67),
    "a large answer": (always(200, body=b"[" + b" " * LIMIT + b"]"), 69),
    "a gzip bomb": (
        always(200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * (LIMIT * 50))), 69
    ),
    "gzip that is none": (always(200, {"Content-Encoding": "gzip"}, b"[]"), 216),
    "truncated JSON": (always(200, body=b'[{"id": 1, "name": "a'), 138),
    "nested JSON": (always(200, body=b"[" * 100_000), 138),
    "HTML": (always(200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>"), 137),
    "HTML called JSON": (always(200, body=b"<h1>Welcome</h1>"), 138),
    "a number": (always(200, body=b"7"), 69),
    "nothing": (always(200), 138),
    "204": (always(204), 68),
    "404": (always(404), 7),
    "null everywhere": (changed(emptied), 15),
    "ids that repeat": (changed(repeated), 30),
    "a next link to another host": (
        changed(lambda value: value, Link='<https://example.net/?page=2>; rel="next"'), 31
    ),
    "a next link back": (changed(lambda value: value, Link='</?page=1>; rel="next"'), 23),
    "a next link to nowhere": (changed(lambda value: value, Link='<::>; rel="next"'), 31),
    "many next links": (
        changed(lambda value: value, Link=", ".join(['</?page=2>; rel="next"'] * 5000)), 31
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_pull_from_a_hostile_server_ends_and_keeps_what_it_got(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter, name: str
) -> None:
    pull()
    kept = archive.raw("patch", 1)
    fake.add_series(1)
    fake.set_state(3, "rejected")
    hostile, most = SCENARIOS[name]

    def fault(path: str, query: dict[str, str]) -> Answer | None:
        if path.endswith("/projects/"):
            return None
        try:
            return hostile(fake, path, query)
        finally:
            fake.fault = fault

    fake.fault = fault
    end = ""
    try:
        pull(client_options=ClientOptions(max_body=LIMIT), relist=True)
    except SourceError as error:
        end = str(error)
    assert len(fake.log) <= most
    assert name == "null everywhere" or len(reporter.failures) + bool(end) in range(5)
    lines = [*reporter.failures, end]
    assert all(line.isprintable() and len(line) < 600 for line in lines)
    assert archive.raw("patch", 1) == kept
    fake.fault = lambda path, query: None
    pull(relist=True)
    assert differences(archive, fake) == []


@pytest.mark.parametrize(
    "name", [name for name in SCENARIOS if "next" not in name and "repeat" not in name]
)
def test_a_server_that_is_hostile_from_the_start_is_given_up(
    archive: Archive, fake: Fake, reporter: RecordingReporter, name: str
) -> None:
    hostile, _ = SCENARIOS[name]

    def fault(path: str, query: dict[str, str]) -> Answer | None:
        try:
            return hostile(fake, path, query)
        finally:
            fake.fault = fault

    fake.fault = fault
    with pytest.raises(SourceError) as ended:
        run_pull(archive, fake, reporter, client_options=ClientOptions(max_body=LIMIT))
    assert len(fake.log) <= 15
    assert str(ended.value).isprintable() and reporter.failures == []


def test_an_answer_that_drips_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes within the limit for a pause, so that only one for the whole helps."""
    monkeypatch.setattr(client, "_MAX_SECONDS", 0.2)
    with running(Fake()) as server:
        server.trouble = lambda path: Trouble(body=b"[" + b" " * 500 + b"]", drip=0.02)
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="timed out"):
            get(server)
        assert len(server.requests) == 6 and time.monotonic() - begun < 9


def test_what_follows_a_short_content_length_is_no_answer_to_anything() -> None:
    value = [{"id": number} for number in range(50)]
    rest = b"more than was announced"
    with running(Fake()) as server:
        server.trouble = lambda path: Trouble(
            body=json.dumps(value).encode() + rest, length=-len(rest)
        )

        async def run() -> list[Any]:
            async with client.Client(server.url, ClientOptions(connections=1)) as one:
                return [(await one.get("api/")).value for _ in range(3)]

        assert asyncio.run(run()) == [value] * 3
