"""What a pull learns from the pages that people see: states by number, delegates."""

from __future__ import annotations

import pytest

from generator.archive import vocabulary
from generator.archive.database import Archive
from generator.archive.vocabulary import DEFAULT_STATES, State
from generator.sources.patchwork.vocabulary import list_form
from tests.sources.patchwork.conftest import Pulls, RecordingReporter
from tests.sources.patchwork.fake import Fake

#: A time at which whole lists are read again.
LATER = 1_790_000_000 + 9 * 86400


def by_slug(archive: Archive) -> dict[str, State]:
    return {state.slug: state for state in vocabulary.learned_states(archive)}


def pages(fake: Fake) -> list[str]:
    return [path for path in fake.log if path.startswith("/project/")]


def test_states_of_its_own_are_learned_with_what_they_mean(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.states |= {11: ("Needs ACK", True), 12: ("In Next", False), 13: ("Nowhere", True)}
    fake.edit("patch", 1, state="needs-ack")
    fake.edit("patch", 2, state="in-next")
    pull()
    states = by_slug(archive)
    assert states["needs-ack"] == State(11, "Needs ACK", "needs-ack", True, place=4)
    assert states["in-next"].action_required is False
    assert states["nowhere"].action_required is None  # no patch shows it
    assert vocabulary.open_states(archive, []) == ["new", "needs-ack"]
    assert vocabulary.open_states(archive, ["in-next"]) == ["in-next"]


def test_those_that_patches_can_be_delegated_to_are_learned(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    fake.delegates = {7: "ann"}
    pull()
    assert vocabulary.server_delegates(archive) == {7: "ann"}


def test_pages_are_read_when_whole_lists_are(archive: Archive, fake: Fake, pull: Pulls) -> None:
    pull()
    assert (
        len(pages(fake)) == 4
    )  # a form for each project, and a list for each state that is in use
    pull()
    assert pages(fake) == []
    pull(now=LATER)
    assert len(pages(fake)) == 2  # what states mean is known by now


def test_a_full_pull_asks_again_what_states_mean(archive: Archive, fake: Fake, pull: Pulls) -> None:
    pull()
    fake.states[1] = ("New", False)
    pull(now=LATER)
    assert by_slug(archive)["new"].action_required is True
    pull(full=True)
    assert by_slug(archive)["new"].action_required is False


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (404, {}, b"{}"),
        (403, {}, b"{}"),
        (200, {"Content-Type": "text/html"}, b"<p>A page of something else"),
        (200, {"Content-Type": "application/json"}, b"{}"),
        (
            200,
            {"Content-Type": "text/html"},
            b"\xff<select name=state><option value=9999999999>x<option value=1>",
        ),
    ],
)
def test_a_server_without_such_pages_has_the_usual_states(
    archive: Archive, fake: Fake, pull: Pulls, reporter: RecordingReporter,
    status: int, headers: dict[str, str], body: bytes,
) -> None:  # fmt: skip
    fake.fault = lambda path, query: (
        (status, headers, body) if path.startswith("/project/") else None
    )
    assert pull().counts.skipped == 0
    assert vocabulary.server_states(archive, {}) == DEFAULT_STATES
    assert vocabulary.open_states(archive, []) == ["new", "under-review"]


def test_a_form_is_read_as_browsers_do() -> None:
    form = list_form(
        "<select name=other><option value=5>no</select><select name=state><option value='*'>any<option value=''>Open"
        "<option value=3 selected>Handled &amp; Elsewhere<option value=-1>no<option value=x>no</select>"
        "<select name=delegate><option value=Nobody>Nobody<option value=12>J\u00f8rgen</select>"
    )
    assert form.states == [State(3, "Handled & Elsewhere", "handled-elsewhere", place=0)]
    assert form.delegates == {12: "J\u00f8rgen"}


def test_names_in_site_toml_stand_over_all(archive: Archive) -> None:
    states = vocabulary.server_states(archive, {"2": "Accepted", "40": "In Next"})
    assert [s.slug for s in states][:3] == ["new", "accepted", "accepted"]
    assert states[-1] == State(40, "In Next", "in-next", None)
