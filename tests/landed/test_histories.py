"""What becomes of patches in small histories of every kind, from the repository to the links."""

from __future__ import annotations

import pytest

from generator.archive import landed
from tests.factories import patch, person, series_stub
from tests.landed.repository import START, text


def one(name: str = "lock", changed: int = 3, title: str = "") -> tuple[str, dict[str, str]]:
    return title or f"{name}: take it sooner", {f"lib/{name}.c": text(name, changed)}


@pytest.fixture
def grown(repository):
    """A repository with some files, and history enough to tell rare lines from common ones."""
    repository.commit("start", {f"lib/{name}.c": text(name) for name in ("lock", "queue", "timer")})
    for number in range(4):
        repository.commit(f"doc: page {number}", {f"doc/{number}.txt": text(f"page{number}")})
    return repository


def test_a_patch_lands(grown, put, refresh, links, archive):
    sha = grown.commit(*one())
    put(grown.mail(1, sha))
    done = refresh()
    assert (done.added, done.matched, links(1)) == (6, 1, [("landed", sha)])
    link = landed.landed_links(archive, [1])[1][0]
    assert (link.certainty, link.found, link.similarity) == ("certain", "same diff", 100)
    assert (link.commit.branch, link.commit.committer) == ("master", "Maintainer")
    assert landed.patches_of_commit(archive, link.commit) == [(1, "landed")]
    assert [item.sha for item in landed.commit_of(archive, sha[:7].upper())] == [sha]


def test_a_patch_that_never_landed_has_no_links(grown, put, refresh, links):
    sha = grown.commit(*one(), branch="topic", parents=("refs/heads/master",))
    put(grown.mail(1, sha))
    refresh()
    assert links(1) == []


def test_a_commit_from_before_the_mail_is_not_it(grown, put, refresh, links):
    sha = grown.commit(*one())
    put(grown.mail(1, sha, date="2027-01-01T00:00:00"))
    refresh()
    assert links(1) == []


def test_a_reworded_patch_with_other_lines_lands(grown, put, refresh, links):
    sha = grown.commit("lock: take it much sooner", {"lib/lock.c": text("lock", 8)})
    grown.commit(*one(changed=7), branch="mailed", parents=("refs/heads/master~1",))
    mailed = grown.run("rev-parse", "refs/heads/mailed").strip()
    put(grown.mail(1, mailed))
    refresh()
    assert links(1) == [("landed", sha)]


def test_a_trailer_names_the_mail(grown, put, refresh, links, archive):
    body = "lib: rework\n\nLink: https://lore.example.org/r/2026030110.patch1@example.org\n"
    sha = grown.commit(body, {"lib/lock.c": text("lock", 9)})
    mailed = grown.commit(*one(changed=1), branch="mailed", parents=("refs/heads/master~1",))
    put(grown.mail(1, mailed))
    refresh()
    assert links(1) == [("landed", sha)]
    assert landed.landed_links(archive, [1])[1][0].found == "message id"


def test_a_trailer_that_names_the_mail_of_another_change_is_ignored(grown, put, refresh, links):
    sha = grown.commit(*one())
    put(grown.mail(1, sha))
    other = "queue: drop it\n\nLink: https://lore.example.org/r/2026030110.patch1@example.org\n"
    grown.commit(other, {"lib/queue.c": text("queue", 4)})
    refresh()
    assert links(1) == [("landed", sha)]


def test_a_note_names_the_mail(grown, put, refresh, links, archive):
    sha = grown.commit("lib: rework", {"lib/lock.c": text("lock", 9)})
    mailed = grown.commit(*one(changed=1), branch="mailed", parents=("refs/heads/master~1",))
    put(grown.mail(1, mailed, submitter=person(5)))
    refresh()
    assert links(1) == []
    note = "Message-Id: <2026030110.patch1@example.org>"
    grown.run(
        "-c", "user.name=M", "-c", "user.email=m@x", "notes", "--ref=amlog", "add", "-m", note, sha
    )
    refresh()
    assert links(1) == [("landed", sha)]
    assert landed.landed_links(archive, [1])[1][0].found == "message id"


def test_the_server_names_the_commit(grown, put, refresh, links):
    sha = grown.commit("lib: something else", {"lib/timer.c": text("timer", 9)})
    mailed = grown.commit(*one(), branch="mailed", parents=("refs/heads/master~1",))
    put(grown.mail(1, mailed, commit_ref=sha[:12]))
    refresh()
    assert links(1) == [("landed", sha)]


def test_versions_of_a_series(grown, put, refresh, links):
    first = grown.commit(*one(changed=2), branch="v1", parents=("refs/heads/master",))
    sha = grown.commit(*one(changed=5))
    put(
        grown.mail(1, first, series=[series_stub(1, name="lock: take it sooner", version=1)]),
        grown.mail(2, sha, series=[series_stub(2, name="lock: take it sooner", version=2)],
                   name="[PATCH v2] lock: take it sooner", date="2026-03-01T12:00:00"),
    )  # fmt: skip
    refresh()
    assert links(1) == [("later", sha)]
    assert links(2) == [("landed", sha)]


