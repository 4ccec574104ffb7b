"""The page that compares a patch as sent with the commit that it landed as: what the maintainer changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from generator import urls
from generator.archive import landed, landed_changes
from generator.archive.patch_rows import patch_rows
from generator.model import Project
from generator.site.build_context import Context, Files
from generator.site.html import diff
from generator.site.pages.parts.outcomes import Outcome, outcomes
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, Stage, Unit

_PART = 500


@dataclass(frozen=True)
class LandedChangeView:
    """What `landed_change.html` shows. message, diff: rows of a range diff, or empty.

    outcome: the commit. context: whether unchanged lines around the changed ones differ.
    """

    name: str
    submitter: str
    date: int
    patch_url: str
    project: Project
    project_url: str
    outcome: Outcome
    message: Markup
    diff: Markup
    context: bool


def landed_change_page(context: Context, number: int) -> Files:
    """`project/P/patch/MSGID/landed/`."""
    archive = context.archive
    row = patch_rows(archive, [number])[0]
    slug, project = context.project(row.project_id)
    patch_url = urls.patch(slug, row.slug)
    link = next(link for link in landed.landed_links(archive, [number])[number] if link.change)
    rows = landed_changes.rows_of(archive, number)
    url = urls.landed_change(patch_url)
    view = LandedChangeView(
        name=row.name or "(no subject)",
        submitter=row.submitter or "(unknown)",
        date=row.date,
        patch_url=patch_url,
        project=project,
        project_url=urls.project(slug),
        outcome=outcomes(project, patch_url, [link])[0],
        message=diff.pair_rows(rows.message),
        diff=diff.pair_rows(rows.diff),
        context=bool(link.change and link.change.context),
    )
    return {urls.file_of(url): context.render("landed_change.html", url, view)}


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    numbers = landed_changes.shown(plan.archive)
    for at in range(0, len(numbers), _PART):
        for row in patch_rows(plan.archive, numbers[at : at + _PART]):
            shown = (row.name, row.slug, row.submitter, row.date)
            depends = (shown, plan.projects[row.project_id], prints.landed.get(row.id))
            yield plan.unit("landed-change", row.id, depends, group=plan.group(row.series_id))


LANDED_CHANGE = PageKind(
    "landed-change",
    _units,
    lambda context, key, _: landed_change_page(context, key),
    templates=("landed_change.html",),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
)
