"""What Lighthouse says of each kind of page: `python -m benchmarks.lighthouse OUTPUT`.

Serves a built site on loopback and prints the four scores of a page of each kind, on a phone and a desktop:
the page of middle size, or with `--largest` the largest one. Needs Node.js, whose npx fetches Lighthouse.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from generator.servers.preview import server

_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_PRESETS: dict[str, tuple[str, ...]] = {"phone": (), "desktop": ("--preset", "desktop")}
#: Kind → the pattern of its pages. The search has a query, so that results are judged, too.
_KINDS = {
    "home": "index.html",
    "project": "project/*/index.html",
    "list": "project/*/list/index.html",
    "facet": "project/*/state/index.html",
    "patch": "project/*/patch/*/index.html",
    "file": "project/*/patch/*/files/*/index.html",
    "cover": "project/*/cover/*/index.html",
    "series": "project/*/series/[0-9]*/index.html",
    "search": "search/index.html",
    "authored": "about/index.html",
    "bulk": "archive/index.html",
    "comparison": "project/*/series/*/vs/*/index.html",
    "thread": "project/*/series/*/thread/index.html",
    "person": "person/*/index.html",
    "figures": "project/*/figures/index.html",
    "series-list": "project/*/series/index.html",
}


def _page(output: Path, kind: str, largest: bool) -> str | None:
    """The address of a page of a kind, relative to the site's root; None without such pages."""
    pages = sorted(output.glob(_KINDS[kind]), key=lambda page: (page.stat().st_size, page))
    if not pages:
        return None
    page = pages[-1 if largest else len(pages) // 2]
    address = page.parent.relative_to(output).as_posix().removeprefix(".")
    return f"{address}/?q=fix" if kind == "search" else f"{address}/".removeprefix("/")


def _judge(url: str, preset: str, chromium: str) -> dict[str, Any]:
    """Lighthouse's report of a page."""
    command = ["npx", "--yes", "lighthouse@12", url, "--output=json", "--quiet",
               "--chrome-flags=--headless=new --no-sandbox --disable-gpu", *_PRESETS[preset]]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _faults(report: dict[str, Any], category: str) -> list[str]:
    """The audits that cost a category points."""
    audits = report["audits"]
    return [
        f"{part['id']} {audits[part['id']].get('displayValue', '')}".strip()
        for part in report["categories"][category]["auditRefs"]
        if part["weight"] and (audits[part["id"]]["score"] or 0) < 0.9
        and audits[part["id"]]["scoreDisplayMode"] not in ("notApplicable", "informative", "manual")
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--largest", action="store_true")
    parser.add_argument("--kind", action="append", choices=_KINDS)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    with server(options.output, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        print(f"{'':12}", *(f"{name[:14]:>14}" for name in _CATEGORIES))
        for kind in options.kind or _KINDS:
            if (path := _page(options.output, kind, options.largest)) is None:
                continue
            url = f"http://127.0.0.1:{running.server_address[1]}/{path}"
            for preset in _PRESETS:
                report = _judge(url, preset, options.chromium)
                scores = [round(report["categories"][name]["score"] * 100) for name in _CATEGORIES]
                print(f"{kind:12}", *(f"{score:14}" for score in scores), f" {preset}", flush=True)
                for name, score in zip(_CATEGORIES, scores, strict=True):
                    if score < 100:
                        print(f"  {name}: {', '.join(_faults(report, name))}", flush=True)
        running.shutdown()


if __name__ == "__main__":
    main()
