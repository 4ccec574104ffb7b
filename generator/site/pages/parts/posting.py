"""A mail and the comments on it as schema.org's DiscussionForumPosting, which search engines read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from generator import urls
from generator.mail.names import mail_subject, person_name
from generator.mail.own_words import own_words
from generator.mail.readable import readable_text
from generator.model import Comment, Cover, Patch
from generator.site.html import json_ld
from generator.site.pages.parts.comments import CommentItem
from generator.site.templates import plain, rfc3339

#: How much of a mail's text is given: search engines read the page for the rest.
_MOST = 300


def posting(
    mail: Patch | Cover, comments: Sequence[CommentItem], root: str, url: str = "./"
) -> Markup | None:
    """A mail with comments as a posting; None where it has none.

    `root`: the way from the page to the site's root; `url`: to the mail.
    """
    answers = [
        {
            "@type": "Comment",
            **_said(item.comment, root),
            "url": f"#{item.anchor or item.comment.id}",
        }
        for item in comments
        if item.comment
    ]
    if not answers:
        return None
    data = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "headline": plain(mail_subject(mail)),
        "url": url,
        **_said(mail, root),
        "commentCount": len(answers),
        "comment": answers,
    }
    return json_ld.script(data)


def _said(mail: Patch | Cover | Comment, root: str) -> dict[str, Any]:
    """Who said what and when: a posting and a comment have to have all three."""
    author = {"@type": "Person", "name": plain(person_name(mail.submitter))}
    if mail.submitter:
        author["url"] = root + urls.person(mail.submitter.id)
    words = own_words(readable_text(mail), _MOST)
    return {
        "author": author,
        "datePublished": rfc3339(mail.date),
        "text": plain(words or mail_subject(mail)),
    }
