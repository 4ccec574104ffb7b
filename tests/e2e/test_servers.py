"""How the site answers under nginx, Apache, Caddy and the preview server: the same."""

from __future__ import annotations

import glob
import json
import re
import urllib.error
import urllib.request
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

import pytest

from generator.servers import preview
from generator.servers.rules import CSP
from tests import factories
from tests.conftest import Site
from tests.e2e import server

pytestmark = pytest.mark.browser
MSGID = "20261005091205.4117-1-c05.4117@example.org"
SERVERS = ["nginx_url", "apache_url", "caddy_url", "preview_url"]


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, dict(answer.headers), answer.read()


def patch_of(sample: Site) -> str:
    return next(
        p for p in sample.names() if "5230-1" in p and p.endswith("index.html")
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
        ("number/patch/0.json", 200, "application/json"),
        ("api/patches/101.json", 200, "application/json"),
        ("patch/999999/", 404, "text/html; charset=utf-8"),
        (f"stillwork/{MSGID}/t.mbox.gz", 200, "application/gzip"),
        ("stillwork/none@example.org/t.mbox.gz", 404, "text/html; charset=utf-8"),
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


PATCHES, SERIES = [*range(101, 113)], [*range(11, 18)]
#: Of the sample: patch 101 has comments, 103 has none.
API = [
    ("", {"projects", "series"}),
    ("1.3/", {"projects", "series"}),
    ("projects/", [1]),
    ("1.0/projects/1/", 1),
    ("projects/stillwork/", 1),
    ("1.2/patches/101/", 101),
    ("patches/101", 101),
    ("1.4/patches/101/comments/", [501, 502]),
    ("patches/101/comments/501/", 404),
    ("1.1/patches/103/comments/", []),
    ("patches/103/checks/", None),
    ("patches/999/", 404),
    ("patches/999/comments/", 404),
    ("1.5/patches/101/", 404),
    ("no/such/", 404),
    (f"1.2/patches?project=stillwork&archived=false&msgid={MSGID.replace('@', '%40')}", [101]),
    (f"patches/?msgid={MSGID}&project=stillwork", [101]),
    (f"patches/?msgid={MSGID}", [101]),
    (f"patches/?msgid={MSGID}&project=other", []),
    ("patches/?msgid=none@example.org&project=stillwork", []),
    ("patches/?hash=HASH&project=stillwork", [101]),
    ("1.2/patches?archived=false&hash=HASH", [101]),
    ("patches/?hash=HASH&project=other", []),
    ("patches/?hash=0123456789abcdef", []),
    ("1.3/series/?q=x", []),
    ("people/", []),
    ("patches/", PATCHES),
    ("1.2/patches?page=1", PATCHES),
    ("patches/?page=1&per_page=100", PATCHES),
    ("patches/?per_page=100&page=1", PATCHES),
    ("patches/?page=2", 404),
    ("patches/?page=x", []),
    ("patches/?page=1&state=new", []),  # the oldest first
    ("patches/?project=stillwork&order=-id", PATCHES[::-1]),
    ("1.2/patches?order=-date&project=stillwork&per_page=100&page=1", PATCHES[::-1]),
    ("patches/?order=-id", PATCHES[::-1]),
    ("patches/?project=stillwork&order=-id&page=2", []),
    ("patches/?project=other&order=-id", []),
    ("patches/?project=stillwork", PATCHES),
    ("1.1/patches?project=stillwork&order=id&page=1", PATCHES),
    ("patches/?project=stillwork&state=STATE&order=-date", "STATE"),
    ("patches/?state=new&state=under-review&archived=false&order=-date&project=stillwork", "ASKED"),
    (
        "1.2/patches/?project=stillwork&state=under-review&state=new&archived=false&page=1&order=-id",
        "ASKED",
    ),
    ("patches/?project=stillwork&delegate=DELEGATE&order=-id", "DELEGATE"),
    ("1.2/patches?order=-date&delegate=NUMBER&project=stillwork&per_page=9&page=1", "DELEGATE"),
    (
        "patches/?delegate=NUMBER&state=under-review&state=new&archived=false&order=-id&project=stillwork",
        "DELEGATE ASKED",
    ),
    ("patches/?delegate=nobody&order=-id", []),
    ("patches/?delegate=DELEGATE&state=rejected&order=-id", []),
    ("patches/?delegate=DELEGATE&delegate=NUMBER&order=-id", []),
    ("patches/?delegate=..%2Fx&order=-id", []),
    ("patches/?state=no-such&order=-id", []),
    ("patches/?state=a%2Fb&order=-id", []),
    ("patches/?state=new&state=accepted&order=-id", []),
    ("patches/?state=new&order=-id&state=under-review", []),
    ("patches/?state=new&state=under-review&state=accepted&order=-id", []),
    ("patches/?order=-id&order=-id", []),
    ("patches/?project=stillwork&order=-id&project=other", []),
    ("patches/?order=name", []),
    ("patches/?order=-id&archived=true", []),
    ("patches/?order=-id&submitter=1", []),
    ("patches/?order=-id&x", []),
    ("patches/?order=-id&project=../stillwork", []),
    ("patches/?order=-id&project=stillwork%2F..%2Fstillwork", []),
    ("patches/?order=-id&page=1,2", []),
    ("covers/?project=stillwork&order=-date", [22, 21]),
    ("1.4/series/?order=-id&project=stillwork", SERIES[::-1]),
    ("series/?since=2026-01-01&order=-id", []),
    ("1.2/bundles/?order=name&project=stillwork", []),
    ("bundles/?owner=ann&order=name", []),
    ("covers/", [21, 22]),
    ("1.4/series/?per_page=5", SERIES),
]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("path", "found"), API)
def test_the_api_answers(server, path, found, sample, request):
    known = json.loads(sample.page("api/patches/101.json"))["hash"]
    every = json.loads(sample.page("api/patches/pages/1.json"))
    states = {item["id"]: item["state"] for item in every if not item["archived"]}
    some = states[PATCHES[0]]
    delegate = next(item["delegate"] for item in every if item["delegate"])
    path = path.replace("HASH", known).replace("STATE", some)
    path = path.replace("DELEGATE", delegate["username"]).replace("NUMBER", str(delegate["id"]))
    if isinstance(found, str):
        wanted = {"STATE": [some], "DELEGATE": [*states.values()]}.get(
            found, ["new", "under-review"]
        )
        own = {item["id"] for item in every if item["delegate"] == delegate}
        found = [
            number
            for number in reversed(states)
            if states[number] in wanted and (number in own or "delegate" not in path)
        ]
        assert found or "delegate" in path
    status, headers, body = fetch(f"{request.getfixturevalue(server)}api/{path}")
    value = json.loads(body)
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == (
        "application/json",
        "nosniff",
    )
    if found == 404:
        assert (status, value) == (404, {"detail": "Not found."})
        return
    assert status == 200
    if isinstance(found, set):
        assert found <= value.keys()
    elif isinstance(found, int):
        assert value["id"] == found
    elif found is not None:
        assert [item["id"] for item in value] == found


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"project/stillwork/patch/{MSGID}/mbox/", f"{MSGID}.patch"),
        (f"project/stillwork/patch/{MSGID}/raw/", f"{MSGID}.diff"),
        ("series/11/mbox/", "series-11.patch"),
        (f"project/stillwork/patch/{MSGID}/mbox/2-3-some-name.patch", "2-3-some-name.patch"),
        (f"project/stillwork/patch/{MSGID}/raw/2-3-some-name.patch", "2-3-some-name.patch"),
        ("series/11/mbox/some_name-2.0.patch", "some_name-2.0.patch"),
        ("project/stillwork/patch/none@example.org/mbox/name.patch", None),
        (f"project/stillwork/patch/{MSGID}/", None),
        ("project/stillwork/patch/none@example.org/mbox/", None),
    ],
)
def test_downloads_have_names(server, path, name, request):
    headers = fetch(request.getfixturevalue(server) + path)[1]
    wanted = f"attachment; filename={name}" if name else None
    assert headers.get("Content-Disposition") == wanted


