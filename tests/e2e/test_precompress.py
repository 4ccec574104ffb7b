"""Pages that were compressed beforehand, sent by real servers to who takes them so."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest

from tests.conftest import ROOT, Site
from tests.e2e import server
from tests.e2e.test_servers import fetch

pytestmark = pytest.mark.browser
PATCH = "project/stillwork/patch/20261005091205.4117-1-c05.4117@example.org/"
UNPACK: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
}
#: What a server has, best first. The nginx of most systems has no brotli.
KNOWN = {"nginx": ["gzip"], "apache": ["br", "gzip"], "caddy": ["br", "gzip"]}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("packed"))
    shutil.copytree(ROOT / "content/patches", site.content / "patches")
    site.load(site.content / "patches")
    site.build(precompress=True)
    return site


@pytest.fixture(scope="module", params=KNOWN)
def running(
    request: pytest.FixtureRequest, packed: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    with getattr(server, request.param)(packed.output, tmp_path_factory.mktemp("server")) as url:
        yield request.param, url


@pytest.mark.parametrize("accepted", ["", "gzip", "br", "gzip, deflate, br", "identity"])
@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("", "index.html", "text/html; charset=utf-8"),
        (PATCH, f"{PATCH}index.html", "text/html; charset=utf-8"),
        (f"{PATCH}mbox", f"{PATCH}mbox", "text/plain; charset=utf-8"),
        ("static/style.css", "static/style.css", "text/css; charset=utf-8"),
        ("api/patches/101.json", "api/patches/101.json", "application/json"),
        ("api/1.2/patches/101/", "api/patches/101.json", "application/json"),
    ],
)
def test_a_file_comes_as_the_client_takes_it(
    running: tuple[str, str], packed: Site, path: str, file: str, kind: str, accepted: str
) -> None:
    name, url = running
    status, headers, body = fetch(url + path, **{"Accept-Encoding": accepted})
    assert (status, headers["Content-Type"]) == (200, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    encoding = headers.get("Content-Encoding")
    assert encoding == next((one for one in KNOWN[name] if one in accepted), None)
    assert UNPACK[encoding](body) == (packed.output / file).read_bytes()
    assert "Accept-Encoding" in headers.get("Vary", "")


@pytest.mark.parametrize("path", [f"{PATCH}mbox/", f"{PATCH}mbox/name.patch"])
def test_a_download_under_another_path_is_whole(
    running: tuple[str, str], packed: Site, path: str
) -> None:
    _, headers, body = fetch(running[1] + path, **{"Accept-Encoding": "gzip"})
    assert (
        UNPACK[headers.get("Content-Encoding")](body)
        == (packed.output / f"{PATCH}mbox").read_bytes()
    )
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Disposition"].startswith("attachment; filename=")


def test_what_is_a_compressed_file_itself_stays_one(running: tuple[str, str], packed: Site) -> None:
    thread = "20261005091205.4117-1-c05.4117@example.org"
    path = f"project/stillwork/thread/{thread}.mbox.gz"
    for address in (path, f"stillwork/{thread}/t.mbox.gz"):
        _, headers, body = fetch(running[1] + address, **{"Accept-Encoding": "gzip, br"})
        assert "Content-Encoding" not in headers
        assert body == (packed.output / path).read_bytes()


def test_the_next_build_has_nothing_to_do_and_one_without_takes_them_away(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.content.mkdir()
    site.load(ROOT / "content/patches")
    site.build(precompress=True)
    assert any(path.endswith(".br") for path in site.names())
    assert sum(site.build(precompress=True).written.values()) == 0
    site.build()
    assert not [path for path in site.names() if path.endswith((".br", ".html.gz"))]
