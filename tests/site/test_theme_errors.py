"""What the author of a theme is told: the file, the line, the cause, and the values at hand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import ConfigError
from generator.site.template_errors import render_error
from generator.site.theme import Theme
from tests.conftest import ROOT, Site
from tests.factories import patch

PATCH = '{% extends "mail.html" %}\n{% block after %}\n'


class ThemedSite(Site):
    """A site with a theme of its own, which inherits from the default one."""

    def write(self, path: str, text: str) -> Path:
        file = self.content / "themes" / "mine" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


@pytest.fixture
def themed(tmp_path: Path) -> ThemedSite:
    made = ThemedSite(tmp_path)
    made.write("theme.toml", 'inherits = "default"\n')
    made.put(patch(12))
    return made


def test_an_undefined_name_is_told_with_unit_file_and_line(themed: ThemedSite):
    file = themed.write("templates/patch.html", f"{PATCH}{{{{ foo }}}}{{% endblock %}}")
    assert themed.build(theme="mine").failed == [f"patch:12: {file}:3: 'foo' is undefined"]


def test_an_undefined_attribute_is_told_with_the_value_that_lacks_it(themed: ThemedSite):
    file = themed.write("templates/patch.html", f"{PATCH}{{{{ patch.subject }}}}{{% endblock %}}")
    (line,) = themed.build(theme="mine").failed
    assert line.startswith(f"patch:12: {file}:3: 'subject' is undefined in Patch Patch(id=12, ")
    assert len(line) < len(str(file)) + 150


def test_a_filter_that_fails_is_told_with_the_values_on_its_line(themed: ThemedSite):
    file = themed.write("templates/patch.html", f"{PATCH}{{{{ title | rfc3339 }}}} {{{{ comment_count }}}}{{% endblock %}}")  # fmt: skip
    (line,) = themed.build(theme="mine").failed
    assert line.startswith(f"patch:12: {file}:3: ")
    assert line.endswith(" (title: str 'lock: patch number 12'; comment_count: int 0)")


def test_an_error_in_a_macro_is_told_where_it_is(themed: ThemedSite):
    file = themed.write("templates/_parts.html", (ROOT / "themes/default/templates/_parts.html").read_text().replace(
        '{% macro state(name) %}', '{% macro state(name) %}{{ name + 1 }}'))  # fmt: skip
    lines = themed.build(theme="mine").failed
    number = next(
        n for n, line in enumerate(file.read_text().splitlines(), 1) if "name + 1" in line
    )
    assert any(line.startswith(f"patch:12: {file}:{number}: TypeError: ") for line in lines)
    assert all("(name: str 'new')" in line for line in lines)


def test_an_unknown_filter_is_told_with_file_and_line(themed: ThemedSite):
    file = themed.write("templates/patch.html", f"{PATCH}{{{{ name | shout }}}}{{% endblock %}}")
    (line,) = themed.build(theme="mine").failed
    assert line == f"patch:12: {file}:3: No filter named 'shout'."


def test_a_syntax_error_is_told_with_file_and_line(themed: ThemedSite):
    file = themed.write("templates/patch.html", f"{PATCH}{{{{ name }}{{% endblock %}}")
    with pytest.raises(ConfigError, match=re.escape(f"{file}:3: unexpected '}}'")):
        themed.build(theme="mine")


def test_a_template_that_is_no_text_is_told(themed: ThemedSite):
    themed.write("templates/patch.html", "").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"template 'patch\.html' is not UTF-8"):
        themed.build(theme="mine")


@pytest.mark.parametrize(
    "text",
    ["{% if 1 %}" * 300 + "{% endif %}" * 300, "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}"],
)
def test_a_template_that_nests_too_deeply_is_told(themed: ThemedSite, text: str):
    themed.write("templates/patch.html", text)
    with pytest.raises(ConfigError, match=r"template 'patch\.html' is nested too deeply"):
        themed.build(theme="mine")


def test_a_static_file_whose_name_is_not_utf_8_is_told(themed: ThemedSite):
    file = themed.write("static/" + os.fsdecode(b"x-\xff.css"), "")
    with pytest.raises(ConfigError, match="the name is not UTF-8; rename the file") as caught:
        themed.build(theme="mine")
    assert str(file) in str(caught.value)


def test_a_missing_template_is_told_with_the_folders_looked_in(themed: ThemedSite):
    themed.write("templates/patch.html", '{% extends "missing.html" %}')
    own = themed.content / "themes" / "mine" / "templates"
    default = ROOT / "themes" / "default" / "templates"
    with pytest.raises(ConfigError) as caught:
        themed.build(theme="mine")
    shown = f"template 'missing.html' not found in {own}, {default}"
    assert str(caught.value) in (shown, shown.replace(f"{ROOT}/", ""))


def test_a_template_chosen_while_rendering_is_told_with_its_place(themed: ThemedSite):
    file = themed.write(
        "templates/patch.html", f"{PATCH}{{% include kind ~ '.txt' %}}{{% endblock %}}"
    )
    (line,) = themed.build(theme="mine").failed
    assert line.startswith(f"patch:12: {file}:3: template 'patch.txt' not found in ")


def test_errors_elsewhere_are_not_blamed_on_a_template(tmp_path: Path):
    with pytest.raises(ValueError) as caught:
        int("x")
    assert render_error(caught.value, [tmp_path]) is None


@pytest.mark.parametrize(("text", "told"), [
    ("inherits = 5", "inherits: expected a string, not 5"),
    ("inherit = 'default'", "unknown key 'inherit'; known keys: name, description, inherits"),
    ("inherits = 'no-such'", "inherits: theme 'no-such' not found: no no-such/theme.toml in "),
    ("inherits = 'mine'", "inherits: theme 'mine' inherits from itself"),
    ("inherits", "(at "),
    ("name = '\\", "(at "),
    (f"name = {'[' * 5000}{']' * 5000}", "nested too deeply"),
    (f"name = {'9' * 5000}", "digits"),
])  # fmt: skip
def test_a_mistake_in_theme_toml_is_told_with_file_and_key(
    themed: ThemedSite, text: str, told: str
):
    path = themed.write("theme.toml", text)
    with pytest.raises(ConfigError) as caught:
        Theme("mine", themed.content)
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


def test_a_theme_that_is_not_there_is_told_with_the_folders_looked_in(themed: ThemedSite):
    with pytest.raises(
        ConfigError, match=f"theme 'other' not found: .* in {themed.content}/themes, "
    ):
        Theme("other", themed.content)


@pytest.mark.slow
@pytest.mark.parametrize(("flag", "shown"), [("-v", False), ("-vv", True)])
@pytest.mark.parametrize(("template", "status"), [("{{ foo }}", 1), ("{{ foo }", 2)])
def test_the_traceback_is_shown_to_who_asks_for_it(
    themed: ThemedSite, flag: str, shown: bool, template: str, status: int
):
    themed.write("templates/redirect.html", template)
    (themed.content / "site.toml").write_text('theme = "mine"\nredirects = "files"\n')
    folders = ["--content", str(themed.content), "--output", str(themed.output)]
    run = subprocess.run(
        [sys.executable, "-m", "generator", *folders, "build", flag], capture_output=True, text=True, cwd=ROOT
    )  # fmt: skip
    assert run.returncode == status
    assert re.search(r"^stillwork: .*redirect\.html:1: ", run.stderr, re.MULTILINE)
    assert ("Traceback (most recent call last)" in run.stderr) is shown
