"""The API's collections: the patches, cover letters or series by number, in pages of a fixed size.

A page is put together from what the pages of its objects published before it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from generator import urls
from generator.archive import queries
from generator.site.build_context import Context, Files
from generator.site.exports.api import LIST_LEAVES_OUT, encode

#: Entries on a page: Patchwork's limit for `per_page`, so that whoever asks for pages until one is
#: shorter than asked for, or missing, gets everything.
PER_PAGE = 250

#: The collections that are published, by the kind of their objects.
NAMES = {"patch": "patches", "cover": "covers", "series": "series"}


def page(context: Context, key: tuple[str, int], numbers: tuple[int, ...]) -> Files:
    """`api/NAME/pages/N.json`, N from 1: the entries of these objects; `key` is (kind, N)."""
    kind, count = key
    places = {}
    if kind == "patch" and numbers:
        found = queries.places_between(context.archive, kind, numbers[0], numbers[-1])
        places = {place.id: place for place in found}
    entries = [entry for n in numbers if (entry := _entry(context, kind, n, places.get(n)))]
    return {f"api/{NAMES[kind]}/pages/{count}.json": b"[" + b",".join(entries) + b"]"}


def _entry(context: Context, kind: str, number: int, place: queries.PageRef | None) -> bytes | None:
    """An object as lists have it; None if its own files couldn't be made."""
    with contextlib.suppress(FileNotFoundError):
        if place:
            folder = Path(urls.file_of(urls.patch(place.project, place.slug))).parent
            return (context.output / folder / "lookup.json").read_bytes()[1:-1]
        content = (context.output / f"api/{NAMES[kind]}/{number}.json").read_bytes()
        if kind == "series":
            return content
        shown: dict[str, Any] = msgspec.json.decode(content)
        return encode({name: held for name, held in shown.items() if name not in LIST_LEAVES_OUT})
    return None
