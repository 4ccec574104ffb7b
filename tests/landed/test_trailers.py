"""What the messages of commits say of mails and of other commits."""

from __future__ import annotations

import pytest

from generator.landed.trailers import mentions

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("line", "msgids", "numbers"),
    [
        ("Message-Id: <a.1@example.org>", {"a.1@example.org"}, set()),
        ("Message-ID: <a@example.org>", {"a@example.org"}, set()),
        ("Link: https://lore.kernel.org/r/a.1@example.org", {"a.1@example.org"}, set()),
        ("Link: https://lore.kernel.org/git/a%2Bb@example.org/T/#u", {"a+b@example.org"}, set()),
        ("Closes: https://lists.example.org/x/a%40example.org/", {"a@example.org"}, set()),
        (
            "Link: https://patchwork.example.org/project/p/patch/a@example.org/",
            {"a@example.org"},
            set(),
        ),
        ("Patchwork: https://patchwork.example.org/patch/1234/", set(), {1234}),
        ("Signed-off-by: A <a@example.org>", set(), set()),
        ("See https://lore.kernel.org/r/a@example.org", set(), set()),
        ("Link: https://example.org/@", set(), set()),
    ],
)
def test_mails_are_named_by_trailers(line, msgids, numbers):
    found = mentions(f"subject\n\ntext\n\n{line}\n")
    assert (found.msgids, found.numbers) == (msgids, numbers)


def test_notes_name_mails():
    assert mentions("Message-Id: <a@example.org>\n").msgids == {"a@example.org"}


@pytest.mark.parametrize(
    ("text", "reverts", "picked"),
    [
        (f"This reverts commit {SHA}.", SHA, ""),
        ("This reverts commit 0123456, reversing", "0123456", ""),
        (f"(cherry picked from commit {SHA})", "", SHA),
        (f"commit {SHA} upstream.", "", SHA),
        (f"[ Upstream commit {SHA} ]", "", SHA),
        (f"as in commit {SHA} we saw", "", ""),
    ],
)
def test_reverts_and_picks_name_commits(text, reverts, picked):
    found = mentions(f"subject\n\n{text}\n")
    assert (found.reverts, found.picked) == (reverts, picked)
