from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from generator.mail.thread import order
from generator.model import Comment
from tests import factories


def mail(number: int, *above: str, msgid: str = "") -> Comment:
    headers = {}
    if above:
        references = " ".join(f"<{m}>" for m in above)
        headers = {"In-Reply-To": f"<{above[-1]}>", "References": references}
    value = factories.comment(number, msgid=f"<{msgid or f'm{number}'}>", headers=headers)
    return msgspec.convert(value, Comment)


def shape(nodes) -> list[tuple[str, int, bool]]:
    return [(node.msgid, node.depth, node.comment is not None) for node in nodes]


def test_answers_follow_what_they_answer():
    mails = [mail(1, "root"), mail(2, "root"), mail(3, "root", "m1")]
    assert shape(order("root", mails)) == [("m1", 0, True), ("m3", 1, True), ("m2", 0, True)]


def test_a_missing_mail_is_a_ghost_between_its_answers_and_what_it_answers():
    mails = [mail(1, "root"), mail(2, "root", "m1", "lost"), mail(3, "root", "m1", "lost")]
    assert shape(order("root", mails)) == [
        ("m1", 0, True), ("lost", 1, False), ("m2", 2, True), ("m3", 2, True),
    ]  # fmt: skip


def test_other_mails_of_the_series_are_no_ghosts():
    assert shape(order("p1", [mail(1, "cover", "p1")], frozenset({"cover"}))) == [("m1", 0, True)]


def test_a_mail_without_references_stands_at_the_top():
    assert shape(order("root", [mail(1)])) == [("m1", 0, True)]


def test_mails_that_answer_each_other_are_all_shown():
    mails = [mail(1, "m2"), mail(2, "m1"), mail(3, "m3")]
    assert sorted(node.msgid for node in order("root", mails)) == ["m1", "m2", "m3"]


def test_two_mails_with_one_message_id_are_both_shown():
    nodes = order("root", [mail(1, "root", msgid="same"), mail(2, "root", msgid="same")])
    assert [node.comment.id for node in nodes if node.comment] == [1, 2]


def test_a_very_deep_thread_is_no_trouble():
    mails = [mail(n, *(["root"] if n == 1 else [f"m{n - 1}"])) for n in range(1, 2000)]
    assert order("root", mails)[-1].depth == 1998


def test_a_mail_that_claims_to_be_the_patch_itself_is_shown():
    assert [node.comment.id for node in order("root", [mail(1, "root", msgid="root")])] == [1]


def name(number: int) -> str:
    return f"m{number}" if number else "root"


@given(st.lists(st.tuples(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4)), max_size=12))
def test_every_comment_is_shown_exactly_once(links):
    mails = [
        mail(n, *[name(a) for a in above], msgid=name(msgid))
        for n, (msgid, above) in enumerate(links, 1)
    ]
    shown = [node.comment.id for node in order("root", mails) if node.comment]
    assert sorted(shown) == [mail.id for mail in mails]


def test_answers_stand_by_date_and_a_ghost_by_its_first_answer():
    late, early = mail(1, "root"), mail(5, "root", "lost")
    assert shape(order("root", [early, late])) == [
        ("m1", 0, True), ("lost", 0, False), ("m5", 1, True),
    ]  # fmt: skip
    before = mail(9, "root")
    assert [node.msgid for node in order("root", [before, early])] == ["lost", "m5", "m9"]


def test_ghosts_hang_below_each_other_as_the_references_say():
    nodes = order("root", [mail(1, "root", "g1", "g2")])
    assert [(n.msgid, n.depth, n.parent) for n in nodes] == [
        ("g1", 0, "root"), ("g2", 1, "g1"), ("m1", 2, "g2"),
    ]  # fmt: skip


def test_a_mail_that_answers_itself_or_its_own_answer_stands_at_the_top():
    assert shape(order("root", [mail(1, "m1")])) == [("m1", 0, True)]
    nodes = order("root", [mail(1, "m2"), mail(2, "m1")])
    assert sorted((n.msgid, n.depth, n.parent) for n in nodes) == [
        ("m1", 1, "m2"), ("m2", 0, "root"),
    ]  # fmt: skip


def test_a_mail_without_an_id_is_shown_and_no_mail_answers_it():
    nameless = msgspec.convert(factories.comment(3, msgid="<>", headers={}), Comment)
    assert [n.comment.id for n in order("root", [nameless]) if n.comment] == [3]


def test_a_second_mail_with_the_id_of_another_keeps_its_own_place():
    nodes = order("root", [mail(1, "root", msgid="same"), mail(2, "root", "same", msgid="same")])
    assert [(n.comment.id, n.depth) for n in nodes if n.comment] == [(1, 0), (2, 1)]


def test_a_ghost_stays_where_the_first_answer_to_it_put_it():
    nodes = order("root", [mail(1, "root", "g1", "lost"), mail(2, "root", "g2", "lost")])
    assert [(n.msgid, n.parent) for n in nodes if n.msgid == "lost"] == [("lost", "g1")]
    assert [n.msgid for n in nodes] == ["g1", "lost", "m1", "m2"]
