"""The page of a cover letter."""

from __future__ import annotations

from collections.abc import Iterator

from generator import urls
from generator.archive import bundles, planning
from generator.servers.rules import GONE_PAGE
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.pages.parts.mail_view import mail_view
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit


def cover_page(context: Context, number: int) -> Files:
    """The page of a cover letter, its mail and what the API has of it."""
    bundle = bundles.cover_bundle(context.archive, number, with_objects=context.config.api)
    mail = bundle.mail
    url = mail.ref.url
    view = mail_view(context, mail)
    page = context.render("cover.html", url, view)
    files: Files = {urls.file_of(url): page, urls.file_of(url + "mbox"): context.mbox(mail)}
    if view.is_removed:
        files[urls.file_of(url + GONE_PAGE)] = page
    if bundle.thread:
        files |= thread_mbox.thread_files(bundle.thread)
    if context.config.redirects == "files":
        files |= id_lookup.redirects(context, mail, files)
    return files | (api.cover_files(context, bundle.objects) if bundle.objects else {})


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    for number, own, project, series in planning.mails(plan.archive, "cover"):
        depends = (
            own,
            plan.projects[project],
            prints.series.get(series) if series is not None else None,
            series in plan.series_with_feed,
            prints.comments["cover"].get(number),
            prints.mentions["cover"].get(number),
            prints.twins["cover"].get(number),
            prints.listed_dates["cover"].get(number),
            prints.deletions["cover"].get(number),
        )
        yield plan.unit("cover", number, depends, group=plan.group(series))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    for _, project, slug, date in planning.mail_pages(plan.archive, "cover"):
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
