"""Where the links in a mail's text lead, and where the mailing list's own archive has a mail."""

from __future__ import annotations

from generator.archive.bundle_types import AnyMail
from generator.mail.headers import bare_msgid, quote_segment
from generator.model import Comment, Mail, Project
from generator.site.html.escape import Links, safe_url

#: From the page of a mail or series to the site's root: they are all as deep.
_ROOT = "../../../../"


def text_links(
    bundle: AnyMail,
    comment: Comment | None = None,
    root: str = _ROOT,
) -> Links:
    """Where the links in a mail's text lead, or in that of a comment on it.

    `root`: the way from the page to the site's root.
    """
    kind = bundle.ref.kind
    text = (kind, bundle.ref.id) if comment is None else (f"{kind}-comment", comment.id)
    project = bundle.project
    commit_url = project.commit_url_format
    return Links(
        {msgid: root + ref.url for msgid, ref in bundle.mentions.get(text, {}).items()},
        commit_url if isinstance(commit_url, str) else None,
        lambda msgid: list_archive_of(project, msgid),
    )


def list_archive(project: Project, mail: Mail) -> str | None:
    """Where the mailing list's own archive has a mail, if anything says so."""
    if isinstance(mail.list_archive_url, str) and (url := safe_url(mail.list_archive_url)):
        return url
    return list_archive_of(project, bare_msgid(mail.msgid))


def list_archive_of(project: Project, msgid: str) -> str | None:
    """The same for a message id (without `<>`), by the project's format."""
    pattern = project.list_archive_url_format
    if not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", quote_segment(msgid)))
