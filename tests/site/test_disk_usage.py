"""What a site takes on disk: each file counts once, in its kind."""

from __future__ import annotations

import pytest

from generator.errors import ConfigError
from generator.site.disk_usage import disk_usage, kind_of
from tests.conftest import Site
from tests.factories import comment, cover, patch, series_stub


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("project/p/patch/a@b/index.html", "pages of patches and covers"),
        ("project/p/cover/a@b/index.html.gz", "pages of patches and covers"),
        ("project/p/patch/a@b/files/2/index.html", "pages of files of large diffs"),
        ("project/p/patch/a@b/mbox", "mails"),
        ("project/p/patch/a@b/mbox.br", "mails"),
        ("project/p/patch/a@b/raw", "bare diffs"),
        ("project/p/patch/a@b/mbox.series", "mails with those before them"),
        ("series/7/mbox", "mails of series"),
        ("project/p/thread/a@b.mbox.gz", "threads"),
        ("project/p/slashed/a/b@c/t.mbox.gz", "threads"),
        ("patch/7/mbox", "redirects by number"),
        ("number/patch/0.json", "maps of numbers and commits"),
        ("project/p/patch/a@b/lookup.json", "API look-ups"),
        ("project/p/hash/0af.json", "API look-ups"),
        ("api/patches/pages/1.json", "API collections"),
        ("api/patches/7.json.gz", "API objects"),
        ("project/p/series/7/vs/6/index.html", "pages of series"),
        ("project/p/series/index.html", "lists, people, all else"),
        ("project/p/series/7/feed.atom", "feeds"),
        ("archive/p/2026-03.mbox.gz", "bulk downloads"),
        ("search/data/s1/r", "search index"),
        ("search/index.html", "lists, people, all else"),
    ],
)
def test_a_file_has_one_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_all_files_of_a_site_are_counted_links_too(site: Site) -> None:
    series = [series_stub(1)]
    site.put(patch(1, series=series), patch(2, series=series), cover(1), comment(1, on="patches/1"))
    site.build()
    usage = disk_usage(site.output)
    assert usage.total.files == len(site.names())
    assert usage.total.bytes == sum((site.output / name).lstat().st_size for name in site.names())
    assert usage.kinds["threads"].files == 4
    assert usage.missing == []
    sizes = [kind.disk for kind in usage.kinds.values()]
    assert sizes == sorted(sizes, reverse=True)


def test_what_an_option_saves_is_what_a_build_with_it_lacks(site: Site) -> None:
    site.put(patch(1), patch(2), comment(1, on="patches/1"))
    site.build()
    before = disk_usage(site.output)
    site.build(bulk=False)
    after = disk_usage(site.output)
    saved = before.savings["bulk = false"]
    assert saved.files == before.total.files - after.total.files > 0
    assert "bulk = false" not in after.savings


def test_a_file_that_is_missing_is_named(site: Site) -> None:
    site.put(patch(1))
    site.build()
    (site.output / "index.html").unlink()
    assert disk_usage(site.output).missing == ["index.html"]


def test_a_folder_without_a_site_is_refused(site: Site) -> None:
    with pytest.raises(ConfigError, match="no site has been built"):
        disk_usage(site.output)
