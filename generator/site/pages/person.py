"""The page of a person: what they sent and reviewed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from generator import urls
from generator.archive import people, planning
from generator.archive.patch_rows import PatchRow, patch_rows
from generator.archive.people import PersonBundle, ReviewedMail, SentPatch
from generator.archive.statistics import ACCEPTED
from generator.model import Project
from generator.site.build_context import PERSON_FEED_DAYS, Context, Files
from generator.site.exports import feeds
from generator.site.facets import field_query
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

#: How many of the newest patches a person's page shows.
_NEWEST = 25
_TAGS = {"reviewed": "Reviewed", "acked": "Acked", "tested": "Tested"}

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


class ProjectSent(NamedTuple):
    """A project, the list of what somebody sent to it, and how many patches that are."""

    name: str
    url: str
    patches: int


@dataclass(frozen=True)
class PersonView:
    """What `person.html` shows. URLs are relative to the site's root.

    others: (name, URL) of those with the same name. sent: the newest patches, each with its URL;
    query finds all that they sent.
    """

    name: str
    address: str | None
    query: str
    others: list[tuple[str, str]]
    projects: list[ProjectSent]
    years: list[Year]
    sent: list[tuple[PatchRow, str]]
    sent_count: int
    given: list[ReviewedItem]
    given_count: int
    has_feed: bool


def person_page(context: Context, number: int) -> Files:
    """What somebody sent and reviewed, by project and year, and a feed of what they send."""
    bundle = people.person_bundle(context.archive, number)
    url = urls.person(number)
    feed_size = context.config.feed_size
    newest = [patch.id for patch in bundle.sent[: max(_NEWEST, feed_size)]]
    rows = patch_rows(context.archive, newest)
    view = _person_view(context, bundle, rows)
    files: Files = {urls.file_of(url): context.render("person.html", url, view)}
    if view.has_feed:
        files[f"{url}feed.atom"] = feeds.person_feed(context, url, view.name, rows[:feed_size])
    return files


def _person_view(context: Context, bundle: PersonBundle, rows: Sequence[PatchRow]) -> PersonView:
    person = bundle.person
    feeds_since = context.feeds_since(PERSON_FEED_DAYS)
    numbers = {patch.project_id for patch in bundle.sent}
    numbers |= {mail.project_id for mail in bundle.reviewed}
    numbers |= {project for project, _ in bundle.comments}
    projects = {number: context.project(number) for number in numbers}
    name = person.name or f"person {person.id}"
    return PersonView(
        name=name,
        query=f"is:patch {field_query('f', name)}",
        address=person.email or None,
        others=[(name, urls.person(other)) for other, name in bundle.namesakes],
        projects=_by_project(person.id, bundle.sent, projects),
        years=_by_year(bundle, projects),
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
            depends = plan.projects, own, activity[number], with_name.get(name), number in with_feed
            yield plan.unit("person", number, depends)


PERSON = PageKind(
    "person",
    _units,
    lambda context, key, _: person_page(context, key),
    templates=("person.html", "feed.atom"),
)
