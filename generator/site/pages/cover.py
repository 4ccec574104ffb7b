"""The page of a cover letter."""

from __future__ import annotations

from generator import urls
from generator.archive import bundles
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.pages.parts.mail_view import mail_view


def cover_page(context: Context, number: int) -> Files:
    """The page of a cover letter, its mail and what the API has of it."""
    bundle = bundles.cover_bundle(context.archive, number, with_objects=context.config.api)
    mail = bundle.mail
    url = mail.ref.url
    page = context.render("cover.html", url, mail_view(context, mail))
    files = {urls.file_of(url): page, urls.file_of(url + "mbox"): context.mbox(mail)}
    if bundle.thread:
        files |= thread_mbox.thread_files(bundle.thread)
    if context.has_redirects:
        files |= id_lookup.redirects(context, mail, files)
    return files | (api.cover_files(context, bundle.objects) if bundle.objects else {})
