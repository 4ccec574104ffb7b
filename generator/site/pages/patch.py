"""The page of a patch: its message, discussion and diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup
from msgspec.structs import replace

from generator import urls
from generator.archive import bundles, planning
from generator.archive.bundle_types import PatchBundle, SeriesBundle
from generator.archive.server_clock import ServerClock
from generator.diff.layout import layout
from generator.diff.parse import FileDiff
from generator.mail import attached
from generator.mail.encoded_words import decoded
from generator.model import Check, Event, Patch
from generator.servers.rules import GONE_PAGE
from generator.site.areas import AreaLink
from generator.site.build_context import Context, Files
from generator.site.exports import api, id_lookup, thread_mbox
from generator.site.facets import WORST_FIRST, field_query
from generator.site.html.escape import mail_text, safe_url
from generator.site.pages.parts.mail_view import mail_view
from generator.site.pages.parts.outcomes import Outcome, commit_url, outcomes
from generator.site.pages.parts.patch_diff import DiffFile, diff_files, file_pages
from generator.site.pages.parts.remark_notes import remark_notes
from generator.site.pages.parts.remarks import files_of, patch_remarks
from generator.site.pages.parts.text_links import text_links
from generator.site.plan import Plan
from generator.site.registry import PageKind, Part, SitemapEntry, Stage, Unit

#: The way from a patch's page to the site's root.
_ROOT = "../../../../"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A change of a patch's state or delegate (`key`)."""

    date: datetime
    key: str
    old: str
    new: str
    actor: str | None


class AttachedMessage(NamedTuple):
    """A mail that was found in the diff: its title, author and date as written, and its text."""

    title: str
    author: str
    date: str
    body: Markup
    notes: Markup | None


class LocalOverride(NamedTuple):
    """A field that this archive sets itself, and its value on the server."""

    field: str
    value: str
    server_value: str


@dataclass(frozen=True)
class PatchView:
    """What `patch.html` shows beside a MailView.

    related: (name, URL from this page) of the patches that maintainers related to it. same: (name, URL) of
    patches with the same diff. outcomes: the commits that it became; branches: those in which they were
    looked for, none without a repository. remarks: how many of the comments are shown in the diff.
    is_utc: whether dates of checks and of the history are; else they are by the server's clock.
    areas: (title, URL) of the subsystems that it touches.
    """

    patch: Patch
    state_url: str | None
    delegate_url: str | None
    commit_url: str | None
    outcomes: list[Outcome]
    branches: tuple[str, ...]
    local: list[LocalOverride]
    checks: list[Check]
    check_counts: dict[str, int]
    history: list[HistoryEntry]
    related: list[tuple[str, str | None]]
    same: list[tuple[str, str]]
    attached: list[AttachedMessage]
    files: list[DiffFile]
    remarks: int
    has_diff: bool
    is_utc: bool
    areas: tuple[AreaLink, ...]


def patch_page(context: Context, number: int, areas: tuple[AreaLink, ...] = ()) -> Files:
    """The page of a patch, its mail, its bare diff and what the API has of it.

    areas: the subsystems that it touches.
    """
    bundle = bundles.patch_bundle(context.archive, number, with_objects=context.config.api)
    mail = bundle.mail
    patch, url = bundle.patch, mail.ref.url
    text = patch.diff if isinstance(patch.diff, str) else ""
    sections, files = context.diff(patch), files_of(context, patch)
    shown = layout(files, len(text))
    remarks = patch_remarks(context, mail)
    notes_of = partial(remark_notes, mail, remarks)
    context.tally["remarks_placed"] += remarks.placed
    context.tally["remarks_unplaced"] += remarks.unplaced
    view = mail_view(context, mail, remarks)
    shown_files = diff_files(files, shown, notes_of, len(text))
    page = context.render(
        "patch.html", url, view,
        _patch_view(bundle, sections, shown_files, remarks.placed, context.server_clock(), areas),
    )  # fmt: skip
    made: Files = {urls.file_of(url): page, urls.file_of(url + "mbox"): context.mbox(mail)}
    if view.is_removed:
        made[urls.file_of(url + GONE_PAGE)] = page
    if text or isinstance(patch.headers, dict):  # a pull request has an empty one, as in Patchwork
        made[urls.file_of(url + "raw")] = text.encode("utf-8", "replace")
    if bundle.thread:
        made |= thread_mbox.thread_files(bundle.thread)
    if context.config.redirects == "files":
        made |= id_lookup.redirects(context, mail, made)
    made |= file_pages(context, view, url, files, shown, notes_of)
    return made | (api.patch_files(context, bundle.objects) if bundle.objects else {})


