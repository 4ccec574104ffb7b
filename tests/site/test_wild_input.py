"""A whole site from objects that nobody would send but somebody will."""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.archive.database import Archive
from generator.archive.writer import Writer
from generator.errors import InputError
from generator.site.verify import Checked, verify
from tests import factories
from tests.conftest import Site

pytestmark = pytest.mark.slow

_nasty = st.sampled_from(
    ['"><script>x</script>', "../../x", "a/b@c", "<a@b>", "\u202eevil", "&amp;", "'`\"", "{{ 7 * 7 }}", "%2e%2e%2f",
     "javascript:alert(1)", "https://x.example/<b>", "--- a/x", "> > quote", "Reviewed-by: <x@y>", "\r\n.\r\n", "", " ",
     "~1", "index.html", "CON", "ü" * 150, "a" * 500, "@@ -1 +1 @@", "diff --git a/x b/x", "commit deadbeef", "ﷺ", "\x0b\x1b[31m"]
)  # fmt: skip
_text = st.one_of(
    _nasty,
    _nasty,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
_lines = st.lists(_text, max_size=5).map("\n".join)
_diff = st.one_of(_lines, st.sampled_from([factories.DIFF, factories.DIFF.replace("rc", "<rc>")]))
_date = st.datetimes().map(lambda d: d.replace(microsecond=0).isoformat())
_number = st.integers(0, 4)


@st.composite
def objects(draw: st.DrawFn) -> list[dict[str, Any]]:
    project = factories.project(
        draw(_number), name=draw(_text), link_name=draw(_text), list_email=draw(_text), web_url=draw(_text),
        list_archive_url_format=draw(st.sampled_from(["", "https://l.example/{}", "javascript:{}", "{}{}"])),
        commit_url_format=draw(st.sampled_from(["", "https://g.example/{}", "data:{}"])),
    )  # fmt: skip
    who = factories.person(draw(_number), name=draw(_text), email=draw(_text))
    name = draw(_text)  # the same in all, so that many are versions of each other
    versions = st.sampled_from([None, 0, 1, 1, 2, 2, 3, 1_000_000])
    known = [
        factories.series_stub(n, name=name, version=draw(versions), date=draw(_date))
        for n in range(3)
    ]
    found: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        number = draw(_number)
        found.append(
            factories.patch(
                number, project=project, submitter=who, name=draw(_text), msgid=draw(_text), state=draw(_text),
                content=draw(_lines), diff=draw(_diff), headers={draw(_text): draw(_text), "References": draw(_lines)},
                date=draw(_date), commit_ref=draw(_text), pull_url=draw(_text), series=[draw(st.sampled_from(known))], hash=draw(_text),
                related=[{"id": draw(_number), "msgid": draw(_text), "name": draw(_text), "list_archive_url": draw(_text)}],
                delegate=factories.user(draw(_number), username=draw(_text)),
            )
        )  # fmt: skip
        found.append(
            factories.comment(
                draw(_number), on=f"patches/{number}", content=draw(_lines), subject=draw(_text), msgid=draw(_text),
                date=draw(_date), headers={"In-Reply-To": draw(_text)}, submitter=who,
            )
        )  # fmt: skip
        found.append(
            factories.check(
                draw(_number), on=number, state=draw(_text), context=draw(_text), description=draw(_text),
                target_url=draw(_text), date=draw(_date),
            )
        )  # fmt: skip
    found.append(
        factories.cover(
            draw(_number),
            project=project,
            name=draw(_text),
            msgid=draw(_text),
            content=draw(_lines),
        )
    )
    stub = draw(st.sampled_from(known))
    found.append(factories.series(**{**stub, "number": stub["id"], "project": project,
                                     "total": draw(st.integers(0, 2000)), "submitter": who}))  # fmt: skip
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(objects())
def test_any_objects_make_a_whole_and_harmless_site(items: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.content.mkdir()
        with Archive(site.content / "archive.db") as archive, archive.transaction():
            writer = Writer(archive)
            for item in items:
                try:
                    writer.put(item)
                except InputError as refused:
                    assert "\n" not in str(refused)
        report = site.build(base_url="https://x.example/")
        assert report.failed == []
        with Archive(site.content / "archive.db", read_only=True) as archive:
            assert list(verify(archive, site.output, Checked())) == []
        for name, content in site.files().items():
            assert ".." not in name.split("/")
            if name.endswith(".html"):
                text = content.decode()
                assert "<script>x" not in text
                assert not re.search(r'(?:href|src)="?\s*(?:javascript|data):', text)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(objects(), min_size=2, max_size=3))
def test_any_history_gives_the_same_site_as_all_at_once(
    history: list[list[dict[str, Any]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        site.content.mkdir()
        for items in history:
            with Archive(site.content / "archive.db") as archive, archive.transaction():
                writer = Writer(archive)
                for item in items:
                    with contextlib.suppress(InputError):
                        writer.put(item)
            site.build()
        fresh = Site(Path(folder))
        fresh.output = Path(folder, "fresh")
        fresh.build()
        grown, made = site.files(), fresh.files()
        changing = {
            path for path in grown.keys() | made.keys() if not path.startswith("search/data/")
        }
        assert {path for path in changing if grown.get(path) != made.get(path)} == set()
