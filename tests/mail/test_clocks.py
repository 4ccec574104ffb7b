from __future__ import annotations

import msgspec
import pytest

from generator.mail.clocks import corrected_date
from generator.model import Comment
from tests import factories


@pytest.mark.parametrize(
    ("date", "received", "corrected"),
    [
        ("2026-03-02T10:00:00", "by x; Mon, 2 Mar 2026 09:59:00 +0000", None),
        ("2026-03-03T09:00:00", "by x; Mon, 2 Mar 2026 09:00:00 +0000", None),
        ("2026-03-03T09:00:01", "by x; Mon, 2 Mar 2026 09:00:00 +0000", "2026-03-02T09:00:00"),
        (
            "2030-01-01T00:00:00",
            "by x (a; b)\n\tfor y; Mon, 2 Mar 2026 09:00:00 -0500",
            "2026-03-02T14:00:00",
        ),
        ("1989-12-31T23:59:59", "by x; Mon, 2 Mar 2026 09:00:00 +0000", "2026-03-02T09:00:00"),
        ("1990-01-01T00:00:00", "by x; Mon, 2 Mar 2026 09:00:00 +0000", None),
        ("2030-01-01T00:00:00", "by x; Thu, 1 Jan 1970 00:00:00 +0000", None),
        ("2030-01-01T00:00:00", "by x; yesterday", None),
        ("2030-01-01T00:00:00", "by x; Mon, 2 Mar 99999 09:00:00 +9999", None),
        ("2030-01-01T00:00:00", "Mon, 2 Mar 2026 09:00:00 +0000", None),
        ("2030-01-01T00:00:00", "", None),
    ],
)
def test_a_mail_dated_after_its_receipt_or_before_1990_has_the_date_of_its_receipt(
    date, received, corrected
):
    mail = msgspec.convert(
        factories.comment(date=date, headers={"Received": [received, "by y; x"]}), Comment
    )
    found = corrected_date(mail)
    assert (found.isoformat() if found else None) == corrected
