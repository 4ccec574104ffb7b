"""What is left to do: the remarks on a patch or a series that nobody has marked as addressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from generator.archive.bundles import AnyMail, SeriesMails
from generator.mail.names import person_name
from generator.mail.own_words import own_words
from generator.model import Comment
from generator.site.build_context import Context
from generator.site.pages.parts.next_version import Later
from generator.site.pages.parts.remark_notes import MOST_WORDS, later_words
from generator.site.pages.parts.remarks import Remark, patch_remarks

#: A longer list starts out folded.
_LONG_LIST = 8


@dataclass(frozen=True, slots=True)
class OpenRemark:
    """A remark in the list above a page.

    url: where it stands, from the page of its mail. place: file and line, empty where a comment is about the
    whole mail. is_open: marked as not addressed; otherwise nothing says whether it was.
    """

    url: str
    place: str
    name: str
    date: datetime
    words: str
    answers: int
    is_open: bool
    later: Later | None
    later_words: str


@dataclass(frozen=True, slots=True)
class RemarksOfMail:
    """The remarks on one mail of a series; `number`: its place there; `url`: its page."""

    number: int | None
    name: str
    url: str
    remarks: list[OpenRemark]


@dataclass(frozen=True, slots=True)
class RemarkList:
    """The remarks on a page, by mail; open, unmarked: how many there are of each."""

    mails: list[RemarksOfMail]

    @property
    def open(self) -> int:
        return sum(remark.is_open for remark in self._every)

    @property
    def unmarked(self) -> int:
        return sum(not remark.is_open for remark in self._every)

    @property
    def is_long(self) -> bool:
        return self.open + self.unmarked > _LONG_LIST

    @property
    def _every(self) -> Iterator[OpenRemark]:
        return (remark for mail in self.mails for remark in mail.remarks)


def remarks_on_mail(bundle: AnyMail, remarks: Iterable[Remark]) -> RemarkList:
    """The list for the page of a mail; `remarks`: those at lines of its diff."""
    return _list([_of_mail(bundle, remarks, None)])


def remarks_on_series(context: Context, mails: SeriesMails) -> RemarkList:
    """The list for the page of a series."""
    numbers = {row.id: row.number for row in mails.series.rows}
    every = [_of_mail(mails.cover, [], 0)] if mails.cover else []
    every += [
        _of_mail(bundle, patch_remarks(context, bundle).remarks, numbers[bundle.mail.id])
        for bundle in mails.patches
    ]
    return _list(every)


def _list(mails: Sequence[RemarksOfMail]) -> RemarkList:
    return RemarkList([mail for mail in mails if mail.remarks])


def _of_mail(bundle: AnyMail, remarks: Iterable[Remark], number: int | None) -> RemarksOfMail:
    at_lines = list(remarks)
    with_remarks = {said.comment.id for r in at_lines for said in (r.said, *r.answers)}
    found = [
        _open_remark(
            remark.said.comment,
            f"#{remark.said.anchor}",
            remark.said.text,
            is_open=remark.addressed is False,
            remark=remark,
        )
        for remark in at_lines
        if not remark.addressed
    ]
    found += [
        _open_remark(comment, f"#{comment.id}", _text(comment), is_open=True)
        for comment in bundle.comments
        if comment.addressed is False and comment.id not in with_remarks
    ]
    found.sort(key=lambda remark: not remark.is_open)
    return RemarksOfMail(number, bundle.ref.name, bundle.ref.url, found)


def _text(comment: Comment) -> str:
    return comment.content if isinstance(comment.content, str) else ""


def _open_remark(
    comment: Comment, url: str, text: str, *, is_open: bool, remark: Remark | None = None
) -> OpenRemark:
    later = remark.later if remark else None
    place = (
        f"{remark.path}:{remark.line}" if remark and remark.line else remark.path if remark else ""
    )
    return OpenRemark(
        url,
        place,
        person_name(comment.submitter),
        comment.date,
        own_words(text, MOST_WORDS),
        len(remark.answers) if remark else 0,
        is_open,
        later,
        later_words(later) if later else "",
    )
