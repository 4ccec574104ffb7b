"""Threads as lore.kernel.org serves them, so that b4 finds a thread by any of its messages.

`project/P/thread/MSGID.mbox.gz` is the thread for its first message, and a link to that for the others.
For message ids with slashes `project/P/slashed/MSGID/t.mbox.gz` is another.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from generator import urls
from generator.archive.bundle_types import ThreadBundle
from generator.mail import mbox
from generator.mail.headers import bare_msgid, quote_segment, slashed, slug
from generator.site.build_context import Files
from generator.site.files import SymlinkTo

#: Level 6 takes twice as long for 7 % less.
_LEVEL = 3


def thread_mbox_url(thread: ThreadBundle) -> str | None:
    """The address of a thread's mailbox, relative to the site's root; None where it has none."""
    first = next(_leading(thread), None)
    if first is None:
        return None
    return f"{urls.project(thread.mails[0].project_slug)}thread/{quote_segment(first[0])}.mbox.gz"


def _leading(thread: ThreadBundle) -> Iterator[tuple[str, str]]:
    """(name, message id) of the messages that lead to a thread."""
    if not any(isinstance(bundle.mail.headers, dict) for bundle in thread.mails):
        return  # list entries alone make no thread
    for bundle in thread.mails:
        own = thread.own_msgids[bundle.ref.kind, bundle.ref.id]
        for item in (bundle.mail, *bundle.comments):
            name = slug(item.msgid, item.id)
            # A name made of the number is not unique among comments, and no client asks for it.
            if not name.startswith("~") and bare_msgid(item.msgid) in own:
                yield name, item.msgid


def thread_files(thread: ThreadBundle) -> Files:
    """A thread for its first message, and links to that for the others."""
    leading = list(_leading(thread))
    if not leading:
        return {}
    every = [item for bundle in thread.mails for item in (bundle.mail, *bundle.comments)]
    project = thread.mails[0].project_slug
    folder = urls.file_of(f"{urls.project(project)}thread/").removesuffix("index.html")
    first, *others = dict.fromkeys(name for name, _ in leading)
    files: Files = {
        f"{folder}{name}.mbox.gz": SymlinkTo(f"{first}.mbox.gz") for name in sorted(others)
    }
    for path in filter(None, dict.fromkeys(slashed(msgid) for _, msgid in leading)):
        up = "../" * (path.count("/") + 2)
        own_file = urls.file_of(f"{urls.slashed(project, path)}t.mbox.gz")
        files[own_file] = SymlinkTo(f"{up}thread/{first}.mbox.gz")
    files[f"{folder}{first}.mbox.gz"] = gzip.compress(mbox.thread(every), _LEVEL, mtime=0)
    return files
