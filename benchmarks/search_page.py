"""What searches cost a reader of any built site: `python -m benchmarks.search_page OUTPUT`.

Serves the site on loopback as web servers do (text compressed, 50 ms for each answer, HTTP/1.1), asks its own
page in Chromium, and counts all that the page fetches until it is at rest, passages included.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import mimetypes
import shutil
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.queries import choose
from generator.search.column_values import KINDS_FOUND
from generator.search.index_reader import Index

_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
#: Seconds without a request after which a page is at rest, and the most to wait for its answer.
_REST, _LONGEST = 0.4, 30.0


@dataclass(frozen=True, slots=True)
class Request:
    """One answer of the server: when it began and ended, its path, its bytes."""

    start: float
    end: float
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one query cost: bytes, requests, and how many of these came one after the other."""

    size: int
    requests: int
    chain: int


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers as a web server does, after a while, and keeps what it sent."""

    protocol_version = "HTTP/1.1"
    delay = 0.05
    sent: list[Request] = []  # noqa: RUF012 - one list for all handlers

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        start = time.monotonic()
        path = Path(self.translate_path(urllib.parse.urlsplit(self.path).path))
        path = path / "index.html" if path.is_dir() else path
        is_there = path.is_file()
        body = path.read_bytes() if is_there else b"not found"
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.send_response(200 if is_there else 404)
        self.send_header("Content-Type", kind)
        if kind.startswith(_TEXT):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        time.sleep(self.delay)
        self.wfile.write(body)
        self.sent.append(Request(start, time.monotonic(), self.path, len(body)))


def chain(requests: Sequence[Request]) -> int:
    """The length of the longest chain of requests each of which began after the one before had ended."""
    ordered = sorted(requests, key=lambda request: request.start)
    longest: list[int] = []
    for at, request in enumerate(ordered):
        before = [longest[n] for n in range(at) if ordered[n].end <= request.start]
        longest.append(1 + max(before, default=0))
    return max(longest, default=0)


def costs(output: Path, queries: Sequence[str]) -> list[tuple[Cost, Cost]]:
    """For each query its cost with an empty cache, and in a page that has answered those before."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(output))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/search/"
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        warm = browser.new_page()
        _cost(warm, lambda: warm.goto(address))
        for query in queries:
            with browser.new_context() as context:
                page = context.new_page()
                url = f"{address}?q={urllib.parse.quote(query)}"
                cold = _cost(page, lambda: page.goto(url))  # noqa: B023 - called at once
            warm.fill("#q", query)
            found.append((cold, _cost(warm, lambda: warm.press("#q", "Enter"))))
        browser.close()
    server.shutdown()
    return found


def _cost(page: Page, ask: Any) -> Cost:
    """What is fetched from now on until the page is at rest; pages, styles and icons of sites don't count."""
    Handler.sent.clear()
    ask()
    page.wait_for_function(
        "document.querySelector('main').dataset.search !== 'loading'", timeout=_LONGEST * 1000
    )
    while not Handler.sent or time.monotonic() - Handler.sent[-1].end < _REST:
        if not Handler.sent and page.evaluate("document.readyState") == "complete":
            page.wait_for_timeout(_REST * 1000)
            if not Handler.sent:
                break
        page.wait_for_timeout(_REST * 250)
    counted = [r for r in Handler.sent if not r.path.endswith(".css") and not _is_page(r.path)]
    return Cost(sum(request.size for request in counted), len(counted), chain(counted))


def _is_page(path: str) -> bool:
    return urllib.parse.urlsplit(path).path.endswith("/search/")


def figures(output: Path, tell: Callable[[str], None] = lambda line: None) -> dict[str, str]:
    """The table; `tell` gets a line for each query."""
    queries = choose(output)
    rows = costs(output, [query["query"] for query in queries])
    for query, (cold, warm) in zip(queries, rows, strict=True):
        tell(
            f"{query['name']:16} {query['query'][:40]:40} {cold.size / 1e3:6.1f} KB"
            f" {cold.requests:3} requests, chain {cold.chain} | warm {warm.size / 1e3:6.1f} KB"
        )
    phrases = [
        cold.chain for query, (cold, _) in zip(queries, rows, strict=True) if '"' in query["query"]
    ]
    others = [
        cold.chain
        for query, (cold, _) in zip(queries, rows, strict=True)
        if '"' not in query["query"]
    ]
    index = [
        path for path in (output / "search").rglob("*") if path.is_file() and path.suffix != ".html"
    ]
    size = sum(path.stat().st_size for path in index)
    opened = Index(output)
    patches = sum(
        kind in KINDS_FOUND["patch"]
        for segment in opened.segments for window in segment.windows for kind in segment.columns(window).kinds
    )  # fmt: skip
    return {
        "patches / mails": f"{patches:,} / {opened.docs:,}",
        "cold query, KB (median / worst)": _two([cold.size / 1e3 for cold, _ in rows]),
        "warm query, KB": _two([warm.size / 1e3 for _, warm in rows]),
        "requests, cold": _two([cold.requests for cold, _ in rows]),
        "chain of requests": _two(others),
        "chain of requests, phrases": _two(phrases),
        "search index, bytes/patch": f"{size / max(patches, 1):,.0f}",
        "search index, bytes/mail": f"{size / max(opened.docs, 1):,.0f}",
        "search index, files": f"{len(index):,}",
    }


def _two(values: Sequence[float]) -> str:
    return f"{median(values):,.0f} / {max(values):,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    for name, value in figures(parser.parse_args().output, print).items():
        print(f"{name:34} {value:>16}")


if __name__ == "__main__":
    main()
