from __future__ import annotations

from generator.archive.merge import merge
from tests import factories


def test_the_list_form_keeps_the_detail_and_updates_the_rest():
    full = factories.patch()
    newer = factories.list_form(factories.patch(state="accepted"))
    merged = merge(full, newer)
    assert merged["state"] == "accepted"
    assert merged["diff"] == full["diff"]


def test_an_older_version_of_the_api_erases_nothing():
    full = factories.patch()
    old_project = {k: v for k, v in factories.project().items() if k != "commit_url_format"}
    old = {k: v for k, v in full.items() if k not in ("related", "hash")} | {"project": old_project}
    merged = merge(full, old)
    assert merged["related"] == []
    assert merged["project"]["commit_url_format"] == full["project"]["commit_url_format"]


def test_null_counts_because_it_says_that_there_is_none():
    assert merge({"id": 1, "delegate": {"id": 2}}, {"id": 1, "delegate": None})["delegate"] is None


def test_another_object_in_the_same_place_replaces_the_old_one():
    old = {"id": 1, "submitter": {"id": 1, "name": "A", "email": "a@x"}}
    new = {"id": 1, "submitter": {"id": 2, "name": "B"}}
    assert merge(old, new)["submitter"] == {"id": 2, "name": "B"}


def test_headers_are_a_whole():
    assert merge({"id": 1, "headers": {"A": "1"}}, {"id": 1, "headers": {"B": "2"}})["headers"] == {
        "B": "2"
    }


def test_embedded_lists_are_merged_by_number_and_follow_the_new_one():
    old = {"id": 1, "series": [{"id": 4, "name": "a", "version": 2}, {"id": 5, "name": "b"}]}
    new = {"id": 1, "series": [{"id": 6, "name": "c"}, {"id": 4, "name": "d"}]}
    assert merge(old, new)["series"] == [
        {"id": 6, "name": "c"},
        {"id": 4, "name": "d", "version": 2},
    ]


def test_lists_of_anything_else_are_replaced():
    old = {"id": 1, "prefixes": ["a", "b"], "mixed": [{"id": 1, "x": 2}, {"name": "n"}, 7]}
    new = {"id": 1, "prefixes": ["c"], "mixed": [1, {"name": "m"}, None, {"id": 2}]}
    assert merge(old, new) == new


def test_a_value_of_another_type_replaces_the_old_one():
    assert merge({"id": 1, "a": {"id": 2}}, {"id": 1, "a": "text"}) == {"id": 1, "a": "text"}
    assert merge({"id": 1, "a": []}, {"id": 1, "a": {"id": 2}}) == {"id": 1, "a": {"id": 2}}
    assert merge({"id": 1, "a": "text"}, {"id": 1, "a": [1]}) == {"id": 1, "a": [1]}


def test_what_the_new_object_lacks_is_kept_and_what_is_new_is_added():
    assert merge({"id": 1, "a": 1, "b": 2}, {"id": 1, "b": 3, "c": 4}) == {
        "id": 1, "a": 1, "b": 3, "c": 4,
    }  # fmt: skip
