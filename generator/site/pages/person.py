"""The page of a person: what they sent and reviewed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from generator import urls
from generator.archive import people, planning
from generator.archive.change_status import ChangeStatus
from generator.archive.changes import Change
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.archive.people import PersonBundle, ReviewedMail, SentPatch
from generator.archive.statistics import ACCEPTED
from generator.model import Project
from generator.site.asked_for import AskedFor
from generator.site.build_context import PERSON_FEED_DAYS, Context, Files
from generator.site.change_lists import ProjectChanges
from generator.site.exports import feeds
from generator.site.facets import field_query
from generator.site.fingerprints import digest
from generator.site.pages.parts.change_rows import ChangeRow, change_rows
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

#: How many of the newest patches a person's page shows.
_NEWEST = 25
_TAGS = {"reviewed": "Reviewed", "acked": "Acked", "tested": "Tested"}

#: What changes that somebody sent are headed by, and those of others that they commented on.
_SENT = {
    ChangeStatus.WAITING: "Waiting for an answer or a new version",
    ChangeStatus.READY: "Ready to be taken",
    ChangeStatus.NEEDS_REVIEW: "Waiting for a review by others",
    ChangeStatus.STALE: "Stale",
}
_COMMENTED = "Commented on, and still waiting for a review"
_TO_MAINTAIN = "Waiting for a review, in what they maintain or review"
_ADDRESSED = "Sent to them, and waiting for a review"
_TO_REVIEW = (_TO_MAINTAIN, _COMMENTED, _ADDRESSED)
_HEADINGS = (_SENT[ChangeStatus.WAITING], *_TO_REVIEW, *list(_SENT.values())[1:])

#: By number: a project's folder name and the project.
_Projects = Mapping[int, tuple[str, Project]]


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """A mail that somebody gave trailers to; `tags` are among the values of `_TAGS`."""

    date: int
    name: str
    url: str
    tags: list[str]


@dataclass(frozen=True, slots=True)
class Year:
    """A person's figures in a project. counts: sent, accepted, comments, and by tag."""

    year: str
    project: str
    counts: Counter[str]


class MonthCount(NamedTuple):
    """How many patches somebody sent in a month, and the search that finds them; none: no URL."""

    patches: int
    url: str | None


class ProjectSent(NamedTuple):
    """A project, the list of what somebody sent to it, and how many patches that are."""

    name: str
    url: str
    patches: int


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """Changes that wait, newest first: for whom, the newest of them, and how many there are."""

    heading: str
    rows: list[ChangeRow]
    total: int


@dataclass(frozen=True)
class PersonView:
    """What `person.html` shows. URLs are relative to the site's root.

    others: (name, URL) of those with the same name. sent: the newest patches, each with its URL; query
    finds all that they sent. months: (year, its twelve months) of what they sent, newest first. waiting:
    the changes with something left to do that they take part in.
    """

    name: str
    address: str | None
    query: str
    others: list[tuple[str, str]]
    projects: list[ProjectSent]
    years: list[Year]
    waiting: list[WaitingChanges]
    months: list[tuple[str, list[MonthCount]]]
    sent: list[tuple[PatchRow, str]]
    sent_count: int
    given: list[ReviewedItem]
    given_count: int
    has_feed: bool


#: What a person's page is made of besides their mails: (heading, newest changes, how many there are).
_Waiting = tuple[tuple[str, tuple[Change, ...], int], ...]


def person_page(context: Context, number: int, waiting: _Waiting) -> Files:
    """What waits for somebody, what they sent and reviewed, by project and year; a feed of what they send."""
    bundle = people.person_bundle(context.archive, number)
    url = urls.person(number)
    feed_size = context.config.feed_size
    newest = [patch.id for patch in bundle.sent[: max(_NEWEST, feed_size)]]
    rows = patch_rows(context.archive, newest)
    view = _person_view(context, bundle, rows, waiting)
    files: Files = {urls.file_of(url): context.render("person.html", url, view)}
    if view.has_feed:
        files[f"{url}feed.atom"] = feeds.person_feed(context, url, view.name, rows[:feed_size])
    return files


def _person_view(
    context: Context, bundle: PersonBundle, rows: Sequence[PatchRow], waiting: _Waiting
) -> PersonView:
    person = bundle.person
    feeds_since = context.feeds_since(PERSON_FEED_DAYS)
    numbers = {patch.project_id for patch in bundle.sent}
    numbers |= {mail.project_id for mail in bundle.reviewed}
    numbers |= {project for project, _ in bundle.comments}
    projects = {number: context.project(number) for number in numbers}
    name = person.name or f"person {person.id}"
    query = f"is:patch {field_query('f', name)}"
    return PersonView(
        name=name,
        query=query,
        address=person.email or None,
        others=[(name, urls.person(other)) for other, name in bundle.namesakes],
        projects=_by_project(person.id, bundle.sent, projects),
        years=_by_year(bundle, projects),
        waiting=[
            WaitingChanges(heading, change_rows(context, changes), total)
            for heading, changes, total in waiting
        ],
        months=_by_month(bundle.sent, query),
        sent=[(row, urls.patch(projects[row.project_id][0], row.slug)) for row in rows[:_NEWEST]],
        sent_count=len(bundle.sent),
        given=[_reviewed_item(mail, projects) for mail in bundle.reviewed[:_NEWEST]],
        given_count=len(bundle.reviewed),
        has_feed=any(patch.date >= feeds_since for patch in bundle.sent),
    )


