"""When the page of a patch shows itself, and when it can be used: `python -m benchmarks.patch_page`.

Builds a site of made-up patches with diffs of several sizes, serves it on loopback, and opens their pages in
Chromium with the processor slowed down by `--throttle`. Prints the medians of `--runs`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.run import COMMAND
from generator.servers.preview import server

_WORDS = (
    "static int struct return if else for while rc lock buffer queue length flags priv dev".split()
)
_WATCH = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) longest = startTime + duration;
}).observe({ type: "longtask", buffered: true });
"""
_MEASURE = """() => ({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  ready: Math.max(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd, longest),
})"""


def _code(chance: random.Random) -> str:
    words = " ".join(chance.choice(_WORDS) for _ in range(chance.randint(2, 9)))
    return "\t" * chance.randint(0, 3) + f"{words};"


def _new_file(chance: random.Random, path: str, count: int) -> str:
    lines = "".join(f"+{_code(chance)}\n" for _ in range(count))
    return f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{count} @@\n{lines}"


def _changed_file(chance: random.Random, path: str, hunks: int) -> str:
    """Hunks of twelve lines, three of them changed."""
    out = [f"--- a/{path}\n+++ b/{path}\n"]
    for hunk in range(hunks):
        context = [f" {_code(chance)}\n" for _ in range(6)]
        changed = [f"{sign}{_code(chance)}\n" for sign in "---+++"]
        out.append(f"@@ -{hunk * 30 + 1},9 +{hunk * 30 + 1},9 @@ int f{hunk}(void)\n")
        out += [*context[:3], *changed, *context[3:]]
    return "".join(out)


def _pages() -> Iterator[tuple[str, str, str]]:
    """What is measured: a name, a diff, and the page below that of its patch."""
    chance = random.Random(2026)
    yield "300 lines, changes", _changed_file(chance, "a.c", 25), ""
    several = "".join(_changed_file(chance, f"lib/{n}.c", 25) for n in range(10))
    yield "3,000 lines, changes", several, ""
    yield "3,000 lines, a new file", _new_file(chance, "a.c", 3000), ""
    many = "".join(_changed_file(chance, f"lib/{n}.c", 42) for n in range(100))
    yield "50,000 lines, 100 files", many, ""
    one = _new_file(chance, "a.c", 50_000)
    yield "50,000 lines, one file", one, ""
    yield "  its first part", one, "files/1/"


def _open(browser: Browser, url: str, throttle: float) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(1000)
    found: dict[str, float] = page.evaluate(_MEASURE)
    context.close()
    return found


def _patch(number: int, diff: str) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"https://example.org/api/patches/{number}/",
        "msgid": f"<{number}@example.org>",
        "project": {"id": 1, "link_name": "bench", "name": "Bench", "list_id": "bench.example.org"},
        "date": "2026-03-01T10:00:00",
        "name": f"patch {number}",
        "state": "new",
        "submitter": {"id": 1, "name": "Someone", "email": "someone@example.org"},
        "headers": {},
        "content": "A patch.",
        "diff": diff,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--throttle", type=float, default=4)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        content, output = Path(folder, "content"), Path(folder, "output")
        (content / "patches").mkdir(parents=True)
        pages = list(_pages())
        lines = [json.dumps(_patch(n, diff)) for n, (_, diff, _) in enumerate(pages, 1)]
        (content / "patches" / "made-up.jsonl").write_text("\n".join(lines))
        folders = ["--content", str(content), "--output", str(output)]
        subprocess.run([*COMMAND, "-q", *folders, "build"], check=True)
        browser = play.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        with server(output, 0) as running:
            threading.Thread(target=running.serve_forever, daemon=True).start()
            print("bytes (gzip)  first paint  usable  page")
            for number, (name, _, below) in enumerate(pages, 1):
                path = f"project/bench/patch/{number}@example.org/{below}"
                size = len(gzip.compress((output / path / "index.html").read_bytes(), 6))
                url = f"http://127.0.0.1:{running.server_address[1]}/{path}"
                runs = [_open(browser, url, options.throttle) for _ in range(options.runs)]
                paint, ready = (median(run[key] for run in runs) for key in ("paint", "ready"))
                print(f"{size:12,}  {paint:8.0f} ms  {ready:6.0f}  {name}")
            running.shutdown()
        browser.close()


if __name__ == "__main__":
    main()
