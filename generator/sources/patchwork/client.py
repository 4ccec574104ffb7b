"""HTTP to one Patchwork server: polite, patient, bounded, and never to another host."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import httpx
import tenacity

from generator import __version__
from generator.errors import InputError, SourceError
from generator.sources.json_files import decode
from generator.sources.patchwork.rate_limit import Pace, Sleep, retry_after

Params = Sequence[tuple[str, str | int]]

#: A server that asks for a longer pause than this is left alone for today.
_PATIENCE = 600.0
_MAX_REDIRECTS = 5
#: How long a whole answer may take (seconds), however steadily it drips in.
_MAX_SECONDS = 600.0
#: How often to try; an error of the server's own program will hardly go away.
TRIES, _TRIES_OF_BROKEN = 6, 3
_PASSING = {408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524}


class Unavailable(InputError):
    """A request that the server couldn't answer properly, in spite of trying again."""


class Missing(InputError):
    """The server says that there is no such thing."""


class _Passing(Exception):
    """A fault that may pass: `after` is the pause the server asks for, `tries` how often to try."""

    def __init__(self, cause: str, tries: int = TRIES, after: float | None = None) -> None:
        super().__init__(cause)
        self.tries = tries
        self.after = after


@dataclass(frozen=True, slots=True)
class Options:
    """How to talk to a server. `rate`: requests a second, 0 for no limit; `max_body`: bytes."""

    connections: int = 4
    rate: float = 0.0
    contact: str = ""
    token: str = ""
    max_body: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """Decoded JSON, and the number of the page that follows: None after the last, 0 if it isn't told."""

    value: Any
    next_page: int | None = None


class Client:
    """A connection to the server whose address begins with `root`. Use it in an `async with` block."""

    def __init__(
        self,
        root: str,
        options: Options,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.root = httpx.URL(root.rstrip("/") + "/")
        #: What to ask for in order to learn whether the server is there at all.
        self.probe: str | None = None
        self.requests = 0
        self.received = 0
        self._options = options
        self._sleep = sleep
        self._pace = Pace(options.rate, sleep)
        agent = f"stillwork/{__version__} (archives patches{'; ' if options.contact else ''}"
        agent += re.sub(r"[^ -~]|[()]", "", options.contact) + ")"
        self._http = httpx.AsyncClient(
            headers={"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": "gzip"},
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

    async def get(self, path: str, params: Params = (), *, tries: int = TRIES) -> Response:
        """Ask for JSON below the root.

        Raises Missing, Unavailable when all tries failed, and SourceError where more requests make
        no sense. `tries` bounds how often to ask.
        """
        url = self.url(path, params)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(_Passing),
            stop=lambda state: state.attempt_number >= min(tries, _passing(state).tries),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return await retrying(self._once, url)
        except _Passing as fault:
            if fault.tries == TRIES and self.probe:
                await self._check_presence()
            raise Unavailable(f"{url}: {fault}") from fault

    async def _check_presence(self) -> None:
        """Raise SourceError if it isn't one object that is out of reach, but the server."""
        try:
            await self._once(self.url(self.probe or ""))
        except _Passing as fault:
            raise SourceError(f"{self.root}: {fault}; try again later") from fault

    async def _once(self, url: str) -> Response:
        await self._pace.turn()
        self.requests += 1
        try:
            async with asyncio.timeout(_MAX_SECONDS):
                return await self._follow(httpx.URL(url))
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            if _is_distrust(error):
                raise SourceError(f"{url}: its certificate can't be trusted: {error}") from error
            raise _Passing(_cause(error)) from error
        except httpx.InvalidURL as error:
            raise Unavailable(f"{url}: redirects to no address: {error}") from error

    async def _follow(self, url: httpx.URL) -> Response:
        """Send one request, and follow redirects on the same host."""
        for _ in range(_MAX_REDIRECTS):
            async with self._http.stream("GET", url, headers=self._authorization(url)) as response:
                if not response.has_redirect_location:
                    return await self._read(response)
                target = url.join(response.headers["Location"])
            if not self._is_ours(target):
                raise Unavailable(f"{url}: it redirects to {target}, which is not on this server")
            if target.scheme != self.root.scheme:
                self.root = self.root.copy_with(scheme=target.scheme, port=None)
            url = target
        raise Unavailable(f"{url}: it redirects in circles")

    def _authorization(self, url: httpx.URL) -> dict[str, str]:
        """The token, unless it would be readable under way."""
        safe = url.scheme == "https" or url.host in ("localhost", "127.0.0.1", "::1")
        token = self._options.token
        return {"Authorization": f"Token {token}"} if token and safe else {}

    def _is_ours(self, url: httpx.URL) -> bool:
        """Whether an address is of this server; it may have gone over to https meanwhile."""
        same_scheme = url.scheme == self.root.scheme and url.port == self.root.port
        upgraded = (url.scheme, url.port) == ("https", None) and self.root.port in (None, 80)
        return url.host == self.root.host and (same_scheme or upgraded)

    async def _read(self, response: httpx.Response) -> Response:
        self._check_status(response)
        url = response.request.url
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise _Passing(f"the answer is {kind or 'of no type'}, not JSON", _TRIES_OF_BROKEN)
        body = bytearray()
        async for chunk in response.aiter_bytes(1 << 16):
            body += chunk
            if len(body) > self._options.max_body:
                raise Unavailable(
                    f"{url}: the answer is larger than {self._options.max_body} bytes"
                )
        self.received += response.num_bytes_downloaded
        try:
            value = decode(bytes(body))
        except InputError as error:
            raise _Passing(
                f"the answer is damaged or cut off: {error}", _TRIES_OF_BROKEN
            ) from error
        return Response(value, _next_page(response))

    def _check_status(self, response: httpx.Response) -> None:
        status, url = response.status_code, response.request.url
        if status == 200:
            return
        cause = f"status {status} {response.reason_phrase}".rstrip()
        if status in (404, 410):
            raise Missing(f"{url}: {cause}")
        after = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        if after is not None and status in _PASSING:
            if after > _PATIENCE:
                raise SourceError(f"{url}: {cause}: it asks for {after:.0f} s of peace; try then")
            self._pace.hold(after)
        if status in _PASSING:
            raise _Passing(cause, after=after)
        if status >= 500:
            raise _Passing(cause, _TRIES_OF_BROKEN)
        raise Unavailable(f"{url}: {cause}")


def _passing(state: tenacity.RetryCallState) -> _Passing:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, _Passing)
    return error


_BACKOFF = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)


def _wait(state: tenacity.RetryCallState) -> float:
    """The pause that the server asked for, or else one that grows; never the same for everyone."""
    after = _passing(state).after
    return _BACKOFF(state) if after is None else after


def _next_page(response: httpx.Response) -> int | None:
    """The page that the Link header (RFC 8288) says is next.

    Of that address only the page's number is used: requests are ours, and so go to this server.
    """
    link = response.links.get("next")
    if not link:
        return None
    number = re.search(r"[?&]page=(\d{1,9})(?:&|$)", link["url"])
    return int(number[1]) if number else 0


def _cause(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__


def _is_distrust(error: BaseException | None) -> bool:
    """Whether a fault comes from a certificate that can't be trusted: trying again won't help."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
