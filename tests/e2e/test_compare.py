"""`stillwork compare`: a site held against the server that it was made from."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.sources.patchwork.compare import Answer, found, same_list, same_place
from tests.e2e.test_commands import run
from tests.sources.patchwork.fake import Fake
from tests.sources.patchwork.http import Server, Trouble, running

pytestmark = pytest.mark.xdist_group("compare")


@pytest.fixture(scope="module")
def pulled() -> Iterator[Server]:
    """The server as it was when the site was made."""
    fake = Fake()
    for size in (1, 2):
        project = fake.add_project()
        series = fake.add_series(project, size, cover=True)
        fake.add_comment("patch", max(fake.objects["patch"]))
        fake.add_comment("cover", fake.objects["series"][series]["cover_letter"]["id"])
        fake.add_check(max(fake.objects["patch"]))
    fake.add_bundle([3, 2])
    with running(fake) as found:
        yield found


@pytest.fixture
def server(pulled: Server) -> Iterator[Server]:
    """A server to change."""
    before, trouble = copy.deepcopy(pulled.fake), pulled.trouble
    yield pulled
    pulled.fake, pulled.trouble = before, trouble


@pytest.fixture(scope="module")
def folders(pulled: Server, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The site that was made from it: a comparison changes nothing there."""
    folder = tmp_path_factory.mktemp("compare")
    words = ["--content", str(folder / "content"), "--output", str(folder / "output")]
    assert run(*words, "pull", pulled.url).returncode == 0
    assert run(*words, "build").returncode == 0
    return words


def compared(folders: list[str], server: Server, *options: str) -> dict[str, tuple[int, int, str]]:
    """By kind of address: how many answers are the same, of how many, and what differs first."""
    done = run(*folders, "compare", server.url, "--json", *options)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    has_differences = any(row["same"] < row["asked"] for row in rows)
    assert done.returncode == int(has_differences), done.stderr
    return {row["kind"]: (row["same"], row["asked"], row["first"]) for row in rows}


def test_objects_that_did_not_change_are_the_same(folders: list[str], server: Server) -> None:
    rows = compared(folders, server)
    assert rows["API: patch"] == (3, 3, "") and rows["API: cover letter"] == (2, 2, "")
    assert rows["API: series"] == (2, 2, "") and rows["API: project"][:2] == (2, 2)
    assert rows["API: comments of a patch"] == rows["API: checks of a patch"] == (3, 3, "")


def test_bundles_are_the_same_in_whatever_order_the_server_lists_them(
    folders: list[str], server: Server
) -> None:
    rows = compared(folders, server)
    assert rows["API: bundle"] == (1, 1, "")
    server.fake.bundles[1]["patches"].pop()
    assert compared(folders, server)["API: bundle"][:2] == (0, 1)


def test_lists_of_projects_and_states_are_compared(folders: list[str], server: Server) -> None:
    rows = compared(folders, server)
    assert rows["API: list of a project"] == (8, 8, "")
    assert rows["API: list by state"] == (4, 4, "")
    server.fake.set_state(2, "accepted")
    assert compared(folders, server)["API: list by state"][:2] == (2, 4)


def test_what_differs_is_counted_and_the_first_is_named(folders: list[str], server: Server) -> None:
    server.fake.set_state(2, "rejected")
    server.fake.add_comment("patch", 3)
    rows = compared(folders, server)
    assert rows["API: patch"][:2] == (2, 3)
    assert rows["API: patch"][2].startswith("api/1.4/patches/2/: ")
    assert rows["API: comments of a patch"][:2] == (2, 3)


def test_a_part_can_be_asked_for(folders: list[str], server: Server) -> None:
    assert compared(folders, server, "--every", "2")["API: patch"][1] == 2
    assert compared(folders, server, "--project", "project-1")["API: patch"][1] == 1


def test_what_cannot_be_read_is_a_difference(folders: list[str], server: Server) -> None:
    server.trouble = lambda path: Trouble(status=400) if path.endswith("/patches/1/") else None
    assert "no answer there" in compared(folders, server)["API: patch"][2]


def test_without_a_site_nothing_is_compared(server: Server, tmp_path: Path) -> None:
    words = ["--content", str(tmp_path / "c"), "--output", str(tmp_path / "o")]
    assert run(*words, "pull", server.url).returncode == 0
    no_site = run(*words, "compare", server.url)
    assert no_site.returncode == 2 and "no site has been built here" in no_site.stderr


def page(place: str, content: bytes = b"x") -> Answer:
    return Answer(200, content, place, len(content))


def listed(*numbers: int) -> Answer:
    return Answer(200, [{"id": number} for number in numbers], "/api/1.4/patches/")


def test_a_page_that_leads_on_counts_as_what_it_leads_to() -> None:
    onward = b'<meta http-equiv="refresh" content="0; url=../../project/p/patch/a%40b&amp;c/#5">'
    assert same_place(page("/project/p/patch/a@b&c/"), page("/comment/5/", onward))
    assert not same_place(page("/project/p/patch/other/"), page("/comment/5/", onward))
    assert same_place(page("/a/"), page("/a/")) and not same_place(page("/a/"), page("/b/"))


def test_lists_are_the_same_in_order_and_found_in_any() -> None:
    one, two = listed(1, 2), listed(2, 1)
    assert same_list(one, one) and not same_list(one, two)
    assert not same_list(listed(1), one) and not same_list(one, listed(1))
    assert same_list(listed(), listed()) and not same_list(listed(), one)
    assert same_list(listed(*range(50)), listed(*range(250)))
    assert not same_list(listed(*range(50)), listed(*range(49)))
    assert found(one, two) and found(listed(), one) and not found(one, listed())


@pytest.mark.parametrize("odd", [b"[1, null, {}]", b"{}", b"7", b"[", b"null"])
def test_a_server_that_answers_oddly_differs(
    folders: list[str], server: Server, odd: bytes
) -> None:
    server.trouble = lambda path: (
        Trouble(body=odd) if "/patches/" in path or "/series/" in path else None
    )
    rows = compared(folders, server)
    assert rows["API: patch"][0] == rows["API: series"][0] == 0


def test_a_server_that_goes_away_ends_the_comparison(folders: list[str], server: Server) -> None:
    server.trouble = lambda path: (
        Trouble(status=503, headers={"Retry-After": "99999"}) if "/covers/" in path else None
    )
    done = run(*folders, "compare", server.url)
    assert done.returncode == 3 and "asks to retry in" in done.stderr
    assert "Traceback" not in done.stderr
