"""Pages that were compressed beforehand, sent by real servers to who takes them so."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import brotli
import pytest

from generator.archive.database import Archive
from generator.servers import preview
from generator.servers.rules import PACKED, PLAIN
from generator.site.published import address_of
from generator.site.verify import Checked, verify
from tests import factories
from tests.conftest import ROOT, Site
from tests.e2e import server
from tests.e2e.test_servers import ODD, fetch

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


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The sample with a page for each number, of which nothing but compressed files is stored."""
    site = Site(tmp_path_factory.mktemp("alone"))
    shutil.copytree(ROOT / "content/patches", site.content / "patches")
    site.load(site.content / "patches")
    site.build(precompress="only", redirects="files")
    return site


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("plain"))
    shutil.copytree(ROOT / "content/patches", site.content / "patches")
    site.load(site.content / "patches")
    site.build(redirects="files")
    return site


@pytest.fixture(scope="module", params=[*KNOWN, "preview"])
def only(
    request: pytest.FixtureRequest, alone: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    if request.param == "preview":
        with preview.serving(alone.output) as url:
            yield request.param, url
        return
    with getattr(server, request.param)(alone.output, tmp_path_factory.mktemp("server")) as url:
        yield request.param, url


MSGID = PATCH.split("/")[-2]
HTML, TEXT, JSON = "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/json"


@pytest.mark.parametrize("accepted", ["gzip, deflate, br", "", "identity"])
@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("", "index.html", HTML),
        (PATCH, f"{PATCH}index.html", HTML),
        (f"{PATCH}mbox", f"{PATCH}mbox", TEXT),
        (f"{PATCH}mbox/", f"{PATCH}mbox", TEXT),
        (f"{PATCH}mbox/name.patch", f"{PATCH}mbox", TEXT),
        (f"{PATCH}raw/", f"{PATCH}raw", TEXT),
        (f"{PATCH.replace('4117-1-', '4117-2-')}mbox/?series=*", f"{PATCH.replace('4117-1-', '4117-2-')}mbox.series", TEXT),
        (f"{PATCH}mbox/?series=*", f"{PATCH}mbox", TEXT),
        ("series/11/mbox/", "series/11/mbox", TEXT),
        ("patch/101/", "patch/101/index.html", HTML),
        ("patch/101/mbox/", "patch/101/mbox", TEXT),
        ("static/style.css", "static/style.css", "text/css; charset=utf-8"),
        ("static/js/search/main.js", "static/js/search/main.js", "text/javascript; charset=utf-8"),
        ("feed.atom", "feed.atom", "application/atom+xml; charset=utf-8"),
        ("api/patches/101.json", "api/patches/101.json", JSON),
        ("api/1.2/patches/101/", "api/patches/101.json", JSON),
        ("api/patches/101/comments/", "api/patches/101/comments.json", JSON),
        ("api/patches/103/comments/", "api/empty.json", JSON),
        (f"api/patches/?msgid={MSGID}", f"{PATCH}lookup.json", JSON),
        ("api/patches/", "api/patches/pages/1.json", JSON),
        ("api/patches/?page=1", "api/patches/pages/1.json", JSON),
        ("api/", "api/index.json", JSON),
        ("robots.txt", "robots.txt", TEXT),
    ],
)  # fmt: skip
def test_what_is_stored_compressed_only_comes_whole(
    only: tuple[str, str], plain: Site, path: str, file: str, kind: str, accepted: str
) -> None:
    name, url = only
    status, headers, body = fetch(url + path, **{"Accept-Encoding": accepted})
    if name in ("apache", "caddy") and "gzip" not in accepted:
        assert status == 406 and b"Accept-Encoding: gzip" in body
        return
    assert (status, headers["Content-Type"]) == (200, kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    encoding = headers.get("Content-Encoding")
    assert encoding == ("gzip" if "gzip" in accepted and name != "preview" else None)
    if kind in (HTML, TEXT):
        assert UNPACK[encoding](body) == (plain.output / file).read_bytes()
    if "mbox/" in path:
        assert headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("search/entry.json", 200, JSON),
        (f"stillwork/{MSGID}/t.mbox.gz", 200, "application/gzip"),
        ("no/such/page/", 404, HTML),
        ("number/patch/", 404, HTML),
        ("patch/999/", 404, HTML),
        ("api/patches/999/", 404, JSON),
        ("api/patches/999/comments/", 404, JSON),
        ("api/patches/?msgid=none@example.org", 200, JSON),
        (PATCH.replace("4117-1-c05", "4117-0-ab5"), 200, HTML),
        ("project", 200, HTML),
    ],
)
def test_all_else_is_answered_as_ever(
    only: tuple[str, str], path: str, status: int, kind: str
) -> None:
    answered, headers, body = fetch(only[1] + path, **{"Accept-Encoding": "gzip"})
    assert (answered, headers["Content-Type"]) == (status, kind)
    if kind == "application/gzip":
        assert "Content-Encoding" not in headers and gzip.decompress(body).startswith(b"From ")


