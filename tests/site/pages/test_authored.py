"""The owner's pages: what can't be rendered is named, and holds up no build."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site.pages import authored
from tests.conftest import Site


def page(tmp_path: Path, text: str, name: str = "a.md") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_page_has_a_title_a_place_and_html(tmp_path: Path) -> None:
    made = authored.read(page(tmp_path, "title: Mine\nnav: 3\n\n# Hello\n\nfrom *me*"))
    assert (made.slug, made.title, made.nav) == ("a", "Mine", 3)
    assert "<em>me</em>" in made.html


def test_a_text_that_takes_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authored, "_SECONDS", 0.2)
    path = page(tmp_path, "[" * 10_000)
    with pytest.raises(ConfigError, match=f"{path}: not rendered: took longer than 0.2 s"):
        authored.read(path)


@pytest.mark.parametrize("unit", [">", "> ", "*", "<div>", "`"])
def test_nesting_costs_no_more_than_a_line(tmp_path: Path, unit: str) -> None:
    assert authored.read(page(tmp_path, unit * 5000 + "x")).slug == "a"


@pytest.mark.parametrize("name", ["search.md", "project.md", "A.md", "a\n.md", "-rf.md", "a.b.md"])
def test_a_page_takes_no_place_of_another_and_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"rename this one|a-z, 0-9 and - only"):
        authored.read(page(tmp_path, "x", name))


def test_all_places_of_the_site_are_taken(sample: Site) -> None:
    folders = {path.partition("/")[0] for path in sample.files() if "/" in path}
    assert folders - {"about"} <= authored.TAKEN