@pytest.mark.parametrize("server", SERVERS)
def test_a_download_is_the_same_by_whatever_name(server, request):
    base = request.getfixturevalue(server)
    status, headers, body = fetch(f"{base}project/stillwork/patch/{MSGID}/mbox/x.html")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert body == fetch(f"{base}project/stillwork/patch/{MSGID}/mbox/")[2]
    cover = json.loads(fetch(f"{base}api/covers/21/")[2])
    path = urlsplit(cover["mbox"]).path.lstrip("/")
    assert path.endswith("/mbox/" + "0-3-" + path.rpartition("/0-3-")[2])
    assert fetch(base + path)[2].startswith(b"From patchwork ")


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("asked", "status", "part"), [
    ("0-9", 206, slice(0, 10)), ("5-", 206, slice(5, None)), ("-7", 206, slice(-7, None)), ("99999999-", 416, None),
])  # fmt: skip
def test_a_part_of_a_file_can_be_asked_for(server, asked, status, part, request):
    url = request.getfixturevalue(server) + "archive/index.json"
    whole = fetch(url)[2]
    answered, headers, body = fetch(url, Range=f"bytes={asked}")
    assert answered == status
    if part is not None:
        assert body == whole[part]
        assert headers["Content-Range"].endswith(f"/{len(whole)}")


