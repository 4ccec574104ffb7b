"""What one large thing costs: a series, a thread, a set of relations, a person, a folder.

`python -m benchmarks.scaling` builds each with 10, 100 and 1,000 members and prints time and bytes for each
member: neither may grow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.run import COMMAND, measure

SIZES = (10, 100, 1000)
_API = "https://patchwork.example.org/api"
_PROJECT = {
    "id": 1, "url": f"{_API}/projects/1/", "name": "Field", "link_name": "field",
    "list_id": "field.example.org",
    "list_email": "field@example.org", "web_url": "", "scm_url": "", "webscm_url": "",
}  # fmt: skip

Item = dict[str, Any]


def one_series(count: int) -> Iterator[Item]:
    """A series of so many patches."""
    for n in range(1, count + 1):
        yield _patch(n, series=1, name=f"[PATCH {n}/{count}] field: step {n}")


def one_thread(count: int) -> Iterator[Item]:
    """A patch with so many replies, each to the one before it."""
    yield _patch(1, series=1)
    above = _msgid("patch", 1)
    for n in range(1, count + 1):
        msgid = _msgid("reply", n)
        yield {
            "id": n, "url": f"{_API}/patches/1/comments/{n}/", "msgid": msgid, "date": _date(n),
            "subject": "Re: step",
            "submitter": _person(n % 7), "content": f"> +line {n}\n\nWhy not {n} more?\n", "addressed": None,
            "headers": {"Message-Id": msgid, "In-Reply-To": above},
        }  # fmt: skip
        above = msgid


def related(count: int) -> Iterator[Item]:
    """So many patches, to all of which the first is related."""
    stubs = [
        {"id": n, "url": f"{_API}/patches/{n}/", "web_url": "", "msgid": _msgid("patch", n),
         "name": f"step {n}", "date": _date(n), "list_archive_url": None, "mbox": ""}
        for n in range(2, count + 1)
    ]  # fmt: skip
    for n in range(1, count + 1):
        yield _patch(n, series=n, related=stubs if n == 1 else [])


def one_person(count: int) -> Iterator[Item]:
    """So many patches of one person."""
    for n in range(1, count + 1):
        yield _patch(n, series=n)


def one_folder(count: int) -> Iterator[Item]:
    """So many patches by many people, all of one folder."""
    for n in range(1, count + 1):
        yield _patch(n, series=n, submitter=_person(n))


SHAPES: dict[str, Callable[[int], Iterator[Item]]] = {
    "patches of one series": one_series,
    "replies of one thread": one_thread,
    "relations of one patch": related,
    "patches of one person": one_person,
    "patches of one folder": one_folder,
}


def _msgid(kind: str, n: int) -> str:
    return f"<20260301.{kind}{n}@example.org>"


def _date(n: int) -> str:
    return f"2026-03-{n // 1440 % 28 + 1:02}T{n // 60 % 24:02}:{n % 60:02}:00"


def _person(n: int) -> Item:
    return {
        "id": n + 1,
        "url": f"{_API}/people/{n + 1}/",
        "name": f"P {n}",
        "email": f"p{n}@example.org",
    }


def _patch(n: int, *, series: int, **fields: Any) -> Item:
    names = f"--- a/hw/step{n}.c\n+++ b/hw/step{n}.c\n"
    diff = f"{names}@@ -1,3 +1,3 @@\n one\n-line {n}\n+line {n + 1}\n three\n"
    msgid = _msgid("patch", n)
    stub = {"id": series, "url": f"{_API}/series/{series}/", "date": _date(series), "name": "steps"}
    return {
        "id": n, "url": f"{_API}/patches/{n}/", "project": _PROJECT, "msgid": msgid, "date": _date(n),
        "name": f"field: step {n}", "commit_ref": None, "pull_url": None, "state": "new", "archived": False,
        "hash": f"{n:040x}", "submitter": _person(0), "delegate": None, "check": "pending", "tags": {},
        "related": [], "series": [{**stub, "version": 1}], "content": "One step more.", "diff": diff,
        "headers": {"Message-Id": msgid, "From": "Person 0 <p0@example.org>"}, "prefixes": [], **fields,
    }  # fmt: skip


def bench(shape: Callable[[int], Iterator[Item]], count: int) -> tuple[float, int]:
    """(seconds of a core, bytes of the site) of a build of `count` members."""
    with tempfile.TemporaryDirectory(prefix="stillwork-bench-") as folder:
        base = Path(folder)
        common = ["--content", str(base / "content"), "--output", str(base / "output")]
        source = base / "objects.jsonl"
        source.write_text("".join(json.dumps(item) + "\n" for item in shape(count)), "utf-8")
        subprocess.run([*COMMAND, "-q", *common, "import", str(source)], check=True)
        before = os.times().children_user
        measure([*common, "build", "--jobs", "1"])
        seconds = os.times().children_user - before
        files = [path for path in (base / "output").rglob("*") if path.is_file()]
        return seconds, sum(path.stat().st_size for path in files if not path.is_symlink())


def main(arguments: list[str]) -> None:
    """Print a table of all shapes, or of those whose name has one of the given words."""
    print(f"{'':28}{'size':>6}{'seconds':>10}{'ms each':>10}{'KB each':>10}")
    for name, shape in SHAPES.items():
        if arguments and not any(word in name for word in arguments):
            continue
        for count in SIZES:
            seconds, size = bench(shape, count)
            each = f"{seconds / count * 1000:10.1f}{size / count / 1000:10.1f}"
            print(f"{name:28}{count:6,}{seconds:10.2f}{each}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
