"""What is left to do: the remarks on a patch or a series that nobody has marked as addressed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from generator.archive.bundle_types import (
    AnyMail,
    MailBundle,
    SeriesBundle,
    SeriesMails,
    SeriesPageBundle,
)
from generator.mail.headers import answered, bare_msgid
from generator.mail.names import person_name
from generator.mail.own_words import own_words
from generator.model import Comment, Patch
from generator.site.build_context import Context
from generator.site.pages.parts.next_version import Later
from generator.site.pages.parts.remark_notes import MOST_WORDS, later_words
from generator.site.pages.parts.remarks import MOST_ANSWERED, Remark, patch_remarks

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
    """The remarks on one mail; `url`: its page."""

    name: str
    url: str
    remarks: list[OpenRemark]


@dataclass(frozen=True, slots=True)
class RemarkList:
    """The remarks on a page, by mail; open, unmarked: how many there are of each.

    is_settled: whether the patches were decided on, or sent again. Then what nobody marked needs no answer.
    """

    mails: list[RemarksOfMail]
    is_settled: bool

    @property
    def open(self) -> int:
        return sum(remark.is_open for remark in self._every)

    @property
    def unmarked(self) -> int:
        return sum(not remark.is_open for remark in self._every)

    @property
    def is_expanded(self) -> bool:
        """Whether the list starts out open."""
        is_short = self.open + self.unmarked <= _LONG_LIST
        return is_short and bool(self.open or not self.is_settled)

    @property
    def _every(self) -> Iterator[OpenRemark]:
        return (remark for mail in self.mails for remark in mail.remarks)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Remarks on the version with this label that are still open in the newest one, by mail."""

    label: str
    mails: list[RemarksOfMail]

    @property
    def count(self) -> int:
        return sum(len(mail.remarks) for mail in self.mails)


def remarks_on_mail(context: Context, bundle: AnyMail, remarks: Iterable[Remark]) -> RemarkList:
    """The list for the page of a mail; `remarks`: those at lines of its diff."""
    state = bundle.mail.state if isinstance(bundle.mail, Patch) else None
    is_settled = _is_settled(context, bundle.series, [state])
    return _list([_of_mail(bundle, remarks)], is_settled=is_settled)


def remarks_on_series(context: Context, mails: SeriesMails) -> RemarkList:
    """The list for the page of a series."""
    every = [_of_mail(mails.cover, [])] if mails.cover else []
    every += [_of_mail(bundle, patch_remarks(context, bundle).remarks) for bundle in mails.patches]
    states = [row.state for row in mails.series.rows]
    return _list(every, is_settled=_is_settled(context, mails.series, states))


def left_over(context: Context, page: SeriesPageBundle) -> list[LeftOver]:
    """What was said to earlier versions and is certain to be open in the newest one, oldest version first.

    These are remarks at lines that every version since left as they were, which nobody has answered or
    marked as addressed. None where the newest version was decided on.
    """
    series = page.mails.series
    if _is_settled(context, series, [row.state for row in series.rows]):
        return []
    found = []
    for version, patches in page.discussed:
        of_mails = [
            _of_lines(bundle, _unanswered(context, bundle, series.id)) for bundle in patches
        ]
        if mails := [mail for mail in of_mails if mail.remarks]:
            found.append(LeftOver(version.label, mails))
    return found


def _unanswered(context: Context, bundle: MailBundle[Patch], newest: int) -> list[Remark]:
    """The remarks on a patch without any answer, at lines that are the same in the newest version."""
    replied = _replied(bundle.comments)
    return [
        remark
        for remark in patch_remarks(context, bundle).remarks
        if remark.later and remark.later.fate == "unchanged" and remark.later.series == newest
        if not remark.answers and bare_msgid(remark.said.comment.msgid) not in replied
    ]


def _replied(comments: Iterable[Comment]) -> set[str]:
    """The message ids of all mails that some comments reply to."""
    return {
        msgid
        for comment in comments
        for msgid in answered(comment.headers)[:MOST_ANSWERED]
        if msgid != bare_msgid(comment.msgid)
    }


def _list(mails: Sequence[RemarksOfMail], *, is_settled: bool) -> RemarkList:
    return RemarkList([mail for mail in mails if mail.remarks], is_settled)


def _is_settled(
    context: Context, series: SeriesBundle | None, states: Iterable[str | None]
) -> bool:
    has_newer = bool(series and series.next_version)
    return has_newer or not any(state in context.open_states() for state in states)


def _of_mail(bundle: AnyMail, remarks: Iterable[Remark]) -> RemarksOfMail:
    at_lines = list(remarks)
    with_remarks = {said.comment.id for r in at_lines for said in (r.said, *r.answers)}
    found = _of_lines(bundle, at_lines).remarks
    found += [
        _open_remark(comment, f"#{comment.id}", _text(comment), is_open=True)
        for comment in bundle.comments
        if comment.addressed is False and comment.id not in with_remarks
    ]
    found.sort(key=lambda remark: not remark.is_open)
    return RemarksOfMail(bundle.ref.name, bundle.ref.url, found)


def _of_lines(bundle: AnyMail, remarks: Iterable[Remark]) -> RemarksOfMail:
    """Those at lines of the mail's diff that aren't addressed."""
    found = [
        _open_remark(
            remark.said.comment,
            remark.said.url,
            remark.said.text,
            is_open=remark.addressed is False,
            remark=remark,
        )
        for remark in remarks
        if not remark.addressed
    ]
    return RemarksOfMail(bundle.ref.name, bundle.ref.url, found)


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
