"""The zone of the server's clock, by which events and checks are dated.

Patchwork sends these dates without a zone; they are in the server's own (`TIME_ZONE` in its settings, which
Django's time follows), while mails are dated in UTC. Nothing in the API names the zone, but the events of
arriving mails show it: each is a few minutes younger than its mail. Where the events say no such thing, as on
a server that was filled from old mailboxes, the zone isn't known; where there are too few of them, what
Patchwork's documentation says of all dates holds: UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from generator.archive.database import Archive
from generator.time_zones import zone_named

#: Zones differ by multiples of this; a mail takes less, and few clocks are this much ahead (seconds).
_QUARTER, _AHEAD = 900, 300
#: No zone is farther from UTC.
_FARTHEST = 15 * 3600
#: Mails that are looked at, and the fewest that tell anything.
_SAMPLE, _FEWEST = 500, 10
#: The share of them that has to fit.
_SHARE = 0.6
_UNKNOWN, _UTC = "", "UTC"


class ServerClock:
    """Turns the server's dates into UTC. `is_known`: whether its zone is."""

    def __init__(self, zone: str) -> None:
        """`zone`: as `zone_of` and `zone_named` have it."""
        self.is_known = zone != _UNKNOWN
        self._zone = zone_named(zone) if self.is_known else None

    def utc(self, date: datetime) -> datetime | None:
        """A date without a zone in UTC, likewise without one; None where the zone isn't known."""
        if self._zone is None:
            return None
        try:
            return date.replace(tzinfo=self._zone).astimezone(UTC).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return None


def server_zone(archive: Archive) -> str:
    """The name of the server's zone; empty where it isn't known."""
    row = archive.sql.execute("SELECT zone FROM server_clock").fetchone()
    return str(row[0]) if row else _UTC


def refresh(archive: Archive) -> None:
    """Work out the zone again where there are other events than the last time."""
    row = archive.sql.execute("SELECT zone, newest FROM server_clock").fetchone()
    newest = archive.sql.execute("SELECT coalesce(max(id), -1) FROM event").fetchone()[0]
    if newest == (row[1] if row else -1):
        return
    zone = zone_of(_sample(archive, newest))
    with archive.transaction():
        archive.sql.execute("DELETE FROM server_clock")
        archive.sql.execute("INSERT INTO server_clock VALUES (?, ?)", (zone, newest))


def _sample(archive: Archive, newest: int) -> list[tuple[int, int]]:
    """Dates of events of arriving mails and of these mails (seconds), spread over all of them."""
    query = (
        "SELECT e.date, m.date FROM event e JOIN {0} m ON m.id = e.{0}_id "
        "WHERE e.category = '{0}-created' ORDER BY e.id"
    )
    pairs = [
        pair for kind in ("patch", "cover") for pair in archive.sql.execute(query.format(kind))
    ]
    return pairs[:: len(pairs) // _SAMPLE + 1]


def zone_of(pairs: Sequence[tuple[int, int]]) -> str:
    """The name of the zone that fits best; empty for none, UTC with too few pairs.

    pairs: dates of events by the server's clock and of their mails in UTC (seconds since 1970).
    """
    if len(pairs) < _FEWEST:
        return _UTC
    found: dict[str, int] = {}
    offsets = Counter((event - mail + _AHEAD) // _QUARTER for event, mail in pairs)
    for quarters, count in sorted(offsets.items(), key=lambda item: (-item[1], abs(item[0]))):
        if abs(quarters) * _QUARTER < _FARTHEST:
            found.setdefault(_fixed(quarters), count)
    if not found or max(found.values()) < 0.95 * len(pairs):
        found |= dict(_fits(pairs))  # one that isn't the same all year
    best = max(found, key=lambda name: found[name], default=_UNKNOWN)
    return best if best and found[best] >= _SHARE * len(pairs) else _UNKNOWN


def _fixed(quarters: int) -> str:
    hours, rest = divmod(abs(quarters), 4)
    return f"{'-' if quarters < 0 else '+'}{hours:02}:{rest * 15:02}" if quarters else _UTC


def _fits(pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """How many pairs each named zone fits."""
    near = [(event, event - mail) for event, mail in pairs if abs(event - mail) < _FARTHEST]
    dates = [(datetime.fromtimestamp(event, UTC), late) for event, late in near]
    for name in sorted(available_timezones()):
        if "/" not in name or name.startswith(("Etc/", "posix/", "right/")):
            continue
        try:
            zone = ZoneInfo(name)
            delays = (
                late - (date.replace(tzinfo=zone).utcoffset() or timedelta()).total_seconds()
                for date, late in dates
            )
            yield name, sum(-_AHEAD <= delay < _QUARTER - _AHEAD for delay in delays)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            continue