@pytest.mark.parametrize("server", SERVERS)
def test_a_patch_comes_with_those_before_it_in_its_series(server, sample, request):
    base = request.getfixturevalue(server)
    folder = "project/stillwork/patch/"
    mails = [
        sample.output / folder / MSGID.replace("117-1-", f"117-{n}-") / "mbox" for n in (1, 2, 3)
    ]
    texts = [mail.read_bytes() for mail in mails]
    for number in (1, 2, 3):
        url = f"{base}{folder}{mails[number - 1].parent.name}/mbox/"
        for query in ("?series=*", "?series=11"):
            status, headers, body = fetch(url + query)
            assert (status, body) == (200, b"\n".join(texts[:number])), (number, query)
            assert headers["Content-Type"] == "text/plain; charset=utf-8"
            assert (
                headers["Content-Disposition"]
                == f"attachment; filename={mails[number - 1].parent.name}.patch"
            )
        assert fetch(url)[2] == texts[number - 1]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nothing_can_be_written(server, method, request):
    url = request.getfixturevalue(server) + "api/patches/101/"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(url, b"{}", method=method))
    assert refused.value.code == 405


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "path", [f"project/stillwork/patch/{MSGID}/{end}" for end in ("mbox/", "mbox/x.patch", "raw/")]
)
def test_a_download_leads_nowhere_else(server, path, request):
    with urllib.request.urlopen(request.getfixturevalue(server) + path) as answer:
        assert answer.url == request.getfixturevalue(server) + path


@pytest.mark.parametrize("server", SERVERS)
def test_a_missing_slash_is_added(server, sample, request):
    base = request.getfixturevalue(server)
    with urllib.request.urlopen(base + patch_of(sample).rstrip("/")) as answer:
        assert answer.url == urljoin(base, patch_of(sample))


@pytest.mark.parametrize("server", SERVERS)
def test_index_files_may_be_kept_for_ever_and_the_entry_not(server, sample, request):
    base = request.getfixturevalue(server)
    data = next(p for p in sample.names() if p.startswith("search/data/s"))
    assert "immutable" in fetch(base + data)[1]["Cache-Control"]
    assert fetch(base + "search/entry.json")[1]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("server", SERVERS)
