"""Dates in queries: `d:2026-01..2026-03`, `d:..2020`, `d:2.weeks.ago..`. `date_ranges.js` reads the same."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from generator.errors import SearchError
from generator.search.query_nodes import DateRange

_DATE = re.compile(r"^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$")
_AGO = re.compile(r"^(?:last\.|(\d{1,4})\.)(day|week|month|year)(s?\.ago)?$")


def date_range(text: str, today: date) -> DateRange:
    """Read a range, either end open; a single date means that year, month or day.

    `yesterday` and its like are relative to `today`. Raises SearchError.
    """
    first, dots, last = text.partition("..")
    start = _period(first, today)[0] if first else None
    end = _period(last, today)[1] if last else None
    if not dots:
        end = _period(first, today)[1]
    return DateRange(start, end)


def _ago(text: str, today: date) -> str:
    """`yesterday`, `last.month`, `2.weeks.ago` as a day; anything else as it is."""
    if text in ("today", "yesterday"):
        return str(today - timedelta(days=text == "yesterday"))
    match = _AGO.match(text)
    if not match or bool(match[1]) != bool(match[3]):
        return text
    number, unit = int(match[1] or 1), match[2]
    if unit in ("day", "week"):
        return str(today - timedelta(days=number * (7 if unit == "week" else 1)))
    year, month = divmod(
        today.year * 12 + today.month - 1 - number * (12 if unit == "year" else 1), 12
    )
    if year < 1:
        return text
    return str(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])))


def _period(text: str, today: date) -> tuple[int, int]:
    """The seconds at which a year, a month or a day begins and ends."""
    match = _DATE.match(_ago(text, today))
    try:
        if not match:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return int(start.timestamp()), int(start.timestamp()) + 86400
        following = (year, month + 1) if month and month < 12 else (year + 1, 1)
        # The year after 9999 is past the calendar: there the period ends with its last day.
        if following[0] > 9999:
            return int(start.timestamp()), int(
                datetime(9999, 12, 31, tzinfo=UTC).timestamp()
            ) + 86400
        return int(start.timestamp()), int(datetime(*following, 1, tzinfo=UTC).timestamp())
    except ValueError:
        raise SearchError(
            f"d: takes dates such as 2026, 2026-02-28, yesterday or 2.weeks.ago, not {text}"
        ) from None
