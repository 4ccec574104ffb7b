"""Requests and tokens go to the server that was named, and to no other host, whatever its answers say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from generator.archive.database import Archive
from generator.progress import Reporter
from generator.sources.patchwork.client import Client, ClientOptions, Unavailable
from generator.sources.patchwork.discovery import discover
from generator.sources.patchwork.pagination import pages
from generator.sources.patchwork.sync import Pull, PullOptions
from tests.sources.patchwork.conftest import NOW
from tests.sources.patchwork.fake import HOST, Fake
from tests.sources.patchwork.http import Trouble, running

PATH = "api/1.4/projects/"
Answer = Callable[[httpx.Request], httpx.Response]


def sent(
    answer: Answer, use: Callable[[Client], Coroutine[Any, Any, Any]], root: str = HOST
) -> list[tuple[str, bool]]:
    """(address, whether the token is on it) of each request, where a client refuses to go on or ends."""
    seen: list[tuple[str, bool]] = []

    def noted(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers.get("Authorization") == "Token s3cret"))
        return answer(request)

    async def run() -> None:
        options = ClientOptions(token="s3cret")
        async with Client(root, options, transport=httpx.MockTransport(noted)) as client:
            await use(client)

    asyncio.run(run())
    return seen


@pytest.mark.parametrize(
    "target",
    [
        f"https://evil.example.net/{PATH}",
        f"//evil.example.net/{PATH}",
        f"https://patchwork.example.org.evil.example.net/{PATH}",
        f"https://patchwork.example.org@evil.example.net/{PATH}",
        f"https://example.org/{PATH}",
        f"https://patchwork.example.org:8443/{PATH}",
        f"http://patchwork.example.org/{PATH}",
        f"http://patchwork.example.org:443/{PATH}",
        "ftp://patchwork.example.org/",
    ],
)
def test_a_redirect_to_another_host_port_or_scheme_is_refused(target: str) -> None:
    def redirect(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": target})

    async def use(client: Client) -> None:
        with pytest.raises(Unavailable, match="redirects to"):
            await client.get(PATH)

    assert sent(redirect, use) == [(f"{HOST}/{PATH}", True)]


def test_another_name_of_the_same_machine_is_another_host() -> None:
    with running(Fake()) as server:
        other = server.url.replace("127.0.0.1", "localhost")
        server.trouble = lambda path: (
            None if "moved" in path else Trouble(302, {"Location": f"{other}/{PATH}?moved=1"})
        )

        async def ask() -> None:
            async with Client(server.url, ClientOptions(token="s3cret")) as client:
                await client.get(PATH)

        with pytest.raises(Unavailable, match="redirects to"):
            asyncio.run(ask())
        assert server.paths() == [f"/{PATH}"]


def test_a_redirect_that_leaves_after_one_that_stays_is_refused() -> None:
    def redirect(request: httpx.Request) -> httpx.Response:
        target = "https://evil.example.net/" if request.url.query else f"/{PATH}?again=1"
        return httpx.Response(302, headers={"Location": target})

    async def use(client: Client) -> None:
        with pytest.raises(Unavailable, match="redirects to"):
            await client.get(PATH)

    assert sent(redirect, use) == [(f"{HOST}/{PATH}", True), (f"{HOST}/{PATH}?again=1", True)]


def test_a_server_that_went_over_to_https_gets_the_token_only_there() -> None:
    def upgrade(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": f"{HOST}/{PATH}"})
        return httpx.Response(200, json=[])

    async def use(client: Client) -> None:
        await client.get(PATH)
        await client.get(PATH)

    plain = HOST.replace("https", "http")
    assert sent(upgrade, use, plain) == [
        (f"{plain}/{PATH}", False), (f"{HOST}/{PATH}", True), (f"{HOST}/{PATH}", True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "safe"),
    [
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("localhost.example.net", False),
        ("127.0.0.2:8000", False),
        ("patchwork.example.org", False),
    ],
)
def test_a_token_goes_unencrypted_only_to_this_machine(host: str, safe: bool) -> None:
    async def use(client: Client) -> None:
        await client.get(PATH)

    def empty(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[])

    assert sent(empty, use, f"http://{host}") == [(f"http://{host}/{PATH}", safe)]


def test_of_a_next_link_only_the_number_of_the_page_is_used() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params["page"])
        link = f'<https://evil.example.net/{PATH}?page={number + 1}>; rel="next"'
        return httpx.Response(
            200, headers={"Link": link} if number < 3 else {}, json=[{"id": number}]
        )

    async def use(client: Client) -> None:
        assert [page.items async for page in pages(client, PATH, [], limit=9)] == [
            [{"id": 1}], [{"id": 2}], [{"id": 3}]
        ]  # fmt: skip

    found = sent(answer, use)
    assert len(found) == 3
    assert all(address.startswith(f"{HOST}/{PATH}?") and token for address, token in found)


def test_no_address_within_an_object_is_ever_asked(archive: Archive, fake: Fake) -> None:
    elsewhere = "https://evil.example.net/api"
    for kind in ("patch", "cover", "series"):
        for number, held in fake.objects[kind].items():
            addresses = ("url", "web_url", "comments", "checks", "mbox", "list_archive_url")
            fake.edit(kind, number, **dict.fromkeys(addresses, f"{elsewhere}/{kind}/{held['id']}/"))
    for project in fake.projects.values():
        project |= {"url": f"{elsewhere}/projects/1/", "web_url": elsewhere}

    async def use(client: Client) -> None:
        instance = await discover(client, ())
        await Pull(archive, client, instance, PullOptions(full=True), Reporter(), NOW).run()

    found = sent(fake.transport().handler, use)
    assert len(found) > 10
    ours = (f"{HOST}/api/", f"{HOST}/project/")
    assert all(address.startswith(ours) and token for address, token in found)
