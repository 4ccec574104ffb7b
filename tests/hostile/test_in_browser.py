"""No payload of a hostile object runs in a browser, even where the Content-Security-Policy is switched off."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.conftest import Site
from tests.e2e.server import nginx
from tests.hostile.generator import MARKER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = 60


def test_no_script_of_a_sender_runs(browser: Browser, built: Site, tmp_path: Path) -> None:
    paths = [
        path for path in built.names() if path.startswith("project/") and path.endswith(".html")
    ]
    calls: list[str] = []
    with nginx(built.output, tmp_path) as url:
        context = browser.new_context(bypass_csp=True, base_url=url)
        context.expose_function(MARKER, lambda: calls.append(tab.url))
        tab = context.new_page()
        tab.evaluate(f"{MARKER}()")
        assert len(calls) == 1, "the marker works"
        for path in random.Random(PAGES).sample(paths, PAGES):
            answer = tab.goto(quote(path.removesuffix("index.html")))
            assert answer is not None and answer.ok
            assert tab.url.startswith(url), "no page leads away"
            tab.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
        context.close()
    assert len(calls) == 1, calls
