from __future__ import annotations

from generator.archive.page_refs import cover_of_series, refs_between, refs_by_msgid
from tests.factories import comment, cover, patch, series


def test_comments_lead_to_the_page_of_their_mail_and_patches_win(archive, put):
    put(patch(3), cover(4), comment(5, on="patches/3"), comment(5, on="covers/4"),
        comment(6, on="covers/4"))  # fmt: skip
    refs = refs_between(archive, "comment", 5, 6)
    assert {number: (ref.kind, ref.id) for number, ref in refs.items()} == {
        5: ("patch", 3),
        6: ("cover", 4),
    }
    assert list(refs_between(archive, "patch", 1, 2)) == []


def test_of_several_mails_with_a_message_id_the_first_patch_counts(archive, put):
    same = "<same@example.org>"
    put(cover(1, msgid=same), patch(2, msgid=same), patch(1, msgid=same, series=[]))
    refs = refs_by_msgid(archive, ["same@example.org", "other@example.org"])
    assert {named: (ref.kind, ref.id) for named, ref in refs.items()} == {
        "same@example.org": ("patch", 1)
    }


def test_a_series_can_name_a_cover_letter_that_does_not_name_it(archive, put):
    put(cover(1, series=[]), series(7, cover_letter={"id": 1}))
    ref = cover_of_series(archive, 7)
    assert (ref.kind, ref.id) == ("cover", 1)
    assert cover_of_series(archive, 8) is None
