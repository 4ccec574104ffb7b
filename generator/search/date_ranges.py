"""Dates in queries: `d:2026-01..2026-03`, `d:..2020`, `d:2.weeks.ago..`. `date_ranges.js` reads the same."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from generator.errors import SearchError
from generator.search.query_nodes import DateRange, NumberRange

_DATE = re.compile(r"^(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?$")
#: Of a day with a time (public-inbox's `dt:` has fourteen digits) the time is left out.
_TIME = re.compile(
    r"^(\d{8}|\d{4}-\d\d-\d\d)(?:\d{6}|[t.][\d:]{1,12}(?:\.\d{1,9})?(?:z|[+-][\d:]{2,6})?)$", re.A
)
_AGO = re.compile(r"^(?:last\.|(\d{1,4})\.?)(d|w|m|y|day|week|month|year)(s?(?:\.ago)?)$", re.A)
#: `3.jan.2026`, `january.3.2026`, `jan.2026`.
_NAMED = re.compile(r"^(?:(\d{1,2})\.)?([a-z]{3,9})\.(?:(\d{1,2})\.)?(\d{4})$", re.A)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_COMPARED = re.compile(r"^([<>])(=?)(.+)$")


def date_range(text: str, today: date) -> DateRange:
    """Read a range, either end open; a single date means that year, month or day; `>2026` what comes after.

    `yesterday` and its like are relative to `today`. Raises SearchError.
    """
    if compared := _COMPARED.match(text):
        start, end = _period(compared[3], today)
        if compared[1] == ">":
            return DateRange(start if compared[2] else end, None)
        return DateRange(None, end if compared[2] else start)
    first, dots, last = text.partition("..")
    begin = _period(first, today)[0] if first else None
    until = _period(last, today)[1] if last else None
    if not dots:
        until = _period(first, today)[1]
    return DateRange(begin, until)


def date_bound(side: str, text: str, today: date) -> DateRange:
    """What one date bounds (`synonyms.DATE_BOUNDS`). Raises SearchError."""
    start, end = _period(text, today)
    if side == "from":
        return DateRange(start, None)
    return DateRange(None, end if side == "to" else start)


def landed_range(text: str, today: date) -> NumberRange:
    """The same as `date_range`, of the date of the commit that a patch became. Raises SearchError."""
    try:
        dates = date_range(text, today)
    except SearchError as error:
        raise SearchError(f"landed{str(error).removeprefix('d')}") from None
    return NumberRange("landed", dates.start, None if dates.end is None else dates.end - 1)


def _plain(text: str) -> str:
    """A date in one form: `2026/3/1`, `2 weeks ago` and `3 Jan 2026` with their separators."""
    text = ".".join(re.split("[ ._,]+", text.strip(" .")))
    if match := _TIME.match(text):
        return match[1]
    if match := _NAMED.match(text):
        number = next((n for n, name in enumerate(_MONTHS, 1) if _is_month(match[2], name)), None)
        day = match[1] or match[3]
        if number and not (match[1] and match[3]):
            return f"{match[4]}-{number:02}" + (f"-{int(day):02}" if day else "")
    if "/" in text or "-" in text:
        return "-".join(part.zfill(2) for part in re.split("[/-]", text))
    return text


def _is_month(text: str, name: str) -> bool:
    return text in (name, name[:3]) or (text, name) == ("sept", "september")


def _ago(text: str, today: date) -> str:
    """`yesterday`, `last.month`, `2.weeks.ago`, `30d` as a day; anything else as it is."""
    if text in ("today", "now", "yesterday"):
        return str(today - timedelta(days=text == "yesterday"))
    match = _AGO.match(text)
    if not match or (not match[1] and match[3]):
        return text
    number, unit = int(match[1] or 1), match[2][0]
    if unit in "dw":
        try:
            return str(today - timedelta(days=number * (7 if unit == "w" else 1)))
        except OverflowError:
            return text
    year, month = divmod(
        today.year * 12 + today.month - 1 - number * (12 if unit == "y" else 1), 12
    )
    if year < 1:
        return text
    return str(date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])))


def _period(text: str, today: date) -> tuple[int, int]:
    """The seconds at which a year, a month or a day begins and ends."""
    match = _DATE.match(_ago(_plain(text), today))
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
