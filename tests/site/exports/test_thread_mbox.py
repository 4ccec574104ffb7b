"""Threads as lore.kernel.org gives them: stored once, found by each of their messages."""

from __future__ import annotations

import email
import gzip
from pathlib import Path

import pytest

from tests.conftest import Site
from tests.factories import comment, cover, patch, series, series_stub

FOLDER = "project/project-1/thread"


def name(kind: str, hour: int = 10) -> str:
    return f"20260301{hour}.{kind}@example.org.mbox.gz"


def put(site: Site) -> None:
    site.put(
        series(1),
        cover(1),
        patch(1),
        patch(2),
        comment(1, on="patches/2"),
        comment(2, on="covers/1", msgid="<c2@x>"),
    )


def mails(site: Site, file: str) -> list[email.message.Message]:
    text = gzip.decompress((site.output / FOLDER / file).read_bytes())
    parts = text.split(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n")[1:]
    return [email.message_from_bytes(part) for part in parts]


def test_a_thread_is_there_once_with_links_for_its_other_messages(site: Site) -> None:
    put(site)
    site.build()
    folder = site.output / FOLDER
    assert not (folder / name("cover1")).is_symlink()
    others = [name("patch1"), name("patch2"), name("comment1", 11), "c2@x.mbox.gz"]
    assert {(folder / other).readlink() for other in others} == {Path(name("cover1"))}
    found = [mail["Message-Id"] for mail in mails(site, "c2@x.mbox.gz")]
    hours = {"comment1": 11, "comment2": 11}
    order = ["cover1", "comment2", "patch1", "patch2", "comment1"]
    assert found == [f"<20260301{hours.get(kind, 10)}.{kind}@example.org>" for kind in order]


def test_a_mail_in_it_is_whole_and_says_what_it_is(site: Site) -> None:
    site.put(patch(1, content="From here on\n>From there\nIt is so.", series=[]))
    site.build()
    (mail,) = mails(site, name("patch1"))
    text = mail.get_payload()
    assert text.startswith(">From here on\n>>From there\n") and "lock_note(lock);" in text
    assert mail["Subject"] == "[PATCH] patch 1"
    assert "signatures do not hold" in mail["X-Stillwork-Note"]


def test_headers_that_the_data_lacks_are_made(site: Site) -> None:
    site.put(patch(1, headers={"X-Only": "this"}))
    site.build()
    (mail,) = mails(site, name("patch1"))
    assert mail["From"] == "Sender Number1 <sender1@example.org>"
    assert mail["Subject"] == "lock: patch number 1" and mail["Message-Id"] and mail["Date"]


def test_a_comment_cannot_take_the_place_of_another_thread(site: Site) -> None:
    """Its message id may be anybody's."""
    site.put(
        patch(1),
        patch(9, series=[series_stub(9)]),
        comment(1, on="patches/9", msgid=patch(1)["msgid"]),
    )
    site.build()
    assert not (site.output / FOLDER / name("patch1")).is_symlink()
    assert len(mails(site, name("patch1"))) == 1


def test_lines_of_lists_make_no_thread(site: Site) -> None:
    site.put(
        {
            key: value
            for key, value in patch(1).items()
            if key not in ("headers", "content", "diff", "prefixes")
        }
    )
    site.build()
    assert not (site.output / FOLDER).exists()


def test_a_second_build_leaves_links_alone_and_a_changed_one_replaces_them(site: Site) -> None:
    put(site)
    site.build()
    link = site.output / FOLDER / name("patch1")
    before = link.lstat().st_mtime_ns
    site.build(full=True)
    assert link.lstat().st_mtime_ns == before
    site.put(patch(1, series=[]))
    site.build()
    assert not link.is_symlink() and len(mails(site, link.name)) == 1


def test_no_mail_of_a_series_is_stored_twice(site: Site) -> None:
    parts = [patch(n, name=f"[{n}/3] part", series=[series_stub(1)]) for n in (1, 2, 3)]
    site.put(*parts, patch(9, series=[series_stub(9)]))
    site.build()
    files = site.files()
    folder = "project/project-1/patch/2026030110.patch{}@example.org/"
    assert files[folder.format(2) + "mbox.series"] == b"\n".join(
        files[folder.format(n) + "mbox"] for n in (1, 2)
    )
    last = folder.format(3) + "mbox.series"
    assert (site.output / last).is_symlink() and files[last] == files["series/1/mbox"]
    assert (site.output / "series/9/mbox").is_symlink()
    assert files["series/9/mbox"] == files[folder.format(9) + "mbox"]


def test_a_patch_is_refused_with_those_before_it_where_that_is_too_large(site: Site) -> None:
    site.put(*(patch(n, name=f"[{n}/4] part", series=[series_stub(1)]) for n in range(1, 5)))
    site.build(mbox_series_kb=2)
    folder = site.output / "project/project-1/patch"
    made = sorted(path.relative_to(folder).as_posix()[11:] for path in folder.glob("*/mbox.*"))
    assert made == [
        "patch2@example.org/mbox.series", "patch3@example.org/mbox.refused", "patch4@example.org/mbox.series",
    ]  # fmt: skip


def test_all_patches_with_those_before_them_take_only_so_much_together(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.site.pages.series._MOST_CUMULATIVE", 1)
    site.put(*(patch(n, name=f"[{n}/5] part", series=[series_stub(1)]) for n in range(1, 6)))
    site.build(mbox_series_kb=3)
    folder = site.output / "project/project-1/patch"
    made = sorted(path.relative_to(folder).as_posix()[11:] for path in folder.glob("*/mbox.*"))
    assert made == [
        "patch2@example.org/mbox.series", "patch3@example.org/mbox.refused", "patch4@example.org/mbox.refused",
        "patch5@example.org/mbox.series",
    ]  # fmt: skip
