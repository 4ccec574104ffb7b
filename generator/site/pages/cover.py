"""The page of a cover letter."""

from __future__ import annotations

from collections.abc import Iterator

from generator import urls
from generator.archive import planning, queries
from generator.mail import mbox
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.pages.parts.mail_context import mail_context
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit


def cover_page(context: Context, number: int) -> Files:
    """The page of a cover letter, and its mail."""
    slug, cover = queries.cover(context.archive, number)
    project_slug, project = context.project(cover.project.id)
    url = urls.cover(project_slug, slug)
    comments = queries.comments(context.archive, "cover", number)
    page = context.renderer.render(
        "cover.html",
        url,
        **mail_context(context, "cover", cover, project_slug, project, comments, url),
        has_detail=isinstance(cover.headers, dict),
        download_name=mbox.file_name(cover.name or "", ""),
    )
    files: Files = {
        urls.file_of(url): page,
        urls.file_of(url + "mbox"): context.mail(cover, comments, project),
    }
    if not cover.series:
        files |= thread_mbox.thread_files(context, project_slug, [cover])
    if context.has_redirects:
        files |= id_lookup.redirects(context, cover, url, comments, files)
    return files | (api.cover_files(context, number) if context.config.api else {})


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    for number, own, project, series in planning.mails(plan.archive, "cover"):
        depends = (
            own,
            plan.projects[project],
            prints.series.get(series) if series is not None else None,
            prints.comments["cover"].get(number),
            prints.mentions["cover"].get(number),
            prints.deletions["cover"].get(number),
        )
        yield plan.unit("cover", number, depends, group=plan.group(series))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    for project, slug, date in planning.mail_pages(plan.archive, "cover"):
        yield urls.cover(slugs[project], slug), date


COVER = PageKind(
    "cover",
    _units,
    lambda context, key, _: cover_page(context, key),
    templates=("cover.html", "redirect.html"),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
    sitemap=_sitemap,
)
