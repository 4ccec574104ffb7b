"""themes/README.md names every template, filter and variable of the default theme."""

from __future__ import annotations

import re

import jinja2
import pytest
from jinja2 import meta

from generator.site.templates import Renderer
from generator.site.theme import Theme
from tests.conftest import ROOT

DOCUMENT = (ROOT / "themes" / "README.md").read_text("utf-8")
FOLDER = ROOT / "themes" / "default" / "templates"
TEMPLATES = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture
def environment() -> jinja2.Environment:
    return Renderer(Theme("default", ROOT), {})._environment


def sections() -> dict[str, str]:
    """The document's text by template."""
    parts = re.split(r"^##+ (.*)$", DOCUMENT, flags=re.MULTILINE)
    titled = zip(parts[1::2], parts[2::2], strict=True)
    return {name: text for title, text in titled if "." in title for name in title.split(", ")}


def test_every_template_has_a_section_and_every_section_a_template():
    assert sorted(sections()) == TEMPLATES


def test_every_filter_is_documented(environment: jinja2.Environment):
    own = environment.filters.keys() - jinja2.Environment().filters.keys()
    table = DOCUMENT[DOCUMENT.index("## Filters") : DOCUMENT.index("## Templates")]
    assert own == set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_variable_of_a_template_is_documented(environment: jinja2.Environment, name: str):
    tree = environment.parse((FOLDER / name).read_text("utf-8"))
    used = meta.find_undeclared_variables(tree) - environment.globals.keys()
    # Every template has the first three; what a template that is extended imports or sets is seen in blocks.
    known = {"root", "url", "self", "parts", "mail_parts", "there", "diff_parts"}
    frames = {
        "patch.html": "mail.html",
        "cover.html": "mail.html",
        "patch_file.html": "mail.html",
        "mail.html": "workbench.html",
    }
    text = sections()[name] + (sections()[frames[name]] if name in frames else "")
    assert used - known <= set(re.findall(r"`(\w+)", text))