def _patch_view(
    bundle: PatchBundle,
    sections: Sequence[FileDiff],
    files: list[DiffFile],
    remarks: int,
    clock: ServerClock,
    areas: tuple[AreaLink, ...],
) -> PatchView:
    patch, slug = bundle.patch, bundle.mail.project_slug
    return PatchView(
        patch=patch,
        state_url=urls.facet(slug, "state", patch.state) if patch.state else None,
        delegate_url=_delegate_url(patch),
        commit_url=commit_url(bundle.mail.project, patch.commit_ref),
        outcomes=outcomes(
            bundle.mail.project, bundle.mail.ref.url, bundle.landed, _label(bundle.mail.series)
        ),
        branches=bundle.branches,
        local=[
            LocalOverride(name, _value(own), _value(server))
            for name, (own, server) in bundle.overrides.items()
        ],
        checks=[replace(c, date=clock.utc(c.date) or c.date) for c in bundle.checks],
        check_counts=_check_counts(bundle.checks),
        history=[_history_entry(event, clock) for event in bundle.events],
        related=_related(bundle),
        same=[(ref.name, ref.url) for ref in bundle.same_hash],
        attached=[
            _attached_message(bundle, section.header)
            for section in sections
            if section.change == "message"
        ],
        files=files,
        remarks=remarks,
        has_diff=bool(patch.diff),
        is_utc=clock.is_known,
        areas=areas,
    )


def _label(series: SeriesBundle | None) -> str:
    """Which of several versions a series is, such as `v2`."""
    versions = series.versions if series else ()
    return next((v.label for v in versions if series and v.series == series.id), "")


def _attached_message(bundle: PatchBundle, lines: Sequence[str]) -> AttachedMessage:
    found = attached.read(lines)
    links = text_links(bundle.mail)
    return AttachedMessage(
        found.title,
        decoded(found.headers.get("From", "")),
        found.headers.get("Date", ""),
        mail_text(found.message, links, is_reply=False),
        mail_text(found.notes, links, is_reply=False) if found.notes else None,
    )


def _delegate_url(patch: Patch) -> str | None:
    """A search: a list goes by the delegate's newest name, which a patch's object may not have."""
    if not patch.delegate:
        return None
    return f"search/?{urlencode({'q': field_query('delegate', patch.delegate.username)})}"


def _check_counts(checks: Sequence[Check]) -> dict[str, int]:
    """How many checks have each result, the worst result first."""
    counts = Counter(check.state for check in checks)
    return {state: counts.pop(state) for state in WORST_FIRST if state in counts} | counts


def _history_entry(event: Event, clock: ServerClock) -> HistoryEntry:
    key = "state" if event.category == "patch-state-changed" else "delegate"
    old, new = event.payload.get(f"previous_{key}"), event.payload.get(f"current_{key}")
    actor = event.actor.username if event.actor else None
    return HistoryEntry(clock.utc(event.date) or event.date, key, _value(old), _value(new), actor)


def _value(value: Any) -> str:
    """A value of a field of the API as pages show it."""
    if isinstance(value, dict):
        value = value.get("username")
    if isinstance(value, list):  # related patches
        value = ", ".join(str(one.get("id") if isinstance(one, dict) else one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value else "none"


def _related(bundle: PatchBundle) -> list[tuple[str, str | None]]:
    patch = bundle.patch
    related: list[tuple[str, str | None]] = []
    for stub in patch.related if isinstance(patch.related, list) else []:
        ref = bundle.related.get(stub.id)
        url = f"{_ROOT}{ref.url}" if ref else None
        if not url and isinstance(stub.list_archive_url, str):
            url = safe_url(stub.list_archive_url)
        name = ref.name if ref else stub.name  # it may have changed since the stub was made
        related.append((name or f"patch {stub.id}", url))
    return related


def _units(plan: Plan) -> Iterator[Unit]:
    prints = plan.fingerprints
    for number, own, project, series in planning.mails(plan.archive, "patch"):
        depends = (
            own,
            plan.projects[project],
            prints.series.get(series) if series is not None else None,
            series in plan.series_with_feed,
            prints.comments["patch"].get(number),
            plan.open_states if number in prints.comments["patch"] else None,
            prints.checks.get(number),
            prints.events.get(number),
            plan.server_zone if number in prints.events or number in prints.checks else None,
            prints.mentions["patch"].get(number),
            prints.twins["patch"].get(number),
            prints.listed_dates["patch"].get(number),
            prints.same_hash.get(number),
            prints.deletions["patch"].get(number),
            prints.related.get(number),
            prints.landed.get(number),
            prints.branches.get(project),
            areas := plan.areas_of_patch(project, number),
        )
        yield plan.unit("patch", number, depends, areas, group=plan.group(series))


def _sitemap(plan: Plan) -> Iterator[SitemapEntry]:
    slugs = planning.project_slugs(plan.archive)
    of_files = planning.diff_pages(plan.archive)
    for number, project, slug, date in planning.mail_pages(plan.archive, "patch"):
        url = urls.patch(slugs[project], slug)
        yield url, date
        for file, pages in of_files.get(number, ()):
            for page in range(1, pages + 1):
                yield urls.diff_file(url, file, page), date


PATCH = PageKind(
    "patch",
    _units,
    patch_page,
    templates=("patch.html", "patch_file.html", "redirect.html"),
    stage=Stage.OBJECTS,
    part=Part.MAILS,
    sitemap=_sitemap,
)
