from __future__ import annotations

import pytest

from generator.archive import derived, mails
from generator.archive.checks import latest_checks
from generator.archive.comments import comments
from generator.archive.deletions import mark_deleted, prune
from generator.archive.patch_rows import patch_rows
from generator.archive.projects import project_of_series
from generator.archive.statistics import object_counts
from generator.archive.writer import Orphan, Writer
from generator.errors import InputError
from generator.model import Comment, Patch, Series, kind_of
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
def test_every_kind_is_recognised_by_its_fields(archive, kind, value):
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


def test_a_comment_without_a_url_belongs_to_the_mail_it_answers(archive, put):
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


def test_the_newest_check_is_the_one_with_the_latest_date_whatever_its_number(archive, put):
    put(
        factories.patch(),
        factories.check(1, state="success", date="2026-03-01T12:00:00"),
        factories.check(3, state="warning", date="2026-03-01T11:00:00"),
        factories.check(2, state="fail", date="2026-03-01T13:00:00"),
    )
    assert patch_rows(archive, [1])[0].checks == (0, 0, 1)
    assert [check.id for check in latest_checks(archive, 1)] == [2]


def test_testers_do_not_replace_each_others_checks(archive, put):
    put(
        factories.patch(),
        factories.check(1, state="fail"),
        factories.check(2, state="success", user=factories.user(8), date="2026-03-02T00:00:00"),
    )
    assert patch_rows(archive, [1])[0].checks == (1, 0, 1)


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
        (factories.patch(date="2026-99"), 'patch 1: date "2026-99" is not a valid date'),
        (
            factories.patch(date="0001-01-01T00:00:00+01:00"),
            "patch 1: date 0001-01-01T00:00:00+01:00 is out",
        ),
        (factories.patch(name=7), "patch 1: name 7"),
        (factories.patch(id=True), "patch: id true"),
        (factories.patch(id=1.0), "patch: id 1.0"),
        (factories.patch(project=factories.project(-1)), "patch 1: project.id -1"),
        (factories.patch(id=2**70), "patch"),
        (factories.patch(id=-1), "patch -1: id -1"),
        (factories.patch(content="a\0b"), "patch 1: content contains a NUL character"),
        (factories.patch(project=None), "patch 1: project"),
        (factories.patch(headers={"A": {"b": 1}}), "patch 1: headers"),
        ({"id": 1, "what": "ever"}, "object 1: unrecognised object"),
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


def test_storing_says_what_it_was_and_whether_it_is_news(archive):
    writer = Writer(archive)
    news = [
        tuple(writer.put(factories.patch(n, state=state)))
        for n, state in ((1, "new"), (1, "new"), (1, "rejected"), (2, "new"))
    ]
    assert news == [("patch", True), ("patch", False), ("patch", True), ("patch", True)]
    assert tuple(writer.put(factories.check())) == ("check", True)
    assert writer.counts == {"patch": 4, "check": 1}


def test_local_changes_lie_over_a_patch_until_they_are_taken_away(archive, put):
    put(factories.patch(state="new"))
    writer = Writer(archive)

    def state() -> tuple[str, str]:
        return mails.patch(archive, 1).state, patch_rows(archive, [1])[0].state

    writer.override(1, {"state": "accepted"})
    assert state() == ("accepted", "accepted")
    writer.put(factories.patch(state="rejected"))
    Writer(archive).put(factories.patch(state="superseded"))
    assert state() == ("accepted", "accepted")
    writer.override(1, {})
    assert state() == ("superseded", "superseded")
    writer.override(77, {"state": "accepted"})
    writer.put(factories.patch(77))
    assert patch_rows(archive, [77])[0].state == "accepted"


def test_a_comment_belongs_to_what_the_saved_page_or_its_fields_name(archive, put):
    put(factories.patch(1), factories.patch(2), factories.cover(1))
    for number, (fields, context) in enumerate([
        ({"patch_id": 2}, ""),
        ({"cover_id": 1}, ""),
        ({}, "/api/1.2/patches/1/comments/?page=2"),
        ({}, "/api/covers/1/comments"),
        ({"headers": {"References": "<2026030110.patch2@example.org> <unknown@x>"}}, ""),
    ], 1):  # fmt: skip
        comment = {**factories.comment(number, headers={}), **fields}
        del comment["url"]
        Writer(archive).put(comment, context)
    found = {
        (kind, n): [c.id for c in comments(archive, kind, n)]
        for kind, n in (("patch", 1), ("patch", 2), ("cover", 1))
    }
    assert found == {("patch", 1): [3], ("patch", 2): [1, 5], ("cover", 1): [2, 4]}


