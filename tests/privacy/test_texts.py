from __future__ import annotations

import pytest

from generator.privacy.rules import AddressRule
from generator.privacy.texts import Known, Person, Texts

JANE = Person("none", frozenset({"jane@x.example"}), frozenset({"Jane Doe", "J"}), 7)
HIDDEN, NAME = "person-7@withheld.invalid", "Person 7"
TEXTS = Texts(Known([JANE]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Jane Doe <jane@x.example>", f"{NAME} <{HIDDEN}>"),
        ("Cc: A <a@y.example>, J <Jane@X.example>", f"Cc: A <a@y.example>, {NAME} <{HIDDEN}>"),
        ('"Doe, Jane via list" <jane@x.example>', f"{NAME} <{HIDDEN}>"),
        ("> On Monday, Jane\n> Doe wrote:", f"> On Monday, {NAME} wrote:"),
        ("mailto:jane%40x.example", f"mailto:{HIDDEN.replace('@', '%40')}"),
        ("<list+jane=x.example@y.example>", f"<list+{HIDDEN}@y.example>"),
        ("jane (at) x dot example", HIDDEN),
        ("smtp.mailfrom=jane@x.example;", f"smtp.mailfrom={HIDDEN};"),
        ("mary-jane@x.example", "mary-jane@x.example"),
        ("jane@x.example.org", "jane@x.example.org"),
        ("Message-Id: <2026-1-jane@x.example>", "Message-Id: <2026-1-jane@x.example>"),
        ("Janet Doeson and J", "Janet Doeson and J"),
    ],
)
def test_a_person_in_a_text(text, shown):
    assert TEXTS.redact(text) == shown


def test_the_lines_of_a_diff_stay_as_many():
    text = "+Jane\n+Doe\n-M: Jane  Doe <jane@x.example>\n"
    assert TEXTS.redact(text, on_lines=True) == f"+Jane\n+Doe\n-M: {NAME} <{HIDDEN}>\n"


def test_a_short_address_keeps_what_stands_before_the_at():
    shown = Texts(Known([], {"jane@x.example": 7}), show="short")
    assert shown.redact("jane@x.example, bob@y.example") == (
        "jane@person-7.withheld.invalid, bob@withheld.invalid"
    )


@pytest.mark.parametrize(
    "text",
    [
        "https://lore.example/all/2026-a@x.example/T/",
        "<known@x.example>",
        "list@x.example",
        "i2c@7e205000, gpio@1f.2, root@localhost, @@ -1 +1 @@",
    ],
)
def test_what_only_looks_like_somebodys_address_stays(text):
    known = Known(
        [], lists=frozenset({"list@x.example"}), is_msgid=lambda t: t.startswith("known@")
    )
    assert Texts(known, show="none").redact(text) == text


def test_the_first_pattern_that_matches_counts():
    some = [AddressRule(pattern="a*@x.*", show="all"), AddressRule(pattern="*@X.example")]
    assert Texts(Known([]), some).redact("ab@x.example b@x.example b@y.example") == (
        "ab@x.example person@withheld.invalid b@y.example"
    )
