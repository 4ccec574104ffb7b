"""`api/vocabulary.json`: what the numbers in the addresses of Patchwork's lists stand for.

Patchwork's API has no such resource. The lists' script reads it, and so may whoever mirrors this site.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from generator.archive import vocabulary
from generator.archive.vocabulary import DelegationRule, Tag
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit


def vocabulary_file(context: Context, key: tuple[()], value: dict[str, object]) -> Files:
    """`states`, in the server's order: id, name, slug, and whether lists show them without a filter;
    `delegates`: id, username. From a dump of the server's database also `tags` and `delegation_rules`.
    """
    return {"api/vocabulary.json": encode(value)}


def _units(plan: Plan) -> Iterator[Unit]:
    states = vocabulary.server_states(plan.archive, plan.config.states)
    is_open = {*vocabulary.open_states(plan.archive, plan.config.open_states)}
    delegates = vocabulary.server_delegates(plan.archive)
    value: dict[str, list[dict[str, object]]] = {
        "states": [
            {"id": s.number, "name": s.name, "slug": s.slug, "action_required": s.slug in is_open}
            for s in states
        ],
        "delegates": [{"id": number, "username": name} for number, name in delegates.items()],
        **_settings(plan, delegates),
    }
    yield plan.unit("vocabulary", (), value, value)


def _settings(plan: Plan, delegates: dict[int, str]) -> dict[str, list[dict[str, object]]]:
    """What only a dump of the server's database tells; nothing where there was none."""
    tags = vocabulary.settings(plan.archive, Tag)
    rules = vocabulary.settings(plan.archive, DelegationRule)
    found: dict[str, list[dict[str, object]]] = {
        "tags": [{"id": number, **msgspec.structs.asdict(tag)} for number, tag in tags.items()],
        "delegation_rules": [
            {**msgspec.structs.asdict(rule), "id": number, "user": delegates.get(rule.user)}
            for number, rule in rules.items()
        ],
    }
    return {name: held for name, held in found.items() if held}


VOCABULARY = PageKind("vocabulary", _units, vocabulary_file)
