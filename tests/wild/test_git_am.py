"""What Patchwork makes of a `git format-patch` mail, downloaded: `git am` makes the commit that it came from."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from generator.mail import mbox
from generator.model import Comment, Patch
from tests import factories
from tests.wild.repositories import Repository

MESSAGES = {
    "from lines": "From now on, none waits.\n\nFrom what I see, fine.\n>From is quoted.\nFrom 1:2:3 on.",
    "letters of all kinds": "grün, größer, żółw, 日本\n\nSigned-off-by: Jörg Müller <jm@example.org>",
    "trailers amid the text": "x: y\n\nAcked-by: B <b@example.org>\nbut read on.\n\nSigned-off-by: A <a@example.org>",
    "a long subject": f"sub: {'words ' * 30}end\n\nText.",
    "lines that end in blanks": "a\n\nb  \n\tc\t\n\n\n\nd",
    "no text": "only a subject",
}
DASHES = {"two dashes": "x\n\nBefore:\n--\nAfter:\n----\nEnd.\n\nAcked-by: B <b@example.org>"}


def as_patchwork_has_it(sent: str) -> dict[str, Any]:
    """The fields of a patch that Patchwork's parser reads from a mail."""
    mail = email.message_from_bytes(sent.encode(), policy=email.policy.compat32)
    text = mail.get_payload(decode=True).decode()
    body, start, diff = text.partition("\ndiff --git ")
    diff = f"diff --git {diff.rpartition('-- ')[0]}" if start else ""
    headers = {name: str(value) for name, value in mail.items()}
    return {"content": body.strip(), "diff": diff, "headers": headers}


def commit(repository: Repository) -> str:
    """All that a commit says, and its tree."""
    return repository.git("log", "-1", "--format=%an%n%ae%n%ad%n%T%n%B")


# Patchwork takes two dashes for the end of the message; `tidy` does not.
@pytest.mark.parametrize(
    ("kind", "tidy"),
    [*((kind, False) for kind in MESSAGES), *((kind, True) for kind in (*MESSAGES, *DASHES))],
)
def test_the_download_of_a_patch_makes_its_commit(tmp_path: Path, kind: str, tidy: bool) -> None:
    repository = Repository(tmp_path, 5)
    repository.change()
    author = ("--author", "Björn Weiß, Jr. <bw@example.org>", "--date", "2026-03-01T10:00:00+0130")
    message = (MESSAGES | DASHES)[kind]
    repository.git("commit", "--amend", "--quiet", "--cleanup=whitespace", *author, "-m", message)
    expected = commit(repository)
    sent = repository.git("format-patch", "--stdout", "--binary", "-1")
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    item = msgspec.convert(factories.patch(**as_patchwork_has_it(sent)), Patch)
    repository.git("am", "--quiet", text=mbox.mail(item, [], tidy=tidy).decode())
    assert commit(repository) == expected


@pytest.mark.parametrize("tidy", [False, True])
@pytest.mark.parametrize("content", ["---\nv2: all new\n\n a.c | 2 +-", "Why.\n---\nv2", "Why."])
def test_trailers_of_comments_are_in_the_commit_and_notes_are_not(
    tmp_path: Path, content: str, tidy: bool
) -> None:
    repository = Repository(tmp_path, 6)
    repository.change()
    diff = repository.diff(("--binary", "--full-index"))
    tree = repository.git("log", "-1", "--format=%T")
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    headers = {"From": "A <a@example.org>", "Subject": "[PATCH] x"}
    item = msgspec.convert(factories.patch(content=content, diff=diff, headers=headers), Patch)
    said = msgspec.convert(factories.comment(content="Acked-by: B <b@example.org>\n"), Comment)
    repository.git("am", "--quiet", text=mbox.mail(item, [said], tidy=tidy).decode())
    made = repository.git("log", "-1", "--format=%B")
    assert "Acked-by: B <b@example.org>" in made and "v2" not in made and "a.c" not in made
    assert repository.git("log", "-1", "--format=%T") == tree


HG = "# HG changeset patch\n# User B <b@example.org>\n# Date 1700000000 18000\n# Node ID 12\nlock: wait\n\nWhy."


def test_git_am_makes_the_commit_of_a_mail_of_mercurial_by_its_author(tmp_path: Path) -> None:
    """`patchwork` gives what Patchwork gives: git then takes the lines of Mercurial for the message."""
    repository = Repository(tmp_path, 7)
    repository.change()
    diff = repository.diff(("--binary", "--full-index"))
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    headers = {"From": "A <a@example.org>", "Subject": "[PATCH] lock: wait"}
    item = msgspec.convert(factories.patch(content=HG, diff=diff, headers=headers), Patch)
    repository.git("am", "--quiet", text=mbox.mail(item, [], tidy=True).decode())
    made = repository.git("log", "-1", "--format=%an <%ae>%n%ad%n%B")
    assert made == "B <b@example.org>\nTue Nov 14 17:13:20 2023 -0500\nlock: wait\n\nWhy.\n\n"
    assert HG in mbox.mail(item, []).decode()


def test_git_am_has_an_author_and_a_title_where_the_archive_has_no_headers(tmp_path: Path) -> None:
    repository = Repository(tmp_path, 8)
    repository.change()
    diff = repository.diff(("--binary", "--full-index"))
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    sender = factories.person(1, name="Björn Weiß", email="bw@example.org")
    fields = {"headers": {}, "submitter": sender, "name": "[v2,1/3] größer", "content": "Why."}
    item = msgspec.convert(factories.patch(diff=diff, **fields), Patch)
    repository.git("am", "--quiet", text=mbox.mail(item, []).decode())
    made = repository.git("log", "-1", "--format=%an <%ae>%n%B")
    assert made == "Björn Weiß <bw@example.org>\ngrößer\n\nWhy.\n\n"
