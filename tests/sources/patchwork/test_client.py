"""How the client talks to servers that are slow, broken, or not what they seem."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from generator import __version__
from generator.errors import SourceError
from generator.sources.patchwork.client import Client, ClientOptions, Missing, Response, Unavailable
from tests.sources.patchwork.fake import Fake
from tests.sources.patchwork.http import Server, Trouble, running

PATH = "api/1.4/projects/"


@pytest.fixture
def server() -> Iterator[Server]:
    fake = Fake()
    fake.add_project()
    with running(fake) as found:
        yield found


def get(server: Server, path: str = PATH, *, patient: bool = False, **options: Any) -> Response:
    """Ask once; pauses between tries are left out unless `patient`."""

    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def ask() -> Response:
        sleep = asyncio.sleep if patient else no_sleep
        async with Client(server.url, ClientOptions(**options), sleep=sleep) as client:
            return await client.get(path)

    return asyncio.run(ask())


def once(trouble: Trouble) -> Any:
    """Trouble for the first request only."""
    left = [trouble]
    return lambda path: left.pop() if left else None


def test_an_answer_is_decoded(server: Server) -> None:
    answer = get(server)
    assert [item["link_name"] for item in answer.value] == ["project-1"]
    assert answer.next_page is None


def test_the_server_learns_who_asks(server: Server) -> None:
    get(server, contact="Ann Example <ann@example.org>\r\nX-Evil: 1 ✂")
    headers = server.requests[0][2]
    about = "archives patches; Ann Example <ann@example.org>X-Evil: 1 "
    assert headers["User-Agent"] == f"stillwork/{__version__} ({about})"
    assert headers["Accept-Encoding"] == "gzip"
    assert "Authorization" not in headers


def test_a_pause_that_the_server_asks_for_is_kept(server: Server) -> None:
    server.trouble = once(Trouble(429, {"Retry-After": "1"}))
    get(server, patient=True)
    (first, *_), (second, *_) = server.requests
    assert second - first >= 1.0


def test_a_pause_that_the_server_asks_for_holds_all_requests(server: Server) -> None:
    server.trouble = once(Trouble(503, {"Retry-After": "1"}))

    async def ask() -> None:
        paused = asyncio.Event()

        async def sleep(seconds: float) -> None:
            paused.set()
            await asyncio.sleep(seconds)

        async with Client(server.url, ClientOptions(), sleep=sleep) as client:
            first = asyncio.create_task(client.get(PATH))
            await paused.wait()
            await asyncio.gather(first, client.get(PATH), client.get(PATH))

    asyncio.run(ask())
    begun, *others = [moment for moment, *_ in server.requests]
    assert len(others) == 3 and all(moment - begun >= 1.0 for moment in others)


def test_a_server_that_wants_to_be_left_alone_for_long_is(server: Server) -> None:
    server.trouble = lambda path: Trouble(429, {"Retry-After": "86400"})
    with pytest.raises(
        SourceError, match="429 Too Many Requests: the server asks to retry in 86400 s"
    ):
        get(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("seconds", "is_kept"), [("600", True), ("601", False)])
def test_a_pause_of_ten_minutes_is_the_longest(seconds: str, is_kept: bool) -> None:
    slept: list[float] = []
    left = [httpx.Response(503, headers={"Retry-After": seconds})]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise asyncio.CancelledError

    async def ask() -> None:
        transport = httpx.MockTransport(lambda request: left.pop())
        async with Client(
            "https://pw.example.org", ClientOptions(), transport=transport, sleep=sleep
        ) as client:
            await client.get(PATH)

    with pytest.raises(asyncio.CancelledError if is_kept else SourceError):
        asyncio.run(ask())
    assert slept == ([600.0] if is_kept else [])


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_fault_that_may_pass_is_tried_again(server: Server, status: int) -> None:
    server.trouble = once(Trouble(status))
    assert get(server).value
    assert len(server.requests) == 2


def test_pauses_grow_between_tries(server: Server) -> None:
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    async def ask() -> None:
        async with Client(server.url, ClientOptions(), sleep=note) as client:
            await client.get(PATH)

    server.trouble = lambda path: Trouble(502)
    with pytest.raises(Unavailable, match="status 502 Bad Gateway"):
        asyncio.run(ask())
    assert len(pauses) == 5
    assert all(1 * 2**n <= pause <= 1 * 2**n + 1 for n, pause in enumerate(pauses))


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(body=b'[{"id": 1}]' * 1, cut=4),
        Trouble(body=b'[{"id": 1, "name": "' + b"x" * 9000 + b'"}]', zipped=True, cut=20),
        Trouble(body=b'[{"id": 1, "na'),
        Trouble(body=b"\x1f\x8b damaged", headers={"Content-Encoding": "gzip"}),
        Trouble(body=b"<p>Making sure you're not a bot", headers={"Content-Type": "text/html"}),
    ],
    ids=["too short", "gzip cut off", "JSON cut off", "gzip damaged", "a page"],
)
def test_a_damaged_answer_is_asked_for_again(server: Server, trouble: Trouble) -> None:
    server.trouble = once(trouble)
    assert get(server).value[0]["link_name"] == "project-1"
    server.trouble = lambda path: trouble
    with pytest.raises(Unavailable):
        get(server)


def test_an_error_of_the_servers_program_is_tried_three_times(server: Server) -> None:
    server.trouble = lambda path: Trouble(500)
    with pytest.raises(Unavailable, match="status 500 Internal Server Error"):
        get(server)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_is_taken_as_one(server: Server, status: int) -> None:
    server.trouble = lambda path: Trouble(status)
    with pytest.raises(Unavailable, match=f"status {status}"):
        get(server)
    assert len(server.requests) == 1


def test_what_is_not_there_is_missing(server: Server) -> None:
    with pytest.raises(Missing):
        get(server, "api/1.4/patches/77/")
    assert len(server.requests) == 1


def test_an_answer_beyond_the_limit_is_refused(server: Server) -> None:
    body = b'["' + b"x" * (3 << 20) + b'"]'
    server.trouble = lambda path: Trouble(body=body, zipped=True)
    with pytest.raises(Unavailable, match="exceeds 1048576 bytes"):
        get(server, max_body=1 << 20)
    assert len(server.requests) == 1


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_an_encoding_that_we_did_not_accept_is_refused_undecoded(
    server: Server, encoding: str
) -> None:
    server.trouble = lambda path: Trouble(body=b"x", headers={"Content-Encoding": encoding})
    with pytest.raises(Unavailable, match="unsupported Content-Encoding"):
        get(server)
    assert len(server.requests) == 1


def test_no_request_goes_to_another_host(server: Server) -> None:
    with running(Fake()) as other:
        server.trouble = lambda path: Trouble(302, {"Location": f"{other.url}/{PATH}"})
        with pytest.raises(Unavailable, match="which is not on this server"):
            get(server)
        server.trouble = lambda path: Trouble(
            headers={"Link": f'<{other.url}/x?page=2>; rel="next"'}
        )
        assert get(server).next_page == 2
        assert other.requests == []


@pytest.mark.parametrize("location", ["https://evil.example.org/x", "//evil.example.org/x"])
def test_neither_request_nor_token_go_to_the_host_of_a_redirect(location: str) -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": location})

    async def ask() -> None:
        transport = httpx.MockTransport(answer)
        options = ClientOptions(token="s3cret")
        async with Client("https://pw.example.org", options, transport=transport) as client:
            await client.get(PATH)

    with pytest.raises(Unavailable, match=r"evil\.example\.org/x, which is not on this server"):
        asyncio.run(ask())
    assert seen == ["pw.example.org"]


def test_a_redirect_on_the_same_host_is_followed(server: Server) -> None:
    server.trouble = once(Trouble(301, {"Location": f"/{PATH}?moved=1"}))
    assert get(server).value
    assert server.paths() == [f"/{PATH}", f"/{PATH}?moved=1"]


def test_redirects_in_circles_end(server: Server) -> None:
    server.trouble = lambda path: Trouble(302, {"Location": path})
    with pytest.raises(Unavailable, match="too many redirects"):
        get(server)


def test_the_token_goes_to_the_server_and_into_no_message(server: Server) -> None:
    get(server, token="s3cret")
    assert server.requests[0][2]["Authorization"] == "Token s3cret"
    server.trouble = lambda path: Trouble(403)
    with pytest.raises(Unavailable) as refused:
        get(server, token="s3cret")
    assert "s3cret" not in str(refused.value)


def test_the_token_never_travels_in_the_clear() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.scheme == "http":
            location = str(request.url.copy_with(scheme="https"))
            return httpx.Response(301, headers={"Location": location})
        return httpx.Response(200, json=[])

    async def ask() -> None:
        transport = httpx.MockTransport(answer)
        async with Client(
            "http://pw.example.org", ClientOptions(token="s3cret"), transport=transport
        ) as client:
            await client.get(PATH)
            await client.get(PATH)

    asyncio.run(ask())
    assert [(r.url.scheme, "Authorization" in r.headers) for r in seen] == [
        ("http", False), ("https", True), ("https", True)]  # fmt: skip


def test_a_rate_is_kept(server: Server) -> None:
    async def ask() -> None:
        async with Client(server.url, ClientOptions(rate=20.0)) as client:
            await asyncio.gather(*(client.get(PATH) for _ in range(6)))

    begun = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - begun >= 0.25


def test_no_more_connections_are_open_than_allowed(server: Server) -> None:
    server.trouble = lambda path: Trouble(seconds=0.2)

    async def ask() -> None:
        async with Client(server.url, ClientOptions(connections=2)) as client:
            await asyncio.gather(*(client.get(PATH) for _ in range(6)))

    asyncio.run(ask())
    moments = sorted(moment for moment, *_ in server.requests)
    assert moments[2] - moments[0] >= 0.19 and moments[4] - moments[2] >= 0.19


def test_connections_are_kept_open(server: Server) -> None:
    async def ask() -> None:
        async with Client(server.url, ClientOptions()) as client:
            for _ in range(5):
                await client.get(PATH)

    asyncio.run(ask())
    assert len(server.requests) == 5 and len(server.peers) == 1


def test_a_server_out_of_reach_is_told_apart_from_one_broken_answer(server: Server) -> None:
    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def ask() -> None:
        async with Client(server.url, ClientOptions(), sleep=no_sleep) as client:
            client.probe = PATH
            await client.get("api/1.4/patches/1/")

    server.trouble = lambda path: Trouble(504) if "patches" in path else None
    with pytest.raises(Unavailable, match="504"):
        asyncio.run(ask())
    server.trouble = lambda path: Trouble(504)
    with pytest.raises(SourceError, match="504"):
        asyncio.run(ask())
