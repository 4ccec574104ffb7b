"""A feed for each query in the table `[feeds]` of site.toml: what it finds, the newest first.

A static site can't make one for each visitor's query, so these are made by the build, from its search index.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from generator import urls
from generator.archive import comments
from generator.errors import ConfigError, SearchError
from generator.mail.headers import bare_msgid
from generator.mail.names import mail_subject
from generator.site.build_context import Context, Files
from generator.site.exports.feeds import Entry, feed
from generator.site.plan import Plan
from generator.site.registry import PageKind, Stage, Unit

if TYPE_CHECKING:
    from generator.search.engine import Hit

#: Days on which a query means the same, unless it has dates such as `2.weeks.ago`.
_DAYS = date(2001, 1, 1), date(2031, 7, 31)


def query_feed(context: Context, name: str, query: str) -> Files:
    """The feed of a query."""
    # Only sites with such feeds pay for loading these.
    from generator.search.engine import search
    from generator.search.index_reader import Index

    url = urls.query_feed(name)
    hits = search(Index(context.output), query, limit=context.config.feed_size).hits
    entries = [_entry(context, hit) for hit in hits]
    title = f"{name} – {context.config.title}"
    content = feed(context, url, title, entries, alternate=f"search/?{urlencode({'q': query})}")
    return {urls.file_of(url): content}


def _entry(context: Context, hit: Hit) -> Entry:
    msgid, title, url = (
        hit.msgid,
        hit.name or "(no subject)",
        urls.mail(hit.page, hit.project, hit.slug),
    )
    summary = hit.state if hit.kind == "patch" and hit.state else "cover letter"
    if hit.reply is not None:
        comment = comments.comment(context.archive, hit.page, hit.reply)
        assert comment, "the index has the archive's mails"
        msgid, title = bare_msgid(comment.msgid), mail_subject(comment)
        url, summary = f"{url}#{hit.reply}", "comment"
    moment = urls.moment(hit.date).replace(tzinfo=None)
    return Entry(msgid, title, hit.submitter, moment, url, summary)


def _units(plan: Plan) -> Iterator[Unit]:
    """Each depends on all of the archive: only the index knows what a query finds."""
    if not plan.config.feeds:
        return
    from generator.search.query_parser import parse

    revision = plan.archive.revision()
    for name, query in sorted(plan.config.feeds.items()):
        try:
            then, later = (parse(query, day) for day in _DAYS)
        except SearchError as error:
            raise ConfigError(f"site.toml: feeds: {name}: {error}") from error
        if then != later:
            raise ConfigError(
                f"site.toml: feeds: {name}: dates must be absolute, such as d:2026-01.., because a feed "
                "changes with the archive and not with the day"
            )
        yield plan.unit("query-feed", name, (query, revision), query)


QUERY_FEED = PageKind(
    "query-feed", _units, query_feed, templates=("feed.atom",), stage=Stage.ENTRY_POINTS
)
