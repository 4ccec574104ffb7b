"""What templates name: found once, found again where a template changed or what was kept can't be read."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from generator.site.template_references import References

TEXT = '{% extends "base.html" %}{% import "a.html" as a %}{% include ["b.html", "c.html"] %}{% include x %}'
NAMES = ["a.html", "b.html", "base.html", "c.html"]


class Counting(jinja2.Environment):
    """Counts what it parses."""

    parsed = 0

    def parse(
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> jinja2.nodes.Template:
        self.parsed += 1
        return super().parse(source, name, filename)


@pytest.fixture
def environment() -> Counting:
    return Counting()


def found(
    environment: Counting, folder: Path | None, text: str = TEXT, name: str = "x.html"
) -> list[str]:
    """What a build that begins here finds."""
    return References(environment, folder).of(name, text, name)


def test_they_are_kept_between_builds(environment: Counting, tmp_path: Path) -> None:
    assert found(environment, tmp_path) == found(environment, tmp_path) == NAMES
    assert environment.parsed == 1


def test_a_changed_template_is_read_again(environment: Counting, tmp_path: Path) -> None:
    found(environment, tmp_path)
    assert found(environment, tmp_path, '{% include "d.html" %}') == ["d.html"]
    assert found(environment, tmp_path, "plain", "y.html") == []
    assert environment.parsed == 3


def test_another_version_of_jinja_reads_again(
    environment: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(environment, tmp_path)
    monkeypatch.setattr(jinja2, "__version__", "99")
    found(environment, tmp_path)
    assert environment.parsed == 2


@pytest.mark.parametrize("damage", [b"", b"[", b'["x", 1]', b"{}", b"\xff", b'["x", [1]]'])
def test_what_is_damaged_is_made_anew(environment: Counting, tmp_path: Path, damage: bytes) -> None:
    found(environment, tmp_path)
    [kept] = tmp_path.iterdir()
    kept.write_bytes(damage)
    assert found(environment, tmp_path) == NAMES
    assert found(environment, tmp_path) == NAMES
    assert environment.parsed == 2


def test_without_a_folder_nothing_is_kept(environment: Counting, tmp_path: Path) -> None:
    for folder in (None, tmp_path / "missing"):
        assert found(environment, folder) == NAMES
    assert [*tmp_path.iterdir()] == []


def test_a_template_with_a_fault_is_at_fault_each_time(
    environment: Counting, tmp_path: Path
) -> None:
    for _ in range(2):
        with pytest.raises(jinja2.TemplateSyntaxError):
            found(environment, tmp_path, "{% if %}")
