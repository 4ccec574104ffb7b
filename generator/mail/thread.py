"""Replies in the order and depth of their thread, with ghosts where a mail between them is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from generator.mail.headers import answered, bare_msgid
from generator.model import Comment

#: Missing mails above one mail, the nearest first; a hostile header names a hundred thousand.
_MOST_GHOSTS = 100


@dataclass(slots=True)
class Node:
    """A mail at its place; `comment` is None for a ghost, a mail that others answer but nobody has."""

    msgid: str
    depth: int
    comment: Comment | None
    parent: str


def order(
    root: str, comments: Iterable[Comment], others: frozenset[str] = frozenset()
) -> list[Node]:
    """Arrange the comments on the mail `root` (a bare message id) by who answers whom.

    `others` are mails shown elsewhere (cover letter, other patches): they count as the root and are
    no ghosts. The result is in reading order: each mail is followed by its answers, by date.
    """
    tops = others | {root}
    mails: dict[str, Comment] = {}
    for comment in sorted(comments, key=_age):
        mails[_key(comment, mails, tops)] = comment
    parent: dict[str, str] = {}
    shortcuts: dict[str, str] = {}
    for key, comment in mails.items():
        above = answered(comment.headers)[:_MOST_GHOSTS]
        _place(key, above, mails, tops, parent, shortcuts, root)
    children: dict[str, list[str]] = {}
    for key in parent:
        children.setdefault(parent[key], []).append(key)
    dates = _first_dates(children, mails, root)
    return _walk(root, children, mails, parent, dates)


def _key(comment: Comment, taken: dict[str, Comment], tops: frozenset[str]) -> str:
    """A comment's message id, or one that no mail can have where another mail has taken it."""
    msgid = bare_msgid(comment.msgid)
    return msgid if msgid and msgid not in taken and msgid not in tops else f"\0{comment.id}"


def _age(comment: Comment) -> tuple[datetime, int]:
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
    """Hang a mail on the nearest mail that it answers, by way of a ghost if that one is missing.

    `shortcuts` leads from each mail to one above it, like `parent`, but over many at once.
    """
    below = key
    for msgid in above:
        if msgid in tops or msgid == key:
            break
        if _top(msgid, shortcuts) == below:
            break  # mails that answer each other, in a circle
        parent[below] = shortcuts[below] = msgid
        if msgid in mails or msgid in parent:
            return
        below = msgid  # a ghost; its own place follows from the next reference
    parent[below] = shortcuts[below] = root


def _top(msgid: str, shortcuts: dict[str, str]) -> str:
    """The mail at the top of what is placed so far (union-find: each look makes the next one shorter)."""
    while (above := shortcuts.get(msgid)) is not None:
        higher = shortcuts.get(above)
        if higher is None:
            return above
        shortcuts[msgid] = msgid = higher
    return msgid


def _first_dates(
    children: dict[str, list[str]], mails: dict[str, Comment], root: str
) -> dict[str, tuple[datetime, int]]:
    """When each mail, or the first answer to a ghost, was sent."""
    dates: dict[str, tuple[datetime, int]] = {key: _age(mail) for key, mail in mails.items()}
    ordered = [root]
    for key in ordered:
        ordered.extend(children.get(key, []))
    for key in reversed(ordered):
        if key not in dates:
            known = [dates[child] for child in children.get(key, []) if child in dates]
            dates[key] = min(known, default=(datetime.max, 0))
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
        answers = sorted(children.get(key, []), key=lambda child: dates[child], reverse=True)
        stack.extend((child, depth + 1) for child in answers)
    return nodes
