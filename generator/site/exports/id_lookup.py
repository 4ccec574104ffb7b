"""Where Patchwork's addresses by number (`/patch/ID/`) lead.

Files of a thousand numbers each say so to the 404 page, the lists and the preview. For hosts that show no
404 page of ours, a site can have a redirect page for each number as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from generator import urls
from generator.archive import people, planning
from generator.archive.bundle_types import AnyMail
from generator.archive.page_refs import refs_between
from generator.mail.names import mail_subject
from generator.site.build_context import Context, Files
from generator.site.exports.api import encode
from generator.site.files import SymlinkTo
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Unit

#: Numbers in one file.
PER_FILE = 1000


@dataclass(frozen=True)
class RedirectView:
    """What `redirect.html` shows; target: the URL that it leads to, relative to the site's root."""

    target: str
    name: str


def lookup_file(context: Context, key: tuple[str, int], payload: None) -> Files:
    """`number/KIND/N.json`: number → URL (relative to the root), or → name for people.

    `key`: kind and which thousand.
    """
    kind, part = key
    first, last = part * PER_FILE, (part + 1) * PER_FILE - 1
    if kind == "person":
        values = {str(number): name for number, name in people.names(context.archive, first, last)}
    else:
        values = {
            str(number): ref.url + (f"#{number}" if kind == "comment" else "")
            for number, ref in refs_between(context.archive, kind, first, last).items()
        }
    return {f"number/{kind}/{part}.json": encode(values)}


def redirects(context: Context, bundle: AnyMail, files: Files) -> Files:
    """The pages that lead from a mail's number, and from those of its comments, to its page.

    `files` are those of the mail: its downloads have addresses by number, too, and are linked there.
    """
    kind, number, url = bundle.ref.kind, bundle.ref.id, bundle.ref.url
    name = mail_subject(bundle.mail)
    own = f"{kind}/{number}/"
    pages: Files = {f"{own}index.html": _redirect(context, own, url, name)}
    for part in ("mbox", "raw"):
        if (file := urls.file_of(url + part)) in files:
            pages[own + part] = SymlinkTo(f"../../{file}")
    for comment in bundle.comments:
        if comment.id not in bundle.shadowed_comments:
            own = f"comment/{comment.id}/"
            pages[f"{own}index.html"] = _redirect(context, own, f"{url}#{comment.id}", name)
    return pages


def _redirect(context: Context, url: str, target: str, name: str) -> bytes:
    return context.render("redirect.html", url, RedirectView(target, name))


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
