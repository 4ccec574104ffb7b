"""The one form in which objects are stored."""

from __future__ import annotations

from typing import Any

import pytest

from generator.archive.normal_form import check_depth, normal_form
from generator.errors import InputError
from tests import factories


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_an_object_in_that_form_is_returned_as_it_is() -> None:
    value = factories.patch()
    assert normal_form(value) is value


@pytest.mark.parametrize(
    ("date", "stored"),
    [
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00"),
        ("2026-03-01T12:00:00.250000-00:30", "2026-03-01T12:30:00.250000"),
        ("2026-03-01T12:00:00.250000", "2026-03-01T12:00:00.250000"),
        ("0001-01-01T00:00:00-01:00", "0001-01-01T01:00:00"),
        ("no date, but a long text", "no date, but a long text"),
    ],
)
def test_dates_are_in_utc_without_a_zone(date: str, stored: str) -> None:
    value = {"id": 1, "date": date, "series": [{"id": 2, "date": date}]}
    assert normal_form(value) == {"id": 1, "date": stored, "series": [{"id": 2, "date": stored}]}
    assert value["date"] == date, "the caller's object stays as it is"


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_date_that_utc_cannot_express_is_refused(date: str) -> None:
    with pytest.raises(InputError, match=r"^date \d{4}-\S+ is out of range in UTC$"):
        normal_form({"id": 1, "date": date})


def test_headers_of_a_mail_are_left_alone() -> None:
    value = {"headers": {"date": "2026-03-01T12:00:00+02:00", "series": None}}
    assert normal_form(value) is value


def test_null_is_an_empty_list_where_a_list_belongs() -> None:
    value = {"series": None, "related": None, "delegate": None, "project": {"maintainers": None}}
    expected = {"series": [], "related": [], "delegate": None, "project": {"maintainers": []}}
    assert normal_form(value) == expected


@pytest.mark.parametrize("key", ["payload", "headers", "series"])
def test_the_depth_of_an_object_is_bounded(key: str) -> None:
    assert normal_form({key: nested(99)}) == {key: nested(99)}
    with pytest.raises(InputError, match="nested deeper than 100 levels"):
        normal_form({key: nested(100)})


def test_the_depth_of_any_value_is_bounded() -> None:
    check_depth(nested(100))
    with pytest.raises(InputError, match="nested deeper than 100 levels"):
        check_depth([{"a": nested(99)}])
