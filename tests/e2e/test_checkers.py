"""The pages under the Nu HTML checker and under axe."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT, Site, need, tool
from tests.e2e.kinds import KINDS, path_of

pytestmark = pytest.mark.browser
NODE_MODULES = ROOT / "tests" / "js" / "node_modules"


def nu(folder: Path, most: int | None = None) -> list[str]:
    """What the checker finds in a site's pages; of each kind, at most so many pages."""
    jar = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    need(jar.exists(), "vnu-jar (run npm install in tests/js)")
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for page in sorted(folder.rglob("*.html")):
        # Every other folder is a name: of a project, a mail, a person …
        kind = "/".join(page.relative_to(folder).parts[::2])
        kinds[kind].append(str(page))
    pages = [page for of_kind in kinds.values() for page in _spread(of_kind, most)]
    command = [tool("java"), "-jar", str(jar), "--errors-only", *pages]
    found = subprocess.run(command, capture_output=True, text=True).stderr.splitlines()
    # What is named index.html there is JSON, for clients on hosts without rules.
    return [line for line in found if f'"file:{folder}/api/' not in line]


def _spread(pages: list[str], most: int | None) -> list[str]:
    return pages[:: max(1, len(pages) // most)] if most else pages


def test_the_samples_pages_are_valid_html(sample: Site):
    assert nu(sample.output) == []


def test_the_recorded_pages_are_valid_html(recorded: Site):
    assert nu(recorded.output, 15) == []


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(browser: Browser, nginx_url: str, sample: Site, kind: str):
    script = NODE_MODULES / "axe-core" / "axe.min.js"
    need(script.exists(), "axe-core (run npm install in tests/js)")
    context = browser.new_context(base_url=nginx_url, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(path_of(kind, sample))
    page.wait_for_load_state("networkidle")
    page.add_script_tag(content=script.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    # Lines of a diff lie as close as lines do.
    found += page.evaluate("axe.run({exclude: ['.diff pre']}, {runOnly: ['target-size']})")[
        "violations"
    ]
    page.emulate_media(color_scheme="dark")  # which changes colours alone
    found += page.evaluate("axe.run({runOnly: ['color-contrast']})")["violations"]
    context.close()
    serious = [
        (v["id"], [node["html"][:120] for node in v["nodes"][:3]])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
