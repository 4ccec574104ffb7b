from __future__ import annotations

import pytest

from generator.archive.checks import latest_checks
from generator.archive.comments import comments
from generator.archive.patch_rows import patch_rows
from generator.archive.statistics import object_counts
from generator.archive.writer import Orphan, Writer
from generator.errors import InputError
from generator.model import Comment, Patch
from tests import factories


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("project", factories.project()),
        ("person", factories.person()),
        ("user", factories.user()),
        ("patch", factories.patch()),
        ("patch", factories.list_form(factories.patch())),
        ("series", factories.series()),
        ("cover", factories.cover()),
        ("comment", factories.comment()),
        ("check", factories.check()),
    ],
)
def test_every_kind_is_told_by_its_shape(archive, kind, value):
    assert Writer(archive).put(value).kind == kind


def test_storing_twice_is_storing_once(archive, put):
    put(factories.patch(), factories.comment(), factories.check())
    before = list(archive.sql.iterdump())
    put(factories.patch(), factories.comment(), factories.check())
    assert list(archive.sql.iterdump()) == before


def test_what_a_patch_embeds_is_stored_as_well(archive, put):
    put(factories.patch(delegate=factories.user(4)))
    counts = object_counts(archive)
    assert (counts["projects"], counts["people"], counts["users"], counts["series"]) == (1, 1, 1, 1)


def test_a_list_form_never_erases_the_detail(archive, put):
    put(factories.patch(), factories.list_form(factories.patch(state="accepted")))
    patch = archive.get(Patch, 1)
    assert (patch.state, patch.diff) == ("accepted", factories.DIFF)


def test_comments_of_patches_and_covers_may_have_the_same_number(archive, put):
    put(
        factories.patch(),
        factories.cover(),
        factories.comment(5),
        factories.comment(5, on="covers/1"),
    )
    assert len(comments(archive, "patch", 1)) == len(comments(archive, "cover", 1)) == 1


def test_a_comment_without_a_url_is_hung_on_the_mail_it_answers(archive, put):
    put(factories.patch())
    comment = factories.comment()
    del comment["url"]
    put(comment)
    assert [c.id for c in comments(archive, "patch", 1)] == [1]


def test_a_comment_on_nothing_known_is_an_orphan(archive):
    comment = factories.comment(headers={"In-Reply-To": "<unknown@x>"})
    del comment["url"]
    with pytest.raises(Orphan):
        Writer(archive).put(comment)


def test_tags_of_comments_count_for_the_patch(archive, put):
    put(factories.patch(content="x\nAcked-by: A"), factories.comment())
    assert patch_rows(archive, [1])[0].tags == (1, 1, 0)


def test_only_the_newest_check_of_a_context_counts(archive, put):
    put(factories.patch(), factories.check(1, state="fail"), factories.check(2, state="success"),
        factories.check(3, context="lint", state="warning"))  # fmt: skip
    assert patch_rows(archive, [1])[0].checks == (1, 1, 0)
    assert [check.id for check in latest_checks(archive, 1)] == [2, 3]


def test_nulls_that_the_api_gives_are_taken(archive, put):
    put(factories.patch(name=None, content=None, diff=None, delegate=None, list_archive_url=None,
                        series=[factories.series_stub(name=None)]))  # fmt: skip
    assert patch_rows(archive, [1])[0].name == ""


def test_two_patches_with_one_message_id_get_two_folders(archive, put):
    put(factories.patch(1, msgid="<same@x>"), factories.patch(2, msgid="<same@x>"))
    assert [row.slug for row in patch_rows(archive, [1, 2])] == ["same@x", "~2"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (factories.patch(date="2026-99"), 'patch 1: date "2026-99" is not a date'),
        (factories.patch(name=7), "patch 1: name 7"),
        (factories.patch(id=2**70), "patch"),
        (factories.patch(id=-1), "patch -1: id -1"),
        (factories.patch(content="a\0b"), "patch 1: content holds a NUL character"),
        (factories.patch(project=None), "patch 1: project"),
        (factories.patch(headers={"A": {"b": 1}}), "patch 1: headers"),
        ({"id": 1, "what": "ever"}, "object 1: of no known kind"),
        ([1, 2], "is not an object"),
    ],
)
def test_a_bad_object_is_refused_with_its_name_and_the_cause(archive, value, told):
    with pytest.raises(InputError) as caught:
        Writer(archive).put(value)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not archive.sql.execute("SELECT count(*) FROM patch").fetchone()[0]


def test_a_cover_letters_comments_are_read_back(archive, put):
    put(factories.cover(), factories.comment(on="covers/1"))
    assert isinstance(comments(archive, "cover", 1)[0], Comment)
