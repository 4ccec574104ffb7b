"""One output of each kind, compared with the files in tests/golden/.

After a change that is meant, `pytest tests/site/test_golden.py --update-golden` writes them again;
the commit's diff then shows what readers will see.
"""

from __future__ import annotations

import difflib
import gzip
import json
import re

import pytest

from generator.archive.database import Archive
from generator.sources import overrides
from tests.conftest import ROOT, Site
from tests.site import golden_archive

GOLDEN = ROOT / "tests" / "golden"
PROJECT = "project/queue"
PATCH = f"{PROJECT}/patch/2026030110.patch11@example.org"
#: Golden file → the output that it shows. Of a page that is its `<main>`.
OUTPUTS = {
    "home.html": "index.html",
    "project.html": f"{PROJECT}/index.html",
    "patch-list.html": f"{PROJECT}/list/index.html",
    "facet.html": f"{PROJECT}/state/index.html",
    "facet-list.html": f"{PROJECT}/state/accepted/index.html",
    "patch.html": f"{PATCH}/index.html",
    "patch-superseded.html": f"{PROJECT}/patch/2026030110.patch1@example.org/index.html",
    "patch-new-file.html": f"{PROJECT}/patch/2026030110.patch12@example.org/index.html",
    "patch-without-series.html": f"{PROJECT}/patch/2026030110.patch20@example.org/index.html",
    "cover.html": f"{PROJECT}/cover/2026030110.cover2@example.org/index.html",
    "series.html": f"{PROJECT}/series/2/index.html",
    "series-superseded.html": f"{PROJECT}/series/1/index.html",
    "change-list.html": f"{PROJECT}/changes/index.html",
    "change-list-status.html": f"{PROJECT}/changes/stale/index.html",
    "change-list.atom": f"{PROJECT}/changes/stale/feed.atom",
    "folder.html": f"{PROJECT}/folder/index.html",
    "series-list.html": f"{PROJECT}/series/index.html",
    "thread.html": f"{PROJECT}/series/2/thread/index.html",
    "comparison.html": f"{PROJECT}/series/2/vs/1/index.html",
    "person.html": "person/1/index.html",
    "statistics.html": f"{PROJECT}/figures/index.html",
    "search.html": "search/index.html",
    "bulk.html": "archive/index.html",
    "authored.html": "about/index.html",
    "not-found.html": "404.html",
    "redirect.html": "patch/11/index.html",
    "patch.mbox": f"{PATCH}/mbox",
    "patch.diff": f"{PATCH}/raw",
    "series.mbox": "series/2/mbox",
    "thread.mbox": f"{PROJECT}/thread/2026030110.cover2@example.org.mbox.gz",
    "project.atom": f"{PROJECT}/feed.atom",
    "series.atom": f"{PROJECT}/series/2/feed.atom",
    "sitemap.xml": "sitemap-1.xml",
    "sitemap-index.xml": "sitemap.xml",
    "robots.txt": "robots.txt",
    "api-patch.json": "api/patches/11.json",
    "api-series.json": "api/series/2.json",
    "api-cover.json": "api/covers/2.json",
    "api-comments.json": "api/patches/11/comments.json",
    "api-checks.json": "api/patches/11/checks.json",
    "id-lookup.json": "number/patch/0.json",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    built = Site(tmp_path_factory.mktemp("golden"))
    updates = built.content / "updates"
    updates.mkdir(parents=True)
    built.put(*golden_archive.objects())
    (updates / "12.json").write_text(json.dumps({"id": 12, "state": "deferred"}))
    with Archive(built.content / "archive.db") as archive:
        overrides.apply(archive, updates, built.failures.append)
    built.build(
        redirects="files",
        title="Queue archive",
        base_url="https://patches.example.org/",
        contact="the list's owner",
    )
    assert built.failures == []
    return built


@pytest.mark.parametrize("name", OUTPUTS)
def test_output_is_as_the_golden_file_shows(site: Site, name: str, request: pytest.FixtureRequest):
    golden = GOLDEN / name
    made = _shown(name, (site.output / OUTPUTS[name]).read_bytes())
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made, "utf-8")
    expected = golden.read_text("utf-8") if golden.exists() else ""
    if made != expected:
        diff = difflib.unified_diff(
            expected.splitlines(), made.splitlines(), f"golden/{name}", OUTPUTS[name], lineterm=""
        )
        pytest.fail(
            "\n".join([*diff, "", "Is this meant? Then run the test with --update-golden."]),
            pytrace=False,
        )


def test_every_golden_file_belongs_to_an_output():
    assert {path.name for path in GOLDEN.iterdir()} == OUTPUTS.keys()


def test_words_of_neighbouring_elements_do_not_run_together():
    inline = "(?:a|abbr|b|bdi|code|span|strong|time)"
    joined = re.compile(rf"\w(?:</{inline}>)+(?:<{inline}\b[^>]*>)+\w")
    for page in GOLDEN.glob("*.html"):
        text = re.sub(
            "<pre.*?</pre>|<table class=.range-diff.*?</table>",
            "",
            page.read_text("utf-8"),
            flags=re.DOTALL,
        )
        assert joined.findall(text) == [], page.name


def _shown(name: str, content: bytes) -> str:
    """What of an output is compared: as text, indented where it is JSON."""
    text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode()
    if name.endswith(".json"):
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    if name.endswith(".html") and (main := re.search("<main.*</main>\n", text, re.DOTALL)):
        # Files made with another version of a compression library have another size.
        return re.sub(r"[\d.]+ (?:Bytes|kB)", "SIZE", main[0])
    return text
