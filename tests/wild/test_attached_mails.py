"""A diff that is a mail of `git format-patch`: the download gives git the commit that the mail is of."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from generator.mail import mbox
from generator.model import Comment, Patch
from tests import factories
from tests.wild.repositories import Repository


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("tidy", [False, True])
def test_git_am_makes_the_commits_of_attached_mails(tmp_path: Path, count: int, tidy: bool) -> None:
    (tmp_path / "work").mkdir()
    repository = Repository(tmp_path / "work", 3)
    for _ in range(count):
        repository.change()
    repository.git("branch", "sent")
    mails = repository.git("format-patch", "--binary", "--stdout", f"-{count}")
    repository.git("reset", "--quiet", "--hard", f"HEAD~{count}")
    item = factories.patch(diff=mails, content="Hello,\nplease look at what is attached.\n")
    said = factories.comment(content="Acked-by: B <b@example.org>")
    download = mbox.mail(msgspec.convert(item, Patch), [msgspec.convert(said, Comment)], tidy=tidy)
    repository.git("am", text=download.decode())
    assert repository.git("diff", "HEAD", "sent") == ""
    shown = "--format=%an <%ae> %ad %s"
    assert repository.git("log", shown, f"-{count}") == repository.git(
        "log", shown, f"-{count}", "sent"
    )
    messages = repository.git("log", "--format=%b", f"-{count}")
    assert messages.count("Acked-by: B <b@example.org>") == count
    assert "Hello" not in messages
