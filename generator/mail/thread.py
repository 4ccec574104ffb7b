"""Arranges replies as a thread, with ghosts in place of mails that are missing between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from generator.mail.headers import answered, bare_msgid
from generator.model import Comment

#: References of a mail that count, nearest first; a hostile header can have a hundred thousand.
_MAX_GHOSTS = 100


@dataclass(slots=True)
class Node:
    """A mail of a thread; `comment` is None for a ghost: others reply to it, but the archive lacks it."""

    msgid: str
    depth: int
    comment: Comment | None
    parent: str


def order(
    root: str, comments: Iterable[Comment], others: frozenset[str] = frozenset()
) -> list[Node]:
    """Arrange the comments on the mail `root` (a bare message id) by what they reply to.

    `others` are mails shown elsewhere (cover letter, other patches): they count as the root,
    not as ghosts. The result is in reading order: each mail is followed by its replies, by date.
    """
    tops = others | {root}
    mails: dict[str, Comment] = {}
    for comment in sorted(comments, key=_date_and_id):
        mails[_key(comment, mails, tops)] = comment
    parent: dict[str, str] = {}
    shortcuts: dict[str, str] = {}
    for key, comment in mails.items():
        above = answered(comment.headers)[:_MAX_GHOSTS]
        _place(key, above, mails, tops, parent, shortcuts, root)
    children: dict[str, list[str]] = {}
    for key in parent:
        children.setdefault(parent[key], []).append(key)
    dates = _first_dates(children, mails, root)
    return _walk(root, children, mails, parent, dates)


def _key(comment: Comment, taken: dict[str, Comment], tops: frozenset[str]) -> str:
    """A comment's message id; where another mail has the same one, a key that no mail can have."""
    msgid = bare_msgid(comment.msgid)
    return msgid if msgid and msgid not in taken and msgid not in tops else f"\0{comment.id}"


def _date_and_id(comment: Comment) -> tuple[datetime, int]:
    return comment.date, comment.id


def _place(
    key: str,
    above: list[str],
    mails: dict[str, Comment],
    tops: frozenset[str],
    parent: dict[str, str],
    shortcuts: dict[str, str],
    root: str,
) -> None:
    """Put a mail below the nearest mail that it replies to, with ghosts for those that are missing.

    `shortcuts` leads from each mail to one above it, like `parent`, but may skip several levels.
    """
    below = key
    for msgid in above:
        if msgid in tops or msgid == key:
            break
        if _top(msgid, shortcuts) == below:
            break  # a cycle: mails that reply to each other
        parent[below] = shortcuts[below] = msgid
        if msgid in mails or msgid in parent:
            return
        below = msgid  # a ghost; the next reference says what it replies to
    parent[below] = shortcuts[below] = root


def _top(msgid: str, shortcuts: dict[str, str]) -> str:
    """The topmost mail placed so far above this one (union-find: each lookup shortens the next)."""
    while (above := shortcuts.get(msgid)) is not None:
        higher = shortcuts.get(above)
        if higher is None:
            return above
        shortcuts[msgid] = msgid = higher
    return msgid


def _first_dates(
    children: dict[str, list[str]], mails: dict[str, Comment], root: str
) -> dict[str, tuple[datetime, int]]:
    """The date and id of each mail; for a ghost, those of the first reply to it."""
    dates: dict[str, tuple[datetime, int]] = {
        key: _date_and_id(mail) for key, mail in mails.items()
    }
    ordered = [root]
    for key in ordered:
        ordered.extend(children.get(key, []))
    for key in reversed(ordered):
        if key not in dates:
            reply_dates = [dates[child] for child in children.get(key, []) if child in dates]
            dates[key] = min(reply_dates, default=(datetime.max, 0))
    return dates


def _walk(
    root: str,
    children: dict[str, list[str]],
    mails: dict[str, Comment],
    parent: dict[str, str],
    dates: dict[str, tuple[datetime, int]],
) -> list[Node]:
    nodes: list[Node] = []
    stack = [(root, -1)]
    while stack:
        key, depth = stack.pop()
        if depth >= 0:
            nodes.append(Node(key, depth, mails.get(key), parent[key]))
        replies = sorted(children.get(key, []), key=lambda child: dates[child], reverse=True)
        stack.extend((child, depth + 1) for child in replies)
    return nodes
