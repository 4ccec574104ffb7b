from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from generator.errors import ConfigError
from generator.sources.patchwork.rate_limit import RateLimiter, parse_rate, retry_after

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "rate"), [("5/s", 5.0), ("120/m", 2.0), ("1800/h", 0.5), (" 0.5/s ", 0.5)]
)
def test_a_rate_is_requests_in_a_time(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/d", "fast"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="is not a rate"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 01 Mar 2026 10:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 09:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 10:01:00 -0000", 60.0),
        ("soon", None),
        ("²", None),
        ("Sun, 01 Mar 99999999999 10:01:00 GMT", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_a_pause_is_given_in_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


class Clock(asyncio.SelectorEventLoop):
    """A loop whose time passes only in `sleep`, which notes how long."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def slept(
    use: Callable[[RateLimiter, Clock], Coroutine[Any, Any, None]], rate: float = 0.0
) -> list[float]:
    clock = Clock()
    try:
        clock.run_until_complete(use(RateLimiter(rate, clock.sleep), clock))
    finally:
        clock.close()
    return clock.slept


def test_requests_are_spread_by_the_rate() -> None:
    async def use(limiter: RateLimiter, clock: Clock) -> None:
        for _ in range(3):
            await limiter.wait()
        clock.now += 9  # what was not used is not saved up
        await limiter.wait()
        await limiter.wait()

    assert slept(use, rate=2.0) == [0.5, 0.5, 0.5]


def test_without_a_rate_nothing_waits() -> None:
    async def use(limiter: RateLimiter, clock: Clock) -> None:
        for _ in range(3):
            await limiter.wait()

    assert slept(use) == []


def test_a_pause_holds_the_next_request_and_the_longer_one_counts() -> None:
    async def use(limiter: RateLimiter, clock: Clock) -> None:
        await limiter.wait()
        limiter.pause(30.0)
        limiter.pause(10.0)
        await limiter.wait()
        await limiter.wait()

    assert slept(use, rate=0.5) == [30.0, 2.0]


def test_a_very_long_pause_in_digits_is_read_in_part() -> None:
    assert retry_after("9" * 4000, NOW) == 999_999_999.0
    assert retry_after(" 7 ", NOW) == 7.0
