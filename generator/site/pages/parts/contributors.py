"""Who did what for a series and its other versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.archive.people import Contribution


@dataclass(slots=True)
class Contributor:
    """Somebody with a part in a series. roles: by version's label (empty for an only version).

    url is None for those who are named in trailers only.
    """

    name: str
    url: str | None
    roles: dict[str, list[str]]


def contributors(versions: Sequence[tuple[str, Sequence[Contribution]]]) -> list[Contributor]:
    """The contributors of a series in the order in which they come up; versions: (label, contributions)."""
    by_name: dict[str, Contributor] = {}
    for label, contributions in versions:
        for person_id, name, role, times in contributions:
            contributor = by_name.setdefault(name, Contributor(name, None, {}))
            if not contributor.url and person_id is not None:
                contributor.url = urls.person(person_id)
            shown = role if times == 1 else f"{role} ({times})"
            contributor.roles.setdefault(label, []).append(shown)
    return list(by_name.values())
