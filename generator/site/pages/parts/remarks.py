"""Remarks: what comments on a patch say about lines of its diff, shown at these lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator.archive.bundles import MailBundle
from generator.diff.inline_comments import Finder
from generator.diff.parse import FileDiff
from generator.mail.blocks import blocks
from generator.mail.names import person_name
from generator.model import Comment, Patch
from generator.site.html.diff import Notes
from generator.site.html.escape import linked, visible_html
from generator.site.pages.parts.comments import RemarkLinks
from generator.site.pages.parts.text_links import text_links

#: How many characters of a remark are shown before it is opened.
_SUMMARY = 90


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of all comments on a patch: HTML by file and hunk, and how many were placed or not."""

    notes: Mapping[tuple[int, int], Notes]
    placed: int
    unplaced: int
    links: RemarkLinks


def place_remarks(bundle: MailBundle[Patch], files: Sequence[FileDiff]) -> Remarks:
    """Place the remarks of the comments on a patch in its diff."""
    if not bundle.comments:
        return Remarks({}, 0, 0, {})
    finder = Finder(files)
    notes: dict[tuple[int, int], dict[int, list[Markup]]] = {}
    links: dict[int, list[tuple[str, str]]] = {}
    placed = unplaced = 0
    for comment in sorted(bundle.comments, key=lambda c: (c.date, c.id)):
        for remark in finder.remarks(comment.content if isinstance(comment.content, str) else ""):
            if remark.place is None:
                unplaced += remark.about_diff
                continue
            placed += 1
            hunk = notes.setdefault((remark.place.file, remark.place.hunk), {})
            anchor = f"r{comment.id}.{len(links.setdefault(comment.id, [])) + 1}"
            links[comment.id].append((anchor, files[remark.place.file].path))
            html = _note(bundle, comment, remark.text, anchor)
            hunk.setdefault(remark.place.line, []).append(html)
    return Remarks(notes, placed, unplaced, links)


def _note(bundle: MailBundle[Patch], comment: Comment, text: str, anchor: str) -> Markup:
    """A remark: name and first words, and folded in them the rest. Reviewed: all text is escaped."""
    name = visible_html(person_name(comment.submitter))
    return Markup(
        f'<details id="{anchor}"><summary><b>{name}</b> {visible_html(_first_words(text))}</summary>'
        f'<div class="text">{linked(text, text_links(bundle, comment))}</div>'
        f'<a href="#{comment.id}">full comment</a></details>'
    )


def _first_words(text: str) -> str:
    """The first words that are neither a quote nor a trailer, cut at a word's end."""
    words = ""
    for block in blocks(text):
        if block.kind == "text":
            words = " ".join(" ".join(block.lines).split())
            if words:
                break
    if len(words) <= _SUMMARY:
        return words
    return words[:_SUMMARY].rpartition(" ")[0] + " …"
