"""Holds a site against the Patchwork that it was made from, address by address.

What is compared is what each of them answers: the place that an address leads to, the bytes of a download,
the fields of an object of the API. Both are asked by the same client, the site on a server with its rules.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from urllib.parse import quote, unquote, urljoin

from generator import urls
from generator.archive import patch_bundles, planning, vocabulary
from generator.archive.columns import object_id
from generator.archive.database import Archive
from generator.archive.page_refs import PageRef, refs_between
from generator.errors import InputError, SourceError
from generator.mail.headers import bare_msgid, quote_segment
from generator.progress import Reporter
from generator.servers.api_filters import ASKED_STATES
from generator.sources.patchwork.client import Client, ClientOptions, Missing
from generator.sources.patchwork.command import Source
from generator.sources.patchwork.discovery import discover

_LEADS_ON = re.compile(rb'http-equiv="refresh" content="0; ?url=([^"]{1,1000})"')

#: How many entries of a list are asked for.
_PER_PAGE = 50

#: Whether two answers (contents and places) are the same.
Same = Callable[["Answer", "Answer"], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """status: 200, 404, or 0 without a usable answer. place: the path that answered, empty without one.

    value: the bytes of a page or download, the decoded JSON of the API.
    """

    status: int
    value: Any = b""
    place: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """Something that both are asked for. `path` is relative to the root and may have a query."""

    kind: str
    path: str
    same: Same

    @property
    def is_json(self) -> bool:
        return self.path.startswith("api/")


@dataclass(slots=True)
class Row:
    """What was found of a kind of addresses. first: the first address that differs, and how."""

    kind: str
    asked: int = 0
    same: int = 0
    first: str = ""


@dataclass
class Comparison:
    """Compares a `live` server with a `site`; `roots`: how addresses within objects may begin."""

    live: Client
    site: Client
    roots: Sequence[str]
    rows: dict[str, Row] = field(default_factory=dict)

    async def run(
        self, addresses: Iterator[Address], connections: int, advance: Callable[[int], None]
    ) -> list[Row]:
        """Ask both for each address; raises SourceError when one of them can't be reached."""

        async def work() -> None:
            for address in addresses:
                await self._compare(address)
                advance(1)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(connections):
                    group.create_task(work())
        except ExceptionGroup as errors:
            refusals, _ = errors.split(SourceError)
            raise (refusals or errors).exceptions[0] from errors
        return list(self.rows.values())

    async def _compare(self, address: Address) -> None:
        row = self.rows.setdefault(address.kind, Row(address.kind))
        row.asked += 1
        there, here = await asyncio.gather(_answer(self.live, address), _answer(self.site, address))
        # What only the site answers is no loss: Patchwork itself doesn't find ids with slashes everywhere.
        if there.status == 404 or (
            there.status == here.status == 200 and address.same(there, here)
        ):
            row.same += 1
        elif not row.first:
            row.first = f"{address.path}: {_described(there)} there, {_described(here)} here"

    def same_object(self, there: Answer, here: Answer) -> bool:
        """Whether all fields that the server gives are the same, addresses without where they begin.

        The same for a list of objects.
        """
        is_one = isinstance(there.value, list) or object_id(there.value) is not None
        return is_one and _covers(_plain(here.value, self.roots), _plain(there.value, self.roots))

    def same_series(self, there: Answer, here: Answer) -> bool:
        """The same for a series: it has a page here, there its `web_url` is that of a list."""
        if not isinstance(there.value, dict):
            return False
        fields = {key: value for key, value in there.value.items() if key != "web_url"}
        return self.same_object(replace(there, value=fields), here)

    def same_bundle(self, there: Answer, here: Answer) -> bool:
        """The same for a bundle: the server lists its patches by date, the site in the bundle's order."""

        def in_any_order(answer: Answer) -> Answer:
            value = answer.value
            if not isinstance(value, dict) or not isinstance(value.get("patches"), list):
                return answer
            patches = sorted(value["patches"], key=lambda patch: object_id(patch) or 0)
            return replace(answer, value={**value, "patches": patches})

        return self.same_object(in_any_order(there), in_any_order(here))