@pytest.mark.parametrize("name", [*KNOWN, "preview"])
def test_an_odd_message_id_is_found_there_too(name: str, tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number, msgid in enumerate(ODD, 1):
        series = [factories.series_stub(number)]
        site.put(factories.patch(number, msgid=f"<p{msgid}>", series=series))
        site.put(factories.cover(100 + number, msgid=f"<c{msgid}>", series=series))
    site.build(precompress="only")
    start: Any = server
    served = (
        preview.serving(site.output)
        if name == "preview"
        else getattr(start, name)(site.output, tmp_path)
    )
    with served as url:
        for number in range(1, len(ODD) + 1):
            mail = json.loads(
                gzip.decompress((site.output / f"api/patches/{number}.json.gz").read_bytes())
            )
            page = urlsplit(mail["web_url"]).path.lstrip("/")
            wrong = page.replace("/patch/", "/cover/")
            asked = urlencode({"msgid": mail["msgid"].strip("<>")}, quote_via=quote)
            for path in (page, wrong, f"{page}mbox/", f"{page}mbox/a.patch", f"{page}raw/"):
                assert fetch(url + path, **{"Accept-Encoding": "gzip"})[0] == 200, path
            _, headers, body = fetch(f"{url}api/patches/?{asked}", **{"Accept-Encoding": "gzip"})
            found = json.loads(UNPACK[headers.get("Content-Encoding")](body))
            assert [item["id"] for item in found] == [number], asked


def test_nothing_is_stored_plain_that_is_sent_compressed(alone: Site, plain: Site) -> None:
    left = [path for path in alone.names() if re.search(PACKED, f"/{path}")]
    assert {f"/{path}" for path in left} == set(PLAIN)
    assert {address_of(path) for path in alone.names()} == set(plain.names())
    broken = [path for path in alone.output.rglob("*") if path.is_symlink() and not path.exists()]
    assert broken == []


def test_a_site_that_is_stored_compressed_is_checked_and_searched(alone: Site) -> None:
    with Archive(alone.content / "archive.db") as archive:
        assert list(verify(archive, alone.output, Checked())) == []
    (alone.output / f"{PATCH}mbox.gz").write_bytes(b"")
    with Archive(alone.content / "archive.db") as archive:
        assert len(list(verify(archive, alone.output, Checked()))) == 1
    alone.build(precompress="only", redirects="files", full=True)


def test_a_site_goes_from_plain_to_compressed_and_back(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.content.mkdir()
    site.load(ROOT / "content/patches")
    site.build()
    before = site.files()
    site.build(precompress="only")
    assert "index.html.gz" in site.names() and "index.html" not in site.names()
    assert sum(site.build(precompress="only").written.values()) == 0
    site.build()
    assert site.files() == before


def test_the_next_build_has_nothing_to_do_and_one_without_takes_them_away(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.content.mkdir()
    site.load(ROOT / "content/patches")
    site.build(precompress=True)
    assert any(path.endswith(".br") for path in site.names())
    assert sum(site.build(precompress=True).written.values()) == 0
    site.build()
    assert not [path for path in site.names() if path.endswith((".br", ".html.gz"))]
