"""Kinds of page register themselves, and depend on the templates that they name and on no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.site.registry import CollectionKind, Part, Stage, kinds, names
from tests.conftest import Site
from tests.factories import comment, patch


def theme(site: Site, template: str, text: str) -> None:
    """A theme that replaces one template of the default theme."""
    folder = site.content / "themes" / "mine"
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "theme.toml").write_text('inherits = "default"')
    (folder / "templates" / template).write_text(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("template", "kinds_rebuilt"),
    [
        ("not_found.html", {"not-found"}),
        ("bulk.html", {"bulk-index"}),
        ("robots.txt", {"robots"}),
        (
            "feed.atom",
            {"area", "change-list", "feed", "folder", "person", "query-feed", "series", "tag-feed"},
        ),
        ("redirect.html", {"patch", "cover"}),
    ],
)
def test_a_template_rebuilds_the_kinds_that_name_it_and_no_others(
    site: Site, template: str, kinds_rebuilt: set[str]
) -> None:
    assert {name for name, kind in kinds().items() if template in kind.templates} == kinds_rebuilt
    site.put(patch(1), comment(1))
    theme(site, template, "one")
    site.build(theme="mine", redirects="files")
    theme(site, template, "two")
    written = +site.build(theme="mine", redirects="files").written
    assert set(written) <= kinds_rebuilt and set(written) & kinds_rebuilt


def test_files_for_machines_depend_on_no_template() -> None:
    without = {name for name, kind in kinds().items() if not kind.templates}
    machines = {"api", "api-collection", "api-list", "bulk", "commit-lookup", "id-lookup"}
    events = {"api-events", "api-event-months"}
    assert without == machines | events | {"api-changes", "api-changes-months", "vocabulary"}


def test_what_is_put_together_from_published_files_comes_after_them() -> None:
    collections = [kind for kind in kinds().values() if isinstance(kind, CollectionKind)]
    assert {kind.name for kind in collections} == {"api-collection", "api-list", "bulk-index"}
    assert all(kind.stage > Stage.OBJECTS for kind in collections)


def test_every_template_of_the_default_theme_belongs_to_a_kind_or_is_extended() -> None:
    folder = Path(__file__).parents[2] / "themes" / "default" / "templates"
    named = {template for kind in kinds().values() for template in kind.templates}
    frames = {"base.html", "workbench.html", "mail.html", "_parts.html", "_mail.html", "_diff.html"}
    assert {path.name for path in folder.iterdir()} == named | frames


def test_each_kind_belongs_to_one_part_of_the_plan() -> None:
    assert names(Part.MAILS) | names(Part.LISTS) == set(kinds())
    assert not names(Part.MAILS) & names(Part.LISTS)
