"""Threads as lore.kernel.org serves them, so that b4 finds a thread by any of its messages.

`project/P/thread/MSGID.mbox.gz` is the thread for its first message, and a link to that for the others.
For message ids with slashes `project/P/slashed/MSGID/t.mbox.gz` is another.
"""

from __future__ import annotations

import gzip

from generator import urls
from generator.archive.bundles import ThreadBundle
from generator.mail import mbox
from generator.mail.headers import bare_msgid, slashed, slug
from generator.model import Comment, Cover, Patch
from generator.site.build_context import Files
from generator.site.files import SymlinkTo

#: Level 6 takes twice as long for 7 % less.
_LEVEL = 3


def thread_files(thread: ThreadBundle) -> Files:
    """A thread for its first message, and links to that for the others."""
    if not any(isinstance(bundle.mail.headers, dict) for bundle in thread.mails):
        return {}  # list entries alone make no thread
    every: list[Patch | Cover | Comment] = []
    names: list[str] = []
    paths: list[str] = []
    for bundle in thread.mails:
        own = thread.own_msgids[bundle.ref.kind, bundle.ref.id]
        for item in (bundle.mail, *bundle.comments):
            every.append(item)
            name = slug(item.msgid, item.id)
            # A name made of the number is not unique among comments, and no client asks for it.
            if not name.startswith("~") and bare_msgid(item.msgid) in own:
                names.append(name)
                paths.append(slashed(item.msgid))
    if not names:
        return {}
    project = thread.mails[0].project_slug
    folder = urls.file_of(f"{urls.project(project)}thread/").removesuffix("index.html")
    first, *others = dict.fromkeys(names)
    files: Files = {
        f"{folder}{name}.mbox.gz": SymlinkTo(f"{first}.mbox.gz") for name in sorted(others)
    }
    for path in filter(None, dict.fromkeys(paths)):
        up = "../" * (path.count("/") + 2)
        own_file = urls.file_of(f"{urls.slashed(project, path)}t.mbox.gz")
        files[own_file] = SymlinkTo(f"{up}thread/{first}.mbox.gz")
    files[f"{folder}{first}.mbox.gz"] = gzip.compress(mbox.thread(every), _LEVEL, mtime=0)
    return files
