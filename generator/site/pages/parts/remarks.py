"""Remarks: what comments on a patch say about lines of its diff, shown at these lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from generator import urls
from generator.archive.bundles import MailBundle
from generator.diff.inline_comments import DiffPosition, Finder
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


class Remark(NamedTuple):
    """What a comment says about a line of the diff; `anchor`: where the page has it."""

    comment: Comment
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Remarks:
    """The remarks of all comments on a patch: by file, hunk and line, and how many were placed or not."""

    bundle: MailBundle[Patch]
    places: Mapping[tuple[int, int], Mapping[int, Sequence[Remark]]]
    placed: int
    unplaced: int
    links: RemarkLinks

    def notes(self, base: str = "", file: int | None = None) -> dict[tuple[int, int], Notes]:
        """Their HTML by file and hunk, or that of one file; `base`: the way to the page of the patch."""
        return {
            place: {
                line: [_note(self.bundle, remark, base) for remark in remarks]
                for line, remarks in lines.items()
            }
            for place, lines in self.places.items()
            if file is None or place[0] == file
        }


def place_remarks(
    bundle: MailBundle[Patch],
    files: Sequence[FileDiff],
    url_of: Callable[[DiffPosition], str],
) -> Remarks:
    """Place the remarks of the comments on a patch in its diff.

    `url_of`: the page that shows a line of it, as seen from that of the patch.
    """
    if not bundle.comments:
        return Remarks(bundle, {}, 0, 0, {})
    finder = Finder(files)
    places: dict[tuple[int, int], dict[int, list[Remark]]] = {}
    links: dict[int, list[tuple[str, str]]] = {}
    placed = unplaced = 0
    for comment in sorted(bundle.comments, key=lambda c: (c.date, c.id)):
        for remark in finder.remarks(comment.content if isinstance(comment.content, str) else ""):
            place = remark.place
            if place is None:
                unplaced += remark.about_diff
                continue
            placed += 1
            anchor = f"r{comment.id}.{len(links.setdefault(comment.id, [])) + 1}"
            links[comment.id].append((f"{url_of(place)}#{anchor}", files[place.file].path))
            hunk = places.setdefault((place.file, place.hunk), {})
            hunk.setdefault(place.line, []).append(Remark(comment, remark.text, anchor))
    return Remarks(bundle, places, placed, unplaced, links)


def _note(bundle: MailBundle[Patch], remark: Remark, base: str) -> Markup:
    """A remark: name and first words, and folded in them the rest. Reviewed: all text is escaped."""
    comment, text, anchor = remark
    name = visible_html(person_name(comment.submitter))
    links = text_links(bundle, comment, urls.root_of(bundle.ref.url) + base)
    return Markup(
        f'<details id="{anchor}"><summary><span class="hidden">Comment by </span><b>{name}</b> '
        f'{visible_html(_first_words(text))}</summary><div class="text">{linked(text, links)}</div>'
        f'<a href="{base}#{comment.id}">full comment</a></details>'
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
