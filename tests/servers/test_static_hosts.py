"""`_redirects` and `_headers`, read as Cloudflare and Netlify document them: which file answers, and how."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Site

MSGID = "20261005091205.4117-1-c05.4117@example.org"
PATCH = f"project/stillwork/patch/{MSGID}"


def pattern(glob: str) -> re.Pattern[str]:
    """A segment for each `:name`, anything for `*`."""
    text = re.escape(glob).replace(r"\*", ".*")
    return re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", text) + "$")


def file_for(rules: str, path: str) -> str:
    """The first rule that matches rewrites the path; each `:name` is what it stood for."""
    for line in rules.splitlines():
        source, target, status = line.split()
        assert status == "200"
        if match := pattern(source).match(path):
            for name, value in match.groupdict().items():
                target = target.replace(f":{name}", value)
            return target
    return path


def headers_for(text: str, path: str) -> dict[str, str]:
    """All sections that match count."""
    found: dict[str, str] = {}
    matches = False
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            found |= {name: value} if matches else {}
        else:
            matches = bool(pattern(line).match(path))
    return found


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        (f"{PATCH}/mbox", f"{PATCH}/mbox", "text/plain; charset=utf-8"),
        (f"{PATCH}/mbox/", f"{PATCH}/mbox", "text/plain; charset=utf-8"),
        (f"{PATCH}/mbox/some-name.patch", f"{PATCH}/mbox", "text/plain; charset=utf-8"),
        (f"{PATCH}/raw/", f"{PATCH}/raw", "text/plain; charset=utf-8"),
        ("series/11/mbox/", "series/11/mbox", "text/plain; charset=utf-8"),
        (f"{PATCH}/", f"{PATCH}/", None),
        (f"stillwork/{MSGID}/t.mbox.gz", f"project/stillwork/thread/{MSGID}.mbox.gz", "application/gzip"),
        ("api/1.2/patches/101/", "api/patches/101.json", "application/json"),
        ("api/patches/101/", "api/patches/101.json", "application/json"),
        ("api/patches/101.json", "api/patches/101.json", "application/json"),
        ("api/1.4/patches/101/comments/", "api/patches/101/comments.json", "application/json"),
        ("api/1.0/projects/", "api/projects.json", "application/json"),
        ("api/1.1/projects/stillwork/", "api/projects/stillwork.json", "application/json"),
        ("api/series/11/", "api/series/11.json", "application/json"),
        ("search/entry.json", "search/entry.json", "application/json"),
        ("static/style.css", "static/style.css", None),
    ],
)  # fmt: skip
def test_an_address_has_its_file_and_type(
    sample: Site, path: str, file: str, kind: str | None
) -> None:
    folder = sample.output / ".stillwork/server"
    assert file_for((folder / "_redirects").read_text(), f"/{path}") == f"/{file}"
    assert Path(sample.output / file).exists()
    headers = headers_for((folder / "_headers").read_text(), f"/{path}")
    assert headers.get("Content-Type") == kind
    assert headers["X-Content-Type-Options"] == "nosniff"
    mail = file.endswith(("mbox", "raw"))
    assert ("filename=mail." in headers.get("Content-Disposition", "")) == mail


def test_the_rules_are_few_enough_for_the_hosts(sample: Site) -> None:
    folder = sample.output / ".stillwork/server"
    assert len((folder / "_redirects").read_text().splitlines()) <= 100
    assert len([x for x in (folder / "_headers").read_text().splitlines() if x[0] == "/"]) <= 100
