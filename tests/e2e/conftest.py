"""The built sample under real servers, and a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from generator.servers.preview import server
from tests.conftest import Site, need
from tests.e2e.server import apache, caddy, nginx

#: The first is Chromium without windows, in which a page opens in a fifth of the time.
CHROMIUM = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--disable-gpu"]  # fmt: skip


@pytest.fixture(scope="session")
def nginx_url(sample: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with nginx(sample.output, tmp_path_factory.mktemp("nginx")) as url:
        yield url


@pytest.fixture(scope="session")
def apache_url(sample: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with apache(sample.output, tmp_path_factory.mktemp("apache")) as url:
        yield url


@pytest.fixture(scope="session")
def caddy_url(sample: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with caddy(sample.output, tmp_path_factory.mktemp("caddy")) as url:
        yield url


@pytest.fixture(scope="session")
def preview_url(sample: Site) -> Iterator[str]:
    with server(sample.output, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()


# Playwright keeps an event loop running in this thread, where other tests want to run their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    need(program, "chromium")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, nginx_url: str) -> Iterator[Page]:
    """A fresh tab that fails its test when a page's console shows an error."""
    context = browser.new_context(base_url=nginx_url)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert errors == []
