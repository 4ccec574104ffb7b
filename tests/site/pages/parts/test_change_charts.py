"""Charts of changes, by small tables."""

from __future__ import annotations

from generator.archive.statistics import Work
from generator.site.pages.parts.change_charts import landing_charts, review_by_area

DAY = 86400
#: 2026-01-01, 2026-03-01 (UTC).
JANUARY, MARCH = 1_767_225_600, 1_772_323_200


def work(begun: int, landed: int | None = None, **values: object) -> Work:
    """A change that landed so many days after it was sent."""
    on = None if landed is None else begun + landed * DAY
    return Work(**{"versions": 1, "patches": 1, "begun": begun, "landed": on, **values})


def test_landed_changes_are_counted_by_the_month_in_which_they_were_sent() -> None:
    works = [
        work(JANUARY, 3),
        work(JANUARY, 40, versions=3, patches=9),
        work(JANUARY),
        work(MARCH, 0),
    ]
    share, time, by_month, by_size, versions = landing_charts(works)
    assert share.rows == [("2026-01", (2, 1)), ("2026-02", (0, 0)), ("2026-03", (1, 0))]
    assert "Landed: 3 of 4 changes (75 %)." in share.note
    assert [row for row in time.rows if row[1] != (0,)] == [
        ("a day", (1,)), ("3 days", (1,)), ("3 months", (1,)),
    ]  # fmt: skip
    assert by_month.rows == [("2026-01", (3,)), ("2026-02", (0,)), ("2026-03", (1,))]
    assert by_size.rows[:1] == [("1 patch", (1,))] and by_size.rows[3] == ("8–15", (40,))
    assert versions.rows == [("1", (2,)), ("2", (0,)), ("3", (1,))]


def test_where_nothing_landed_there_is_nothing_to_draw() -> None:
    assert [chart.bars for chart in landing_charts([work(JANUARY), work(MARCH)])] == [[]] * 5
    assert [chart.bars for chart in landing_charts([])] == [[]] * 5


def test_the_wait_for_a_comment_is_told_by_area_the_busiest_first() -> None:
    works = [
        *(work(JANUARY, reviewed=JANUARY + n * DAY, areas={"lib", "doc"}) for n in range(1, 6)),
        *(work(JANUARY, reviewed=JANUARY + 8 * DAY, areas={"lib"}) for _ in range(6)),
        *(work(JANUARY, reviewed=JANUARY, areas={"rare"}) for _ in range(4)),
        work(JANUARY, areas={"doc"}),
    ]
    assert review_by_area(works).rows == [("lib", (8,)), ("doc", (3,))]
    many = [
        work(JANUARY, reviewed=JANUARY, areas={f"a{n:02}" for n in range(30)}) for _ in range(5)
    ]
    assert [label for label, _ in review_by_area(many).rows] == [f"a{n:02}" for n in range(20)]
