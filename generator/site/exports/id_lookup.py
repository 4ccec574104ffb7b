"""From numbers to pages: what Patchwork's short addresses (`/patch/ID/`) lead to.

Every archive has files of a thousand numbers each, which the 404 page and the lists read. A small one
has a page that leads on for each number besides, so that no script and no server rule is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby

from generator import urls
from generator.archive import planning, queries
from generator.model import Comment, Cover, Patch
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Unit

#: Numbers in one file.
PER_FILE = 1000


def lookup_file(context: Context, key: tuple[str, int], payload: None) -> Files:
    """`number/KIND/N.json`: number → URL (relative to the root), or → name for people.

    `key`: kind and which thousand.
    """
    kind, part = key
    first, last = part * PER_FILE, (part + 1) * PER_FILE - 1
    found: dict[str, str] = {}
    if kind == "person":
        found = {str(number): name for number, name in queries.names(context.archive, first, last)}
    else:
        for number, place in queries.numbered(context.archive, kind, first, last).items():
            anchor = f"#{number}" if kind == "comment" else ""
            found[str(number)] = context.place_url(place) + anchor
    return {f"number/{kind}/{part}.json": encode(found)}


def redirects(
    context: Context, mail: Patch | Cover, url: str, comments: Iterable[Comment], files: Files
) -> Files:
    """The pages that lead from a mail's number, and from those of its comments, to its page at `url`.

    `files` are those of the mail: its downloads have addresses by number, too.
    """
    kind = "patch" if isinstance(mail, Patch) else "cover"
    name = mail.name or "(no subject)"
    found: Files = {
        f"{kind}/{mail.id}/index.html": _moved(context, f"{kind}/{mail.id}/", url, name)
    }
    for part in ("mbox", "raw"):
        if content := files.get(urls.file_of(url + part)):
            found[f"{kind}/{mail.id}/{part}"] = content
    for comment in comments:
        if kind == "patch" or not queries.has_comment(context.archive, "patch", comment.id):
            own = f"comment/{comment.id}/"
            found[f"{own}index.html"] = _moved(context, own, f"{url}#{comment.id}", name)
    return found


def _moved(context: Context, url: str, target: str, name: str) -> bytes:
    return context.renderer.render("redirect.html", url, target=target, name=name)


def _units(plan: Plan) -> Iterator[Unit]:
    projects = planning.project_slugs(plan.archive)
    for kind in ("patch", "cover", "comment", "person"):
        rows = planning.numbered(plan.archive, kind)
        for part, stretch in groupby(rows, lambda row: row[0] // PER_FILE):
            state = hashlib.blake2b(digest_size=8)
            for row in stretch:
                state.update(repr(row).encode("utf-8", "replace"))
            yield plan.unit("id-lookup", (kind, part), (projects, state.digest()))


ID_LOOKUP = PageKind("id-lookup", _units, lookup_file, part=Part.MAILS)
