from __future__ import annotations

from datetime import UTC, datetime

import pytest

from generator.errors import ConfigError
from generator.sources.patchwork.rate_limit import parse_rate, retry_after

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
