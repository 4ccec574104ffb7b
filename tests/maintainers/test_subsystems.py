"""MAINTAINERS files of three projects' forms, and broken ones."""

from __future__ import annotations

import pytest

from generator.maintainers.subsystems import Contact, Subsystem, subsystems
from tests.maintainers import samples


def read(text: str) -> list[Subsystem]:
    return subsystems(text.encode(), "MAINTAINERS")[0]


def faults(text: str) -> list[str]:
    return subsystems(text.encode(), "MAINTAINERS")[1]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (samples.LINUX, ["NVM DRIVER", "TEGRA", "THE REST"]),
        (samples.QEMU, ["Reporting Faults", "Overall", "Dee"]),
        (samples.UBOOT, ["BOARD"]),
        (samples.LINUX.replace("\n", "\r\n"), ["NVM DRIVER", "TEGRA", "THE REST"]),
        ("\ufeffA\nF: a\nB\nF: b\n", ["A", "B"]),
        ("A\nM: a\n\nB\nM: b\n\nA\nF: a", ["A", "B"]),
        ("", []),
        ("\n A\nF: a\n", []),
    ],
)
def test_titles_are_told_from_heads_and_headings(text: str, titles: list[str]) -> None:
    assert [one.title for one in read(text)] == titles


def test_an_entry_says_who_looks_after_what() -> None:
    nvm = read(samples.LINUX)[0]
    assert nvm.maintainers == (
        Contact("Ann Author", "ann@example.org"),
        Contact("Bob B.", "Bob@Example.org"),
    )
    assert nvm.reviewers == (Contact("Cid", "cid@example.org"),)
    moderated = "(moderated for non-subscribers)"
    assert nvm.lists == (Contact("", "nvm@lists.example.org", moderated),)
    assert nvm.support == ("Supported",)
    assert nvm.files == ("drivers/nvm/", "include/linux/nvm*.h")
    assert nvm.excluded == ("drivers/nvm/target/",)
    assert dict(nvm.links)["Website"] == "https://nvm.example.org/"


def test_entries_of_one_title_are_one_subsystem() -> None:
    (one,) = read("A\nF: a\n\nA\nF: b\nF: a\n")
    assert one.files == ("a", "b")


def test_names_of_pages_stay_and_differ() -> None:
    found = read("A/B (x)\nF: a\n\nA B X\nF: b\n\n\u00e4\nF: c\n\n" + "long " * 30 + "\nF: d\n")
    slugs = [one.slug for one in found]
    assert slugs[0] == "a-b-x" and len(set(slugs)) == 4
    assert all(slug.isascii() and slug.count("~") == 1 for slug in slugs[1:])
    assert all(1 < len(slug) < 80 and not set(slug) & set("./ ") for slug in slugs)


def test_lines_that_are_not_used_are_named() -> None:
    assert faults("F: a\n") == ["MAINTAINERS:1: F: without a title above it"]
    assert faults(samples.LINUX) == [
        "MAINTAINERS: K: lines are not used, as they are about content (1)"
    ]
    assert faults(samples.QEMU) == faults(samples.UBOOT) == []


def test_any_bytes_are_read() -> None:
    (one,) = subsystems(b"T\xff\nM: J\xe4n <j@example.org\nM:\nS:\nF: \xff\x00/\n", "M")[0]
    assert one.maintainers == (Contact("J\ufffdn", "j@example.org"),)
    assert one.support == ()
