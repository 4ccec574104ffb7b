"""The queries whose cost is measured: of each kind some, chosen from what the corpus holds."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from generator.search.fields import ADDED, PATH
from generator.search.index_reader import Index

SCRIPT = Path(__file__).with_name("queries.mjs")


def choose(output: Path, seed: int = 1) -> list[dict[str, str]]:
    """Queries of ten kinds with words of an index, the same ones for the same index."""
    rare, medium, paths = _terms(output)
    rng = Random(seed)
    segment = Index(output).segments[0]
    senders = [segment.record(doc).sender for doc in range(0, segment.docs, segment.docs // 5)]
    rare, medium, paths = (rng.sample(sorted(found), 3) for found in (rare, medium, paths))
    queries = {
        "common word": ["memory", "fix", "driver"],
        "rare identifier": rare,
        "two words": ["lock memory", f"race {medium[0]}", f"remove {rare[1]}"],
        "path": paths,
        "person": [f'f:"{senders[0]}"', f"f:{senders[1].split()[1]}", f'f:"{senders[-1]}"'],
        "field": ["s:avoid", f"dfb:{medium[1]}", f"dfa:{medium[2]}"],
        "phrase": ['"memory leak"', '"fix the race"', '"use of the"'],
        "prefix": [f"{medium[0][:5]}*", f"{rare[0][:6]}*", "regist*"],
        "negation": ["race -lock", f"{medium[1]} -fix", "NOT the"],
        "filter only": ["state:accepted", "project:bench d:2012-06", "check:fail state:new"],
    }
    return [{"name": name, "query": query} for name in queries for query in queries[name]]


def _terms(output: Path) -> tuple[set[str], set[str], set[str]]:
    """Identifiers of added lines that few patches of the oldest segment have, or some; and paths."""
    rare, medium, paths = set(), set(), set()
    segment = Index(output).segments[0]
    for term, count, masks in segment.sample():
        if masks & ADDED and "_" in term and term.isascii():
            if 4 <= count <= 9:
                rare.add(term)
            elif 60 <= count <= 120:
                medium.add(term)
        elif masks in (PATH, 0) and term.count("/") == 2 and ":" not in term:
            paths.add(term)
    return rare, medium, paths


def cost(output: Path) -> dict[str, Any]:
    """What the site's own client needs for each: bytes, files, round trips, milliseconds of script."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
        json.dump(choose(output), listed)
        listed.flush()
        told = subprocess.check_output(["node", SCRIPT, output, listed.name])
    found: dict[str, Any] = json.loads(told)
    return found


def figures(output: Path) -> dict[str, str]:
    """The lines of the table."""
    queries = cost(output)["queries"]
    phrases = [q for q in queries if q["name"] == "phrase"]
    others = [q for q in queries if q["name"] != "phrase"]

    def told(of: str, what: str, chosen: list[dict[str, Any]], scale: float = 1) -> str:
        values = [query[of][what] * scale for query in chosen]
        return f"{median(values):,.0f} / {max(values):,.0f}"

    return {
        "cold query, KB (median / worst)": told("cold", "bytes", others, 1e-3),
        "cold phrase, KB": told("cold", "bytes", phrases, 1e-3),
        "cold query, round trips": told("cold", "trips", others),
        "cold phrase, round trips": told("cold", "trips", phrases),
        "warm query, KB": told("warm", "bytes", queries, 1e-3),
        "warm query, round trips": told("warm", "trips", queries),
        "warm query, ms of script": told("warm", "ms", queries),
    }


def main() -> None:
    """`python -m benchmarks.queries OUTPUT`: the cost of each query."""
    import sys

    output = Path(sys.argv[1])
    for query in cost(output)["queries"]:
        cold, warm = query["cold"], query["warm"]
        about = "" if cold["exact"] else "about "
        print(
            f"{query['name']:16} {query['query'][:34]:34} {cold['bytes'] / 1e3:6.1f} KB"
            f" {cold['files']:3} files {cold['trips']:2} trips | warm {warm['bytes'] / 1e3:6.1f} KB"
            f" {warm['trips']:2} trips {warm['ms']:5.0f} ms | {about}{cold['total']}"
        )
    for name, value in figures(output).items():
        print(f"{name:34} {value}")


if __name__ == "__main__":
    main()
