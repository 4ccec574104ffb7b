"""The diff of a patch: what the patch's page shows of it, and the pages of the files of a large one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from markupsafe import Markup

from generator import urls
from generator.diff import parse
from generator.diff.labels import labels
from generator.diff.layout import SHORT_DIFF, Bound, Layout, characters_of, line_count
from generator.diff.parse import FileDiff
from generator.site.build_context import Context, Files
from generator.site.html import diff
from generator.site.pages.parts.mail_view import MailView


class NotesOf(Protocol):
    """Gives the remarks by file and hunk, or those of one file; `base`: the way to the page of the patch."""

    def __call__(
        self, base: str = "", file: int | None = None
    ) -> Mapping[tuple[int, int], diff.Notes]: ...


#: Of a long diff of several files, longer ones start out folded.
_SHORT_FILE = Bound(300, 30_000)
#: Data of binary files with more lines than this are always folded.
_SHORT_DATA = 10


@dataclass(frozen=True, slots=True)
class DiffFile:
    """A file of the diff. number counts from 1; plain: what could not be read as a diff; lines: how many.

    labels: what happens to it, in words. url: its own page, from that of the patch, if that doesn't show it.
    """

    number: int
    file: FileDiff
    labels: list[str]
    open: bool
    rows: Markup
    header: str
    plain: str
    lines: int
    url: str = ""


class PartLink(NamedTuple):
    """A page of a file. first, last: its lines among those of the file's diff, counted from 1.

    anchors: the numbers of its first lines and hunk, such as `R5001 L4980 h7`.
    """

    url: str
    first: int
    last: int
    anchors: str


class NearbyPage(NamedTuple):
    """The page before or after one of a file."""

    url: str
    path: str


@dataclass(frozen=True)
class FilePageView:
    """What `patch_file.html` shows beside a MailView. base: the way to the page of the patch."""

    file: DiffFile
    file_count: int
    pages: list[PartLink]
    previous: NearbyPage | None
    following: NearbyPage | None
    patch_url: str
    base: str


def diff_files(
    files: Sequence[FileDiff], shown: Layout, notes_of: NotesOf, characters: int
) -> list[DiffFile]:
    """The files of a diff of so many characters, as the page of the patch shows them."""
    count = sum(map(line_count, files))
    is_long = len(files) > 1 and not shown.pages and not SHORT_DIFF.holds(count, characters)
    notes = notes_of()
    return [
        _diff_file(file, number, diff.rows(file, number, notes), file.plain, is_long=is_long)
        if number <= shown.first
        else _diff_file(file, number, Markup(), (), url=urls.diff_file("", number))
        for number, file in enumerate(files, 1)
    ]


def _diff_file(
    file: FileDiff,
    number: int,
    rows: Markup,
    plain: Sequence[str],
    *,
    is_long: bool = False,
    url: str = "",
) -> DiffFile:
    return DiffFile(
        number=number,
        file=file,
        labels=labels(file),
        open=not _starts_folded(file, is_long),
        rows=rows,
        header="\n".join(file.header),
        plain="\n".join(plain),
        lines=line_count(file),
        url=url,
    )


def _starts_folded(file: FileDiff, is_long: bool) -> bool:
    if parse.is_binary(file) and len(file.plain) > _SHORT_DATA:
        return True
    return is_long and not _SHORT_FILE.holds(line_count(file), characters_of(file))


def file_pages(
    context: Context,
    mail: MailView,
    url: str,
    files: Sequence[FileDiff],
    shown: Layout,
    notes_of: NotesOf,
) -> Files:
    """The pages of the files of a large diff; `url`: that of the patch's page."""
    if not shown.pages:
        return {}
    pages = [
        (number, part) for number, parts in enumerate(shown.pages) for part in range(len(parts))
    ]
    nearby = [
        NearbyPage(urls.diff_file(url, number + 1, part + 1), files[number].path)
        for number, part in pages
    ]
    around = zip([None, *nearby[:-1]], [*nearby[1:], None], strict=True)
    links = [_part_links(files[n], n, parts, url) for n, parts in enumerate(shown.pages)]
    made: Files = {}
    for (number, part), here, (previous, following) in zip(pages, nearby, around, strict=True):
        base = "../" * (here.url.count("/") - url.count("/"))
        view = FilePageView(
            _part(files[number], number, shown.pages[number][part], notes_of, base),
            len(files),
            links[number],
            previous,
            following,
            url,
            base,
        )
        made[urls.file_of(here.url)] = context.render("patch_file.html", here.url, mail, view)
    return made


def _part(file: FileDiff, number: int, lines: range, notes_of: NotesOf, base: str) -> DiffFile:
    """Some lines of a file; `number` counts the files from 0."""
    notes = notes_of(base, number)
    before = line_count(file) - len(file.plain)
    plain = file.plain[max(lines.start - before, 0) : max(lines.stop - before, 0)]
    rows = diff.rows(file, number + 1, notes, base=base, lines=lines)
    return _diff_file(file, number + 1, rows, plain)


def _part_links(file: FileDiff, number: int, parts: Sequence[range], url: str) -> list[PartLink]:
    """The pages of a file; `number` counts the files from 0."""
    return [
        PartLink(
            urls.diff_file(url, number + 1, part),
            lines.start + 1,
            lines.stop,
            _first_anchors(file, lines),
        )
        for part, lines in enumerate(parts, 1)
    ]


def _first_anchors(file: FileDiff, lines: range) -> str:
    """The first number of each side among some lines, and of a hunk: what a link to a line goes by."""
    found: dict[str, int] = {}
    begin = 0
    for count, hunk in enumerate(file.hunks, 1):
        for line in hunk.lines[max(lines.start - begin, 0) : max(lines.stop - begin, 0)]:
            found.setdefault("h", count)
            if line.target_line_no is not None:
                found.setdefault("R", line.target_line_no)
            if line.source_line_no is not None:
                found.setdefault("L", line.source_line_no)
            if len(found) == 3:
                break
        begin += len(hunk.lines)
    return " ".join(f"{kind}{value}" for kind, value in found.items())
