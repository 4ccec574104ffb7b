"""Learns what the API doesn't tell: the numbers and names of states, and which of them need action.

The page of a project's list has a form with them. Whether a state needs action shows in whether the list
without a filter has a patch in that state: a request for each state that is in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from generator.archive import vocabulary
from generator.archive.database import Archive
from generator.archive.vocabulary import State
from generator.archive.worked_out_series import is_worked_out
from generator.mail.headers import quote_segment
from generator.sources.patchwork.client import Client

#: A form has no more options than that, and no longer ones (characters).
_MOST, _LONGEST = 1000, 200


class ListForm(NamedTuple):
    """What the form above a list offers: states, and delegates by number."""

    states: list[State]
    delegates: dict[int, str]


def list_form(page: str) -> ListForm:
    """Read the form of a list page (HTML of Patchwork 1.0 to 3.2); empty where there is none."""
    html = LexborHTMLParser(page)
    states = [
        State(number, name, vocabulary.slug_of(name), None, place)
        for place, (number, name) in enumerate(_options(html, "state"))
    ]
    return ListForm([state for state in states if state.slug], dict(_options(html, "delegate")))


def _options(html: LexborHTMLParser, name: str) -> Iterator[tuple[int, str]]:
    """The options with a number, and their texts."""
    for option in html.css(f'select[name="{name}"] option')[:_MOST]:
        value = (option.attributes.get("value") or "").strip()
        text = option.text(strip=True)[:_LONGEST]
        if value.isascii() and value.isdigit() and len(value) <= 9 and text.isprintable() and text:
            yield int(value), text


async def learn(
    client: Client, archive: Archive, projects: list[tuple[int, str]], *, again: bool
) -> None:
    """Store what the server's lists offer. `projects`: number and link name, of those that are mirrored.

    `again`: ask also about states of which it is known whether they need action. Raises Missing or
    Unavailable when a page can't be read; then nothing is stored.
    """
    states: dict[int, State] = {}
    delegates: dict[int, str] = {}
    for _, name in projects:
        form = list_form(await client.page(f"project/{quote_segment(name)}/list/"))
        states |= {state.number: state for state in form.states}
        delegates |= form.delegates
    known = {state.slug: state.action_required for state in vocabulary.learned_states(archive)}
    learned = []
    for state in states.values():
        before = found = known.get(state.slug)
        if before is None or again:
            found = await _needs_action(client, archive, state.slug, dict(projects))
        learned.append(replace(state, action_required=before if found is None else found))
    if learned:
        with archive.transaction():
            vocabulary.store(archive, learned, delegates)


async def _needs_action(
    client: Client, archive: Archive, slug: str, projects: dict[int, str]
) -> bool | None:
    """Whether the list without a filter has a patch in a state; None where no patch is in it."""
    found = vocabulary.example(archive, slug, sorted(projects))
    if found is None:
        return None
    is_known_there = found.series is not None and not is_worked_out(found.series)
    narrowed = ("series", str(found.series)) if is_known_there else ("q", found.name[:200])
    path = f"project/{quote_segment(projects[found.project])}/list/"
    page = await client.page(path, [narrowed, ("archive", "both")])
    links = (a.attributes.get("href") or "" for a in LexborHTMLParser(page).css("a[href]"))
    return any(unquote(link).endswith(f"/patch/{found.slug}/") for link in links)
