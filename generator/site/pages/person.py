"""People: a page for each with what they sent and reviewed, and who did what for a series."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from generator import urls
from generator.archive import people, planning
from generator.archive.patch_rows import patch_rows
from generator.site.build_context import Context, Files
from generator.site.exports import feeds
from generator.site.pages.parts.series_context import Around
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

#: How many of the newest patches a person's page shows.
_NEWEST = 25
_GIVEN = {"reviewed": "Reviewed", "acked": "Acked", "tested": "Tested"}


def person_page(context: Context, number: int) -> Files:
    """What somebody sent and reviewed, by project and year, and a feed of what they send."""
    person = people.person(context.archive, number)
    url = urls.person(number)
    sent = people.sent(context.archive, number)
    given = people.vouched(context.archive, person.email)
    answered = people.answered(context.archive, number)
    known = {row.project_id for row in sent} | {mail.project_id for mail in given}
    projects = {n: context.project(n) for n in known | {project for project, _ in answered}}
    newest = [row.id for row in sent[: max(_NEWEST, context.config.feed_size)]]
    rows = patch_rows(context.archive, newest)
    page = context.renderer.render(
        "person.html",
        url,
        name=person.name or f"person {number}",
        address=_address(person.email, shown=context.config.show_addresses),
        others=[
            (name, urls.person(other)) for other, name in people.same_name(context.archive, person)
        ],
        projects=[
            (project.name, urls.facet(slug, "submitter", str(number)), count)
            for slug, project, count in _by_project(sent, projects)
        ],
        years=_by_year(sent, given, answered, projects),
        sent=[(row, urls.patch(projects[row.project_id][0], row.slug)) for row in rows[:_NEWEST]],
        sent_count=len(sent),
        given=[_given(row, projects) for row in given[:_NEWEST]],
        given_count=len(given),
    )
    title = person.name or f"person {number}"
    feed = feeds.person_feed(context, url, title, rows[: context.config.feed_size])
    return {urls.file_of(url): page, f"{url}feed.atom": feed}


def _address(email: str, *, shown: bool) -> str | None:
    """An address as it may be told: without what it is sent to, unless the configuration says so."""
    if shown or not email:
        return email or None
    local, at, host = email.rpartition("@")
    return f"{local[:1]}…@{host}" if at else "…"


def _by_project(
    sent: list[people.Sent], projects: dict[int, tuple[str, Any]]
) -> list[tuple[str, Any, int]]:
    counts = Counter(row.project_id for row in sent)
    return [(*projects[number], count) for number, count in sorted(counts.items())]


def _by_year(
    sent: list[people.Sent],
    given: list[people.Vouched],
    answered: list[tuple[int, int]],
    projects: dict[int, tuple[str, Any]],
) -> list[dict[str, Any]]:
    """Figures by year, newest first, and project."""
    found: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for row in sent:
        found[_year(row.date), row.project_id]["sent"] += 1
        if row.state in ("accepted", "mainlined"):
            found[_year(row.date), row.project_id]["accepted"] += 1
    for mail in given:
        for tag in mail.tags:
            found[_year(mail.date), mail.project_id][tag] += 1
    for project, date in answered:
        found[_year(date), project]["comments"] += 1
    return [
        {"year": year, "project": projects[number][1].name, "counts": counts}
        for (year, number), counts in sorted(
            found.items(), key=lambda kv: (kv[0][0], -kv[0][1]), reverse=True
        )
    ]


def _year(date: int) -> str:
    return urls.month(date)[:-3]


def _given(row: people.Vouched, projects: dict[int, tuple[str, Any]]) -> dict[str, Any]:
    return {
        "date": row.date,
        "name": row.name or "(no subject)",
        "url": urls.mail(row.kind, projects[row.project_id][0], row.slug),
        "tags": [_GIVEN[tag] for tag in _GIVEN if tag in row.tags],
    }


def of_series(context: Context, here: Around) -> list[dict[str, Any]]:
    """Who did what for a series and its other versions, in the order in which they come up.

    Each has `name`, `url` (None for those known from trailers only) and `roles`: by version's label
    (empty where there is but one version) what they did.
    """
    labels = {version.series: version.label for version in here.versions} or {here.number: ""}
    found: dict[str, dict[str, Any]] = {}
    for series, label in labels.items():
        for number, name, role, count in people.of_series(context.archive, series):
            who = found.setdefault(name, {"name": name, "url": None, "roles": {}})
            who["url"] = who["url"] or (urls.person(number) if number is not None else None)
            told = role if count == 1 else f"{role} ({count})"
            who["roles"].setdefault(label, []).append(told)
    return list(found.values())


def _units(plan: Plan) -> Iterator[Unit]:
    activity = plan.fingerprints.activity
    people = planning.people(plan.archive)
    with_name: defaultdict[str, list[int]] = defaultdict(list)
    for number, name, _ in people:
        if name and number in activity:
            with_name[name].append(number)
    for number, name, own in people:
        if number in activity:
            depends = plan.projects, own, activity[number], with_name.get(name)
            yield plan.unit("person", number, depends)


PERSON = PageKind(
    "person",
    _units,
    lambda context, key, _: person_page(context, key),
    templates=("person.html", "feed.atom"),
)
