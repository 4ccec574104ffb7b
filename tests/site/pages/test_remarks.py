"""Remarks on a patch: at their lines, in the list of what is left to do, and in the next version."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from generator.archive import vocabulary
from generator.archive.database import Archive
from tests.conftest import Site
from tests.factories import DIFF, comment, cover, patch, person, series, series_stub

pytestmark = pytest.mark.slow

PATCH = "project/project-1/patch/2026030110.patch{}@example.org/index.html"
SERIES = "project/project-1/series/{}/index.html"
#: A line that the patch adds, and what a reply that quotes the hunk up to it looks like.
LINE = "\trc = lock_try_timed(lock, TIMEOUT_MS);"
QUOTE = "".join(f"> {line}\n" for line in DIFF.splitlines()[5:8])
CHANGED = DIFF.replace("TIMEOUT_MS", "lock->timeout")


def version(number: int, *diffs: str) -> list[dict[str, Any]]:
    """A version of a series, patch by patch; the patches of the second have numbers from 21."""
    stub = series_stub(number, name="Time out", version=number, date=f"2026-03-0{number}T10:00:00")
    label = f"v{number}," if number > 1 else ""
    fields = {"series": [stub], "date": stub["date"]}
    return [
        series(**stub | {"number": number, "total": len(diffs)}),
        cover(number, name=f"[{label}0/{len(diffs)}] Time out", **fields),
        *(
            patch(
                number * 10 + at, name=f"[{label}{at}/{len(diffs)}] patch {at}", diff=diff, **fields
            )
            for at, diff in enumerate(diffs, 1)
        ),
    ]


def remark(number: int, text: str, **fields: Any) -> dict[str, Any]:
    """A comment on the first patch that quotes its line."""
    return comment(number, on="patches/11", content=f"{QUOTE}\n{text}\n", **fields)


def answer(number: int, to: int, text: str, **fields: Any) -> dict[str, Any]:
    headers = {"In-Reply-To": f"<2026030111.comment{to}@example.org>"}
    quote = QUOTE.replace("> ", "> > ")
    return comment(number, on="patches/11", content=f"{quote}\n{text}\n", headers=headers,
                   submitter=person(3), **fields)  # fmt: skip


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(page: str, pattern: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    return match[0] if match else ""


def listed(page: str) -> str:
    return part(page, r'<details class="remarks".*?</details>')


def at_line(page: str) -> str:
    return part(page, r'class="inline-comment[^>]*>.*?</details>').partition(">")[2]


def test_a_remark_stands_at_its_line_with_its_answers(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why <timed>?\nSay so."), answer(2, 1, "It may hang."))
    site.build()
    page = site.page(PATCH.format(11))
    assert page.count('class="inline-comment') == 1
    row = at_line(page)
    assert "Why &lt;timed&gt;?\nSay so." in row
    assert words(row).startswith("Comment by Sender Number2 2026-03-01 Why <timed>? Say so.")
    assert "Sender Number3 2026-03-01 It may hang." in words(row)
    assert {"r1.1", "r2.1"} <= set(re.findall(r'id="([^"]+)"', row))


def test_a_comment_that_answers_nothing_at_a_line_is_a_remark_of_its_own(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?"), remark(2, "And how long?"))
    site.build()
    assert site.page(PATCH.format(11)).count('class="inline-comment') == 2


@pytest.mark.parametrize(
    ("addressed", "opened", "mark", "list_says"),
    [
        (False, True, "open", "1 open remark lib/lock.c:11 Sender Number2 Why timed?"),
        (True, False, "addressed", ""),
        (None, True, "", "1 remark not marked as addressed lib/lock.c:11 Sender Number2 Why timed?"),
    ],
)  # fmt: skip
def test_what_the_server_says_of_a_remark(
    site: Site, addressed: bool | None, opened: bool, mark: str, list_says: str
):
    site.put(*version(1, DIFF), remark(1, "Why timed?", addressed=addressed))
    site.build()
    page = site.page(PATCH.format(11))
    assert words(listed(page)) == list_says
    assert f'<details id="r1.1"{" open" * opened}><summary>' in at_line(page)
    assert words(part(at_line(page), "<span class=.addressed.*?</span>")) == mark


def test_a_remark_is_open_as_long_as_an_answer_is(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?", addressed=True),
             answer(2, 1, "Still wrong.", addressed=False))  # fmt: skip
    site.build()
    assert "1 open remark lib/lock.c:11 Sender Number2 Why timed? 1 answer" in words(
        listed(site.page(PATCH.format(11)))
    )


def test_an_open_comment_on_the_whole_mail_is_listed(site: Site):
    site.put(*version(1, DIFF), comment(1, on="patches/11", content="Split this.", addressed=False),
             comment(2, on="covers/1", content="Why at all?", addressed=False),
             comment(3, on="patches/11", content="Thanks.", addressed=None))  # fmt: skip
    site.build()
    own = listed(site.page(PATCH.format(11)))
    assert words(own) == "1 open remark whole mail Sender Number2 Split this."
    assert 'href="#1"' in own
    assert words(listed(site.page(SERIES.format(1)))) == (
        "2 open remarks [0/1] Time out whole mail Sender Number2 Why at all? "
        "[1/1] patch 1 whole mail Sender Number2 Split this."
    )
    letter = "project/project-1/cover/2026030110.cover1@example.org/index.html"
    assert words(listed(site.page(letter))).endswith("Why at all?")


def test_the_list_of_a_series_leads_to_the_lines_of_its_patches(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?", addressed=False))
    site.build()
    link = "../../../../project/project-1/patch/2026030110.patch11@example.org/#r1.1"
    assert f'<a href="{link}">lib/lock.c:11</a>' in listed(site.page(SERIES.format(1)))


def test_a_long_list_starts_out_folded(site: Site):
    remarks = [remark(n, f"Question {n}?", addressed=False) for n in range(1, 10)]
    site.put(*version(1, DIFF), *remarks[:8])
    site.build()
    assert " open>" in listed(site.page(PATCH.format(11)))
    site.put(remarks[8])
    site.build()
    folded = listed(site.page(PATCH.format(11)))
    assert " open>" not in folded
    assert "9 open remarks" in folded


def test_unmarked_remarks_on_an_old_version_are_folded(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?"), *version(2, CHANGED))
    site.build()
    assert '<details class="remarks" id="remarks">' in site.page(PATCH.format(11))


@pytest.mark.parametrize(("state", "opened"), [("under-review", " open"), ("accepted", "")])
def test_unmarked_remarks_are_folded_once_a_patch_was_decided_on(
    site: Site, state: str, opened: str
):
    objects = version(1, DIFF)
    objects[-1]["state"] = state
    site.put(*objects, remark(1, "Why timed?"))
    site.build()
    for page in (PATCH.format(11), SERIES.format(1)):
        assert f'<details class="remarks" id="remarks"{opened}>' in site.page(page)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (CHANGED, "changed in v2"),
        (DIFF, "unchanged in v2"),
        (DIFF.replace("lock_note(lock)", "lock_noted(lock)"), "unchanged in v2"),
    ],
)
def test_a_remark_says_what_the_next_version_made_of_its_line(site: Site, after: str, said: str):
    site.put(*version(1, DIFF), remark(1, "Why timed?"), *version(2, after))
    site.build()
    page = site.page(PATCH.format(11))
    link = f'<a class="later" href="../../../../project/project-1/series/2/vs/1/#p1">{said}</a>'
    assert link in at_line(page)
    assert link in listed(page)
    assert said in words(listed(site.page(SERIES.format(1))))


def test_nothing_is_said_where_only_its_being_alone_makes_a_patch_the_next_one(site: Site):
    renamed = version(2, CHANGED)
    renamed[-1]["name"] = "[v2,1/1] lock: something else"
    site.put(*version(1, DIFF), remark(1, "Why timed?"), *renamed)
    site.build()
    page = site.page(PATCH.format(11))
    assert "rewritten there" in page
    assert 'class="later"' not in page


def test_a_build_follows_the_next_version(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?"), *version(2, DIFF))
    site.build()
    assert "unchanged in v2" in at_line(site.page(PATCH.format(11)))
    site.put(*version(2, CHANGED))
    site.build()
    followed = site.files()
    assert "changed in v2" in at_line(site.page(PATCH.format(11)))
    site.build(full=True)
    assert site.files() == followed


def test_a_thread_marks_what_came_after_a_later_version(site: Site):
    late = {"date": "2026-03-02T12:00:00", "submitter": person(3)}
    site.put(*version(1, DIFF), remark(1, "Why timed?"), *version(2, CHANGED),
             comment(2, on="covers/1", content="Still no.", **late))  # fmt: skip
    site.build()
    page = site.page("project/project-1/series/1/thread/index.html")
    new = part(page, '<nav class="new-mails" id="since-v2".*?</nav>')
    assert re.findall(r'href="#([^"]+)"', new) == ["cover-comment-2"]
    assert words(new) == "New since v2 Sender Number3 , 2026-03-02"
    assert re.findall(r"new since \w+", page) == ["new since v2"]


def test_a_thread_without_a_later_version_marks_nothing(site: Site):
    site.put(*version(1, DIFF), remark(1, "Why timed?"))
    site.build()
    page = site.page("project/project-1/series/1/thread/index.html")
    assert "new since" not in page.lower()


def test_a_build_follows_which_states_are_open(site: Site):
    objects = version(1, DIFF)
    objects[-1]["state"] = "in-review"
    site.put(*objects, remark(1, "Why timed?"))
    site.build()
    assert 'id="remarks">' in site.page(PATCH.format(11))
    with Archive(site.content / "archive.db") as archive, archive.transaction():
        vocabulary.store(archive, [vocabulary.State(11, "In review", "in-review", True)], {})
    site.build()
    assert 'id="remarks" open>' in site.page(PATCH.format(11))
    assert 'id="remarks" open>' in site.page(SERIES.format(1))


def left_over(site: Site) -> str:
    return words("".join(left_over_lists(site.page(SERIES.format(2)))))


def left_over_lists(page: str) -> list[str]:
    return re.findall(r'<details class="remarks left-over".*?</details>', page, re.DOTALL)


def test_what_was_said_to_a_line_that_stayed_is_still_open_in_the_newest_version(site: Site):
    site.put(*version(1, DIFF), *version(2, DIFF), remark(1, "Why so long?"))
    site.build()
    assert left_over(site).startswith("Still open from v1 : 1 remark at a line that didn’t change")
    assert "lib/lock.c:11 Sender Number2 Why so long?" in left_over(site)
    assert "#r1.1" in left_over_lists(site.page(SERIES.format(2)))[0]
    assert "left-over" not in site.page(SERIES.format(1))


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([remark(1, "Fine.", addressed=True)], id="addressed"),
        pytest.param([remark(1, "Why?"), answer(2, 1, "So.")], id="answered at the line"),
        pytest.param(
            [remark(1, "Why?"), answer(2, 1, "So.") | {"content": "Will do."}], id="answered"
        ),
        pytest.param([remark(1, "Why?"), *version(2, CHANGED)], id="the line changed"),
        pytest.param([remark(1, "Why?"), *version(3, DIFF)], id="there is a newer version"),
    ],
)
def test_what_was_settled_is_not_left_over(site: Site, after: list[dict[str, Any]]):
    site.put(*version(1, DIFF), *version(2, DIFF), *after)
    site.build()
    assert left_over(site) == ""


def test_a_build_follows_what_is_left_over(site: Site):
    site.put(*version(1, DIFF), *version(2, DIFF))
    site.build()
    steps = [
        ([remark(1, "Why?")], True),
        ([remark(1, "Why?", addressed=True)], False),
        ([remark(1, "Why?", addressed=False)], True),
        ([answer(2, 1, "So.", addressed=None)], False),
    ]
    for objects, is_left in steps:
        site.put(*objects)
        site.build()
        assert bool(left_over(site)) is is_left
        followed = site.files()
        site.build(full=True)
        assert site.files() == followed


def test_a_line_is_followed_through_all_versions(site: Site):
    site.put(*version(1, DIFF), *version(2, DIFF), *version(3, CHANGED), remark(1, "Why so long?"))
    site.build()
    link = (
        '<a class="later" href="../../../../project/project-1/series/3/vs/2/#p1">changed in v3</a>'
    )
    assert link in at_line(site.page(PATCH.format(11)))
    assert left_over_lists(site.page(SERIES.format(3))) == []
    site.put(*version(3, DIFF))
    site.build()
    assert "unchanged in v3" in at_line(site.page(PATCH.format(11)))
    (still_open,) = left_over_lists(site.page(SERIES.format(3)))
    assert words(still_open).startswith("Still open from v1 : 1 remark")
    assert left_over_lists(site.page(SERIES.format(2))) == []


def test_what_is_left_over_is_told_by_version(site: Site):
    second = comment(2, on="patches/21", content=f"{QUOTE}\nAnd how long?\n")
    site.put(*version(1, DIFF), *version(2, DIFF), *version(3, DIFF), remark(1, "Why?"), second)
    site.build()
    first, last = map(words, left_over_lists(site.page(SERIES.format(3))))
    assert first.startswith("Still open from v1 : 1 remark") and first.endswith(
        "Why? unchanged in v3"
    )
    assert last.startswith("Still open from v2 : 1 remark") and last.endswith(
        "And how long? unchanged in v3"
    )


def test_a_build_follows_versions_that_are_further_on(site: Site):
    site.put(*version(1, DIFF), *version(2, DIFF), *version(3, DIFF), remark(1, "Why?"))
    site.build()
    site.put(*version(3, CHANGED))
    site.build()
    followed = site.files()
    assert "changed in v3" in at_line(site.page(PATCH.format(11)))
    site.build(full=True)
    assert site.files() == followed


def test_nothing_is_left_over_once_a_version_was_decided_on(site: Site):
    site.put(*version(1, DIFF), *version(2, DIFF), remark(1, "Why?"))
    site.build()
    assert left_over(site)
    site.put(*(item | {"state": "accepted"} for item in version(2, DIFF)[2:]))
    site.build()
    assert left_over(site) == ""
