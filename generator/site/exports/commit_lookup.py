"""Which pages a commit leads to: these files answer `commit/SHA/`, pasted names of commits, and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from generator.archive import landed_lists, page_refs
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

#: A file of names that begin with the same digits has about so many at most.
_PER_FILE = 1000
#: Digits of a name that a file has.
_LONGEST = 16

#: (name of a commit, patches)
_Commits = tuple[tuple[str, tuple[int, ...]], ...]


def commit_files(context: Context, key: str, payload: _Commits | int) -> Files:
    """`commit/PREFIX.json`: commit → URLs of patches; `commit/index.json`: how many digits PREFIX has."""
    if isinstance(payload, int):
        return {"commit/index.json": encode({"digits": payload})}
    found: dict[str, list[str]] = {}
    for sha, patches in payload:
        refs = page_refs.patch_refs(context.archive, patches)
        urls = [refs[number].url for number in patches if number in refs]
        found.setdefault(sha[:_LONGEST], []).extend(urls)
    return {f"commit/{key}.json": encode(found)}


def _units(plan: Plan) -> Iterator[Unit]:
    rows = groupby(landed_lists.origins(plan.archive), key=lambda row: row[0])
    commits = [(sha, tuple(patch for _, patch in group)) for sha, group in rows]
    if not commits:
        return
    digits = 1
    while len(commits) > _PER_FILE * 16**digits:
        digits += 1
    yield plan.unit("commit-lookup", "index", digits, digits)
    for prefix, part in groupby(commits, key=lambda row: row[0][:digits]):
        content = tuple(part)
        yield plan.unit("commit-lookup", prefix, content, content)


COMMIT_LOOKUP = PageKind("commit-lookup", _units, commit_files)
