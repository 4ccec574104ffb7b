"""Limits how fast requests go out: by an optional rate, and by the pauses that the server asks for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from generator.errors import ConfigError

Sleep = Callable[[float], Awaitable[None]]
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_SLOWEST = 1 / 3600


def parse_rate(text: str) -> float:
    """`5/s`, `120/m` or `1000/h` as requests a second; raises ConfigError."""
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)/([smh])", text.strip())
    rate = float(match[1]) / _UNITS[match[2]] if match else 0.0
    if rate < _SLOWEST:
        raise ConfigError(f"{text!r} is not a rate such as 5/s, 120/m or 1000/h, of 1/h at least")
    return rate


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110 §10.2.3); None if it is invalid."""
    if not value:
        return None
    if re.fullmatch(r"[0-9]+", value.strip()):
        return float(value.strip()[:9])
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())


class RateLimiter:
    """Spaces requests. `rate`: requests a second, 0 for no limit."""

    def __init__(self, rate: float = 0.0, sleep: Sleep = asyncio.sleep) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._sleep = sleep
        self._next = 0.0  # loop time at which the next request may go

    async def wait(self) -> None:
        """Wait until a request may go out."""
        loop = asyncio.get_running_loop()
        while (delay := self._next - loop.time()) > 0:
            await self._sleep(delay)
        self._next = max(self._next, loop.time()) + self._gap

    def pause(self, seconds: float) -> None:
        """Let no request out for a while: the server asked for it."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)