def test_addresses_of_lore_lead_to_the_mail(server, sample, request):
    base = request.getfixturevalue(server)
    cover = json.loads(sample.page("api/covers/21.json"))["msgid"].strip("<>")
    for kind, msgid in (("patch", MSGID), ("cover", cover)):
        page = f"{base}project/stillwork/{kind}/{msgid}/"
        for end in ("", "/", "/T/", "/t/", "/T"):
            with urllib.request.urlopen(f"{base}stillwork/{msgid}{end}") as answer:
                assert unquote(answer.url) == page
        for end in ("raw", "raw/"):
            status, headers, body = fetch(f"{base}stillwork/{msgid}/{end}")
            assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
            name = headers["Content-Disposition"].removeprefix("attachment; filename=")
            assert name in (f"{msgid}.mbox", f"{msgid}.patch")
            assert body == fetch(f"{page}mbox/")[2]
    for path in ("stillwork/none@example.org/", "stillwork/none@example.org/raw", "no/a@b/T/"):
        assert fetch(base + path)[0] == 404


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("cut", "target"),
    [
        ("project", ""),
        ("project/", ""),
        ("patch/", ""),
        ("series", ""),
        ("comment/", ""),
        ("project/stillwork/patch/", "project/stillwork/list/"),
        ("project/stillwork/cover", "project/stillwork/list/"),
    ],
)
def test_an_address_that_was_cut_off_leads_to_what_is_above_it(server, cut, target, request):
    base = request.getfixturevalue(server)
    with urllib.request.urlopen(base + cut) as answer:
        assert answer.url == base + target


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "path", ["series/11/", "number/patch/", "search/data/", "api/patches/101/x/"]
)
def test_a_folder_without_a_page_is_not_found(server, path, request):
    status, _, body = fetch(request.getfixturevalue(server) + path)
    assert status == 404 and b"not found" in body.lower()


#: Message ids whose addresses have to be written in another way.
ODD = [
    "plain@example.org",
    "a/b@example.org",
    "é b@example.org",
    "100%@example.org",
    "a#b+c&d@example.org",
    "%2Fx@example.org",
]


