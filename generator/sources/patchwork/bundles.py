"""Reads the server's public bundles: which patches, and in which order their mbox has them.

Source: Patchwork's API lists the patches of a bundle by date; only its page and its mbox keep its order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from generator.archive import deletions, patch_bundles
from generator.archive.columns import object_id
from generator.mail.headers import quote_segment
from generator.sources.patchwork.client import Client, Missing, Params, Unavailable
from generator.sources.patchwork.ingest import Ingester
from generator.sources.patchwork.pagination import pages

#: Pages of 250 bundles that are read: no instance comes near it.
_MAX_PAGES = 1000
#: Bundles are asked for last, by when a server that fails has had its chances.
_TRIES = 2
_BEGINS = b"From patchwork "
_NUMBER = re.compile(rb"X-Patchwork-Id: ([0-9]{1,15})\r?")


async def read_bundles(
    client: Client,
    ingester: Ingester,
    path: str,
    projects: Sequence[int],
    scope: Params,
    *,
    again: bool,
) -> None:
    """Store the bundles of some projects, and mark those as deleted that the server no longer shows.

    `scope`: the filter for the projects; `again`: ask also for the order of those that didn't change.
    Raises Missing or Unavailable when they can't be read; then none is taken for deleted.
    """
    seen: set[int] = set()
    async for page in pages(client, path, scope, tries=_TRIES, limit=_MAX_PAGES):
        for value in page.items:
            number, project = object_id(value), value.get("project")
            if number is None or not isinstance(project, dict) or project.get("id") not in projects:
                continue
            seen.add(number)
            ordered = await _in_order(client, ingester, value, again=again)
            with ingester.archive.transaction():
                ingester.add_bundle(number, ordered)
    with ingester.archive.transaction():
        known = patch_bundles.server_bundles(ingester.archive, projects)
        for number in sorted(known - seen):
            if deletions.mark_deleted(ingester.archive, "bundle", number, ingester.now):
                ingester.counts.deleted["bundle"] += 1


async def _in_order(
    client: Client, ingester: Ingester, value: dict[str, Any], *, again: bool
) -> dict[str, Any]:
    """A bundle with its patches in its own order, as far as the server tells it."""
    patches, owner, name = value.get("patches"), value.get("owner"), value.get("name")
    if not isinstance(patches, list) or not isinstance(owner, dict) or not isinstance(name, str):
        return value
    by_number = {n: p for p in patches if isinstance(p, dict) and (n := object_id(p)) is not None}
    username = owner.get("username")
    if len(by_number) < 2 or not isinstance(username, str) or value.get("public") is not True:
        return value
    known = ingester.archive.raw("bundle", value["id"]) or {}
    order = [patch["id"] for patch in known.get("patches") or []]
    if again or set(order) != by_number.keys():
        try:
            path = f"bundle/{quote_segment(username)}/{quote_segment(name)}/mbox/"
            order = order_of((await client.content(path)).value)
        except (Missing, Unavailable) as error:
            ingester.report(
                f"{error}; the order of bundle {value['id']} is that of its patches' dates"
            )
    if set(order) != by_number.keys():
        return value
    return {**value, "patches": [by_number[number] for number in order]}


def order_of(mbox: bytes) -> list[int]:
    """The numbers of the patches in an mbox of Patchwork's, in their order, each once.

    They stand in a header, which ends at the first empty line: what a mail's text says doesn't count.
    """
    numbers: dict[int, None] = {}
    is_header = False
    for line in mbox.split(b"\n"):
        if line.startswith(_BEGINS):
            is_header = True
        elif not line.strip():
            is_header = False
        elif is_header and (match := _NUMBER.fullmatch(line)):
            numbers.setdefault(int(match[1]))
            is_header = False
    return [*numbers]
