from __future__ import annotations

import pytest

from generator.errors import ConfigError
from generator.privacy import rules


def test_without_a_file_nothing_is_left_out(tmp_path):
    assert not rules.load(tmp_path, "all")
    assert rules.load(tmp_path, "short")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[person]]", "an address or a number"),
        ('[[person]]\naddress = "a@x"\nnumber = 1', "not both"),
        ('[[person]]\naddress = "jane"', "'jane' is not an address"),
        ('[[person]]\naddress = "a@x"\nshow = "all"', "show"),
        ('[[mails]]\nmsgid = "x"', "mails"),
        ("[[mail]]", "msgid"),
        ("x", "redactions.toml"),
    ],
)
def test_a_mistake_is_told_with_the_file(tmp_path, text, told):
    (tmp_path / "redactions.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        rules.load(tmp_path, "all")
    assert "redactions.toml" in str(caught.value) and told in str(caught.value)
