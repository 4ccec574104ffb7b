"""Remarks: what comments on a patch say about lines of its diff, with the answers to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generator import urls
from generator.archive.bundle_types import MailBundle
from generator.diff.inline_comments import DiffPosition, Finder
from generator.diff.layout import layout
from generator.diff.parse import FileDiff
from generator.mail.headers import answered, bare_msgid
from generator.model import Comment, Patch
from generator.site.build_context import Context
from generator.site.pages.parts.comments import RemarkLinks
from generator.site.pages.parts.next_version import Later, lines_later

#: Mails that a comment replies to, nearest first: so many count.
MOST_ANSWERED = 100


@dataclass(slots=True)
class Said:
    """What a comment says at a line; `anchor` is its place on the page that shows the line.

    url: the address of that place, from the page of the patch.
    """

    comment: Comment
    text: str
    anchor: str
    url: str


@dataclass(slots=True)
class Remark:
    """A remark at a line of a diff, and the answers to it by date.

    path and line: the file and the line's number there, 0 where it has none. later: what became of the line.
    """

    place: DiffPosition
    path: str
    line: int
    said: Said
    answers: list[Said] = field(default_factory=list)
    later: Later | None = None

    @property
    def addressed(self) -> bool | None:
        """What the server says of it; open as long as an answer is."""
        marks = [said.comment.addressed for said in (self.said, *self.answers)]
        if any(mark is False for mark in marks):
            return False
        return True if marks[0] is True else None


@dataclass(frozen=True, slots=True)
class PatchRemarks:
    """The remarks of all comments on a patch by date, and how many of their texts were placed or not.

    links: by comment, where it says something at a line.
    """

    remarks: list[Remark]
    placed: int
    unplaced: int
    links: RemarkLinks


def files_of(context: Context, patch: Patch) -> list[FileDiff]:
    """The files of a patch's diff, without the mails that were found in it."""
    return [section for section in context.diff(patch) if section.change != "message"]


def patch_remarks(context: Context, bundle: MailBundle[Patch]) -> PatchRemarks:
    """Place what the comments on a patch say in its diff."""
    if not bundle.comments:
        return PatchRemarks([], 0, 0, {})

    def build() -> tuple[PatchRemarks, int]:
        texts = [c.content for c in bundle.comments if isinstance(c.content, str)]
        return _place(context, bundle), 2000 + sum(map(len, texts))

    return context.recent.get(("remarks", bundle.mail.id), build, large="remarks")


def _place(context: Context, bundle: MailBundle[Patch]) -> PatchRemarks:
    files = files_of(context, bundle.mail)
    shown = layout(files, len(bundle.mail.diff or ""))
    finder = Finder(files)
    remarks: list[Remark] = []
    at_lines: dict[
        tuple[DiffPosition, str], Remark
    ] = {}  # by line and message id: what they belong to
    links: dict[int, list[tuple[str, str]]] = {}
    unplaced = 0
    for comment in sorted(bundle.comments, key=lambda c: (c.date, c.id)):
        for found in finder.remarks(comment.content if isinstance(comment.content, str) else ""):
            if found.place is None:
                unplaced += found.about_diff
                continue
            own = links.setdefault(comment.id, [])
            anchor = f"r{comment.id}.{len(own) + 1}"
            page = shown.page(files, found.place)
            url = f"{urls.diff_file('', *page) if page else ''}#{anchor}"
            said = Said(comment, found.text, anchor, url)
            file = files[found.place.file]
            own.append((url, file.path))
            remark = next(_answered(comment, found.place, at_lines), None)
            if remark:
                remark.answers.append(said)
            else:
                remark = Remark(found.place, file.path, _line_number(file, found.place), said)
                remarks.append(remark)
            at_lines.setdefault((found.place, bare_msgid(comment.msgid)), remark)
    if remarks:
        later = lines_later(context, bundle, files, {remark.place for remark in remarks})
        for remark in remarks:
            remark.later = later.get(remark.place)
    return PatchRemarks(remarks, sum(map(len, links.values())), unplaced, links)


def _answered(
    comment: Comment, place: DiffPosition, at_lines: Mapping[tuple[DiffPosition, str], Remark]
) -> Iterator[Remark]:
    """The remarks at a line that a comment answers, or whose answers it answers."""
    for msgid in answered(comment.headers)[:MOST_ANSWERED]:
        if msgid != bare_msgid(comment.msgid) and (place, msgid) in at_lines:
            yield at_lines[place, msgid]


def _line_number(file: FileDiff, place: DiffPosition) -> int:
    """The number of a line in the new file, else in the old one."""
    if place.line < 0:
        return 0
    line = file.hunks[place.hunk].lines[place.line]
    return line.target_line_no or line.source_line_no or 0
