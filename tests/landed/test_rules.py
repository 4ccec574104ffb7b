"""Each rule with what it takes, and with what is not enough."""

from __future__ import annotations

import pytest

from generator.landed.rules import RULES, Certainty, Evidence, verdict

#: The name of a rule, what is enough for it, and for each of its parts what is not.
CASES = [
    ("message id", {"is_named": True, "title": True}, {"title": False}),
    ("message id", {"is_named": True, "lines": 0.01}, {"lines": 0.0}),
    ("message id", {"is_named": True, "file": True}, {"is_named": False}),
    ("server", {"is_told": True}, {"is_told": False}),
    ("same diff", {"whole": True, "title": True}, {"title": False}),
    ("same diff", {"whole": True, "author": True, "words": 0.4}, {"author": False}),
    ("same diff", {"whole": True, "author": True, "weight": 22.0}, {"author": False}),
    ("same diff", {"whole": True, "weight": 60.0}, {"weight": 59.0}),
    ("same lines", {"body": True, "title": True}, {"title": False}),
    ("same lines", {"body": True, "author": True, "words": 0.4, "weight": 60.0}, {"words": 0.3}),
    ("author and date", {"author": True, "authored": True, "title": True}, {"authored": False}),
    ("author and date", {"author": True, "authored": True, "lines": 0.3}, {"lines": 0.29}),
    ("title, author and lines", {"title": True, "author": True, "file": True, "lines": 0.4}, {"title": False}),
    ("title and lines", {"title": True, "file": True, "lines": 0.6}, {"file": False}),
    ("title and lines", {"title": True, "file": True, "lines": 0.6}, {"recurring": True}),
    ("title and author", {"title": True, "author": True, "file": True}, {"recurring": True}),
    ("title and author", {"title": True, "author": True, "lines": 0.2, "recurring": True}, {"lines": 0.19}),
    ("title and some lines", {"title": True, "file": True, "lines": 0.25}, {"lines": 0.24}),
    ("most lines", {"file": True, "lines": 0.7, "words": 0.25}, {"words": 0.24}),
    ("most lines", {"file": True, "lines": 0.7, "weight": 60.0}, {"lines": 0.69}),
    ("author and lines", {"author": True, "file": True, "lines": 0.45, "words": 0.3}, {"author": False}),
    ("author, words and lines",
     {"author": True, "files": 0.3, "lines": 0.3, "words": 0.5}, {"files": 0.29}),
    ("author and rare lines",
     {"author": True, "file": True, "files": 0.5, "lines": 0.25, "shared": 60.0}, {"shared": 59.0}),
    ("same few lines", {"whole": True, "author": True, "words": 0.15}, {"words": 0.14}),
    ("part", {"contained": 0.75, "author": True, "file": True, "weight": 40.0}, {"author": False}),
    ("small part", {"contained": 0.75, "author": True, "file": True, "weight": 6.0}, {"contained": 0.74}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "enough", "lacking"), CASES)
def test_a_rule_holds_with_what_it_takes_and_not_without(name, enough, lacking):
    rule = next(rule for rule in RULES if rule.name == name)
    assert rule.holds(Evidence(**enough))
    assert not rule.holds(Evidence(**{**enough, **lacking}))


def test_every_rule_has_a_case():
    assert {name for name, *_ in CASES} == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"title": True},  # a title that many have
        {"author": True, "file": True},
        {"author": True, "authored": True},
        {"title": True, "author": True, "recurring": True, "file": True},
        {"is_named": True},  # `Link:` to another discussion
        {"lines": 1.0},  # one common line
    ],
)
def test_little_in_common_says_nothing(evidence):
    assert verdict(Evidence(**evidence)) is None


def test_the_strongest_rule_is_told():
    found = verdict(Evidence(is_named=True, title=True, whole=True, author=True, lines=1.0))
    assert found and (found.name, found.certainty) == ("message id", Certainty.CERTAIN)
