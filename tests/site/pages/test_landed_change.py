"""What the maintainer changed about a patch: in words on its page, in full on a page of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Site
from tests.landed.repository import GitRepository, text
from tests.site.pages.test_landed import page, refresh

SENT = "A queue that is full refuses a job.\n\nSigned-off-by: Jane Doe <jane@corp.example>\n"
LANDED = SENT + "Signed-off-by: Maintainer <m@example.org>\n"
EDITED = text("queue").replace("compute_queue(7)", "compute_queue(8)")
CHANGED = "project/project-1/patch/2026030110.patch1@example.org/landed/index.html"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "project.git")


def build(site: Site, repository: GitRepository, message: str, content: str) -> None:
    """A patch, and the commit that it landed as."""
    sha = repository.commit(f"queue: refuse\n\n{SENT}", {"queue.c": text("queue")}, branch="topic")
    repository.commit(f"queue: refuse\n\n{message}", {"queue.c": content})
    site.put(repository.mail(1, sha, content=SENT))
    refresh(site, repository)
    site.build(api=False)


def test_a_patch_that_was_changed_leads_to_a_page_of_what_was(site, repository):
    build(site, repository, LANDED.replace("refuses", "must refuse"), EDITED)
    words = "1 line differs from what was sent, message changed, 1 trailer added"
    assert f'landed/">{words}</a>' in page(site, 1)
    shown = site.page(CHANGED)
    assert "+int queue_1 = compute_queue(<b>7</b>);" in shown
    assert "+int queue_1 = compute_queue(<b>8</b>);" in shown
    assert "<td>-<td>A queue that is full <b>refuses</b> a job." in shown
    assert "<td>+<td>Signed-off-by: Maintainer &lt;m@example.org&gt;" in shown


def test_a_patch_that_landed_as_sent_has_no_such_page(site, repository):
    build(site, repository, LANDED, text("queue"))
    assert "<summary>applied as sent, 1 trailer added</summary>" in page(site, 1)
    assert "<ins>Signed-off-by: Maintainer &lt;m@example.org&gt;</ins>" in page(site, 1)
    assert not (site.output / CHANGED).exists()


def test_a_page_goes_when_the_patch_landed_otherwise(site, repository):
    build(site, repository, LANDED, EDITED)
    assert (site.output / CHANGED).exists()
    repository.run("update-ref", "refs/heads/master", "refs/heads/topic")
    refresh(site, repository)
    site.build(api=False)
    assert "applied as sent</span>" in page(site, 1)
    assert not (site.output / CHANGED).exists()


def test_names_that_are_left_out_are_left_out_of_what_changed(site, repository):
    build(site, repository, LANDED.replace("Jane Doe", "Jane Q. Doe"), EDITED)
    assert "Jane" in site.page(CHANGED)
    (site.content / "redactions.toml").write_text(
        '[[person]]\naddress = "jane@corp.example"\nnames = ["Jane Doe", "Jane Q. Doe"]\n'
    )
    site.build(api=False)
    assert "compute_queue" in site.page(CHANGED) and "2 trailers added" in site.page(CHANGED)
    for shown in (site.page(CHANGED), page(site, 1)):
        assert "Jane" not in shown and "jane@corp" not in shown


def test_a_removed_mail_leaves_nothing_of_what_changed(site, repository):
    build(site, repository, LANDED, EDITED)
    (site.content / "redactions.toml").write_text(
        f"[[mail]]\nmsgid = {json.dumps('2026030110.patch1@example.org')}\n"
    )
    site.build(api=False)
    assert not (site.output / CHANGED).exists()
