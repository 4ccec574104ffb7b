"""The mails that a text names by their message ids, as far as these have pages in the archive."""

from __future__ import annotations

from collections import defaultdict

from generator.archive.database import Archive
from generator.archive.page_refs import PageRef, refs_by_msgid

#: A text → message id → the page of the mail that it names. A text goes by (kind, number); kind is patch,
#: cover, patch-comment or cover-comment.
Mentions = dict[tuple[str, int], dict[str, PageRef]]


def mentions(archive: Archive, kind: str, number: int, *, with_comments: bool) -> Mentions:
    """What a patch or cover letter and, `with_comments`, the comments on it name."""
    rows: list[tuple[str, int, str]] = archive.sql.execute(
        "SELECT kind, id, msgid FROM mention WHERE kind = ? AND id = ?", (kind, number)
    ).fetchall()
    if with_comments:
        rows += archive.sql.execute(
            "SELECT m.kind, m.id, m.msgid FROM comment c INDEXED BY comment_parent "
            "CROSS JOIN mention m ON m.kind = ? AND m.id = c.id "
            "WHERE c.parent_kind = ? AND c.parent_id = ?",
            (f"{kind}-comment", kind, number),
        )
    refs = refs_by_msgid(archive, list(dict.fromkeys(msgid for _, _, msgid in rows)))
    named: defaultdict[tuple[str, int], dict[str, PageRef]] = defaultdict(dict)
    for text_kind, text, msgid in rows:
        if msgid in refs:
            named[text_kind, text][msgid] = refs[msgid]
    return dict(named)
