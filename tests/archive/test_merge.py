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
