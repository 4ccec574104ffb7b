"""What has to be made: the plan of the site, compared with what the last builds made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.site.build_context import Context
from generator.site.manifest import Manifest
from generator.site.pages import authored
from generator.site.plan import Plan
from generator.site.registry import Part, Unit, names

#: Made from the theme's files, without a plan.
STATIC = "static"


@dataclass(slots=True)
class Stale:
    """Units to be made; how many of each kind are up to date; the names of those that no longer exist."""

    todo: list[Unit] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    vanished: set[str] = field(default_factory=set)


def stale(context: Context, part: Part, *, full: bool) -> Stale:
    """Compare a part of the plan with what was made; `full`: as if nothing had been."""
    plan = Plan(context, authored.read_all(context.content, context.theme))
    manifest = Manifest(context.output)
    try:
        if part is Part.MAILS:
            made = manifest.units(names(Part.MAILS))
        else:  # also units of kinds that an older Stillwork knew
            made = manifest.units({*names(Part.MAILS), STATIC}, others=True)
        return _compare(plan.units(part), made, full=full)
    finally:
        manifest.close()


def _compare(units: Iterator[Unit], made: dict[str, bytes], *, full: bool) -> Stale:
    result = Stale()
    for unit in units:
        before = made.pop(unit.name, None)
        if before == unit.digest and not full:
            result.kept[unit.kind] += 1
        else:
            result.todo.append(unit)
    result.vanished = set(made)
    return result
