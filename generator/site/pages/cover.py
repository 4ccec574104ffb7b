"""The page of a cover letter."""

from __future__ import annotations

from generator import urls
from generator.archive import queries
from generator.mail import mbox
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.pages.parts.mail_context import mail_context


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
