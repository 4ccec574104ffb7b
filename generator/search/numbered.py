"""Cover letters and replies by their numbers, which stand in no posting: addresses of Patchwork name them so.

The browser asks the site's files of numbers (`number_pages.js`); here the records are at hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.search.fields import MAIL_KINDS
from generator.search.index_reader import Index
from generator.search.pasted import read


def numbered(index: Index, text: str) -> Iterator[tuple[int, int]]:
    """(place of the segment, number in it) of the mails that a text names by such a number."""
    wanted = {
        (reading.field, int(reading.text[:18]))
        for reading in read(text)
        if reading.field in ("cover", "comment")
    }
    if not wanted:
        return
    for place, segment in enumerate(index.segments):
        for window in segment.windows:
            base = window * segment.window_size
            for at, kind in enumerate(segment.columns(window).kinds):
                record = segment.record(base + at)
                is_cover = record.reply is None and MAIL_KINDS[kind] == "cover"
                name = "comment" if record.reply is not None else "cover" if is_cover else ""
                number = record.id if record.reply is None else record.reply
                if (name, number) in wanted:
                    yield place, base + at