def compare(
    archive: Archive, wanted: Source, site: str, base_url: str, every: int, reporter: Reporter
) -> list[Row]:
    """Compare a server with the site of the archive, which answers at the URL `site`.

    Every n-th object of the chosen projects is asked for, as far as the archive has them. Raises
    SourceError when one of both can't be reached, and ConfigError for an unknown project.
    """
    return asyncio.run(_compare(archive, wanted, site, base_url, every, reporter))


async def _compare(
    archive: Archive, wanted: Source, site: str, base_url: str, every: int, reporter: Reporter
) -> list[Row]:
    root, options, names = wanted
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(Client(root, options))
        ours = await stack.enter_async_context(Client(site, ClientOptions()))
        version, _, chosen = await discover(live, names)
        comparison = Comparison(live, ours, [root for root in (str(live.root), base_url) if root])
        slugs = planning.project_slugs(archive)
        projects = {slugs[item["id"]] for item in chosen if item["id"] in slugs}
        asked = addresses(archive, comparison, f"api/{version}/", projects, every)
        reporter.stage("addresses", None)
        return await comparison.run(asked, options.connections, reporter.advance)


def same_place(there: Answer, here: Answer) -> bool:
    """Whether an address leads to the same page, here perhaps by a page that leads on."""
    onward = _LEADS_ON.search(here.value[:2000])
    if onward is None:
        return there.place == here.place
    target = urljoin(quote(here.place), html.unescape(onward[1].decode()))
    return there.place == unquote(target.partition("#")[0])


def same_list(there: Answer, here: Answer) -> bool:
    """Whether two lists have the same objects in the same order.

    A first page of the site has more than one that is full: what it begins with counts.
    """
    asked, found = _ids(there), _ids(here)
    return asked == (found[:_PER_PAGE] if len(asked) == _PER_PAGE else found)


def found(there: Answer, here: Answer) -> bool:
    """Whether a list has all objects that another has."""
    return set(_ids(there)) <= set(_ids(here))


def _ids(answer: Answer) -> list[int | None]:
    return [object_id(item) for item in answer.value] if isinstance(answer.value, list) else [None]


def same_content(there: Answer, here: Answer) -> bool:
    """Whether two downloads are the same, byte for byte."""
    return bool(there.value == here.value)


def addresses(
    archive: Archive, comparison: Comparison, api: str, projects: set[str], every: int
) -> Iterator[Address]:
    """The addresses of every n-th object of the archive, and of all bundles.

    `api`: such as `api/1.4/`; none of no projects.
    """
    slugs_of = planning.project_slugs(archive)
    for kind, plural in (("patch", "patches"), ("cover", "covers")):
        for _, ref in islice(_refs(archive, kind, projects), 0, None, every):
            yield from _of_mail(archive, comparison, f"{api}{plural}/", ref)
    for number, _ in islice(_refs(archive, "comment", projects), 0, None, every):
        yield Address("comment by number", f"comment/{number}/", same_place)
    for number in islice(_series(archive, projects), 0, None, every):
        yield Address("series mbox", f"series/{number}/mbox/", same_content)
        yield Address("API: series", f"{api}series/{number}/", comparison.same_series)
    for bundle in patch_bundles.public_bundles(archive):
        if not bundle.is_own and slugs_of.get(bundle.project_id) in projects:
            page = urls.bundle(bundle.owner, bundle.name)
            yield Address("bundle page", page, same_place)
            yield Address("bundle mbox", f"{page}mbox/", same_content)
            yield Address("API: bundle", f"{api}bundles/{bundle.id}/", comparison.same_bundle)
    for name in sorted(projects):
        part = quote_segment(name)
        yield Address("project page", f"project/{part}/", same_place)
        yield Address("project list", f"project/{part}/list/", same_place)
        yield Address("API: project", f"{api}projects/{part}/", comparison.same_object)
        yield from _lists(archive, api, f"project={part}")


