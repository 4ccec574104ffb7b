from __future__ import annotations

import pytest

from generator import config
from generator.errors import ConfigError


def test_everything_has_a_default(tmp_path):
    assert config.load(tmp_path) == config.Config()


def test_the_base_url_ends_in_a_slash(tmp_path):
    (tmp_path / "site.toml").write_text('base_url = "https://p.example.org/x"')
    assert config.load(tmp_path).base_url == "https://p.example.org/x/"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('titel = "x"', "titel"),
        ("page_size = 0", "page_size"),
        ('base_url = "patches.example.org"', "not an http(s) URL"),
        ("title = ", "Invalid value"),
        ('time_zone = "Mars/Olympus"', "unknown time zone 'Mars/Olympus'"),
        ('time_zone = "../etc/passwd"', "unknown time zone"),
        ('time_zone = "+25:00"', "time_zone"),
    ],
)
def test_a_mistake_is_told_with_the_file(tmp_path, text, told):
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert str(tmp_path / "site.toml") in str(caught.value) and told in str(caught.value)