#: Of mails that are removed.
GONE = ["gone@example.org", "é 100%/+&#@example.org"]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Patches and cover letters with such message ids, and mails that are removed."""
    site = Site(tmp_path_factory.mktemp("odd"))
    for number, msgid in enumerate(ODD, 1):
        series = factories.series_stub(number)
        site.put(
            factories.patch(number, msgid=f"<p{msgid}>", series=[series]),
            factories.cover(100 + number, msgid=f"<c{msgid}>", series=[series]),
        )
        held = factories.stub(factories.patch(number, msgid=f"<p{msgid}>"))
        site.put(factories.bundle(number, name=msgid, patches=[held]))
    for number, msgid in enumerate(GONE, 51):
        site.put(factories.patch(number, msgid=f"<p{msgid}>", series=[]))
        site.put(factories.cover(100 + number, msgid=f"<c{msgid}>", series=[]))
        text = "".join(
            f"[[mail]]\nmsgid = '{kind}{msgid}'\nreason = 'On request.'\n" for kind in "pc"
        )
        with (site.content / "redactions.toml").open("a") as rules:
            rules.write(text)
    site.build()
    return site


@pytest.mark.parametrize("name", ["nginx", "apache", "caddy", "preview"])
def test_a_bundle_is_found_under_its_name(name: str, odd: Site, tmp_path: Path) -> None:
    served = (
        preview.serving(odd.output)
        if name == "preview"
        else getattr(server, name)(odd.output, tmp_path)
    )
    with served as base:
        listed = json.loads(fetch(f"{base}api/bundles/")[2])
        assert [bundle["name"] for bundle in listed] == ODD
        assert json.loads(fetch(f"{base}api/1.2/bundles/?per_page=250&page=1")[2]) == listed
        assert json.loads(fetch(f"{base}api/1.1/bundles/2/")[2]) == listed[1]
        for bundle in listed:
            page = base + urlsplit(bundle["web_url"]).path.lstrip("/")
            assert fetch(page)[0] == 200, page
            for mbox in (f"{page}mbox/", base + urlsplit(bundle["mbox"]).path.lstrip("/")):
                status, headers, body = fetch(mbox)
                assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
                assert body.startswith(b"From patchwork ")
                assert headers["Content-Disposition"].endswith(".mbox")


@pytest.mark.parametrize("name", ["nginx", "apache", "caddy", "preview"])
def test_an_odd_message_id_is_found_in_every_way(name: str, odd: Site, tmp_path: Path) -> None:
    served = (
        preview.serving(odd.output)
        if name == "preview"
        else getattr(server, name)(odd.output, tmp_path)
    )
    with served as base:
        for kind, other, plural, first in (
            ("patch", "cover", "patches", 1),
            ("cover", "patch", "covers", 101),
        ):
            for number in range(first, first + len(ODD)):
                mail = json.loads(odd.page(f"api/{plural}/{number}.json"))
                page = base + urlsplit(mail["web_url"]).path.lstrip("/")
                wrong = page.replace(f"/{kind}/", f"/{other}/")
                for address in (page, wrong, wrong.rstrip("/"), wrong + "?series=1"):
                    with urllib.request.urlopen(address) as answer:
                        assert unquote(urlsplit(answer.url).path) == unquote(urlsplit(page).path), (
                            address
                        )
                asked = {
                    "msgid": mail["msgid"].strip("<>"),
                    "project": mail["project"]["link_name"],
                }
                for query in (
                    urlencode(asked, quote_via=quote),
                    urlencode({"msgid": asked["msgid"]}, quote_via=quote),
                ):
                    found = json.loads(fetch(f"{base}api/1.3/{plural}/?{query}")[2])
                    assert [item["id"] for item in found] == [number], query
                thread = f"{base}{asked['project']}/{quote(asked['msgid'], safe='@')}/t.mbox.gz"
                assert fetch(thread)[0] == 200, thread


@pytest.mark.parametrize("name", ["nginx", "apache", "caddy", "preview"])
def test_a_removed_mail_is_gone_with_its_downloads(name: str, odd: Site, tmp_path: Path) -> None:
    served = (
        preview.serving(odd.output)
        if name == "preview"
        else getattr(server, name)(odd.output, tmp_path)
    )
    with served as base:
        for number, plural in ((51, "patches"), (52, "patches"), (151, "covers"), (152, "covers")):
            mail = json.loads(odd.page(f"api/{plural}/{number}.json"))
            page = base + urlsplit(mail["web_url"]).path.lstrip("/")
            parts = ["", "mbox", "mbox/", "mbox/a.patch", "index.html"]
            for address in (page.rstrip("/"), *(page + part for part in parts)):
                status, headers, body = fetch(address)
                assert status == 410, address
                assert headers["Content-Type"] == "text/html; charset=utf-8"
                assert headers["Content-Security-Policy"] == CSP
                assert b"On request." in body
        assert fetch(f"{base}project/project-1/patch/p{ODD[0]}/")[0] == 200
        assert fetch(f"{base}project/project-1/patch/none@example.org/")[0] == 404


#: Names that are also files of the site, or mean something to a rule.
NAMES = [
    "mbox",
    "raw",
    "index.html",
    "t.mbox.gz",
    "list",
    "series",
    "lookup.json",
    "mbox.series",
    "api",
    "a.json",
]


@pytest.fixture(scope="module")
def colliding(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project, patches with message ids, states, and folders in their diffs, all of these names."""
    site = Site(tmp_path_factory.mktemp("colliding"))
    diff = "diff --git a/{0}/x b/{0}/x\n--- a/{0}/x\n+++ b/{0}/x\n@@ -1 +1 @@\n-a\n+b\n"
    for number, name in enumerate(NAMES, 1):
        project = factories.project(number, link_name=name)
        stub = factories.series_stub(number)
        site.put(factories.patch(number, project=project, msgid=f"<{name}>", series=[stub]))
    site.put(*(
        factories.patch(100 + number, msgid=f"<{name}>", state=name, diff=diff.format(name), series=[],
                        delegate=factories.user(number, username=name), project=factories.project(100, link_name="p"))
        for number, name in enumerate([*NAMES, "a\n", "new\n"], 1)
    ))  # fmt: skip
    site.build(redirects="files")
    return site


