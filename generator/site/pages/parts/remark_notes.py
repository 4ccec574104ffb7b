"""Remarks as HTML, for the lines of the diff that they are about. Reviewed: all text is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from generator import urls
from generator.archive.bundle_types import MailBundle
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
    bundle: MailBundle[Patch], found: PatchRemarks, base: str = "", file: int | None = None
) -> Mapping[tuple[int, int], Notes]:
    """The remarks on a patch by file and hunk, or those of one file; `base`: the way to the patch's page."""
    notes: dict[tuple[int, int], dict[int, list[Markup]]] = {}
    for remark in found.remarks:
        if file is not None and remark.place.file != file:
            continue
        hunk = notes.setdefault((remark.place.file, remark.place.hunk), {})
        hunk.setdefault(remark.place.line, []).append(_note(bundle, remark, base))
    return notes


def _note(bundle: MailBundle[Patch], remark: Remark, base: str) -> Markup:
    """A remark, folded once it was addressed: who, when and first words, its text, the answers."""
    mark = remark.addressed
    shown = ""
    if mark is not None:
        shown = (
            f' <span class="addressed" data-addressed="{str(mark).lower()}">{_MARKS[mark]}</span>'
        )
    answers = "".join(
        f'<div class="answer">{_said(bundle, said, base)}</div>' for said in remark.answers
    )
    later = ""
    if remark.later:
        url = f"{_root(bundle, base)}{escape(remark.later.url)}"
        later = f' <a class="later" href="{url}">{later_words(remark.later)}</a>'
    words = visible_html(own_words(remark.said.text, MOST_WORDS))
    return Markup(
        f'<details id="{remark.said.anchor}"{"" if mark else " open"}><summary>'
        f'<span class="hidden">Comment by </span>{_who(remark.said)}{shown} <bdi class="words">{words}</bdi>'
        f"</summary>{_text(bundle, remark.said, base)}{later}{answers}</details>"
    )


def _said(bundle: MailBundle[Patch], said: Said, base: str) -> str:
    return f'<p id="{said.anchor}">{_who(said)}</p>{_text(bundle, said, base)}'


def _who(said: Said) -> str:
    name = visible_html(person_name(said.comment.submitter))
    return f"<b><bdi>{name}</bdi></b> {time_element(said.comment.date, 'day')}"


def _text(bundle: MailBundle[Patch], said: Said, base: str) -> str:
    text = linked(said.text, text_links(bundle, said.comment, _root(bundle, base)))
    return f'<div class="text">{text}</div><a href="{base}#{said.comment.id}">full comment</a>'


def _root(bundle: MailBundle[Patch], base: str) -> str:
    return urls.root_of(bundle.ref.url) + base


def later_words(later: Later) -> str:
    """What became of a line, such as `changed in v3`. The label of a version is plain."""
    return _LATER[later.fate].format(escape(later.label))