def _by_project(
    person_id: int, sent: Sequence[SentPatch], projects: _Projects
) -> list[ProjectSent]:
    counts = Counter(patch.project_id for patch in sent)
    by_project = []
    for number, count in sorted(counts.items()):
        slug, project = projects[number]
        url = urls.facet(slug, "submitter", str(person_id))
        by_project.append(ProjectSent(project.name, url, count))
    return by_project


def _by_year(bundle: PersonBundle, projects: _Projects) -> list[Year]:
    """Figures by year, newest first, and project."""
    counts: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for patch in bundle.sent:
        of_year = counts[_year(patch.date), patch.project_id]
        of_year["sent"] += 1
        of_year["accepted"] += patch.state in ACCEPTED
    for mail in bundle.reviewed:
        counts[_year(mail.date), mail.project_id].update(mail.tags)
    for number, date in bundle.comments:
        counts[_year(date), number]["comments"] += 1
    ordered = sorted(counts.items(), key=lambda item: (item[0][0], -item[0][1]), reverse=True)
    return [Year(year, projects[number][1].name, figures) for (year, number), figures in ordered]


def _by_month(sent: Sequence[SentPatch], query: str) -> list[tuple[str, list[MonthCount]]]:
    """What somebody sent, by year and month; `query` finds all of it."""
    counts = Counter(urls.month(patch.date) for patch in sent)
    years = sorted({month[:-3] for month in counts}, reverse=True)
    return [
        (year, [_month(f"{year}-{n:02}", counts, query) for n in range(1, 13)]) for year in years
    ]


def _month(month: str, counts: Counter[str], query: str) -> MonthCount:
    search = f"search/?{urlencode({'q': f'{query} d:{month}'})}"
    return MonthCount(counts[month], search if counts[month] else None)


def _year(date: int) -> str:
    return urls.month(date)[:-3]


def _reviewed_item(mail: ReviewedMail, projects: _Projects) -> ReviewedItem:
    return ReviewedItem(
        mail.date,
        mail.name or "(no subject)",
        urls.mail(mail.kind, projects[mail.project_id][0], mail.slug),
        [_TAGS[tag] for tag in _TAGS if tag in mail.tags],
    )


def _units(plan: Plan) -> Iterator[Unit]:
    activity = plan.fingerprints.activity
    people = planning.people(plan.archive)
    since = plan.context.feeds_since(PERSON_FEED_DAYS)
    with_feed = planning.submitters_since(plan.archive, since)
    with_name: defaultdict[str, list[int]] = defaultdict(list)
    for number, name, _ in people:
        if name and number in activity:
            with_name[name].append(number)
    for number, name, own in people:
        if number in activity:
            waiting, shown = _waiting(plan, number)
            has_feed = number in with_feed
            depends = plan.projects, own, activity[number], with_name.get(name), has_feed, shown
            yield plan.unit("person", number, depends, waiting)


def _waiting(plan: Plan, person: int) -> tuple[_Waiting, list[bytes]]:
    """What waits for somebody, and for others in what they sent; and what its rows depend on."""
    found: defaultdict[str, list[tuple[ProjectChanges, int]]] = defaultdict(list)
    asked = plan.asked_by_person.get(person, AskedFor())
    mine = asked.maintained.keys()
    for changes, place in plan.waiting_by_person.get(person, ()):
        change = changes.by_place[place]
        if heading := _heading(change, person, is_maintained=(changes.project, place) in mine):
            found[heading].append((changes, place))
    seen = {(changes.project, place) for some in found.values() for changes, place in some}
    for heading, places_asked in ((_TO_MAINTAIN, asked.maintained), (_ADDRESSED, asked.addressed)):
        for key, one in places_asked.items():
            if key not in seen:
                seen.add(key)
                found[heading].append(one)
    sections, shown = [], []
    for heading in (heading for heading in _HEADINGS if heading in found):
        places = found[heading]
        places.sort(key=lambda one: (-one[0].by_place[one[1]].date, one[0].project, -one[1]))
        newest = places[:_NEWEST]
        sections.append((heading, tuple(c.by_place[place] for c, place in newest), len(places)))
        shown.append(digest(heading, len(places), [c.fingerprint([place]) for c, place in newest]))
    return tuple(sections), shown


def _heading(change: Change, person: int, *, is_maintained: bool) -> str:
    """Under which heading a change that waits stands on the page of somebody who takes part in it."""
    senders = {one.id for one in change.people[: change.senders]}
    if person in senders:
        return _SENT[change.verdict.status]
    if change.verdict.status != ChangeStatus.NEEDS_REVIEW:
        return ""
    return _TO_MAINTAIN if is_maintained else _COMMENTED


PERSON = PageKind(
    "person",
    _units,
    person_page,
    templates=("person.html", "feed.atom"),
)
