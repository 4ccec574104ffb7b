"""`Depends-on:` lines: what they name, and what is none."""

from __future__ import annotations

import pytest

from generator.mail.depends_on import MAX_LINES, depends_on, from_urls

HOST = "patchwork.example.org"


@pytest.mark.parametrize(
    ("line", "kind", "value", "host"),
    [
        ("<a.1@example.org>", "msgid", "a.1@example.org", ""),
        (f"https://{HOST}/project/p/patch/a.1@example.org/", "msgid", "a.1@example.org", ""),
        (f"https://{HOST}/project/p/patch/a%252Fb@example.org/", "msgid", "a/b@example.org", ""),
        ("https://lore.example.org/r/a.1@example.org", "msgid", "a.1@example.org", ""),
        (f"https://{HOST}/project/p/list/?series=12", "series", "12", HOST),
        (f"https://{HOST}/project/p/list/?state=*&series=12", "series", "12", HOST),
        (f"http://{HOST.upper()}/project/p/series/12/", "series", "12", HOST),
        (f"https://{HOST}/api/1.2/patches/12/", "patch", "12", HOST),
        (f"https://{HOST}/patch/12/", "patch", "12", HOST),
        ("https://example.org/somewhere", "", "", ""),
    ],
)
def test_a_line_names_a_mail_or_a_series(line: str, kind: str, value: str, host: str) -> None:
    assert depends_on(f"Text.\n\nDepends-on: {line}\n") == [(line, kind, value, host)]


def test_the_form_of_dpdk_is_read_without_its_title() -> None:
    assert depends_on('depends-on: series-12 ("A title")') == [("series-12", "series", "12", "")]
    assert depends_on("Depends-on: patch-7") == [("patch-7", "patch", "7", "")]


@pytest.mark.parametrize(
    "text",
    [
        "Depends-on: libfoo 1.2",
        "> Depends-on: <a.1@example.org>",
        "Depends-on:\n<a.1@example.org>",
        "Depends-on: I0123456789abcdef",
        "Depends-on: https://[/",
        "Depends-on: https://example.org/ and more",
        f"Depends-on: https://example.org/{'a' * 2000}",
    ],
)
def test_other_lines_name_nothing(text: str) -> None:
    assert depends_on(text) == []


def test_each_is_named_once_and_a_hostile_mail_names_no_more_than_others() -> None:
    lines = [f"Depends-on: series-{n // 2}" for n in range(MAX_LINES * 4)]
    assert [d.value for d in depends_on("\n".join(lines))] == [str(n) for n in range(MAX_LINES)]


def test_of_the_servers_addresses_the_valid_ones_count() -> None:
    valid = f"https://{HOST}/api/series/12/"
    assert from_urls(["", "https://[/", valid]) == [(valid, "series", "12", HOST)]
