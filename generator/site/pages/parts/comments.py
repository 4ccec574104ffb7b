"""What was answered to a mail: its comments in thread order, and its remarks at the lines of a diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from generator.diff.inline_comments import Finder
from generator.diff.parse import FileDiff
from generator.mail import body, thread
from generator.mail.headers import bare_msgid
from generator.model import Comment, Cover, Patch, Project
from generator.site.build_context import Context, list_archive, list_archive_of
from generator.site.html.diff import Notes
from generator.site.html.escape import linked, mail_text, visible_html
from generator.site.pages.parts import reply_links

#: Replies nested deeper than this are no longer indented.
_MAX_DEPTH = 8
#: So much of a remark is told before it is opened.
_FIRST_WORDS = 90


@dataclass(frozen=True, slots=True)
class Told:
    """The remarks of all replies to a patch: HTML by place, and how many have one, or have none.

    links: by comment, where its remarks stand: (anchor on the page, path of the file).
    """

    notes: Mapping[tuple[int, int], Notes]
    placed: int
    unplaced: int
    links: Mapping[int, Sequence[tuple[str, str]]]


def in_order(
    context: Context,
    kind: str,
    mail: Patch | Cover,
    project: Project,
    comments: Sequence[Comment],
    root: str,
    places: Mapping[int, Sequence[tuple[str, str]]] | None = None,
) -> list[dict[str, Any]]:
    """The comments as templates show them, in thread order; ghosts have no `comment`.

    `places`: where on the same page the remarks of each comment stand at their lines.
    """
    shown = []
    for node in thread.order(bare_msgid(mail.msgid), comments, _elsewhere(context, mail)):
        item: dict[str, Any] = {
            "depth": min(node.depth, _MAX_DEPTH), "msgid": node.msgid, "anchor": None,
        }  # fmt: skip
        item["places"] = places.get(node.comment.id, ()) if places and node.comment else ()
        item["archive_url"] = list_archive_of(project, node.msgid)
        item["comment"] = comment = node.comment
        if comment:
            text = comment.content if isinstance(comment.content, str) else ""
            links = context.links(f"{kind}-comment", comment.id, project, root)
            item["html"] = mail_text(text, links, fold_quotes=True)
            item["archive_url"] = list_archive(project, comment)
            item["reply"] = reply_links.help_for(comment, comment.subject or "", project)
            item["gone"] = context.gone_since(f"{kind}-comment", comment.id)
            item["addressed"] = comment.addressed if isinstance(comment.addressed, bool) else None
        shown.append(item)
    return shown


def _elsewhere(context: Context, mail: Patch | Cover) -> frozenset[str]:
    """The mails of the series, which have pages of their own."""
    others: set[str] = set()
    for table in ("patch", "cover") if mail.series else ():
        query = f"SELECT msgid FROM {table} WHERE series_id = ?"
        others |= {row[0] for row in context.archive.sql.execute(query, (mail.series[0].id,))}
    return frozenset(others)


def at_lines(
    context: Context, files: Sequence[FileDiff], comments: Sequence[Comment], project: Project
) -> Told:
    """Place the remarks of the comments on a patch in its diff."""
    if not comments:
        return Told({}, 0, 0, {})
    finder = Finder(files)
    notes: dict[tuple[int, int], dict[int, list[Markup]]] = {}
    links: dict[int, list[tuple[str, str]]] = {}
    placed = unplaced = 0
    for comment in sorted(comments, key=lambda c: (c.date, c.id)):
        for remark in finder.remarks(comment.content if isinstance(comment.content, str) else ""):
            if remark.place is None:
                unplaced += remark.about_diff
                continue
            placed += 1
            hunk = notes.setdefault((remark.place.file, remark.place.hunk), {})
            anchor = f"r{comment.id}.{len(links.setdefault(comment.id, [])) + 1}"
            links[comment.id].append((anchor, files[remark.place.file].path))
            html = _note(context, comment, remark.text, project, anchor)
            hunk.setdefault(remark.place.line, []).append(html)
    return Told(notes, placed, unplaced, links)


def _note(context: Context, comment: Comment, text: str, project: Project, anchor: str) -> Markup:
    """A remark: name and first words, and folded in them the rest. Reviewed: all text is escaped."""
    who = comment.submitter
    name = visible_html((who.name or who.email or "(unknown)") if who else "(unknown)")
    links = context.links("patch-comment", comment.id, project)
    return Markup(
        f'<details id="{anchor}"><summary><b>{name}</b> {visible_html(_first_words(text))}</summary>'
        f'<div class="text">{linked(text, links)}</div>'
        f'<a href="#{comment.id}">full comment</a></details>'
    )


def _first_words(text: str) -> str:
    """The first words that are neither a quote nor a trailer, cut at a word's end."""
    words = ""
    for block in body.blocks(text):
        if block.kind == "text":
            words = " ".join(" ".join(block.lines).split())
            if words:
                break
    if len(words) <= _FIRST_WORDS:
        return words
    return words[:_FIRST_WORDS].rpartition(" ")[0] + " …"
