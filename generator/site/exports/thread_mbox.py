"""Threads as lore.kernel.org gives them, so that b4 finds one by any of its messages.

`project/P/thread/MSGID.mbox.gz` is the thread for its first message, and a link to that for the others.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence

from generator import urls
from generator.archive import queries
from generator.mail import mbox
from generator.mail.headers import bare_msgid, slug
from generator.model import Comment, Cover, Patch
from generator.site.build_context import Context, Files
from generator.site.files import SymlinkTo

#: Level 6 takes twice as long for 7 % less.
_LEVEL = 3


def thread_files(context: Context, project: str, mails: Sequence[Patch | Cover]) -> Files:
    """The thread that these mails and the comments on them are; `project`: its folder name."""
    if not any(isinstance(mail.headers, dict) for mail in mails):
        return {}  # lines of lists alone make no thread
    every: list[Patch | Cover | Comment] = []
    names: list[str] = []
    for mail in mails:
        kind = "patch" if isinstance(mail, Patch) else "cover"
        comments = queries.comments(context.archive, kind, mail.id)
        every += [mail, *comments]
        for one in (mail, *comments):
            name = slug(one.msgid, one.id)
            # A number in place of an odd message id could be another mail's, too, and nobody asks for it.
            if not name.startswith("~") and (kind, mail.id) == queries.owner_of(
                context.archive, mail.project.id, bare_msgid(one.msgid)
            ):
                names.append(name)
    if not names:
        return {}
    folder = urls.file_of(f"{urls.project(project)}thread/").removesuffix("index.html")
    first, *others = dict.fromkeys(names)
    files: Files = {
        f"{folder}{name}.mbox.gz": SymlinkTo(f"{first}.mbox.gz") for name in sorted(others)
    }
    files[f"{folder}{first}.mbox.gz"] = gzip.compress(mbox.thread(every), _LEVEL, mtime=0)
    return files
