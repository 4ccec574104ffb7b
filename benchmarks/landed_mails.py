"""Simulated mails of a real history: what maintainers and time do to patches between the list and the commit.

Each commit was sent as one to three versions; a fifth of what was sent never lands. Nothing that would
make it easy is kept: no message ids, and of the final versions only half have the author's date.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

_WORD = re.compile(r"[A-Za-z_]{4,}")
#: What happens between the final version and the commit, and how often (per hundred).
FINAL = {
    "as sent": 42, "title reworded": 12, "fix-up": 18, "reworded and 45 % changed": 5,
    "other address": 7, "moved files": 4, "split": 6, "joined": 6,
}  # fmt: skip
_NEAR = "near duplicate of what landed"
#: Of what was sent, per hundred: what never lands; of that, near duplicates of what does.
NEVER, NEAR = 21, 25


@dataclass(frozen=True, slots=True)
class Sent:
    """A commit as it was read from the repository, to be mailed. Dates are seconds since 1970."""

    sha: str
    author: str
    email: str
    authored: int
    committed: int
    title: str
    diff: str


@dataclass(frozen=True, slots=True)
class SimulatedMail:
    """A patch (as the API gives it), the commits that it became (none: never landed), and how it differs.

    origin: the commit to take from the repository, for one that never lands; or empty.
    """

    patch: dict[str, Any]
    truth: tuple[str, ...]
    kind: str
    origin: str = ""


#: A commit, the kind of its mail, the final version as mails, and the commits that it became.
_Plan = tuple[Sent, str, list[Sent], tuple[str, ...]]


def simulate(history: Sequence[Sent], seed: int) -> Iterator[SimulatedMail]:
    """The mails of a history, in its order; what is `never landed` must be taken from the repository."""
    chance = random.Random(seed)
    numbers = iter(range(1, 1 << 40))
    at = 0
    while at < len(history):
        size = _series_size(history, at, chance)
        part = history[at : at + size]
        at += size
        versions = chance.choices((1, 2, 3), (50, 32, 18))[0]
        lands = chance.randrange(100) >= NEVER
        plans = _plans(part, lands, chance)
        age = chance.randrange(2, 20) * 86400
        for version in range(1, versions + 1):
            series = {
                "id": next(numbers), "name": part[0].title, "version": version,
                "date": _date(part[0].committed - age * (versions - version + 1)),
            }  # fmt: skip
            for number, (item, kind, final, truth) in enumerate(plans, 1):
                for mail in final:
                    sent = mail if version == versions else _earlier(mail, chance)
                    date = item.authored if version == versions and chance.random() < 0.5 else 0
                    date = date or item.committed - age * (versions - version + 1) + number
                    prefix = (
                        f"v{version},{number}/{len(plans)}"
                        if version > 1
                        else f"{number}/{len(plans)}"
                    )
                    named = kind if version == versions or not truth else f"earlier: {kind}"
                    origin = item.sha if kind == "never landed" else ""
                    patch = patch_of(next(numbers), sent, min(date, item.committed), prefix, series)
                    yield SimulatedMail(patch, truth, named, origin)


def _series_size(history: Sequence[Sent], at: int, chance: random.Random) -> int:
    """How many commits from one on are a series: those of the same author, some at most."""
    most = chance.choices((1, 3, 8), (45, 35, 20))[0]
    size = 1
    while (
        size < most and at + size < len(history) and history[at + size].author == history[at].author
    ):
        size += 1
    return size


def _plans(part: Sequence[Sent], lands: bool, chance: random.Random) -> list[_Plan]:
    """(commit, kind, final version as mails, commits it became) of each patch of a series."""
    plans: list[_Plan] = []
    swallowed: set[str] = set()
    for at, item in enumerate(part):
        if item.sha not in swallowed:
            kind, mails, truth = _plan(item, part[at + 1 :], lands, chance)
            swallowed.update(truth[1:])
            plans.append((item, kind, mails, truth))
            if kind == _NEAR:
                plans.append((item, "as sent", [item], (item.sha,)))
    return plans


def _plan(
    item: Sent, following: Sequence[Sent], lands: bool, chance: random.Random
) -> tuple[str, list[Sent], tuple[str, ...]]:
    """(kind, final version as mails, commits it became) of a commit."""
    if not lands:
        # Without a name in its title, what we made of it would be the same change.
        if chance.randrange(100) < NEAR and _WORD.search(item.title):
            return _NEAR, [_sibling(item, chance)], ()
        return "never landed", [item], ()
    kind = chance.choices([*FINAL], [*FINAL.values()])[0]
    truth = (item.sha,)
    if kind == "title reworded":
        return kind, [replace(item, title=_reworded(item.title, chance))], truth
    if kind == "fix-up":
        return kind, [_changed(item, chance.uniform(0.05, 0.2), chance)], truth
    if kind == "reworded and 45 % changed":
        changed = _changed(item, 0.45, chance)
        return kind, [replace(changed, title=_reworded(item.title, chance))], truth
    if kind == "other address":
        name = item.author if chance.random() < 0.8 else item.email.partition("@")[0]
        return kind, [replace(item, author=name, email="me@elsewhere.example")], truth
    if kind == "moved files":
        return kind, [replace(item, diff=_moved(item.diff))], truth
    if kind == "split" and following:
        other = following[0]
        return kind, [replace(item, diff=item.diff + other.diff)], (item.sha, other.sha)
    files = _files(item.diff)
    if kind == "joined" and len(files) > 1:
        half = len(files) // 2
        first = replace(item, diff="".join(files[:half]))
        second = replace(item, diff="".join(files[half:]), title=_reworded(item.title, chance))
        return kind, [first, second], truth
    return "as sent", [item], truth


def _earlier(item: Sent, chance: random.Random) -> Sent:
    """An earlier version: more of it differs, often its title, too."""
    changed = _changed(item, chance.choice((0.0, 0.1, 0.2, 0.3, 0.5)), chance)
    return (
        replace(changed, title=_reworded(item.title, chance)) if chance.random() < 0.2 else changed
    )


def _reworded(title: str, chance: random.Random) -> str:
    """A title of which a good third of the words are others."""
    area, colon, rest = title.rpartition(": ")
    words = rest.split()
    for at in range(len(words)):
        if chance.random() < 0.35:
            words[at] = chance.choice(("avoid", "handle", "rework", "cases", "properly", "improve"))
    return f"{area}{colon}{' '.join(words)}"


def _changed(item: Sent, share: float, chance: random.Random, least: int = 0) -> Sent:
    """The same with a share of the changed lines being others, and at least so many."""
    lines = item.diff.split("\n")
    changes = [
        at
        for at, line in enumerate(lines)
        if line[:1] in ("+", "-") and not line.startswith(("+++ ", "--- "))
    ]
    count = min(max(int(share * len(changes)), least), len(changes))
    for at in chance.sample(changes, count):
        line = lines[at]
        lines[at] = _WORD.sub(lambda match: f"{match[0]}_{chance.randrange(9)}", line, count=2)
        lines[at] += f" /* {chance.randrange(1000)} */" if lines[at] == line else ""
    return replace(item, diff="\n".join(lines))


def _sibling(item: Sent, chance: random.Random) -> Sent:
    """A patch like another one, for another thing: one name in it differs, and the file it is in."""
    old, new = chance.choice(_WORD.findall(item.title)), f"other{chance.randrange(100)}"
    diff = _moved(item.diff).replace(old, new)
    changed = _changed(replace(item, diff=diff), 0.6, chance, least=1)
    return replace(changed, title=item.title.replace(old, new))


def _moved(diff: str) -> str:
    """The same change in files that lie elsewhere."""
    return re.sub(
        r"^(diff --git a/|\+\+\+ b/|--- a/)", r"\1old/", diff, flags=re.MULTILINE
    ).replace(" b/", " b/old/")


def _files(diff: str) -> list[str]:
    parts = re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE)
    return [part for part in parts if part.startswith("diff --git ")]


def patch_of(
    number: int, item: Sent, date: int, prefix: str, series: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": number, "msgid": f"<{number}.simulated@bench.example>", "date": _date(date),
        "name": f"[{prefix}] {item.title}", "state": "new", "archived": False,
        "project": {"id": 1, "name": "Bench", "link_name": "bench", "list_id": "bench.example"},
        "submitter": {"id": _person(item), "name": item.author, "email": item.email},
        "headers": {"Date": datetime.fromtimestamp(date, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")},
        "content": "", "diff": item.diff, "series": [series],
    }  # fmt: skip


def _person(item: Sent) -> int:
    return random.Random(f"{item.author} {item.email}").randrange(1 << 50)


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(max(seconds, 0), UTC).strftime("%Y-%m-%dT%H:%M:%S")
