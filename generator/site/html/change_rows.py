"""The `<li>`s of a list of changes: there may be hundreds on a page, each with its patches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from generator import urls
from generator.archive.change_status import UNSETTLED
from generator.mail.headers import quote_segment
from generator.site.html.escape import visible
from generator.site.html.patch_rows import checks, tags

if TYPE_CHECKING:
    from generator.archive.changes import Change
    from generator.archive.patch_rows import PatchRow
    from generator.site.pages.parts.change_rows import ChangeRow


def change_rows(rows: Iterable[ChangeRow], page: str) -> Markup:
    """The items of a list of changes; `page`: the URL of the page that shows them."""
    return Markup("".join([_item(row, page) for row in rows]))


def status(name: str) -> Markup:
    """A status of a change as a label."""
    return Markup(_status(name))


def _status(name: str) -> str:
    return f'<span class="status" data-status="{escape(name)}">{escape(name)}</span>'


def _item(row: ChangeRow, page: str) -> str:
    change = row.change
    base = escape(urls.relative(page, row.project_url))

    def href(url: str) -> str:
        """A URL below the project's folder, from the page: these are most of a list's bytes."""
        return base + escape(url.removeprefix(row.project_url))

    label = f' <span class="note">{escape(row.label)}</span>' if row.label else ""
    day = urls.day(change.date)
    facts = [
        _status(change.verdict.status) + _states(change),
        *_facts(change),
        f'<time class="date" datetime="{day}">{day}</time>',
        *_people(change, page),
    ]
    return (
        f'<li><p><a class="title" href="{href(row.url)}">'
        f"{visible(change.name) if change.name else '(no subject)'}</a>{label}</p>\n"
        f"<p>{' · '.join(facts)}</p>\n{_details(row, base, href)}</li>\n"
    )


def _states(change: Change) -> str:
    """What the server says, beside the status."""
    return "".join(map(_state, change.states))


def _state(name: str) -> str:
    state = escape(name)
    return f' <span class="state" data-state="{state}">{state.replace("-", " ")}</span>'


def _facts(change: Change) -> list[str]:
    found = []
    if change.reviewed:
        found.append(f"{change.reviewed} of {len(change.patches)} reviewed")
    elif change.verdict.status in UNSETTLED:
        found.append("not reviewed")
    if change.failing:
        noun = "patch fails checks" if change.failing == 1 else "patches fail checks"
        found.append(f'<span class="check" data-check="fail">{change.failing} {noun}</span>')
    if change.remarks:
        noun = "remark" if change.remarks == 1 else "remarks"
        found.append(f"{change.remarks} {noun} open")
    return found


def _people(change: Change, page: str) -> list[str]:
    if not change.senders:
        return []
    first = change.people[0]
    others = len(change.people) - 1
    more = f" and {others} {'other' if others == 1 else 'others'}" if others else ""
    name = visible(first.name or first.email or "(unknown)")
    return [f'<a href="{urls.root_of(page)}person/{first.id}/"><bdi>{name}</bdi></a>{more}']


def _details(row: ChangeRow, base: str, href: Callable[[str], str]) -> str:
    """What a row can be opened to: why it has its status, its patches, and its earlier versions."""
    count = len(row.patches)
    earlier = ""
    if row.versions:
        links = ", ".join(
            f'<a href="{href(url)}">{escape(label)}</a>' for label, url in row.versions
        )
        earlier = f"<p>Earlier versions: {links}</p>\n"
    return (
        f"<details><summary>{count} {'patch' if count == 1 else 'patches'}, why "
        f"{escape(row.change.verdict.status)}</summary>\n"
        f'<p>Because <a href="{href(row.reason_url)}">{escape(row.change.verdict.reason)}</a>.</p>\n'
        f"{earlier}<ol>{''.join(_patch(patch, base, row.change) for patch in row.patches)}</ol></details>"
    )


def _patch(row: PatchRow, base: str, change: Change) -> str:
    # The state that all patches share stands above.
    shown_state = _state(row.state) if len(change.states) > 1 else ""
    counts = "".join(
        f" {shown(n)}" for shown, n in ((tags, row.tags), (checks, row.checks)) if any(n)
    )
    return (
        f'<li><a href="{base}patch/{escape(quote_segment(row.slug))}/">'
        f"{visible(row.name) if row.name else '(no subject)'}</a>"
        f"{shown_state}{counts}</li>\n"
    )
