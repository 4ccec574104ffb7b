"""Remarks as HTML, for the lines of the diff that they are about. Reviewed: all text is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from generator.archive.bundles import MailBundle
from generator.mail.names import person_name
from generator.mail.own_words import own_words
from generator.model import Patch
from generator.site.html.diff import Notes
from generator.site.html.escape import linked, visible_html
from generator.site.pages.parts.next_version import Later
from generator.site.pages.parts.remarks import PatchRemarks, Remark, Said
from generator.site.pages.parts.text_links import text_links
from generator.site.templates import time_element

#: How many characters of a remark are shown before it is opened, and in lists.
MOST_WORDS = 90
#: What became of a line, and the words for it: the version's label goes into the braces.
_LATER = {"changed": "changed in {}", "unchanged": "unchanged in {}", "gone": "file not in {}"}
_MARKS = {True: "addressed", False: "open"}


def remark_notes(
    bundle: MailBundle[Patch], found: PatchRemarks, root: str
) -> Mapping[tuple[int, int], Notes]:
    """The remarks on a patch for its diff, by file and hunk. `root`: the way to the site's root."""
    notes: dict[tuple[int, int], dict[int, list[Markup]]] = {}
    for remark in found.remarks:
        hunk = notes.setdefault((remark.place.file, remark.place.hunk), {})
        hunk.setdefault(remark.place.line, []).append(_note(bundle, remark, root))
    return notes


def _note(bundle: MailBundle[Patch], remark: Remark, root: str) -> Markup:
    """A remark, folded once it was addressed: who, when and first words, its text, the answers."""
    mark = remark.addressed
    shown = ""
    if mark is not None:
        shown = (
            f' <span class="addressed" data-addressed="{str(mark).lower()}">{_MARKS[mark]}</span>'
        )
    answers = "".join(f'<div class="answer">{_said(bundle, said)}</div>' for said in remark.answers)
    later = ""
    if remark.later:
        later = f' <a class="later" href="{root}{escape(remark.later.url)}">{later_words(remark.later)}</a>'
    return Markup(
        f'<details id="{remark.said.anchor}"{"" if mark else " open"}><summary>{_who(remark.said)}{shown}'
        f' <bdi class="words">{visible_html(own_words(remark.said.text, MOST_WORDS))}</bdi></summary>'
        f"{_text(bundle, remark.said)}{later}{answers}</details>"
    )


def _said(bundle: MailBundle[Patch], said: Said) -> str:
    return f'<p id="{said.anchor}">{_who(said)}</p>{_text(bundle, said)}'


def _who(said: Said) -> str:
    name = visible_html(person_name(said.comment.submitter))
    return f"<b><bdi>{name}</bdi></b> {time_element(said.comment.date, 'day')}"


def _text(bundle: MailBundle[Patch], said: Said) -> str:
    text = linked(said.text, text_links(bundle, said.comment))
    return f'<div class="text">{text}</div><a href="#{said.comment.id}">full comment</a>'


def later_words(later: Later) -> str:
    """What became of a line, such as `changed in v3`. The label of a version is plain."""
    return _LATER[later.fate].format(escape(later.label))
