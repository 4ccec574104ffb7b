"""An HTTP client for one Patchwork server: rate-limited, retrying, bounded, and never on another host."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import httpx
import tenacity

from generator import __version__
from generator.errors import InputError, SourceError
from generator.limits import LimitError, ceiling
from generator.sources.json_files import decode
from generator.sources.patchwork.rate_limit import RateLimiter, Sleep, retry_after
from generator.sources.patchwork.retries import (
    TRIES,
    TRIES_AFTER_INTERNAL_ERROR,
    TransientError,
    cause_of,
    error_of,
    is_certificate_error,
    pause,
)

Params = Sequence[tuple[str, str | int]]

#: A server that asks for a longer pause than this (seconds) ends the pull.
_MAX_RETRY_AFTER = 600.0
_MAX_REDIRECTS = 5
#: How long a whole response may take (seconds), even if it keeps arriving byte by byte.
_MAX_SECONDS = 600.0
#: A server that has given nothing usable for so long (seconds) ends the pull.
_MAX_FRUITLESS = 3600.0
#: What a response may take to decode: seconds, and bytes of memory for each of its own. Text takes up to
#: four, but a list of empty lists more than twenty.
_DECODE_SECONDS, _MEMORY_FACTOR = 60, 4
_ANYTHING = "*/*"
#: What responses are called.
_NAMES = {"application/json": "JSON", "text/html": "HTML"}
#: Others may expand a small chunk without bound before we see any of it: brotli, Zstandard, gzip in gzip.
_ENCODINGS = ("gzip", "identity")
#: Statuses of faults that usually go away.
_TRANSIENT = {408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524}


class Unavailable(InputError):
    """The server gave no usable response to a request, even after retries."""


class Missing(InputError):
    """The server says that there is no such resource."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How to talk to a server.

    `connections`: concurrent requests; `rate`: requests a second, 0 for no limit; `contact`: goes into the
    User-Agent; `token`: for the API; `max_body`: bytes of a decompressed response.
    """

    connections: int = 4
    rate: float = 0.0
    contact: str = ""
    token: str = ""
    max_body: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """Decoded JSON, and the number of the next page: None after the last, 0 if the server names none.

    size: how many bytes the JSON had. place: the path that answered, after redirects.
    """

    value: Any
    next_page: int | None = None
    size: int = 0
    place: str = ""


class Client:
    """A connection to the server whose address begins with `root`. Use it in an `async with` block."""

    def __init__(
        self,
        root: str,
        options: ClientOptions,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.root = httpx.URL(root.rstrip("/") + "/")
        #: A path that any working server answers; it shows whether the server is reachable at all.
        self.probe: str | None = None
        self.requests = 0
        self.received = 0
        self.max_body = options.max_body
        self._options = options
        self._sleep = sleep
        self._failing_since: float | None = None  # loop time of the first failure after a success
        self._limiter = RateLimiter(options.rate, sleep)
        agent = f"stillwork/{__version__} (archives patches{'; ' if options.contact else ''}"
        agent += re.sub(r"[^ -~]|[()]", "", options.contact) + ")"
        self._http = httpx.AsyncClient(
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
            limits=httpx.Limits(max_connections=options.connections),
            timeout=httpx.Timeout(60.0, connect=20.0, pool=None),
            transport=transport,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    def url(self, path: str, params: Params = ()) -> str:
        """The address of something on the server, for requests and for error lines."""
        url = self.root.join(path)
        return str(url.copy_with(params=list(params)) if params else url)

    async def page(self, path: str, params: Params = ()) -> str:
        """Fetch a page (HTML) that people see; raises as `get` does."""
        response = await self.get(path, params, tries=TRIES_AFTER_INTERNAL_ERROR, kind="text/html")
        text: str = response.value
        return text

    async def content(self, path: str) -> Response:
        """Fetch whatever is at a path with its query, as bytes; raises as `get` does."""
        return await self.get(path, kind=_ANYTHING)

    async def get(
        self,
        path: str,
        params: Params = (),
        *,
        tries: int = TRIES,
        kind: str = "application/json",
    ) -> Response:
        """Fetch JSON, or text of another kind, from a path below the root, trying up to `tries` times.

        Raises Missing, Unavailable when all tries failed, and SourceError when the server is out of
        reach or wants no more requests now.
        """
        url = self.url(path, params)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=lambda state: state.attempt_number >= min(tries, error_of(state).tries),
            wait=pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            response: Response = await retrying(self._once, url, kind)
            self._failing_since = None
            return response
        except Missing:
            self._failing_since = None
            raise
        except TransientError as fault:
            if fault.tries == TRIES and self.probe:
                await self._check_reachable()
            raise Unavailable(f"{url}: {fault}") from fault

    async def _check_reachable(self) -> None:
        """Raise SourceError if not just one resource is out of reach, but the server."""
        try:
            await self._once(self.url(self.probe or ""), "application/json")
        except TransientError as fault:
            raise SourceError(f"{self.root}: {fault}; try again later") from fault

    async def _once(self, url: str, kind: str) -> Response:
        await self._limiter.wait()
        self.requests += 1
        try:
            async with asyncio.timeout(_MAX_SECONDS):
                return await self._follow(httpx.URL(url), kind)
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            if is_certificate_error(error):
                raise SourceError(f"{url}: untrusted certificate: {error}") from error
            self._end_if_fruitless(cause_of(error))
            raise TransientError(cause_of(error)) from error
        except TransientError as fault:
            self._end_if_fruitless(str(fault))
            raise
        except httpx.InvalidURL as error:
            raise Unavailable(f"{url}: redirects to an invalid URL: {error}") from error

    def _end_if_fruitless(self, cause: str) -> None:
        """Raise SourceError if the server has only failed for too long; answers to probes don't count."""
        now = asyncio.get_running_loop().time()
        if self._failing_since is None:
            self._failing_since = now
        elif now - self._failing_since >= _MAX_FRUITLESS:
            minutes = _MAX_FRUITLESS / 60
            raise SourceError(
                f"{self.root}: no usable response for {minutes:.0f} minutes: {cause}; try again later"
            )

    async def _follow(self, url: httpx.URL, kind: str) -> Response:
        """Send one request, and follow redirects on the same host."""
        for _ in range(_MAX_REDIRECTS):
            headers = {"Accept": kind, **self._authorization(url)}
            async with self._http.stream("GET", url, headers=headers) as response:
                if not response.has_redirect_location:
                    return await self._read(response, kind)
                target = url.join(response.headers["Location"])
            if not self._is_same_server(target):
                raise Unavailable(f"{url}: redirects to {target}, which is not on this server")
            if target.scheme != self.root.scheme:
                self.root = self.root.copy_with(scheme=target.scheme, port=None)
            url = target
        raise Unavailable(f"{url}: too many redirects")

    def _authorization(self, url: httpx.URL) -> dict[str, str]:
        """The token, unless the connection is unencrypted."""
        safe = url.scheme == "https" or url.host in ("localhost", "127.0.0.1", "::1")
        token = self._options.token
        return {"Authorization": f"Token {token}"} if token and safe else {}

    def _is_same_server(self, url: httpx.URL) -> bool:
        """Whether an address is on this server; it may have changed to https."""
        same_scheme = url.scheme == self.root.scheme and url.port == self.root.port
        upgraded = (url.scheme, url.port) == ("https", None) and self.root.port in (None, 80)
        return url.host == self.root.host and (same_scheme or upgraded)

    async def _read(self, response: httpx.Response, wanted: str) -> Response:
        self._check_status(response)
        url = response.request.url
        if response.headers.get("Content-Encoding", "gzip").strip().lower() not in _ENCODINGS:
            raise Unavailable(f"{url}: unsupported Content-Encoding")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if wanted not in (kind, _ANYTHING):
            shown = (
                kind if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}", kind) else "untyped"
            )
            cause = f"the response is {shown}, not {_NAMES[wanted]}"
            raise TransientError(cause, TRIES_AFTER_INTERNAL_ERROR)
        body = bytearray()
        async for chunk in response.aiter_bytes(1 << 16):
            body += chunk
            if len(body) > self.max_body:
                raise Unavailable(f"{url}: the response exceeds {self.max_body} bytes")
        self.received += response.num_bytes_downloaded
        if wanted == "text/html":
            return Response(body.decode("utf-8", "replace"), None, len(body), url.path)
        if wanted == _ANYTHING:
            return Response(bytes(body), None, len(body), url.path)
        try:
            with ceiling(_DECODE_SECONDS, _MEMORY_FACTOR * self.max_body >> 20):
                value = decode(body)
        except LimitError as error:
            raise Unavailable(f"{url}: decoding the response {error}") from error
        except InputError as error:
            raise TransientError(
                f"the response is damaged or truncated: {error}", TRIES_AFTER_INTERNAL_ERROR
            ) from error
        return Response(value, _next_page(response), len(body), url.path)

    def _check_status(self, response: httpx.Response) -> None:
        status, url = response.status_code, response.request.url
        if status == 200:
            return
        cause = f"status {status} {response.reason_phrase}".rstrip()
        if status in (404, 410):
            raise Missing(f"{url}: {cause}")
        after = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if after is not None and status in _TRANSIENT:
            if after > _MAX_RETRY_AFTER:
                raise SourceError(f"{url}: {cause}: the server asks to retry in {after:.0f} s")
            self._limiter.pause(after)
        if status in _TRANSIENT:
            raise TransientError(cause, after=after)
        if status >= 500:
            raise TransientError(cause, TRIES_AFTER_INTERNAL_ERROR)
        raise Unavailable(f"{url}: {cause}")


def _next_page(response: httpx.Response) -> int | None:
    """The number of the next page, from the Link header (RFC 8288).

    Nothing else of that URL is used: we build ours, so they always go to this server.
    """
    link = response.links.get("next")
    if not link:
        return None
    number = re.search(r"[?&]page=(\d{1,9})(?:&|$)", link["url"])
    return int(number[1]) if number else 0
