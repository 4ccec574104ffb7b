"""Numbers come from outside: there may be few of them, far apart."""

from __future__ import annotations

from generator.archive import page_numbers
from tests import factories


def test_ranges_skip_the_numbers_that_are_not_there(archive, put):
    put(*({**factories.patch(n), "msgid": f"<{n}@example.org>"} for n in (3, 12, 2**53 - 1)))
    assert list(page_numbers.ranges(archive, "patch", 10)) == [
        (3, 12),
        (2**53 - 1, 2**53 + 8),
    ]
    assert list(page_numbers.ranges(archive, "cover", 10)) == []
    assert page_numbers.count(archive) == 3
