"""Every URL of the site, in one place. They are relative to the site's root, percent-encoded.

A page's URL ends in a slash and its file is the `index.html` there; other URLs are files themselves.
"""

from __future__ import annotations

import functools
import hashlib
import re
from datetime import UTC, datetime
from itertools import takewhile
from urllib.parse import quote, unquote

from generator.mail.headers import is_reserved, quote_segment

#: Names of folders that are safe everywhere, as far as their characters go.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._+-]{0,60}")


def file_of(url: str) -> str:
    """The path of the file that answers a URL."""
    path = unquote(url)
    return path + "index.html" if path.endswith("/") or not path else path


def root_of(url: str) -> str:
    """The relative URL from a page to the site's root: `../../`, or `./` at the top."""
    return "../" * url.count("/") or "./"


def relative(page: str, folder: str) -> str:
    """The shortest relative URL from a page to a folder; both are relative to the site's root."""
    here, there = page.split("/")[:-1], folder.split("/")[:-1]
    pairs = zip(here, there, strict=False)
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    up = "../" * (len(here) - same)
    return up + "".join(f"{part}/" for part in there[same:]) or "./"


def project(slug: str) -> str:
    return f"project/{quote_segment(slug)}/"


def patch(project_slug: str, slug: str) -> str:
    return f"{project(project_slug)}patch/{quote_segment(slug)}/"


def diff_file(patch_url: str, number: int, part: int = 1) -> str:
    """The page of a file of a large diff (numbers count from 1), or one of its later parts."""
    base = f"{patch_url}files/{number}/"
    return base if part == 1 else f"{base}{part}/"


def landed_change(patch_url: str) -> str:
    """The page of what a maintainer changed about a patch."""
    return f"{patch_url}landed/"


def cover(project_slug: str, slug: str) -> str:
    return f"{project(project_slug)}cover/{quote_segment(slug)}/"


def mail(kind: str, project_slug: str, slug: str) -> str:
    """The page of a patch or a cover letter."""
    return f"{project(project_slug)}{kind}/{quote_segment(slug)}/"


def slashed(project_slug: str, path: str) -> str:
    """The beginning of the files of a message id that has slashes (`mail.headers.slashed`)."""
    return f"{project(project_slug)}slashed/{quote(path, errors='replace')}/"


def series(project_slug: str, number: int) -> str:
    return f"{project(project_slug)}series/{number}/"


def series_list(project_slug: str, page: int | None = None) -> str:
    """The list of a project's series, or one of its pages, counted from the oldest."""
    base = f"{project(project_slug)}series/"
    return base if page is None else f"{base}page/{page}/"


def bundle(owner: str, name: str) -> str:
    """The page of a bundle, by the names of its folders."""
    return f"bundle/{quote_segment(owner)}/{quote_segment(name)}/"


def bundle_list(project_slug: str, page: int | None = None) -> str:
    """The list of a project's bundles, or one of its pages, counted from the oldest."""
    return numbered(f"{project(project_slug)}bundles/", page)


def comparison(project_slug: str, number: int, other: int) -> str:
    """The comparison of a series with an earlier version."""
    return f"{series(project_slug, number)}vs/{other}/"


def thread(project_slug: str, number: int) -> str:
    """The page of a series' thread."""
    return f"{series(project_slug, number)}thread/"


def landed(project_slug: str, by: str = "", name: str = "", page: int = 1) -> str:
    """What landed in a repository: in a month, in a release (`by`), or the page that names these."""
    base = f"{project(project_slug)}landed/"
    if by:
        base += f"{name}/" if by == "month" else f"{by}/{segment(name)}/"
    return base if page == 1 else f"{base}{page}/"


def query_feed(name: str) -> str:
    """The feed of a query that site.toml names."""
    return f"search/feeds/{segment(name)}/feed.atom"


def series_mbox(number: int) -> str:
    return f"series/{number}/mbox"


def person(number: int) -> str:
    """The page of a person who sent mail."""
    return f"person/{number}/"


def figures(project_slug: str) -> str:
    """The page of a project's plots."""
    return f"{project(project_slug)}figures/"


def changes(project_slug: str, status: str = "") -> str:
    """The list of a project's changes, or of those with a status."""
    base = f"{project(project_slug)}changes/"
    return f"{base}{status.replace(' ', '-')}/" if status else base


def facet(project_slug: str, kind: str, value: str = "") -> str:
    """The list of patches with one value, such as a state, or the page of a facet's values."""
    base = f"{project(project_slug)}{kind}/"
    return f"{base}{segment(value)}/" if value else base


def api_changes(project_slug: str, month: str = "") -> str:
    """The changes of a project and a month as JSON, or the months that it has changes of."""
    return f"api/changes/{quote_segment(project_slug)}{f'/{month}' if month else ''}.json"


def folder(project_slug: str, path: str) -> str:
    """The page of a folder of the tree; an empty path is the root."""
    base = f"{project(project_slug)}folder/"
    return base + "".join(f"{_folder_name(part)}/" for part in path.split("/") if part)


def area(project_slug: str, slug: str = "") -> str:
    """The page of a subsystem, or of all that patches touch."""
    base = f"{project(project_slug)}area/"
    return f"{base}{slug}/" if slug else base


def _folder_name(name: str) -> str:
    """A component of a folder's URL: none has the name of the file that lies beside it."""
    return segment(f"{name}/" if name == "feed.atom" else name)


def numbered(base: str, page: int | None) -> str:
    """A list's page by number, counted from the oldest; the newest page has none."""
    return base if page is None else f"{base}{page}/"


def segment(value: str) -> str:
    """A harmless path component for any text: itself if it is plain, else a slug that stays unique."""
    if _PLAIN.fullmatch(value) and not is_reserved(value):
        return value
    plain = re.sub(r"[^a-z0-9._+-]+", "-", value.lower()).strip("-.")[:40]
    return f"{plain}~{hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()[:8]}"


def month(date: int) -> str:
    """The month of a date (seconds since 1970): `2026-02`."""
    return _month_of(date // 86400)


@functools.lru_cache(maxsize=50_000)
def _month_of(number: int) -> str:
    """The month of a day (days since 1970): there are far fewer days than patches."""
    return day(number * 86400)[:7]


def day(date: int) -> str:
    when = moment(date)  # %Y has no leading zeros
    return f"{when.year:04}-{when:%m-%d}"


def moment(date: int) -> datetime:
    """Seconds since 1970 as a time, limited to the years 1 to 9999."""
    return datetime.fromtimestamp(min(max(date, -62135596800), 253402300799), UTC)
