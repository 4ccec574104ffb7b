"""The comments on a mail, in thread order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.archive.bundle_types import AnyMail
from generator.mail import thread
from generator.mail.headers import bare_msgid
from generator.mail.readable import readable_text
from generator.model import Comment
from generator.site.html.escape import mail_text
from generator.site.pages.parts.reply_links import Reply, reply_links
from generator.site.pages.parts.text_links import list_archive, list_archive_of, text_links

#: Replies nested deeper than this are no longer indented.
_MAX_DEPTH = 8

#: By comment: (anchor on the page, path of the file) of its remarks that stand in the diff.
RemarkLinks = Mapping[int, Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class CommentItem:
    """A mail of a thread as templates show it. One that is not archived, a ghost, has no `comment`.

    anchor: where it is not the comment's number. deleted_since: since when the server lacks it (seconds since
    1970). places: where on the page its remarks stand in the diff. since: the newest version that was sent
    before it, where that is a later one.
    """

    msgid: str
    depth: int
    archive_url: str | None
    comment: Comment | None = None
    html: Markup | None = None
    anchor: str | None = None
    places: Sequence[tuple[str, str]] = ()
    reply: Reply | None = None
    deleted_since: int | None = None
    addressed: bool | None = None
    since: str | None = None


def thread_items(
    bundle: AnyMail,
    root: str,
    *,
    remarks: RemarkLinks | None = None,
    anchor_prefix: str = "",
) -> list[CommentItem]:
    """The comments on a mail in thread order.

    `root`: the way to the site's root; `anchor_prefix`: what the anchors have before the comments' numbers.
    """
    others = bundle.series.msgids if bundle.series else frozenset()  # they have pages of their own
    nodes = thread.order(bare_msgid(bundle.mail.msgid), bundle.comments, others)
    return [_item(bundle, node, root, remarks or {}, anchor_prefix) for node in nodes]


def _item(
    bundle: AnyMail,
    node: thread.Node,
    root: str,
    remarks: RemarkLinks,
    anchor_prefix: str,
) -> CommentItem:
    comment, project = node.comment, bundle.project
    depth = min(node.depth, _MAX_DEPTH)
    if not comment:
        return CommentItem(node.msgid, depth, list_archive_of(project, node.msgid))
    return CommentItem(
        node.msgid,
        depth,
        list_archive(project, comment),
        comment,
        mail_text(readable_text(comment), text_links(bundle, comment, root), is_reply=True),
        f"{anchor_prefix}{comment.id}" if anchor_prefix else None,
        remarks.get(comment.id, ()),
        reply_links(comment, project),
        bundle.deleted_comments.get(comment.id),
        comment.addressed if isinstance(comment.addressed, bool) else None,
    )