def _lists(archive: Archive, api: str, project: str) -> Iterator[Address]:
    """The lists of a project that docs/hosting.md names. `project`: the parameter."""
    newest = f"{project}&order=-id&per_page={_PER_PAGE}"
    for plural in ("patches", "covers", "series"):
        yield Address("API: list of a project", f"{api}{plural}/?{newest}", same_list)
    yield Address("API: list of a project", f"{api}bundles/?{project}&order=name", same_list)
    states = [f"state={quote(state)}" for state in vocabulary.states(archive)]
    for asked in (*states, "&".join(f"state={state}" for state in ASKED_STATES)):
        path = f"{api}patches/?{asked}&archived=false&{newest}"
        yield Address("API: list by state", path, same_list)
    for number in vocabulary.server_delegates(archive):
        path = f"{api}patches/?delegate={number}&{newest}"
        yield Address("API: list by delegate", path, same_list)


def _of_mail(archive: Archive, comparison: Comparison, api: str, ref: PageRef) -> Iterator[Address]:
    kind = "patch" if ref.kind == "patch" else "cover letter"
    other = "cover" if ref.kind == "patch" else "patch"
    number, page, own = ref.id, ref.url, f"{ref.kind}/{ref.id}/"
    yield Address(f"{kind} page", page, same_place)
    yield Address(f"{kind} by number", own, same_place)
    yield Address(f"{kind} below /{other}/", urls.mail(other, ref.project, ref.slug), same_place)
    yield Address(f"{kind} mbox", f"{page}mbox/", same_content)
    yield Address(f"API: {kind}", f"{api}{number}/", comparison.same_object)
    yield Address(
        f"API: comments of a {kind}",
        f"{api}{number}/comments/?per_page=250",
        comparison.same_object,
    )
    mail = archive.raw(ref.kind, number) or {}
    msgid = quote_segment(bare_msgid(str(mail.get("msgid") or "")))
    yield Address(f"API: {kind} by message id", f"{api}?msgid={msgid}", found)
    if ref.kind == "patch":
        yield Address("patch raw", f"{page}raw/", same_content)
        yield Address("patch mbox with its series", f"{page}mbox/?series=*", same_content)
        yield Address(
            "API: checks of a patch", f"{api}{number}/checks/?per_page=250", comparison.same_object
        )


def _refs(archive: Archive, kind: str, projects: set[str]) -> Iterator[tuple[int, PageRef]]:
    """The patches, cover letters or comments of the projects, by number, with their pages."""
    numbers = (row[0] for row in planning.numbered(archive, kind))
    while part := list(islice(numbers, 1000)):
        for number, ref in refs_between(archive, kind, part[0], part[-1]).items():
            if ref.project in projects:
                yield number, ref


def _series(archive: Archive, projects: set[str]) -> Iterator[int]:
    """The numbers of the projects' series that the server has."""
    slugs = planning.project_slugs(archive)
    for members in planning.in_pages(archive, "series", 1000):
        for number, _, project in members:
            if project is not None and slugs.get(project) in projects:
                yield number


async def _answer(client: Client, address: Address) -> Answer:
    try:
        asked = client.get if address.is_json else client.content
        response = await asked(address.path)
    except Missing:
        return Answer(404)
    except InputError:
        return Answer(0)
    place = "/" + response.place.removeprefix(client.root.path)
    return Answer(200, response.value, place, response.size)


def _described(answer: Answer) -> str:
    if answer.status != 200:
        return str(answer.status or "no answer")
    return f"{answer.size:,} bytes at {answer.place}"


def _plain(value: Any, roots: Sequence[str]) -> Any:
    """A value whose addresses say what they lead to, but not where, in which version, or saved as what."""
    if isinstance(value, dict):
        return {key: _plain(held, roots) for key, held in value.items()}
    if isinstance(value, list):
        return [_plain(item, roots) for item in value]
    root = next((r for r in roots if isinstance(value, str) and value.startswith(r)), None)
    if root is None:
        return value
    path = re.sub(r"^api/\d+\.\d+/", "api/", value.removeprefix(root))
    return re.sub(r"/mbox/[\w.-]*$", "/mbox/", path)


def _covers(here: Any, there: Any) -> bool:
    """Whether a value has all that another has: an object may have fields of later versions besides."""
    if isinstance(there, dict) and isinstance(here, dict):
        return all(key in here and _covers(here[key], held) for key, held in there.items())
    if isinstance(there, list) and isinstance(here, list):
        return len(here) == len(there) and all(map(_covers, here, there))
    return bool(here == there)
