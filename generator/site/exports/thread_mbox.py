"""Threads as lore.kernel.org gives them, so that b4 finds one by any of its messages.

`project/P/thread/MSGID.mbox.gz` is the thread for its first message, and a link to that for the others.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from generator import urls
from generator.archive import bundles
from generator.archive.bundles import MailBundle
from generator.mail import mbox
from generator.mail.headers import bare_msgid, slug
from generator.model import Comment, Cover, Patch
from generator.site.build_context import Context, Files
from generator.site.files import Link

#: Level 6 takes twice as long for 7 % less.
_LEVEL = 3


def thread_files(context: Context, mails: Sequence[MailBundle[Patch] | MailBundle[Cover]]) -> Files:
    """The thread that these mails of a project and the comments on them are."""
    if not any(isinstance(bundle.mail.headers, dict) for bundle in mails):
        return {}  # list entries alone make no thread
    every: list[Patch | Cover | Comment] = []
    names: list[str] = []
    for bundle in mails:
        own = bundles.own_msgids(context.archive, bundle)
        for item in (bundle.mail, *bundle.comments):
            every.append(item)
            name = slug(item.msgid, item.id)
            # A number in place of an odd message id could be another mail's, too, and nobody asks for it.
            if not name.startswith("~") and bare_msgid(item.msgid) in own:
                names.append(name)
    if not names:
        return {}
    folder = urls.file_of(f"{urls.project(mails[0].project_slug)}thread/").removesuffix(
        "index.html"
    )
    first, *others = dict.fromkeys(names)
    files: Files = {
        f"{folder}{name}.mbox.gz": Link(f"{first}.mbox.gz".encode()) for name in sorted(others)
    }
    files[f"{folder}{first}.mbox.gz"] = gzip.compress(mbox.thread(every), _LEVEL, mtime=0)
    return files
