"""The API's collections: the patches, cover letters, series or bundles by number, in pages of a fixed size.

A page is put together from the files of its objects, which an earlier stage of the build wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator import urls
from generator.archive import planning
from generator.archive.page_refs import PageRef, refs_between
from generator.site.build_context import Context, Files
from generator.site.plan import Plan
from generator.site.published import Published
from generator.site.registry import CollectionKind, Part, Unit

#: Entries on a page: Patchwork's limit for `per_page`, so that whoever asks for pages until one is
#: shorter than asked for, or missing, gets everything.
PER_PAGE = 250

#: The collections that are published, by the kind of their objects.
NAMES = {"patch": "patches", "cover": "covers", "series": "series", "bundle": "bundles"}


def page(
    context: Context, published: Published, key: tuple[str, int], numbers: tuple[int, ...]
) -> Files:
    """`api/NAME/pages/N.json`, N from 1: the entries of these objects; `key` is (kind, N)."""
    kind, count = key
    refs = {}
    if kind in ("patch", "cover") and numbers:
        refs = refs_between(context.archive, kind, numbers[0], numbers[-1])
    entries = [e for n in numbers if (e := entry(published, kind, n, refs.get(n)))]
    return {f"api/{NAMES[kind]}/pages/{count}.json": b"[" + b",".join(entries) + b"]"}


def entry(published: Published, kind: str, number: int, ref: PageRef | None) -> bytes | None:
    """An object as lists have it; None if its own files couldn't be made."""
    if ref:
        entries = published.read(urls.file_of(ref.url + "lookup.json"))
        return entries[1:-1] if entries else None
    if kind in ("series", "bundle"):
        return published.read(f"api/{NAMES[kind]}/{number}.json")
    return None


def _units(plan: Plan) -> Iterator[Unit]:
    """The pages of each collection, by number of the objects."""
    for kind in NAMES if plan.config.api else ():
        pages = planning.in_pages(plan.archive, kind, PER_PAGE)
        for count, members in enumerate(pages, 1):
            projects = {
                project: plan.projects.get(project)
                for _, _, project in members
                if project is not None
            }
            # A series that is known from its patches alone is shown as these have it.
            mails = plan.fingerprints.series_mails if kind == "series" else {}
            others = plan.fingerprints.dependencies if kind == "series" else {}
            shown = [(mails.get(number), others.get(number)) for number, *_ in members]
            depends = members, projects, shown
            numbers = tuple(number for number, *_ in members)
            yield plan.unit("api-collection", (kind, count), depends, numbers)


API_COLLECTION = CollectionKind("api-collection", _units, page, part=Part.MAILS)
