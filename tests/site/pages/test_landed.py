"""What became of patches, from the project's repository: on pages, in lists, in the API, by commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.archive import landed as stored
from generator.archive.database import Archive
from generator.landed.update import update
from generator.progress import Reporter
from tests.conftest import Site
from tests.factories import patch, person, series_stub
from tests.landed.repository import GitRepository, text


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return GitRepository(tmp_path / "project.git")


def refresh(site: Site, repository: GitRepository, *branches: str) -> None:
    with Archive(site.content / "archive.db") as archive:
        update(archive, 1, repository.path, branches or ("master",), Reporter(), jobs=1)


def grow(repository: GitRepository, count: int) -> list[str]:
    return [
        repository.commit(f"part{n}: change it", {f"src/{n}.c": text(f"part{n}")})
        for n in range(count)
    ]


def page(site: Site, number: int) -> str:
    return site.page(f"project/project-1/patch/2026030110.patch{number}@example.org/index.html")


def test_a_page_says_what_became_of_its_patch_and_how_that_is_known(site, repository):
    (sha,) = grow(repository, 1)
    repository.run("tag", "v1.0", "master")
    site.put(repository.mail(1, sha), patch(2))
    refresh(site, repository)
    site.build()
    shown = page(site, 1)
    assert f'landed as <a href="https://git.example.org/commit/?id={sha}"' in shown
    assert "on 2026-03-03 by <bdi>Maintainer</bdi>, first in v1.0" in shown and "same diff" in shown
    assert "no commit of master was found that it is" in page(site, 2)


def test_without_a_repository_pages_say_nothing_of_commits(site):
    site.put(patch(1))
    site.build()
    assert "Became of it" not in page(site, 1)
    assert (
        not (site.output / "commit").exists()
        and not (site.output / "project/project-1/landed").exists()
    )


def test_a_series_says_how_many_of_its_patches_landed(site, repository):
    first, second = grow(repository, 2)
    repository.run("update-ref", "refs/heads/master", first)
    mails = (repository.mail(1, first), repository.mail(2, second))
    site.put(*({**mail, "series": [series_stub(7)]} for mail in mails))
    refresh(site, repository)
    site.build()
    assert "1 of 2 landed" in site.page("project/project-1/series/7/index.html")


def test_a_revert_is_told(site, repository):
    (sha,) = grow(repository, 1)
    site.put(repository.mail(1, sha))
    undone = repository.commit(
        f'Revert "part0: change it"\n\nThis reverts commit {sha}.', {"src/0.c": None}
    )
    refresh(site, repository)
    site.build()
    assert f'?id={undone}" rel="nofollow noopener"><code>{undone[:12]}</code></a>' in page(site, 1)


def test_the_api_has_the_outcome_beside_the_servers_state(site, repository):
    (sha,) = grow(repository, 1)
    site.put(repository.mail(1, sha), patch(2))
    refresh(site, repository)
    site.build()
    one = json.loads((site.output / "api/patches/1.json").read_bytes())
    assert one["state"] == "new"
    assert [(o["role"], o["commit"], o["found"]) for o in one["outcome"]] == [
        ("landed", sha, "same diff")
    ]
    assert "outcome" not in json.loads((site.output / "api/patches/2.json").read_bytes())


def test_what_landed_is_listed_by_month_and_release(site, repository):
    first, second = grow(repository, 2)
    repository.run("tag", "v1.0", first)
    repository.commit("other: not sent", {"x.c": text("x")})
    site.put(repository.mail(1, first), repository.mail(2, second))
    refresh(site, repository)
    site.build()
    month = site.page("project/project-1/landed/2026-03/index.html")
    assert month.index("part1: change it") < month.index("part0: change it")
    assert "1 more commit was not sent to this list" in month
    release = site.page("project/project-1/landed/release/v1.0/index.html")
    assert "part0: change it" in release and "part1: change it" not in release
    assert 'href="landed/"' in site.page("project/project-1/index.html")


def test_a_commit_leads_to_its_patch(site, repository):
    shas = grow(repository, 3)
    site.put(*(repository.mail(number, sha) for number, sha in enumerate(shas, 1)))
    refresh(site, repository)
    site.build()
    digits = json.loads((site.output / "commit/index.json").read_bytes())["digits"]
    for number, sha in enumerate(shas, 1):
        known = json.loads((site.output / f"commit/{sha[:digits]}.json").read_bytes())
        assert known[sha[:16]] == [f"project/project-1/patch/2026030110.patch{number}@example.org/"]


def test_what_comes_bit_by_bit_gives_the_same_site_as_all_at_once(site, repository, tmp_path):
    shas = grow(repository, 3)
    repository.run("update-ref", "refs/heads/master", shas[0])
    mails = [repository.mail(number, sha) for number, sha in enumerate(shas, 1)]
    site.put(*mails[:2])
    refresh(site, repository)
    site.build()
    repository.run("update-ref", "refs/heads/master", shas[2])
    site.put(mails[2])
    refresh(site, repository)
    site.build()
    repository.run("tag", "v1.0", shas[1])
    refresh(site, repository)
    assert {"patch", "landed-list"} <= set(+site.build().written)
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        stored.set_overrides(archive, {3: None})
    site.build()
    assert "no commit of master" in page(site, 3) and "first in v1.0" in page(site, 1)
    before = site.files()
    site.build(full=True)
    assert site.files() == before


def test_what_is_set_here_is_in_the_lists_too(site, repository):
    first, second = grow(repository, 2)
    site.put(repository.mail(1, first))
    refresh(site, repository)
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        stored.set_overrides(archive, {1: second[:9]})
    site.build()
    month = site.page("project/project-1/landed/2026-03/index.html")
    assert second[:12] in month and first[:12] not in month
    assert json.loads((site.output / f"commit/{second[0]}.json").read_bytes()).keys() == {
        second[:16]
    }


def test_names_that_are_left_out_are_left_out_of_commits_too(site, repository):
    sha = repository.commit("a: b", {"a.c": text("a")}, author="Jane Hidden <jane@corp.example>")
    hidden = {"id": 5, "url": "https://patchwork.example.org/api/people/5/", "name": "Jane Hidden",
              "email": "jane@corp.example"}  # fmt: skip
    site.put(repository.mail(1, sha, submitter=hidden))
    refresh(site, repository)
    (site.content / "redactions.toml").write_text('[[person]]\naddress = "jane@corp.example"\n')
    site.build()
    assert "Jane Hidden" not in site.page("project/project-1/landed/2026-03/index.html")
    assert "landed as" in page(site, 1)


def test_a_removed_mail_is_no_longer_tied_to_its_commit(site, repository):
    (sha,) = grow(repository, 1)
    site.put(repository.mail(1, sha))
    refresh(site, repository)
    (site.content / "redactions.toml").write_text(
        '[[mail]]\nmsgid = "2026030110.patch1@example.org"\n'
    )
    site.build()
    assert sha[:12] not in page(site, 1) and not (site.output / "commit/index.json").exists()


def test_an_older_version_says_which_one_landed(site, repository):
    (sha,) = grow(repository, 1)
    stubs = [series_stub(n, name="part0: change it", version=n) for n in (1, 2)]
    dates = ("2026-03-01T10:00:00", "2026-03-01T12:00:00")
    site.put(
        *(
            repository.mail(n, sha, series=[stub], date=date, name=f"[v{n}] part0: change it")
            for n, stub, date in zip((1, 2), stubs, dates, strict=True)
        )
    )
    refresh(site, repository)
    site.build()
    newer = "project/project-1/patch/2026030110.patch2@example.org/"
    assert "v2 landed, this is v1</a>" in page(site, 1)
    assert f'<a href="../../../../{newer}">v2 landed as</a>' in page(site, 1)
    assert "1 of 1 landed in v2" in site.page("project/project-1/series/1/index.html")
    (outcome,) = json.loads((site.output / "api/patches/1.json").read_bytes())["outcome"]
    assert (outcome["role"], outcome["later"]) == ("later", {"id": 2, "version": "v2"})
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        stored.set_overrides(archive, {2: None})
    site.build()
    assert "no commit of master was found that it is" in page(site, 1)


def test_lists_and_feeds_name_the_commit_and_only_those_with_its_row_change(site, repository):
    (sha,) = grow(repository, 1)
    landed_mail = repository.mail(1, sha, series=[series_stub(9)])
    site.put(
        landed_mail,
        patch(2, submitter=person(2), series=[series_stub(8)], date="2026-02-01T10:00:00"),
    )
    site.build(api=False, page_size=1)
    before = site.files()
    refresh(site, repository)
    site.build(api=False, page_size=1)
    mark = f"landed {sha[:9]}"
    assert mark in site.page("project/project-1/list/index.html")
    assert mark in site.page("person/1/index.html")
    assert '<span class="outcome">landed</span>' in site.page("project/project-1/series/index.html")
    feed = site.page("project/project-1/feed.atom")
    assert f"<summary>new, landed as {sha[:12]}</summary>" in feed
    changed = {name for name, content in site.files().items() if before.get(name) != content}
    assert not {name for name in changed if "/submitter/2/" in name or "2026-02" in name}
    assert (
        "project/project-1/list/1/index.html" not in changed
        and "person/2/index.html" not in changed
    )
    made = site.files()
    site.build(api=False, page_size=1, full=True)
    assert site.files() == made


def test_a_patch_whose_commit_was_reverted_is_not_marked_in_lists(site, repository):
    (sha,) = grow(repository, 1)
    site.put(repository.mail(1, sha), patch(2))
    undo = f'Revert "part0: change it"\n\nThis reverts commit {sha}.'
    repository.commit(undo, {"src/0.c": None})
    refresh(site, repository)
    with Archive(site.content / "archive.db") as archive:
        assert stored.commits_of_patches(archive) == {}
        assert stored.commits_of_patches(archive, [1, 2]) == {}
        with archive.transaction():
            stored.set_overrides(archive, {2: "f" * 9})
        assert stored.commits_of_patches(archive) == {2: "f" * 9}
        assert stored.commits_of_patches(archive, [1]) == {}


def test_figures_follow_what_lands(site, repository):
    first, second = grow(repository, 2)
    repository.run("update-ref", "refs/heads/master", first)
    site.put(repository.mail(1, first, series=[]), repository.mail(2, second, series=[]))
    site.build()
    path = "project/project-1/figures/index.html"
    assert 'id="landed"' not in site.page(path)
    for tip, share in ((first, "1 of 2 changes (50 %)"), (second, "2 of 2 changes (100 %)")):
        repository.run("update-ref", "refs/heads/master", tip)
        refresh(site, repository)
        site.build()
        assert f"Landed: {share}" in site.page(path)
        assert 'id="landing-days"' in site.page(path)
