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


@pytest.mark.parametrize("asked", [600, 601, 59_999])
def test_a_pause_of_more_than_ten_minutes_is_not_waited_for(server: Server, asked: int) -> None:
    class Waits(Exception):
        pass

    async def wait(seconds: float) -> None:
        raise Waits(seconds)

    async def ask() -> None:
        async with Client(server.url, ClientOptions(), sleep=wait) as client:
            await client.get(PATH)

    server.trouble = lambda path: Trouble(503, {"Retry-After": str(asked)})
    with pytest.raises(Waits if asked == 600 else SourceError, match=str(asked)):
        asyncio.run(ask())
    assert len(server.requests) == 1


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


def test_a_client_counts_what_it_asks_and_what_comes(server: Server) -> None:
    server.trouble = lambda path: Trouble(body=b"[1, 2, 3]") if "json" in path else Trouble(404)

    async def ask() -> tuple[int, int]:
        async with Client(server.url, ClientOptions()) as client:
            await client.get("json")
            await client.get("json")
            with pytest.raises(Missing):
                await client.get("nothing")
            return client.requests, client.received

    assert asyncio.run(ask()) == (3, 18)


def test_a_root_may_be_a_folder_and_parameters_keep_their_order() -> None:
    client = Client("https://x.example/pw//", ClientOptions())
    assert client.url("api/1.4/") == "https://x.example/pw/api/1.4/"
    params = [("project", 2), ("project", 1), ("q", "a b&c")]
    assert client.url("api/", params) == "https://x.example/pw/api/?project=2&project=1&q=a+b%26c"


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ('<http://x/?page=3>; rel="next"', 3),
        ('<http://x/?a=1&page=12&b=2>; rel="next", <http://x/?page=1>; rel="prev"', 12),
        ('<http://x/?page=1>; rel="prev"', None),
        ('<http://x/?cursor=abc>; rel="next"', 0),
        ('<http://x/?per_page=3>; rel="next"', 0),
        ('<http://x/?page=3x>; rel="next"', 0),
        ("", None),
    ],
)
def test_the_number_of_the_next_page_is_read_from_the_link_header(
    server: Server, link: str, number: int | None
) -> None:
    server.trouble = lambda path: Trouble(headers={"Link": link} if link else {})
    assert get(server).next_page == number


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_told_by_its_type(server: Server, kind: str) -> None:
    server.trouble = lambda path: Trouble(headers={"Content-Type": kind})
    assert get(server).value == []


def test_fewer_tries_may_be_asked_for(server: Server) -> None:
    async def no_sleep(_: float) -> None:
        await asyncio.sleep(0)

    async def ask(tries: int) -> None:
        async with Client(server.url, ClientOptions(), sleep=no_sleep) as client:
            await client.get(PATH, tries=tries)

    for status, tries, expected in ((502, 2, 2), (502, 9, 6), (500, 2, 2), (500, 9, 3)):
        server.requests.clear()
        server.trouble = lambda path, status=status: Trouble(status)  # type: ignore[misc]
        with pytest.raises(Unavailable):
            asyncio.run(ask(tries))
        assert len(server.requests) == expected


def test_an_answer_as_large_as_the_limit_is_taken(server: Server) -> None:
    server.trouble = lambda path: Trouble(body=b'["12345"]')
    assert get(server, max_body=9).value == ["12345"]
    with pytest.raises(Unavailable, match="exceeds 8 bytes"):
        get(server, max_body=8)


def test_five_redirects_are_followed_and_no_sixth(server: Server) -> None:
    left = 4

    def moved(path: str) -> Trouble | None:
        nonlocal left
        left -= 1
        return Trouble(302, {"Location": f"{path}?{left}"}) if left >= 0 else None

    server.trouble = moved
    assert get(server).value
    left = 5
    with pytest.raises(Unavailable, match="too many redirects"):
        get(server)
