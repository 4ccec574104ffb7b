"""`stillwork init`: the folder that it makes, and those that it leaves alone."""

from __future__ import annotations

import re
import tomllib

import pytest

from generator import config
from generator.cli import content_folder
from generator.errors import ConfigError


def test_the_folder_has_options_a_page_and_the_sample(tmp_path):
    content_folder.create(tmp_path / "a/b")
    assert config.load(tmp_path / "a/b") == config.Config()
    assert (tmp_path / "a/b/pages/about.md").is_file()
    assert list((tmp_path / "a/b/patches").glob("*.json"))
    assert sorted(path.name for path in (tmp_path / "a/b").iterdir()) == [
        "pages",
        "patches",
        "site.toml",
    ]


def test_site_toml_shows_every_option_with_its_default():
    text = content_folder.site_toml()
    values = tomllib.loads(re.sub(r"^#(?=[\w[])", "", text, flags=re.MULTILINE))
    assert values.pop("projects") == {"NAME": {"repository": "", "branches": [], "maintainers": ""}}
    assert values.pop("pull") == {
        name: getattr(config.PullConfig(), name) for name in config.PullConfig.__struct_fields__
    }
    options = set(config.Config.__struct_fields__) - {"pull", "projects"}
    defaults = {name: getattr(config.Config(), name) for name in options}
    assert values == defaults | {"open_states": list(defaults["open_states"])}


def test_each_option_is_described_in_one_line():
    lines = content_folder.site_toml().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#\w+ = ", line):
            assert re.match(r"# .{10,}", lines[number - 1]) and lines[number - 2] == ""
            assert len(lines[number - 1]) <= 110


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="not empty"):
        content_folder.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_its_place_is_an_error(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigError, match="Not a directory"):
        content_folder.create(tmp_path / "file")
