"""What has to be made: the plan of the site, held against what the last builds made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.site.build_context import Context
from generator.site.manifest import Manifest
from generator.site.pages import authored
from generator.site.plan import OF_MAILS, Plan
from generator.site.registry import Unit

#: Made from the theme's files, without a plan.
STATIC = "static"
#: Parts of the plan, which can be worked out at the same time.
PARTS = ("mails", "lists")


@dataclass(slots=True)
class Difference:
    """Units to be made; how many of each kind are as they should be; the names of those that are no more."""

    todo: list[Unit] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    vanished: set[str] = field(default_factory=set)


def difference(context: Context, part: str, *, full: bool) -> Difference:
    """Compare one of the `PARTS`; `full`: as if nothing had been made."""
    plan = Plan(context, authored.read_all(context.content, context.theme))
    manifest = Manifest(context.output)
    try:
        if part == "mails":
            return _compare(plan.of_mails(), manifest.units(OF_MAILS), full=full)
        return _compare(
            plan.of_lists(), manifest.units({*OF_MAILS, STATIC}, others=True), full=full
        )
    finally:
        manifest.close()


def _compare(units: Iterator[Unit], known: dict[str, bytes], *, full: bool) -> Difference:
    found = Difference()
    for unit in units:
        before = known.pop(unit.name, None)
        if before == unit.digest and not full:
            found.kept[unit.kind] += 1
        else:
            found.todo.append(unit)
    found.vanished = set(known)
    return found