def test_the_same_fix_by_two_people(grown, put, refresh, links):
    sha = grown.commit(*one(changed=9))
    put(
        grown.mail(1, sha, series=[series_stub(1)]),
        grown.mail(
            2, sha, series=[series_stub(2)], submitter=person(5), date="2026-03-01T12:00:00"
        ),
    )
    refresh()
    assert links(1) == [("landed", sha)]
    assert links(2) == [("same", sha)]


def test_a_series_over_the_tree_with_one_title_pattern(grown, put, refresh, links):
    shas, mails = [], []
    for number in range(1, 7):
        files = {f"drv/{number}.c": f"{text('common', 6)}int drv_{number};\n"}
        shas.append(grown.commit(f"drv{number}: use the helper", files))
    for number, sha in enumerate(shas, 1):
        mails.append(
            grown.mail(number, sha, name=f"[PATCH {number}/6] drv{number}: use the helper")
        )
    put(*mails)
    refresh()
    assert [links(number) for number in range(1, 7)] == [[("landed", sha)] for sha in shas]


def test_a_pick_is_listed_beside_the_commit_of_the_first_branch(grown, put, refresh, links):
    grown.commit(
        "maint: begin", {"doc/maint.txt": "x\n"}, branch="maint-1", parents=("refs/heads/master",)
    )
    title, files = one()
    sha = grown.commit(title, files)
    picked = grown.commit(
        f"{title}\n\n(cherry picked from commit {sha})\n", files, branch="maint-1"
    )
    put(grown.mail(1, sha))
    refresh("master", "maint*")
    assert links(1) == [("landed", sha), ("also", picked)]
    refresh("maint*", "master")
    assert links(1) == [("landed", picked), ("also", sha)]


def test_a_revert_is_named_and_is_not_the_patch(grown, put, refresh, links, archive):
    title, files = one()
    sha = grown.commit(title, files)
    message = f'Revert "{title}"\n\nThis reverts commit {sha}.\n'
    revert = grown.commit(message, {"lib/lock.c": text("lock")})
    put(grown.mail(1, sha), grown.mail(2, revert, series=[series_stub(2)]))
    refresh()
    assert links(1) == [("landed", sha)]
    assert links(2) == [("landed", revert)]
    assert landed.landed_links(archive, [1])[1][0].commit.reverted_by == (revert,)


def test_a_split_patch_and_a_joined_one(grown, put, refresh, links):
    both = {"lib/lock.c": text("lock", 5), "lib/queue.c": text("queue", 4)}
    whole = grown.commit(
        "lib: lock and queue sooner", both, branch="x", parents=("refs/heads/master",)
    )
    first = grown.commit("lib: lock and queue sooner", {"lib/lock.c": text("lock", 5)})
    second = grown.commit("queue: likewise", {"lib/queue.c": text("queue", 4)})
    put(grown.mail(1, whole))
    refresh()
    assert links(1) == [("landed", first), ("part", second)]


def test_people_change_their_addresses(grown, put, refresh, links):
    grown.commit(
        "mailmap", {".mailmap": "Sender Number1 <sender1@example.org> <old@example.net>\n"}
    )
    mailed = grown.commit(*one(changed=3), branch="x", parents=("refs/heads/master",))
    sha = grown.commit(*one(changed=4), author="Number One <old@example.net>")
    put(grown.mail(1, mailed))
    refresh()
    assert links(1) == [("landed", sha)]


def test_moved_files(grown, put, refresh, links):
    mailed = grown.commit(*one(), branch="x", parents=("refs/heads/master",))
    grown.commit("lib: move", {"lib/lock.c": None, "src/lock.c": text("lock")})
    sha = grown.commit("lock: take it sooner", {"src/lock.c": text("lock", 3)})
    put(grown.mail(1, mailed))
    refresh()
    assert links(1) == [("landed", sha)]


def test_binary_and_empty_changes_go_by_title_and_author(grown, put, refresh, links):
    sha = grown.commit("logo: new", {"logo.png": b"\x89PNG\0\1\2"})
    put(grown.mail(1, sha), patch(2, name="logo: other", diff=""))
    refresh()
    assert (links(1), links(2)) == ([("landed", sha)], [])


def test_versions_bumped_again_and_again(grown, put, refresh, links):
    shas = [
        grown.commit(f"release: {number}", {"VERSION": f"version = 1.{number}\nname = x\n"})
        for number in range(1, 6)
    ]
    put(
        *(
            grown.mail(number, sha, series=[series_stub(number)])
            for number, sha in enumerate(shas, 1)
        )
    )
    refresh()
    assert [links(number) for number in range(1, 6)] == [[("landed", sha)] for sha in shas]


def test_the_first_release_of_a_commit(grown, put, refresh, archive):
    sha = grown.commit(*one())
    put(grown.mail(1, sha))
    grown.run("tag", "v1.0", sha)
    refresh()
    assert landed.commit_of(archive, sha)[0].release == "v1.0"
    assert landed.commit_of(archive, sha[:10])[0].authored == START + 6 * 3600


def test_a_merge_is_no_commit_of_its_own(grown, put, refresh, archive):
    topic = grown.commit(*one(), branch="topic", parents=("refs/heads/master",))
    merge = grown.commit("Merge topic", {}, parents=("refs/heads/master", topic))
    put(grown.mail(1, topic))
    refresh()
    assert landed.commit_of(archive, merge) == []
    assert [link.commit.sha for link in landed.landed_links(archive, [1])[1]] == [topic]
