"""What the pages of mails and series are given."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.archive import bundles, series_versions
from generator.archive.database import Archive
from generator.archive.deletions import mark_deleted
from generator.archive.people import PatchTrailers
from generator.config import Config
from generator.site import executors
from generator.site.pages.patch import patch_page
from tests.conftest import Site
from tests.factories import check, comment, cover, patch, project, series, series_stub, user


def msgid(kind: str, number: int) -> str:
    return f"2026030110.{kind}{number}@example.org"


def reopened(archive: Archive) -> Archive:
    """The same archive as a build opens it: only then are recent reads kept."""
    databases = {name: path for _, name, path in archive.sql.execute("PRAGMA database_list")}
    return Archive(Path(databases["main"]), read_only=True)


def test_a_patch_comes_with_its_project_page_comments_and_checks(archive, put):
    put(patch(series=[]), comment(2), comment(1), check(1), check(2, state="fail"))
    bundle = bundles.patch_bundle(archive, 1, with_objects=False)
    mail = bundle.mail
    assert (mail.project_slug, mail.project.name) == ("project-1", "Project 1")
    assert mail.ref.url == f"project/project-1/patch/{msgid('patch', 1)}/"
    assert [item.id for item in mail.comments] == [1, 2]
    assert [(item.id, item.state) for item in bundle.checks] == [(2, "fail")]
    assert (mail.series, bundle.objects, bundle.overrides) == (None, None, {})


def test_overrides_have_the_servers_value_beside_them(archive, put):
    put(patch(state="new"))
    archive.sql.execute('INSERT INTO patch_override VALUES (1, \'{"state": "accepted"}\')')
    bundle = bundles.patch_bundle(archive, 1, with_objects=True)
    assert bundle.patch.state == "accepted"
    assert bundle.overrides == {"state": ("accepted", "new")}
    assert bundle.objects.value["state"] == "accepted"


def test_each_text_has_the_mentions_of_its_own(archive, put):
    put(
        patch(1, content=f"After <{msgid('patch', 2)}> and <nobody@example.org>."),
        patch(2),
        comment(7, content=f"See <{msgid('patch', 1)}>."),
    )
    mail = bundles.patch_bundle(archive, 1, with_objects=False).mail
    urls = {
        text: {named: ref.id for named, ref in refs.items()} for text, refs in mail.mentions.items()
    }
    assert urls == {
        ("patch", 1): {msgid("patch", 2): 2},
        ("patch-comment", 7): {msgid("patch", 1): 1},
    }


def test_deletions_upstream_are_dated_by_mail_comment_and_series(archive, put):
    put(patch(), series(), comment(1), comment(2))
    for kind, number, noticed in (("patch", 1, 10), ("patch-comment", 2, 20), ("series", 1, 30)):
        mark_deleted(archive, kind, number, noticed)
    mail = bundles.patch_bundle(archive, 1, with_objects=False).mail
    assert (mail.deleted, mail.deleted_comments, mail.series.deleted) == (10, {2: 20}, 30)


def test_a_comment_on_a_patch_shadows_one_of_the_same_number_on_a_cover_letter(archive, put):
    put(patch(), cover(), comment(5), comment(5, on="covers/1"), comment(6, on="covers/1"))
    mail = bundles.cover_bundle(archive, 1, with_objects=False).mail
    assert mail.shadowed_comments == {5}


def test_related_and_same_patches_have_their_pages(archive, put):
    put(
        patch(1, related=[{"id": 2}, {"id": 99}]),
        patch(2, diff=None),
        patch(3, project=project(2)),
    )
    bundle = bundles.patch_bundle(archive, 1, with_objects=False)
    assert {number: ref.slug for number, ref in bundle.related.items()} == {2: msgid("patch", 2)}
    assert [(ref.project, ref.id) for ref in bundle.same_hash] == [("project-2", 3)]


def test_the_first_patch_with_a_hash_has_the_others_of_its_project(archive, put):
    put(patch(1), patch(2), patch(3, project=project(2)))
    first, second = (
        bundles.patch_bundle(archive, number, with_objects=True).objects for number in (1, 2)
    )
    assert [ref.id for _, ref in first.same_hash] == [2]
    assert second.same_hash is None


def test_objects_are_as_they_came_with_all_checks(archive, put):
    put(patch(), comment(1), check(1), check(2, user=user(9)))
    objects = bundles.patch_bundle(archive, 1, with_objects=True).objects
    assert objects.value["headers"] == patch()["headers"]
    assert [item["id"] for item in objects.comments] == [1]
    assert [item["id"] for item in objects.checks] == [1, 2]
    assert (objects.project.slug, objects.project.value["id"]) == ("project-1", 1)


def test_a_series_has_its_mails_in_order(archive, put):
    put(
        cover(1),
        patch(1, name="[2/2] b"),
        patch(2, name="[1/2] a"),
        comment(1),
        comment(2, on="covers/1"),
    )
    mails = bundles.series_mails(archive, 1)
    assert [(item.ref.kind, item.ref.id) for item in mails.every] == [
        ("cover", 1),
        ("patch", 2),
        ("patch", 1),
    ]
    assert mails.series.comment_count == 2
    assert mails.series.msgids == {msgid("cover", 1), msgid("patch", 1), msgid("patch", 2)}


def test_the_mails_of_a_series_share_its_bundle(archive, put):
    put(cover(1), patch(1), patch(2))
    with reopened(archive) as reader:
        first, second = (bundles.patch_bundle(reader, n, with_objects=False) for n in (1, 2))
        letter = bundles.cover_bundle(reader, 1, with_objects=False)
        assert first.mail.series is second.mail.series is letter.mail.series
        assert bundles.series_mails(reader, 1).patches[0] is first.mail


def test_a_version_knows_the_one_before(archive, put):
    first = series_stub(1, name="one work", date="2026-03-01T10:00:00")
    second = series_stub(2, name="one work", version=2, date="2026-03-09T10:00:00")
    put(
        series(**first), series(**second), patch(1, series=[first]), patch(2, series=[second]),
        comment(1, on="patches/1"),
    )  # fmt: skip
    series_versions.refresh(archive)
    page = bundles.series_page_bundle(archive, 2, with_objects=False)
    assert page.previous.id == 1
    assert bundles.series_bundle(archive, 1).previous_version is None
    assert [label for label, _ in page.contributions] == ["v1", "v2"]
    trailers = bundles.trailers_of(archive, page.previous, page.mails.series)
    assert trailers[1].given == [("reviewed", "Sender Number2")]
    assert trailers[2] == PatchTrailers([], [])


def test_a_series_that_never_came_itself_is_described_by_its_mails(archive, put):
    put(cover(1), patch(1, name="[1/2] a"))
    objects = bundles.series_page_bundle(archive, 1, with_objects=True).objects
    assert [item["id"] for item in objects.patches] == [1]
    assert objects.cover["id"] == 1
    assert objects.project.slug == "project-1"


def test_a_message_id_leads_to_the_first_mail_that_has_it(archive, put):
    put(
        patch(1, msgid="<same@example.org>", series=[]),
        cover(1, msgid="<same@example.org>", series=[]),
        comment(1, msgid="<reply@example.org>"),
    )
    first = bundles.patch_bundle(archive, 1, with_objects=False).thread
    letter = bundles.cover_bundle(archive, 1, with_objects=False).thread
    assert first.own_msgids == {("patch", 1): {"same@example.org", "reply@example.org"}}
    assert letter.own_msgids == {("cover", 1): frozenset()}


def test_the_thread_of_a_series_is_with_its_page_not_its_patches(archive, put):
    put(cover(), patch())
    assert bundles.patch_bundle(archive, 1, with_objects=False).thread is None
    page = bundles.series_page_bundle(archive, 1, with_objects=False)
    assert list(page.thread.own_msgids) == [("cover", 1), ("patch", 1)]


@pytest.mark.slow
def test_a_patch_page_reads_nothing_of_the_archive_but_its_bundle(site: Site, monkeypatch):
    site.put(patch(), series(), comment(), cover(), check())
    site.build()
    paths = executors.Paths(site.content, site.content / "archive.db", site.output)
    context = executors.open_context((paths, Config()))
    bundle = bundles.patch_bundle(context.archive, 1, with_objects=True)
    monkeypatch.setattr(bundles, "patch_bundle", lambda *_, **__: bundle)
    context.open_states()  # of the whole site, and kept; likewise the next one
    context.server_clock()
    context.archive.close()
    files = patch_page(context, 1)
    assert f"project/project-1/patch/{msgid('patch', 1)}/index.html" in files
    assert "api/patches/1.json" in files
