"""The queries whose cost is measured: of each kind some, chosen from what an index holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from generator.mail import subject
from generator.search.fields import ADDED, PATH
from generator.search.index_reader import Index
from generator.search.tokenizer import words

#: Mails whose subjects and senders are looked at.
_SAMPLE = 600


def choose(output: Path, seed: int = 1) -> list[dict[str, str]]:
    """Queries of eleven kinds with words of an index, the same ones for the same index."""
    index = Index(output)
    rng = Random(seed)
    records = list(_records(index))
    titles = [words(subject.topic(record.name)) for record in records]
    common = _commonest(word for title in titles for word in title if len(word) > 2)
    pairs = _commonest(pair for title in titles for pair in pairwise(title))
    phrases = [" ".join(pair) for pair in pairs[:40]]
    rare, medium, paths = (rng.sample(sorted(some), 3) for some in _terms(index))
    phrases = rng.sample(phrases, 3)
    senders = [record.submitter for record in rng.sample(records, 3)]
    hyphens = [f"{one}-{other}" for one, other in rng.sample(pairs[:40], 2)]
    segment = index.segments[0]
    month = f"{datetime.fromtimestamp(segment.columns(0).dates[segment.size(0) // 2], UTC):%Y-%m}"
    state = index.states[0]
    queries = {
        "common word": common[:3],
        "rare identifier": rare,
        "two words": [f"{common[3]} {common[9]}", f"{common[0]} {medium[0]}", f"{common[1]} {rare[1]}"],
        "path": [f"dfn:{paths[0]}", *paths[1:]],
        "person": [f'f:"{senders[0]}"', f"f:{words(senders[1])[0]}", f'f:"{senders[2]}"'],
        "field": [f"s:{common[4]}", f"dfb:{medium[1]}", f"dfa:{medium[2]}"],
        "phrase": [f'"{phrases[0]}"', f'"{phrases[1]}"', f's:"{phrases[2]}"'],
        "beginning": [f"{medium[0][:5]}*", f"{rare[0][:6]}*", f"{common[5][:5]}*"],
        "hyphen": hyphens,
        "negation": [f"{common[0]} -{common[2]}", f"{medium[1]} -{common[1]}"],
        "filter only": [f"state:{state}", f"d:{month} {common[6]}", f"is:open f:{words(senders[0])[0]}"],
    }  # fmt: skip
    return [{"name": name, "query": query} for name in queries for query in queries[name]]


def _records(index: Index) -> Iterable[Any]:
    """The records of some mails, from all segments alike."""
    step = max(1, index.docs // _SAMPLE)
    for segment in index.segments:
        yield from (segment.record(doc) for doc in range(0, segment.docs, step))


def _commonest(values: Iterable[Any]) -> list[Any]:
    counts = Counter(values)
    return sorted(counts, key=lambda value: (-counts[value], value))


def _terms(index: Index) -> tuple[set[str], set[str], set[str]]:
    """Identifiers of added lines that few patches of the oldest segment have, or some; and paths."""
    rare, others, paths = set(), [], set()
    for term, count, masks in index.segments[0].sample():
        if masks & ADDED and "_" in term and term.isascii():
            if 2 <= count <= 9:
                rare.add(term)
            else:
                others.append((-count, term))
        elif masks == PATH and "/" in term and not term.endswith("/"):
            paths.add(term)
    return rare, {term for _, term in sorted(others)[:100]}, paths
