"""How the site answers under nginx and under the preview server: the same."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urljoin

import pytest

from generator.site.server import CSP
from tests.conftest import Site

pytestmark = pytest.mark.browser
SERVERS = ["nginx_url", "preview_url"]


def fetch(url: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, dict(answer.headers), answer.read()


def patch_of(sample: Site) -> str:
    return next(
        p for p in sample.files() if "5230-1" in p and p.endswith("index.html")
    ).removesuffix("index.html")


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("", 200, "text/html; charset=utf-8"),
        ("PATCH", 200, "text/html; charset=utf-8"),
        ("PATCHmbox", 200, "text/plain; charset=utf-8"),
        ("PATCHmbox/", 200, "text/plain; charset=utf-8"),
        ("PATCHraw/", 200, "text/plain; charset=utf-8"),
        ("series/12/mbox/", 200, "text/plain; charset=utf-8"),
        ("feed.atom", 200, "application/atom+xml; charset=utf-8"),
        ("search/entry.json", 200, "application/json"),
        ("static/style.css", 200, "text/css; charset=utf-8"),
        ("static/js/page.js", 200, "text/javascript; charset=utf-8"),
        ("static/icon.svg", 200, "image/svg+xml"),
        ("robots.txt", 200, "text/plain; charset=utf-8"),
        ("no/such/page/", 404, "text/html; charset=utf-8"),
        (".stillwork/manifest.db", 404, "text/html; charset=utf-8"),
        (".stillwork/server/nginx.conf", 404, "text/html; charset=utf-8"),
        ("..%2f..%2fetc/passwd", None, None),
    ],
)  # fmt: skip
def test_status_and_type(server, path, status, kind, sample, request):
    url = request.getfixturevalue(server) + path.replace("PATCH", patch_of(sample))
    answered, headers, body = fetch(url)
    if status is None:
        assert answered in (400, 404) and b"root:" not in body
        return
    assert (answered, headers["Content-Type"]) == (status, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("server", SERVERS)
def test_a_missing_slash_is_added(server, sample, request):
    base = request.getfixturevalue(server)
    with urllib.request.urlopen(base + patch_of(sample).rstrip("/")) as answer:
        assert answer.url == urljoin(base, patch_of(sample))


@pytest.mark.parametrize("server", SERVERS)
def test_index_files_may_be_kept_for_ever_and_the_entry_not(server, sample, request):
    base = request.getfixturevalue(server)
    data = next(p for p in sample.files() if p.startswith("search/data/s"))
    assert "immutable" in fetch(base + data)[1]["Cache-Control"]
    assert fetch(base + "search/entry.json")[1]["Cache-Control"] == "no-cache"
