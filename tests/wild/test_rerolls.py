"""Series that are sent again, in all the ways in which people do: which versions they become. README.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generator.archive import series_versions
from generator.archive.database import Archive
from generator.mail import subject
from tests.conftest import Site
from tests.factories import comment, cover, patch, person, series, series_stub

Mails = list[dict[str, Any]]


def sent(
    number: int, *names: str, day: int = 1, answers: str = "", by: int = 1, **fields: Any
) -> Mails:
    """A series with its mails as Patchwork has them. The name of its cover letter has lost its prefixes."""
    date = f"2026-03-{day:02}T10:00:00"
    parsed = [subject.parse(name) for name in names]
    letter = next((n for n, one in zip(names, parsed, strict=True) if one.number == 0), None)
    first = next((n for n, one in zip(names, parsed, strict=True) if one.number in (1, None)), None)
    own_name = subject.parse(letter).title if letter else first
    stub = series_stub(number, name=own_name, date=date, **fields)
    shared = {"date": date, "submitter": person(by), "series": [stub]}
    headers = {"In-Reply-To": f"<20260301{answers}@example.org>"} if answers else {}
    total = parsed[0].total or 1
    mails = [series(number, name=own_name, date=date, total=total, submitter=person(by), **fields)]
    for at, name in enumerate(names):
        make = cover if name == letter else patch
        mails.append(make(10 * number + at, name=name, headers=headers, **shared))
    return mails


WHOLE = sent(1, "[0/3] lock rework", "[1/3] lock: a", "[2/3] lock: b", "[3/3] lock: c")
PART = sent(1, "[1/3] lock: a", "[2/3] lock: b")
ALONE = sent(1, "lock: wait no longer than needed")
#: Those of patch 12 and of the cover letter 10 of WHOLE.
SECOND, LETTER = "10.patch12", "10.cover10"

#: The mails, and the labels of the versions that the last series is one of; or why it is none.
CASES: dict[str, tuple[Mails, list[str] | str | None]] = {
    "a part, in answer to that part": (
        [*WHOLE, *sent(2, "[v2,2/3] lock: b", day=5, answers=SECOND, version=2)], ["v1", "v2"]),
    "a part, in answer to a comment": (
        [*WHOLE, comment(8, on="patches/12"),
         *sent(2, "[v2,2/3] lock: b", day=5, answers="11.comment8", version=2)], ["v1", "v2"]),
    "a part, in answer to nothing": (
        [*WHOLE, *sent(2, "[v2,2/3] lock: b", day=5, version=2)], ["v1", "v2"]),
    "a part, in answer to nothing, and then the whole": (
        [*WHOLE, *sent(2, "[v2,2/3] lock: b", day=5, version=2),
         *sent(3, "[v3,0/3] locks", "[v3,1/3] lock: d", "[v3,2/3] lock: b", day=9, version=3)],
        ["v1", "v2", "v3"]),
    "a part that has another name, in answer to nothing": (
        [*WHOLE, *sent(2, "[v2,2/3] lock: better", day=5, version=2)], None),
    "the whole, in answer to the cover letter": (
        [*WHOLE, *sent(2, "[v2,0/2] locks", "[v2,1/2] lock: d", day=5, answers=LETTER, version=2)],
        ["v1", "v2"]),
    "the whole, in answer to a comment on the cover letter": (
        [*WHOLE, comment(8, on="covers/10"),
         *sent(2, "[v2,0/2] locks", "[v2,1/2] lock: d", day=5, answers="11.comment8", version=2)],
        ["v1", "v2"]),
    "RESEND in the prefix": (
        [*ALONE, *sent(2, "[RESEND] lock: wait no longer than needed", day=5)], ["v1", "v1 RESEND"]),
    "RESEND behind the number": (
        [*WHOLE, *sent(2, "[v1,0/3,RESEND] lock rework", "[v1,1/3,RESEND] lock: a", day=5)],
        ["v1", "v1 RESEND"]),
    "REPOST": ([*ALONE, *sent(2, "[REPOST] lock: wait no longer than needed", day=5)], ["v1", "v1 RESEND"]),
    "an RFC with a cover letter, then in earnest": (
        [*sent(1, "[RFC,0/3] lock rework", "[RFC,1/3] lock: a"),
         *sent(2, "[0/3] lock rework", "[1/3] lock: a", day=5)], ["v1 RFC", "v1"]),
    "two RFCs, then in earnest": (
        [*sent(1, "[RFC] lock: wait long"), *sent(2, "[RFC,v2] lock: wait long", day=3, version=2),
         *sent(3, "lock: wait long", day=5)], ["v1 RFC", "v2 RFC", "v1"]),
    "v1.1 of one patch": (
        [*WHOLE, *sent(2, "[v1.1,2/3] lock: b", day=5, answers=SECOND)], ["v1", "v1.1"]),
    "v1.1 of all, with a cover letter": (
        [*WHOLE, *sent(2, "[v1.1,0/3] lock rework", "[v1.1,1/3] lock: a", day=5)], ["v1", "v1.1"]),
    "an afterthought": (
        [*WHOLE, *sent(2, "[2.5/3] lock: between", day=2, answers=SECOND)], "it adds patch 2.5 to it"),
    "numbers that were wrong": (
        [*PART, *sent(2, "[1/2] lock: a", "[2/2] lock: b", day=1)], ["v1", "v1"]),
    "sent again at once, with nothing said": (
        [*ALONE, *sent(2, "lock: wait no longer than needed", day=2)], "both are v1"),
    "sent again months later, with nothing said": (
        [*ALONE, *sent(2, "lock: wait no longer than needed", day=29)], None),
    "something else in answer": (
        [*ALONE, *sent(2, "[0/2] timers", "[1/2] timer: a", day=2, answers="10.patch10", by=2)],
        "both are v1"),
    "a version that skips one, by somebody else": (
        [*ALONE, *sent(2, "[v3] lock: wait no longer than needed", day=9, by=2, version=3)], ["v1", "v3"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_reroll(archive: Archive, put: Callable[..., None], case: str):
    mails, expected = CASES[case]
    put(*mails)
    series_versions.refresh(archive)
    number = max(stub["id"] for mail in mails for stub in mail.get("series", []))
    labels = [version.label for version in series_versions.versions_of(archive, number)]
    unjoined = series_versions.unjoined_from(archive, number)
    assert labels == (expected if isinstance(expected, list) else [])
    assert (unjoined and unjoined.reason) == (expected if isinstance(expected, str) else None)


@pytest.mark.slow
def test_the_page_of_a_series_says_why_it_is_no_version_of_another(site: Site):
    site.put(*ALONE)
    site.build()
    site.put(*sent(2, "lock: wait no longer than needed", day=2))
    site.build()
    shown = site.page("project/project-1/series/2/index.html")
    assert (
        'Not joined to <a href="../../../../project/project-1/series/1/">'
        "lock: wait no longer than needed</a>, since both are v1." in shown
    )
    site.put(*sent(1, "lock: wait for ever"))
    site.build()
    assert "Not joined" not in site.page("project/project-1/series/2/index.html")