def test_error_lines_show_values_short_and_harmless(archive):
    def told(name: object) -> str:
        with pytest.raises(InputError) as caught:
            Writer(archive).put(factories.patch(name=name))
        return str(caught.value)

    assert told(["x" * 56]).startswith('patch 1: name ["' + "x" * 56 + '"]: ')
    assert told(["x" * 57]).startswith('patch 1: name ["' + "x" * 55 + "...: ")
    assert "\x1b" not in told(["\x1b[31m"])
    with pytest.raises(InputError, match=r"^7 is not an object$"):
        Writer(archive).put(7)
    with pytest.raises(InputError, match=r"^object 5: "):
        Writer(archive).put({"id": 5})


@pytest.mark.parametrize("held", ["a\0b", ["\0"], {"k": "\0"}, {"\0": 1}, [[{"k": ["\0"]}]]])
def test_a_nul_character_is_refused_wherever_it_stands(archive, held):
    with pytest.raises(InputError, match="patch 1: tags contains a NUL character"):
        Writer(archive).put(factories.patch(tags={"x": held}))
    Writer(archive).put(factories.patch(tags={"x": "\\u0000 as text"}))


def test_people_and_users_have_names_where_they_are_known(archive, put):
    put(factories.patch(1, submitter=factories.person(1, name=None), delegate=factories.user(1)),
        factories.patch(2, submitter=factories.person(2, email=None),
                        delegate=factories.user(2, first_name="Ann", last_name="Example")))  # fmt: skip
    one, two = patch_rows(archive, [1, 2])
    assert (one.submitter, two.submitter) == ("sender1@example.org", "Sender Number2")


def test_a_folder_is_taken_only_within_a_project(archive, put):
    put(
        factories.patch(1, msgid="<same@x>"),
        factories.patch(2, msgid="<same@x>", project=factories.project(2)),
    )
    assert [row.slug for row in patch_rows(archive, [1, 2])] == ["same@x", "same@x"]
    put(factories.patch(1, msgid="<same@x>", state="accepted"))
    assert patch_rows(archive, [1])[0].slug == "same@x", "its own folder is not taken"


def test_a_mail_without_a_series_may_say_so_by_null(archive, put):
    put(factories.patch(1, series=None, related=None), factories.cover(2, series=None))
    assert patch_rows(archive, [1])[0].series_id is None


def test_only_fields_of_a_kind_embed_objects(archive, put):
    put(factories.patch(1, user={"name": "no user"}))
    put(factories.comment(2, delegate={}, series=[{"id": -1}], project={"id": "x"}))
    put(factories.check(3, submitter={"no": "person"}))
    assert not archive.sql.execute("SELECT count(*) FROM user WHERE id <> 9").fetchone()[0]


@pytest.mark.parametrize("number", [True, -1, 2**70, 1.5, "1"])
def test_a_parent_is_named_by_a_number_of_the_api(archive, number):
    orphan = {**factories.comment(1, headers={}), "url": "", "patch_id": number}
    with pytest.raises(Orphan):
        Writer(archive).put(orphan)


@pytest.mark.parametrize("date", [5, "2026-02-30T00:00:00", "soon", ["2026"]])
def test_whatever_is_no_date_is_called_so(archive, date):
    with pytest.raises(InputError, match=r"^patch 1: date .* is not a valid date$"):
        Writer(archive).put(factories.patch(date=date))


@pytest.mark.parametrize(
    "claims",
    [
        [factories.patch(1), factories.patch(2, project=factories.project(2))],
        [factories.cover(1), factories.patch(2, project=factories.project(2))],
        [factories.series(1), factories.cover(2, project=factories.project(2))],
    ],
)
def test_a_series_is_of_the_project_that_had_it_first(archive, put, claims):
    claims = [claims[0], {**claims[1], "series": [factories.series_stub(1, name="taken over")]}]
    put(*claims)
    assert project_of_series(archive, 1) == 1
    assert mails.series_of(archive, kind_of(claims[1]), 2) is None
    put(factories.series(1, project=factories.project(2)))
    series = archive.get(Series, 1)
    assert (series.project.id, series.name) == (1, "series 1")
    before = archive.revision()
    put(*claims)
    assert archive.revision() == before


def test_a_series_that_was_pruned_stays_with_its_patches(archive, put):
    put(factories.patch(1))
    with archive.transaction():
        mark_deleted(archive, "series", 1, 1)
        prune(archive)
    put(factories.series(1, project=factories.project(2)))
    assert project_of_series(archive, 1) == 1


def test_a_new_archive_is_not_read_again_for_its_tables(archive, put):
    put(factories.patch())
    assert archive.sql.execute("SELECT derived FROM meta").fetchone() == (derived.FORMAT,)


def test_a_writer_leaves_the_tables_of_an_older_archive_to_the_build(archive, put):
    put(factories.patch())
    archive.sql.execute("UPDATE meta SET derived = 1")
    put(factories.patch(2))
    assert archive.sql.execute("SELECT derived FROM meta").fetchone() == (1,)
