"""Run the tests against a sample of mutants, and print those that no test notices.

Each mutant lives in a copy of the tree. The tests of its own module are asked first, then those of its
folder, then all that need no browser or server. It is killed as soon as one of them fails.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.mutate import Mutant, mutants

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
MODULES = (
    "mail/headers.py", "mail/body.py", "mail/mbox.py", "mail/thread.py", "mail/series_versions.py",
    "diff/parse.py", "diff/diffstat.py", "diff/range_diff.py", "diff/inline_comments.py",
    "archive/merge.py", "archive/columns.py", "archive/writer.py", "search/tokenizer.py",
    "search/query_parser.py", "search/engine.py", "search/evaluator.py", "site/pagination.py", "site/files.py",
    "site/manifest.py", "site/html/escape.py", "sources/json_files.py", "sources/importer.py",
    "sources/patchwork/client.py", "sources/patchwork/rate_limit.py",
)  # fmt: skip
_COPIED = ("generator", "tests", "themes", "content", "benchmarks", "docs", "pyproject.toml")
#: A test or a whole run that takes longer (seconds) hangs.
_TEST_SECONDS, _RUN_SECONDS = 300, 1800


def sample(modules: Sequence[str], seed: int, count: int) -> list[Mutant]:
    """`count` mutants, spread evenly over the modules, and in each over the operators."""
    order = random.Random(seed)
    pools = {name: _shuffled(name, order) for name in modules}
    chosen: list[Mutant] = []
    while len(chosen) < count and any(pools.values()):
        left = [name for name in modules if pools[name]]
        order.shuffle(left)
        candidates = (pools[name].pop() for name in left[: count - len(chosen)])
        chosen += [mutant for mutant in candidates if mutant.differs()]
    return sorted(chosen, key=lambda mutant: (mutant.module, mutant.start, mutant.text))


def _shuffled(module: str, order: random.Random) -> list[Mutant]:
    """A module's mutants in random order, each kind of change as likely as any other to come next."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants(module, (ROOT / "generator" / module).read_bytes()):
        kinds.setdefault(mutant.operator, []).append(mutant)
    for group in kinds.values():
        order.shuffle(group)
    found: list[Mutant] = []
    while kinds:
        kind = order.choice(sorted(kinds))
        found.append(kinds[kind].pop())
        if not kinds[kind]:
            del kinds[kind]
    return found[::-1]


def stages(module: str, *, near: bool) -> list[tuple[str, ...]]:
    """The tests to run, a pytest call each: the module's own, those of its folder, then all others.

    With `near` only its own, or those of its folder where it has none.
    """
    path = Path("tests") / module
    own, folder = path.with_name(f"test_{path.name}"), path.parent
    nearest = [(str(own),)] if (ROOT / own).is_file() else []
    if near and nearest:
        return nearest
    wider = [] if near else [("tests", f"--ignore={folder}", "--ignore=tests/e2e")]
    return [*nearest, (str(folder), f"--deselect={own}"), *wider]


class Trees:
    """Copies of the tree, one for each mutant that is tested at the same time."""

    def __init__(self, folder: Path, count: int) -> None:
        self._free: queue.Queue[Path] = queue.Queue()
        #: By pytest call: tests that fail without a mutant, too.
        self._broken: dict[tuple[str, ...], list[str]] = {}
        for number in range(count):
            tree = folder / str(number)
            for name in _COPIED:
                source = ROOT / name
                copy = shutil.copytree if source.is_dir() else shutil.copy2
                copy(source, tree / name) if source.exists() else None
            self._free.put(tree)

    def verdict(self, mutant: Mutant, *, near: bool) -> str:
        """`killed`, `hung` or `survived`."""
        tree = self._free.get()
        path = tree / "generator" / mutant.module
        calls = stages(mutant.module, near=near)
        try:
            while calls:
                left_out = [f"--deselect={test}" for test in self._broken.get(calls[0], [])]
                path.write_bytes(mutant.mutated)
                verdict, _ = _run(tree, ["-x", *calls[0], *left_out])
                path.write_bytes(mutant.source)
                if verdict == "survived":
                    calls.pop(0)
                elif calls[0] in self._broken or not self._fails_anyway(tree, calls[0]):
                    return verdict
            return "survived"
        finally:
            path.write_bytes(mutant.source)
            self._free.put(tree)

    def _fails_anyway(self, tree: Path, call: tuple[str, ...]) -> bool:
        """Whether some tests fail without a mutant, too; they tell nothing and are left out from now on."""
        _, failed = _run(tree, call)
        if failed:
            print(f"left out, because they fail without a mutant: {', '.join(failed)}", flush=True)
        self._broken[call] = failed
        return bool(failed)


def _run(tree: Path, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """`survived`, `killed` or `hung`, and the tests (or files) that failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += [f"--timeout={_TEST_SECONDS}", "-m", "not browser", *arguments]
    # Bytecode of a mutant may not outlive it; hypothesis tries the same examples each time.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "CI": "1", "PYTHONPATH": str(tree)}
    try:
        run = subprocess.run(
            command, cwd=tree, env=env, timeout=_RUN_SECONDS, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired:
        return "hung", []
    if run.returncode in (0, 5):  # 5: no test was selected
        return "survived", []
    failed = re.findall(r"^(?:FAILED|ERROR) ([^\s\[]+)", run.stdout, re.MULTILINE)
    return "hung" if "Timeout" in run.stdout else "killed", sorted(set(failed))


def equivalent() -> dict[tuple[str, ...], str]:
    """The mutants that no test can kill, by their keys, and why."""
    listed = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    names = ("module", "function", "operator", "line", "becomes")
    return {tuple(entry[name] for name in names): entry["reason"] for entry in listed}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample (default: 1)")
    parser.add_argument("--count", type=int, default=100, help="size of the sample (default: 100)")
    parser.add_argument(
        "--module", action="append", help="only this one, such as mail/body.py; repeatable"
    )
    parser.add_argument(
        "--near", action="store_true", help="run only the tests of the module itself"
    )
    parser.add_argument("--jobs", type=int, default=2, help="mutants tested at a time (default: 2)")
    options = parser.parse_args()
    known = equivalent()
    chosen = sample(options.module or MODULES, options.seed, options.count)
    judged = [mutant for mutant in chosen if mutant.key not in known]
    verdicts: list[tuple[Mutant, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(Path(folder), options.jobs)
        with ThreadPoolExecutor(options.jobs) as pool:
            for mutant, verdict in zip(
                judged, pool.map(lambda m: trees.verdict(m, near=options.near), judged), strict=True
            ):
                verdicts.append((mutant, verdict))
                print(f"{verdict:8} generator/{mutant.module} {mutant.operator}", flush=True)
                if verdict == "survived":
                    print(mutant.diff(), flush=True)
    counts = {name: sum(v == name for _, v in verdicts) for name in ("killed", "hung", "survived")}
    killed = counts["killed"] + counts["hung"]
    print(f"{len(chosen)} mutants (seed {options.seed}): {killed} killed ({counts['hung']} by hanging), "
          f"{counts['survived']} survived, {len(chosen) - len(judged)} equivalent; "
          f"score {100 * killed / max(1, len(judged)):.0f} of 100")  # fmt: skip
    return 1 if counts["survived"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
