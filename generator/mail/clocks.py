"""When a mail was sent, where the sender's clock was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from generator.mail.headers import header
from generator.model import Mail

#: Before the first mailing lists of patches, and the dates of machines without a clock.
FIRST = datetime(1990, 1, 1)
#: How much later than its receipt a mail may be dated: clocks differ, and so do zones that are written wrong.
TOLERANCE = timedelta(days=1)
#: A Received header ends with its date after a semicolon (RFC 5321 §4.4).
_LONGEST_DATE = 100


def corrected_date(mail: Mail) -> datetime | None:
    """The date of receipt (UTC) of a mail that is dated after it, or before 1990; else None.

    Only the topmost Received header counts: that of the list's own server.
    """
    received = _received(mail)
    if received is None or received < FIRST:
        return None
    return None if FIRST <= mail.date <= received + TOLERANCE else received


def _received(mail: Mail) -> datetime | None:
    headers = mail.headers if isinstance(mail.headers, dict) else {}
    _, semicolon, text = header(headers, "Received").rpartition(";")
    if not semicolon or len(text) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(text.strip())
        return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date
    except (ValueError, OverflowError, TypeError):
        return None