@pytest.mark.parametrize("name", ["nginx", "apache", "caddy", "preview"])
def test_a_name_that_is_also_a_file_or_a_rule_has_its_pages(
    name: str, colliding: Site, tmp_path: Path
) -> None:
    """Each page answers under its address, without redirects, as HTML, and each download as text."""
    served = (
        preview.serving(colliding.output)
        if name == "preview"
        else getattr(server, name)(colliding.output, tmp_path)
    )
    with served as base:
        pages = [path for path in colliding.names() if path.endswith("/index.html")]
        assert len(pages) > 100
        for path in pages:
            if path.startswith("api/"):
                continue
            url = base + quote(path.removesuffix("index.html"))
            with urllib.request.urlopen(url) as answer:
                assert answer.url == url
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8", path
                assert "Content-Disposition" not in answer.headers
                assert answer.read() == (colliding.output / path).read_bytes()
            without_slash = urllib.request.urlopen(url.rstrip("/"))
            assert without_slash.url == url
        for path in (path for path in colliding.names() if path.endswith(("/mbox", "/raw"))):
            for url in (base + quote(path), base + quote(path) + "/"):
                status, headers, body = fetch(url)
                assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8"), path
                assert body == (colliding.output / path).read_bytes()
        for number in range(101, 101 + len(NAMES)):
            assert fetch(f"{base}patch/{number}/")[0] == 200


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "path",
    ["/./.stillwork/manifest.db", "/%2e/.stillwork/manifest.db", "//.stillwork/manifest.db",
     "/%2f.stillwork/manifest.db", "/.stillwork%2fmanifest.db", "/%2estillwork/manifest.db", "/%00", "/%zz",
     "/" + "x" * 5000, "/" + "x" * 300 + "/", "/" + "ab/" * 2000, "/" + "%c3%bc" * 200, "/" + "%ff" * 100,
     "/index.html%00", "/index.html/"],
)  # fmt: skip
def test_a_strange_path_is_answered_with_nothing(server: str, path: str, request: Any) -> None:
    address = urlsplit(request.getfixturevalue(server))
    line = HTTPConnection(address.hostname or "", address.port)
    line.request("GET", path)
    answer = line.getresponse()
    assert answer.status in (400, 403, 404, 414)
    assert b"SQLite format" not in answer.read()
    line.close()


@pytest.mark.parametrize("name", ["nginx", "apache", "caddy"])
def test_recorded_mails_answer_under_their_addresses(name, recorded, tmp_path):
    """Of each project some, and all whose message id is an odd one."""
    with getattr(server, name)(recorded.output, tmp_path) as base:
        for number in chosen(recorded):
            patch = json.loads(recorded.page(f"api/patches/{number}.json"))
            page = urlsplit(patch["web_url"]).path
            folder = recorded.output / unquote(page).lstrip("/")
            assert fetch(urljoin(base, page))[2] == (folder / "index.html").read_bytes()
            status, headers, body = fetch(urljoin(base, urlsplit(patch["mbox"]).path))
            assert (status, body) == (200, (folder / "mbox").read_bytes())
            assert headers["Content-Type"] == "text/plain; charset=utf-8"
            assert headers["Content-Disposition"].endswith(
                urlsplit(patch["mbox"]).path.rpartition("/")[2]
            )
            query = urlencode(
                {"msgid": patch["msgid"].strip("<>"), "project": patch["project"]["link_name"]}
            )
            assert [x["id"] for x in json.loads(fetch(f"{base}api/1.2/patches/?{query}")[2])] == [
                number
            ]


def chosen(site: Site) -> list[int]:
    numbers = sorted(int(path.stem) for path in (site.output / "api/patches").glob("*.json"))
    odd = [
        path.parent.name
        for path in site.output.glob("project/*/patch/*/lookup.json")
        if re.search(r"[^\w.@-]", path.parent.name)
    ]
    found = [
        json.loads(
            next(site.output.glob(f"project/*/patch/{glob.escape(x)}/lookup.json")).read_bytes()
        )
        for x in odd
    ]
    return sorted({*numbers[::40], *(entries[0]["id"] for entries in found)})
