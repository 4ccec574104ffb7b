"""The rows of a Patchwork database, as `manage.py dumpdata` writes them, become what the API would give."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from generator.archive import vocabulary
from generator.archive.comments import comments
from generator.archive.database import Archive
from generator.archive.events import patch_events
from generator.archive.patch_bundles import public_bundles
from generator.archive.vocabulary import DelegationRule, State, Tag
from generator.errors import ConfigError
from generator.sources import django_dump
from generator.sources.django_dump import LeftOut
from generator.sources.importer import Importer
from tests import factories

SECRET = "pbkdf2_sha256$720000$salt$hash"
MAIL = {"date": "2026-03-01T10:00:00", "submitter": 5, "content": "Why.\n"}


def row(model: str, pk: Any, **fields: Any) -> dict[str, Any]:
    name = model if "." in model else f"patchwork.{model}"
    return {"model": name, "pk": pk, "fields": fields}


def headers(number: int) -> str:
    return f"Received: a\nReceived: b\nSubject: =?utf-8?q?=5BPATCH=5D?=\n  of {number}\nTo: l@example.org"


def mail(number: int, **fields: Any) -> dict[str, Any]:
    return {**MAIL, "msgid": f"<{number}@example.org>", "headers": headers(number), **fields}


def project(**fields: Any) -> dict[str, Any]:
    return row("project", 1, linkname="net", name="Networking", listid="net.example.org",
               listemail="net@example.org", show_dependencies=True, send_notifications=True,
               list_archive_url_format="https://lists.example.org/{}/", **fields)  # fmt: skip


def account(number: int, name: str) -> dict[str, Any]:
    return row("auth.user", number, username=name, first_name=name.title(), last_name="",
               email=f"{name}@example.org", password=SECRET, last_login="2026-01-01T00:00:00")  # fmt: skip


def patch(number: int, **fields: Any) -> dict[str, Any]:
    values = {"project": 1, "name": f"[v2,{number}/2] net: do it", "diff": factories.DIFF, "state": 11,
              "archived": False, "delegate": None, "series": 8, "related": None,
              "hash": "ab" * 20, "commit_ref": None, "pull_url": None}  # fmt: skip
    return row("patch", number, **(mail(number) | values | fields))


#: A project, who is in it, and a series of two patches, in the order of tables in a dump.
ROWS = [
    row("auth.permission", 1, name="Can add", content_type=1, codename="add"),
    account(1, "ann"), account(2, "bob"), account(3, "cat"),
    row("person", 5, email="dee@example.com", name="Dée", user=3),
    project(),
    row("delegationrule", 4, project=1, user=2, path="drivers/*", priority=3),
    row("userprofile", 1, user=1, send_email=True, items_per_page=100, maintainer_projects=[1]),
    row("userprofile", 2, user=2, send_email=True, items_per_page=100, maintainer_projects=[]),
    row("state", 1, name="New", slug="new", ordering=7, action_required=True),
    row("state", 11, name="Needs ACK", slug="needs-ack", ordering=3, action_required=True),
    row("tag", 1, name="Acked-by", pattern="^Acked-by:", abbrev="A", show_column=True),
    row("cover", 20, **mail(20), project=1, name="[v2,0/2] net: both"),
    patch(1, related=6, delegate=1), patch(2, related=6, date="2026-03-01T09:00:00"),
    row("covercomment", 30, **mail(30), cover=20, addressed=None),
    row("patchcomment", 30, **mail(31), patch=2, addressed=False),
    row("series", 7, project=1, name="before", date="2026-02-01T10:00:00", submitter=5, version=1,
        total=1, cover_letter=None, dependencies=[]),
    row("series", 8, project=1, name="both", date="2026-03-01T10:00:00", submitter=5, version=2,
        total=2, cover_letter=20, dependencies=[7]),
    row("seriesreference", 1, project=1, series=8, msgid="<1@example.org>"),
    row("bundle", 40, owner=2, project=1, name="next", public=True),
    row("bundle", 41, owner=2, project=1, name="mine", public=False),
    row("bundlepatch", 1, bundle=40, patch=1, order=2), row("bundlepatch", 2, bundle=40, patch=2, order=1),
    row("bundlepatch", 3, bundle=41, patch=2, order=1),
    row("patchrelation", 6),
    row("check", 50, patch=1, user=1, date="2026-03-01T10:00:00", state=3, context="ci", target_url=None,
        description="bad"),
    row("check", 51, patch=1, user=1, date="2026-03-01T11:00:00", state=1, context="ci", target_url=None,
        description="good"),
    row("event", 60, project=1, category="patch-state-changed", date="2026-03-02T10:00:00.123", actor=1,
        patch=1, previous_state=1, current_state=11),
    row("event", 61, project=1, category="patch-comment-created", date="2026-03-02T10:00:00", actor=None,
        patch=2, patch_comment=30),
    row("emailoptout", "never@example.org"),
    row("authtoken.token", "0123456789abcdef", user=1, created="2026-01-01T00:00:00"),
]  # fmt: skip


def load(archive: Archive, path: Path, rows: list[Any] | None = None) -> tuple[LeftOut, list[str]]:
    wrong: list[str] = []
    if rows is not None:
        path.write_text(json.dumps(rows))
    importer = Importer(archive, wrong.append)
    left_out = django_dump.store(archive, path, importer)
    importer.run([])
    return left_out, wrong


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(ROWS))
    return path


def test_a_patch_is_what_the_api_gives(archive: Archive, dump: Path) -> None:
    assert load(archive, dump)[1] == []
    value = archive.raw("patch", 1)
    assert value is not None
    assert value["headers"] == {"Received": ["a", "b"], "Subject": "=?utf-8?q?=5BPATCH=5D?=\n  of 1",
                                "To": "l@example.org"}  # fmt: skip
    assert value["submitter"] == {
        "id": 5,
        "url": "/api/people/5/",
        "name": "Dée",
        "email": "dee@example.com",
    }
    assert (value["state"], value["delegate"]["username"]) == ("needs-ack", "ann")
    assert value["prefixes"] == ["v2", "1/2"]
    assert value["check"] == "success"  # the newer result of the same tester
    assert value["list_archive_url"] == "https://lists.example.org/1@example.org/"
    assert value["related"] == [{
        "id": 2, "url": "/api/patches/2/", "web_url": "/project/net/patch/2@example.org/",
        "msgid": "<2@example.org>", "list_archive_url": "https://lists.example.org/2@example.org/",
        "date": "2026-03-01T09:00:00", "name": "[v2,2/2] net: do it",
        "mbox": "/project/net/patch/2@example.org/mbox/"}]  # fmt: skip
    assert value["series"] == [{"id": 8, "url": "/api/series/8/", "name": "both", "version": 2,
                                "web_url": "/project/net/list/?series=8", "mbox": "/series/8/mbox/",
                                "date": "2026-03-01T10:00:00"}]  # fmt: skip
    assert "maintainers" not in value["project"]


def test_a_series_has_its_cover_letter_and_patches_and_what_it_depends_on(
    archive: Archive, dump: Path
) -> None:
    load(archive, dump)
    value = archive.raw("series", 8) or {}
    assert [stub["id"] for stub in value["patches"]] == [2, 1]  # by date, as Patchwork has them
    assert value["cover_letter"]["msgid"] == "<20@example.org>"
    assert (value["received_total"], value["received_all"]) == (2, True)
    assert value["dependencies"] == ["/api/series/7/"]
    assert (archive.raw("series", 7) or {})["dependents"] == ["/api/series/8/"]
    query = "SELECT value FROM depends_on WHERE kind = 'series' AND id = 8"
    assert archive.sql.execute(query).fetchall() == [("7",)]


def test_series_say_nothing_of_dependencies_where_the_project_hides_them(
    archive: Archive, tmp_path: Path
) -> None:
    hidden = [r for r in ROWS if r["model"] != "patchwork.project"] + [project()]
    hidden[-1]["fields"]["show_dependencies"] = False
    load(archive, tmp_path / "x.json", hidden)
    assert "dependencies" not in (archive.raw("series", 8) or {})


def test_comments_of_patches_and_covers_may_have_the_same_number(
    archive: Archive, dump: Path
) -> None:
    load(archive, dump)
    on_cover, on_patch = comments(archive, "cover", 20), comments(archive, "patch", 2)
    assert [(c.id, c.msgid, c.addressed) for c in on_cover] == [(30, "<30@example.org>", None)]
    assert [(c.id, c.msgid, c.addressed) for c in on_patch] == [(30, "<31@example.org>", False)]


def test_bundles_have_their_order_and_private_ones_stay_out(archive: Archive, dump: Path) -> None:
    left_out, _ = load(archive, dump)
    assert [(b.owner, b.name, b.patches) for b in public_bundles(archive)] == [
        ("bob", "next", (2, 1))
    ]
    assert archive.raw("bundle", 41) is None
    rows = {"patchwork.emailoptout": 1, "authtoken.token": 1}
    assert left_out == LeftOut(bundles=1, accounts=1, rows=rows)


def test_events_name_states_and_comments(archive: Archive, dump: Path) -> None:
    load(archive, dump)
    (event,) = patch_events(archive, 1)
    assert (event.payload["previous_state"], event.payload["current_state"]) == ("new", "needs-ack")
    comment = (archive.raw("event", 61) or {})["payload"]["comment"]
    assert comment == {"id": 30, "msgid": "<31@example.org>", "date": "2026-03-01T10:00:00"}


def test_states_keep_the_order_of_the_server(archive: Archive, dump: Path) -> None:
    load(archive, dump)
    assert vocabulary.server_states(archive, {}) == [
        State(11, "Needs ACK", "needs-ack", True, 3), State(1, "New", "new", True, 7),
    ]  # fmt: skip
    assert vocabulary.server_delegates(archive) == {1: "ann", 2: "bob"}
    assert vocabulary.settings(archive, Tag) == {1: Tag("Acked-by", "^Acked-by:", "A", True)}
    rules = vocabulary.settings(archive, DelegationRule)
    assert rules == {4: DelegationRule(1, 2, "drivers/*", 3)}


def test_nothing_private_reaches_the_archive(archive: Archive, dump: Path) -> None:
    load(archive, dump)
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = [name for (name,) in archive.sql.execute(query).fetchall()]
    texts = []
    for table in tables:
        for values in archive.sql.execute(f"SELECT * FROM {table}").fetchall():
            for value in values:
                is_packed = isinstance(value, bytes) and value[:4] == b"\x28\xb5\x2f\xfd"
                texts.append(archive.unpack(value) if is_packed else str(value).encode())
    everything = b"\n".join(texts)
    assert b"ann@example.org" in everything  # who is named publicly, as in the API
    for secret in (SECRET, "0123456789abcdef", "cat@example.org", "never@", "mine", "items_per"):
        assert secret.encode() not in everything


def test_the_tables_of_patchwork_2_are_read(archive: Archive, tmp_path: Path) -> None:
    changed = {"cover", "patch", "covercomment", "patchcomment", "series", "event", "state"}
    rows = [r for r in ROWS if r["model"].removeprefix("patchwork.") not in changed]
    rows += [
        row("state", 1, name="Under Review", ordering=1, action_required=True),
        row("submission", 1, **mail(1), project=1, name="[1/1] one"),
        row("submission", 20, **mail(20), project=1, name="[0/1] letter"),
        row("coverletter", 20),
        row("patch", 1, diff=factories.DIFF, state=1, archived=False, delegate=None, hash=None),
        row("comment", 30, **mail(30), submission=20), row("comment", 31, **mail(31), submission=1),
        row("series", 8, project=None, name="s", date=MAIL["date"], submitter=5, version=1, total=1,
            cover_letter=20),
        row("seriespatch", 9, series=8, patch=1, number=1),
    ]  # fmt: skip
    assert load(archive, tmp_path / "x.json", rows)[1] == []
    value, series = archive.raw("patch", 1) or {}, archive.raw("series", 8) or {}
    assert (value["state"], value["name"]) == ("under-review", "[1/1] one")
    assert [stub["id"] for stub in value["series"]] == [8]
    assert [stub["name"] for stub in series["patches"]] == ["[1/1] one"]
    assert series["cover_letter"]["id"] == 20
    assert [c.id for c in comments(archive, "cover", 20)] == [30]
    assert [c.id for c in comments(archive, "patch", 1)] == [31]


def test_a_part_of_a_dump_completes_what_was_pulled(
    archive: Archive, put: Any, tmp_path: Path
) -> None:
    put(factories.project(), factories.patch(1), factories.patch(2))
    before = archive.raw("patch", 1)
    tables = ("auth.user", "patchwork.state", "patchwork.bundle", "patchwork.bundlepatch")
    assert load(archive, tmp_path / "x.json", [r for r in ROWS if r["model"] in tables])[1] == []
    (bundle,) = public_bundles(archive)
    assert bundle.patches == (2, 1)
    value = archive.raw("bundle", 40) or {}
    assert value["url"] == f"{factories.API}/bundles/40/"
    assert value["patches"][1]["name"] == "lock: patch number 1"
    assert archive.raw("patch", 1) == before


def test_a_dump_of_what_was_pulled_changes_no_address(
    archive: Archive, put: Any, dump: Path
) -> None:
    put(factories.project(), factories.patch(1))
    load(archive, dump)
    assert (archive.raw("patch", 1) or {})["url"] == f"{factories.API}/patches/1/"


def test_an_event_that_is_known_stays_as_it_is(archive: Archive, put: Any, dump: Path) -> None:
    put({"id": 60, "category": "patch-created", "date": "2026-03-02T10:00:00", "payload": {}})
    load(archive, dump)
    assert (archive.raw("event", 60) or {})["category"] == "patch-created"


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.json.gz", gzip.compress(json.dumps(ROWS).encode())),
        ("a.json.zst", zstandard.compress(json.dumps(ROWS).encode())),
        ("a.jsonl", "\n".join(map(json.dumps, ROWS)).encode()),
    ],
)
def test_dumps_may_be_compressed_or_have_a_row_on_each_line(
    archive: Archive, tmp_path: Path, name: str, packed: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(packed)
    assert load(archive, path)[1] == []
    assert archive.raw("patch", 2) is not None


def test_accounts_may_be_named_by_their_natural_keys(archive: Archive, tmp_path: Path) -> None:
    rows = json.loads(json.dumps(ROWS))
    for one in rows:
        for field in ("user", "owner", "delegate", "actor"):
            if one["model"] != "patchwork.person" and isinstance(one["fields"].get(field), int):
                name = {1: "ann", 2: "bob"}[one["fields"][field]]
                one["fields"][field] = [name]
    load(archive, tmp_path / "x.json", rows)
    assert (archive.raw("patch", 1) or {})["delegate"]["username"] == "ann"
    assert (archive.raw("project", 1) or {})["maintainers"][0]["username"] == "ann"
    assert vocabulary.settings(archive, DelegationRule)[4].user == 2


def test_a_file_of_something_else_is_refused(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"x\.json: not written by `manage.py dumpdata`"):
        load(archive, tmp_path / "x.json", [factories.patch()])


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (7, "not an object"),
        ({"model": "patchwork.patch"}, "not a row of `manage.py dumpdata`"),
        (row("patch", None), "a row without its number"),
        (patch(9, project=77), "patch 9: its project is missing"),
        (patch(9, project=[["x"]], msgid=None), "patch 9: its project is missing"),
        (patch(9, date="2026-99"), "patch 9: date"),
        (patch(9, headers={"a": 1}, msgid=3), "patch 9: msgid"),
        (patch(9, state=99), "patch 9: state"),
        (row("patchcomment", 9, **mail(9)), "patchcomment 9: what it is about is missing"),
        (row("state", 9, name=3, slug="x", ordering=1, action_required=True), "state 9: "),
        (row("series", 9, project=1, total="many"), "series 9: total"),
        (row("bundle", 9, project=1, public=True, name=None), "bundle 9: name"),
    ],
)  # fmt: skip
def test_a_bad_row_costs_itself(archive: Archive, tmp_path: Path, bad: Any, line: str) -> None:
    _, wrong = load(archive, tmp_path / "x.json", [*ROWS, bad])
    assert len(wrong) == 1
    assert line in wrong[0]
    assert archive.raw("patch", 2) is not None


def test_an_unusable_reference_is_nobody(archive: Archive, tmp_path: Path) -> None:
    odd: list[Any] = [True, -1, 2**70, "1", [1], {"id": 1}, [["a"]]]
    rows = [patch(100 + n, delegate=held, related=held, series=held) for n, held in enumerate(odd)]
    assert load(archive, tmp_path / "x.json", [*ROWS, *rows])[1] == []
    assert {(archive.raw("patch", 100 + n) or {})["delegate"] is None for n in range(7)} == {True}


def test_many_headers_take_linear_time(archive: Archive, tmp_path: Path) -> None:
    long = "".join(f"X-{n % 50}: {n}\n" for n in range(50_000))
    load(archive, tmp_path / "x.json", [*ROWS, patch(3, headers=long)])
    assert len((archive.raw("patch", 3) or {})["headers"]["X-1"]) == 1000
    assert msgspec.json.encode(archive.raw("patch", 3))
