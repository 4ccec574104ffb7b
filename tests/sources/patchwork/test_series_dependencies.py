"""On what series depend: a page of several projects loses it where one project hides its own."""

from __future__ import annotations

import pytest

from generator.archive.database import Archive
from tests.sources.patchwork.conftest import Pulls, asked, differences
from tests.sources.patchwork.fake import Fake

#: A relist happens after a week.
LATER = 1_790_000_000 + 9 * 86400


@pytest.fixture(autouse=True)
def hidden(fake: Fake) -> None:
    """The newest series is of a third project, which hides those of the second from its own on."""
    third = fake.add_project()
    fake.add_series(third)
    fake.without_dependencies = {1, third}
    first, second, *_ = [n for n, s in fake.objects["series"].items() if s["project"]["id"] == 2]
    fake.depend(second, first)


def test_the_list_of_a_project_is_read_by_itself_where_another_one_hides_what_it_shows(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    assert differences(archive, fake) == []
    # Of the first project, the page of all doesn't tell whether it shows them.
    assert asked(fake)["series/"] == 3 and "series/N/" not in asked(fake)


def test_one_list_is_enough_where_all_show_them(fake: Fake, pull: Pulls) -> None:
    fake.without_dependencies = set()
    pull()
    assert asked(fake)["series/"] == 1


def test_a_new_series_is_fetched_where_its_project_shows_dependencies(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    pull()
    old = max(n for n, s in fake.objects["series"].items() if s["project"]["id"] == 2)
    new = fake.add_series(2)
    fake.depend(new, old)
    fake.add_series(3)
    pull()
    assert differences(archive, fake) == []
    assert asked(fake)["series/"] == 1
    assert {t for t in fake.log if "/series/" in t and "?" not in t} == {
        f"/api/1.4/series/{new}/",
        f"/api/1.4/series/{old}/",  # which lists its new dependent
    }


def test_what_an_older_pull_lost_is_found_when_lists_are_read_again(
    archive: Archive, fake: Fake, pull: Pulls
) -> None:
    kept, fake.without_dependencies = fake.without_dependencies, {1, 2, 3}
    pull()
    fake.without_dependencies = kept
    assert differences(archive, fake) != []
    pull(now=LATER)
    assert differences(archive, fake) == []


def test_older_versions_have_none_to_ask_for(archive: Archive, fake: Fake, pull: Pulls) -> None:
    fake.version = "1.3"
    pull()
    assert asked(fake)["series/"] == 1
    fake.add_series(2)
    pull()
    assert differences(archive, fake) == [] and "series/N/" not in asked(fake)
