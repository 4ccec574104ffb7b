"""`api/vocabulary.json`: what the numbers in the addresses of Patchwork's lists stand for.

Patchwork's API has no such resource. The lists' script reads it, and so may whoever mirrors this site.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.archive import vocabulary
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


def vocabulary_file(context: Context, key: tuple[()], value: dict[str, object]) -> Files:
    """`states`: id, name, slug, and whether lists show them without a filter; `delegates`: id, username."""
    return {"api/vocabulary.json": encode(value)}


def _units(plan: Plan) -> Iterator[Unit]:
    states = vocabulary.server_states(plan.archive, plan.config.states)
    is_open = {*vocabulary.open_states(plan.archive, plan.config.open_states)}
    value = {
        "states": [
            {"id": s.number, "name": s.name, "slug": s.slug, "action_required": s.slug in is_open}
            for s in states
        ],
        "delegates": [
            {"id": number, "username": name}
            for number, name in vocabulary.server_delegates(plan.archive).items()
        ],
    }
    yield plan.unit("vocabulary", (), value, value)


VOCABULARY = PageKind("vocabulary", _units, vocabulary_file)
