"""Mails within a diff are split off, whatever wrote them."""

from __future__ import annotations

from generator.mail import attached

GIT = (
    "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"
    "From: A <a@example.org>\nDate: Sun, 1 Mar 2026 10:00:00 +0000\n"
    "Subject: [PATCH 1/2] lock: a title that is\n folded\nX-Other: x\n\nWhy.\n---\n a | 1 +\n\n"
)
DIFF = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n"


def test_a_mail_of_git_is_read() -> None:
    ((mail, diff),) = attached.split(GIT + DIFF)
    assert mail.headers == {
        "From": "A <a@example.org>", "Date": "Sun, 1 Mar 2026 10:00:00 +0000",
        "Subject": "[PATCH 1/2] lock: a title that is folded",
    }  # fmt: skip
    assert (mail.title, mail.message) == ("lock: a title that is folded", "Why.")
    assert (mail.notes, diff) == (" a | 1 +", DIFF)


def test_several_mails_have_a_diff_each() -> None:
    parts = list(attached.split(f"{GIT}{DIFF}-- \n2.43.0\n\n{GIT.replace('Why.', 'So.')}{DIFF}"))
    assert [mail.message for mail, _ in parts] == ["Why.", "So."]
    assert parts[0][1] == f"{DIFF}-- \n2.43.0\n"
    assert parts[1][1] == DIFF


def test_a_patch_of_mercurial_is_read() -> None:
    text = f"# HG changeset patch\n# User B <b@example.org>\n# Date 1700000000 0\n# Node ID 12\nA title\n\nWhy.\n\n{DIFF}"
    ((mail, diff),) = attached.split(text)
    assert mail.headers == {"From": "B <b@example.org>", "Date": "Tue, 14 Nov 2023 22:13:20 +0000",
                            "Subject": "A title"}  # fmt: skip
    assert (mail.title, mail.message, diff) == ("A title", "Why.", DIFF)


def test_dates_of_mercurial_name_the_seconds_that_the_zone_is_behind() -> None:
    for date, expected in (("1700000000 18000", "Tue, 14 Nov 2023 17:13:20 -0500"),
                           ("1700000000 -5400", "Tue, 14 Nov 2023 23:43:20 +0130"),
                           ("1700000000 99999", None), ("999999999999 0", None), ("tomorrow", None)):  # fmt: skip
        mail = attached.read(["# HG changeset patch", f"# Date {date}", "x"])
        assert mail.headers.get("Date") == expected


def test_the_text_of_a_mail_of_mercurial_begins_with_headers_for_git() -> None:
    text = "# HG changeset patch\n# User B <b@example.org>\n# Node ID 12\nA title\n\nWhy.\n---\nv2"
    assert attached.with_in_body_headers(text) == (
        "From: B <b@example.org>\nSubject: A title\n\nWhy.\n---\nv2"
    )
    assert (
        attached.with_in_body_headers("Why.\n# HG changeset patch\n")
        == "Why.\n# HG changeset patch\n"
    )


def test_a_mail_may_lack_its_first_line() -> None:
    ((mail, _),) = attached.split(GIT.partition("\n")[2] + DIFF)
    assert (mail.title, mail.message) == ("lock: a title that is folded", "Why.")


def test_a_mail_with_carriage_returns_is_read() -> None:
    ((mail, _),) = attached.split((GIT + DIFF).replace("\n", "\r\n"))
    assert (mail.title, mail.message) == ("lock: a title that is folded", "Why.")


def test_a_diff_is_no_mail() -> None:
    assert list(attached.split(DIFF)) == []
    assert list(attached.split("From now on\nx\n")) == []
    assert list(attached.split("")) == []
