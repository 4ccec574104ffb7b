"""Addresses by number through the map that a web server reads, set up as its own words say."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests import factories
from tests.conftest import Site
from tests.e2e import server
from tests.e2e.test_servers import fetch

pytestmark = pytest.mark.browser

FAR = 2**53 - 1  # the largest that JSON holds exactly
MSGID = "a$1{c};\"d'é 50%@example.org"


@pytest.fixture(scope="module", params=["nginx", "apache", "caddy"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("numbers")
    site = Site(folder)
    site.content.mkdir()
    odd = {**factories.patch(2), "msgid": f"<{MSGID}>"}
    # A number may be any: the map is made from those that are there.
    far = {**factories.patch(FAR), "msgid": "<far@example.org>"}
    site.put(factories.patch(1), odd, far, factories.cover(3), factories.comment(7, on="patches/1"))
    site.build()
    asked = [sys.executable, "-m", "generator", "numbers", request.param, "--content", site.content]
    text = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    made = folder / "map"
    made.write_text(text)
    said = "\n".join(re.findall(r"^#   (.*)", text, re.MULTILINE)).replace(
        "/…/this-file", str(made)
    )
    include = {"nginx": f'include "{made}";', "apache": "", "caddy": f'import "{made}"'}
    start: Callable[..., Any] = getattr(server, request.param)
    with start(site.output, folder, inside=said, outside=include[request.param]) as url:
        yield url


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("patch/1/", "patch/2026030110.patch1@example.org/"),
        ("patch/1", "patch/2026030110.patch1@example.org/"),
        ("patch/2/", f"patch/{quote(MSGID, safe='@')}/"),
        (f"patch/{FAR}/", "patch/far@example.org/"),
        ("cover/3/", "cover/2026030110.cover3@example.org/"),
        ("comment/7/", "patch/2026030110.patch1@example.org/"),
    ],
)
def test_a_number_leads_to_its_page(address: str, path: str, target: str) -> None:
    with urllib.request.urlopen(address + path) as answer:
        url = answer.url
    assert quote(urlsplit(url).path, safe="/@%") == f"/project/project-1/{target}"
    assert (urlsplit(url).fragment == "7") == path.startswith("comment")


@pytest.mark.parametrize("part", ["mbox", "raw"])
@pytest.mark.parametrize("end", ["", "/"])
def test_so_do_its_downloads(address: str, part: str, end: str) -> None:
    status, headers, body = fetch(f"{address}patch/2/{part}{end}")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert body.startswith(b"From patchwork" if part == "mbox" else b"diff --git")


def test_a_number_that_nothing_has_is_not_found(address: str) -> None:
    status, headers, body = fetch(f"{address}patch/99/")
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"</html>" in body
