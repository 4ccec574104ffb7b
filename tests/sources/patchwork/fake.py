"""A small Patchwork of our own: its REST API, its events, its way with pages and filters. In memory.

It can be told to fail. How it behaves was read off real servers: pages by number with Link headers, an
empty list for a filter that it doesn't understand, events of which those of one date come in any order.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import httpx
import msgspec

from generator.archive.vocabulary import slug_of
from tests import factories

Object = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]

HOST = "https://patchwork.example.org"
VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4"]
#: A version that doesn't exist yet, and sorts as text before those that have events about comments.
LATER_VERSION = "1.10"
#: Fields that came with a version of the API.
_SINCE = {
    "1.1": {"web_url", "comments"},
    "1.2": {"list_archive_url", "list_archive_url_format", "commit_url_format", "related", "actor"},
    "1.3": {"addressed"},
    "1.4": {"dependencies", "dependents"},
}
_LISTS = {"patches": "patch", "covers": "cover", "series": "series"}
_DETAIL = {"headers", "content", "diff", "prefixes"}


class Fake:
    """A server. Its methods change it as mails and people do, and note the events that Patchwork notes."""

    def __init__(self, version: str = "1.4", *, page_size: int = 250, prefix: str = "") -> None:
        self.version = version
        self.page_size = page_size
        self.prefix = prefix
        self.projects: dict[int, Object] = {}
        self.objects: dict[str, dict[int, Object]] = {"patch": {}, "cover": {}, "series": {}}
        self.comments: dict[tuple[str, int], dict[int, Object]] = {}
        self.checks: dict[int, dict[int, Object]] = {}
        self.events: list[Object] = []
        #: Bundles, with their patches in their own order.
        self.bundles: dict[int, Object] = {}
        self.log: list[str] = []
        #: The states by number: name, and whether lists show them without a filter.
        self.states = {
            1: ("New", True),
            2: ("Under Review", True),
            3: ("Accepted", False),
            4: ("Rejected", False),
        }
        self.delegates: dict[int, str] = {}
        #: Projects that don't show dependencies.
        self.without_dependencies: set[int] = set()
        #: Called before each answer; an answer of its own goes out instead of the right one.
        self.fault: Callable[[str, dict[str, str]], Answer | None] = lambda path, query: None
        self._ids: dict[str, int] = {}
        #: How much time passes with each event, or with two or three of them.
        self.pace = timedelta(seconds=1)
        self._clock = datetime(2026, 3, 1, 10)
        self._shuffle = random.Random(1)

    # What happens on a server

    def add_project(self) -> int:
        number = self._next("project")
        self.projects[number] = factories.project(number)
        return number

    def add_series(self, project: int, patches: int = 1, *, cover: bool = False) -> int:
        """A series with its mails; returns its number."""
        number = self._next("series")
        series = {**factories.series(number, patches=[]), "project": self.projects[project],
                  "total": patches, "received_total": 0, "received_all": False,
                  "cover_letter": None, "dependencies": [], "dependents": []}  # fmt: skip
        self.objects["series"][number] = series
        self._happen("series-created", project, {"series": _stub(series)})
        if cover:
            self._add_mail("cover", number)
        for _ in range(patches):
            self.add_patch(number)
        return number

    def depend(self, series: int, other: int) -> None:
        """A mail of a series says that it depends on another one: no event tells of it."""
        one, two = self.objects["series"][series], self.objects["series"][other]
        one["dependencies"] = [*one["dependencies"], two["url"]]
        two["dependents"] = [*two["dependents"], one["url"]]

    def add_bundle(self, patches: list[int], name: str = "queue", **fields: Any) -> int:
        """A bundle of patches in this order: no event tells of it."""
        number = self._next("bundle")
        project = self.objects["patch"][patches[0]]["project"]
        stubs = [_stub(self.objects["patch"][patch]) for patch in patches]
        self.bundles[number] = factories.bundle(
            number, project=project, name=name, patches=stubs, **fields
        )
        return number

    def add_patch(self, series: int) -> int:
        """One more patch in a series."""
        return self._add_mail("patch", series)

    def add_comment(self, kind: str, number: int) -> int:
        new = self._next(f"{kind}-comment")
        path = {"patch": "patches", "cover": "covers"}[kind]
        msgid = f"<{kind}-comment{new}@example.org>"
        comment = factories.comment(new, on=f"{path}/{number}", msgid=msgid, addressed=None)
        self.comments.setdefault((kind, number), {})[new] = comment
        self._tell_of_comment(kind, number, comment)
        return new

    def address_comment(self, kind: str, number: int, comment: int) -> None:
        held = self.comments[kind, number][comment]
        held["addressed"] = not held["addressed"]
        self._tell_of_comment(kind, number, held)

    def add_check(self, patch: int, state: str = "success") -> None:
        new = self._next("check")
        check = factories.check(new, on=patch, state=state)
        self.checks.setdefault(patch, {})[new] = check
        item = self.objects["patch"][patch]
        item["check"] = state
        payload = {"patch": _stub(item), "check": {"id": new, "state": state}}
        self._happen("check-created", item["project"]["id"], payload)

    def set_state(self, patch: int, state: str) -> None:
        item = self.objects["patch"][patch]
        payload = {"patch": _stub(item), "previous_state": item["state"], "current_state": state}
        item["state"] = state
        self._happen("patch-state-changed", item["project"]["id"], payload)

    def edit(self, kind: str, number: int, **fields: Any) -> None:
        """A change that no event tells of."""
        self.objects[kind][number] |= fields

    def delete(self, kind: str, number: int) -> None:
        item = self.objects[kind].pop(number)
        self.comments.pop((kind, number), None)
        if kind == "patch":
            self.checks.pop(number, None)
        self.events = [e for e in self.events if e["payload"].get(kind, {}).get("id") != number]
        for stub in item.get("series", []):
            series = self.objects["series"][stub["id"]]
            if kind == "cover":
                series["cover_letter"] = None
            else:
                series["patches"] = [p for p in series["patches"] if p["id"] != number]
                series["received_total"] -= 1
                series["received_all"] = series["received_total"] >= series["total"]

    def delete_comment(self, kind: str, number: int, comment: int) -> None:
        del self.comments[kind, number][comment]

    def _add_mail(self, kind: str, series: int) -> int:
        number = self._next(kind)
        within = self.objects["series"][series]
        stub = {key: within[key] for key in ("id", "url", "date", "name", "version")}
        make = factories.patch if kind == "patch" else factories.cover
        item = make(number, project=within["project"], series=[stub])
        self.objects[kind][number] = item
        self._happen(f"{kind}-created", item["project"]["id"], {kind: _stub(item)})
        if kind == "cover":
            within["cover_letter"] = _stub(item)
            return number
        within["patches"] = [*within["patches"], _stub(item)]
        within["received_total"] += 1
        within["received_all"] = within["received_total"] >= within["total"]
        # Of a patch out of turn Patchwork tells no more than that it was created.
        if within["received_total"] == within["total"]:
            self._happen("series-completed", item["project"]["id"], {"series": _stub(within)})
        return number

    def _tell_of_comment(self, kind: str, number: int, comment: Object) -> None:
        item = self.objects[kind][number]
        payload = {kind: _stub(item), "comment": {"id": comment["id"], "msgid": comment["msgid"]}}
        self._happen(f"{kind}-comment-created", item["project"]["id"], payload)

    def _happen(self, category: str, project: int, payload: Object) -> None:
        number = self._next("event")
        self._clock += self.pace * (number % 3)  # some events share their date
        late = timedelta(seconds=5 if number % 7 == 0 else 0)  # and some are there late
        date = (self._clock - late).isoformat()
        self.events.append({"id": number, "category": category, "project": self.projects[project],
                            "date": date, "actor": None, "payload": payload})  # fmt: skip

    def _next(self, kind: str) -> int:
        self._ids[kind] = self._ids.get(kind, 0) + 1
        return self._ids[kind]

    # What it answers

    def transport(self) -> httpx.MockTransport:
        """The server for a client of the same process."""

        def answer(request: httpx.Request) -> httpx.Response:
            status, headers, value = self.answer(request.url.raw_path.decode())
            body = value if isinstance(value, bytes) else msgspec.json.encode(value)
            return httpx.Response(
                status, headers={"Content-Type": "application/json", **headers}, content=body
            )

        return httpx.MockTransport(answer)

    def answer(self, target: str) -> Answer:
        """Status, headers and value for the path and query of a request."""
        self.log.append(target)
        path, _, query = target.partition("?")
        pairs = parse_qsl(query)
        if fault := self.fault(path, dict(pairs)):
            return fault
        if page := re.fullmatch(rf"{self.prefix}/project/([^/]+)/list/", path):
            return (
                200,
                {"Content-Type": "text/html; charset=utf-8"},
                self._list_page(page[1], dict(pairs)),
            )
        if mbox := re.fullmatch(rf"{self.prefix}/bundle/([^/]+)/([^/]+)/mbox/", path):
            return self._bundle_mbox(unquote(mbox[1]), unquote(mbox[2]))
        match = re.fullmatch(rf"{self.prefix}/api/(\d\.\d+)/(.*)", path)
        if (
            not match
            or _numbers(match[1]) > _numbers(self.version)
            or match[1] not in [*VERSIONS, LATER_VERSION]
        ):
            return 404, {}, {"detail": "Not found."}
        found = self._find(match[1], match[2], pairs)
        if found is None:
            return 404, {}, {"detail": "Not found."}
        if not isinstance(found, list):
            return 200, {}, self._shown([_as_of(match[1], found)])[0]
        status, headers, page = self._page(path, pairs, [_as_of(match[1], x) for x in found])
        return status, headers, self._shown(page) if isinstance(page, list) else page

    def _bundle_mbox(self, owner: str, name: str) -> Answer:
        """The mails of a bundle: their heads, in its order."""
        for bundle in self.bundles.values():
            if (bundle["owner"]["username"], bundle["name"], bundle["public"]) == (
                owner,
                name,
                True,
            ):
                mails = [
                    f"From patchwork Mon Mar  2 10:00:00 2026\nX-Patchwork-Id: {p['id']}\n\nText.\n"
                    for p in bundle["patches"]
                ]
                return 200, {"Content-Type": "text/plain"}, "\n".join(mails).encode()
        return 404, {}, {"detail": "Not found."}

    def _shown(self, items: list[Object]) -> list[Object]:
        """Without the dependencies of projects that hide them, nor of any series that follow on the page."""
        hidden = False
        shown = []
        for item in items:
            hidden = hidden or item.get("project", {}).get("id") in self.without_dependencies
            lost = ("dependencies", "dependents") if hidden else ()
            shown.append({key: value for key, value in item.items() if key not in lost})
        return shown

    def _list_page(self, project: str, query: dict[str, str]) -> bytes:
        """The list that people see: its form, and the patches of a series or title that need action."""
        states = "".join(
            f'<option value="{n}">{name}</option>' for n, (name, _) in self.states.items()
        )
        delegates = "".join(
            f'<option value="{n}">{name}</option>' for n, name in self.delegates.items()
        )
        open_slugs = {slug_of(name) for name, needs_action in self.states.values() if needs_action}
        shown = [
            p for p in self.objects["patch"].values()
            if p["state"] in open_slugs and p["project"]["link_name"] == project
            and any(str(stub["id"]) == query.get("series") for stub in p["series"])
        ]  # fmt: skip
        links = "".join(
            f'<a href="/project/{project}/patch/{p["msgid"].strip("<>")}/">x</a>' for p in shown
        )
        form = (
            f'<select name="state"><option value="*">any</option><option selected value="">Action Required'
            f'</option>{states}</select><select name="delegate"><option value="Nobody">Nobody</option>{delegates}</select>'
        )
        return f"<!DOCTYPE html><title>x</title><form>{form}</form>{links}".encode()

    def _find(self, version: str, path: str, pairs: list[tuple[str, str]]) -> Any:
        if path in ("people/", "users/"):
            return None
        if path == "projects/":
            return list(self.projects.values())
        if path == "bundles/":
            public = [b for b in self.bundles.values() if b["public"]]
            by_date = [
                {**b, "patches": sorted(b["patches"], key=lambda p: p["id"])} for b in public
            ]
            return self._of_projects(by_date, pairs)
        if match := re.fullmatch(r"bundles/(\d+)/", path):
            return self.bundles.get(int(match[1]))
        if path == "events/":
            return self._events(version, pairs)
        if match := re.fullmatch(r"(patches|covers|series)/", path):
            return self._list(match[1], pairs)
        if match := re.fullmatch(r"(patches|covers|series)/(\d+)/", path):
            return self.objects[_LISTS[match[1]]].get(int(match[2]))
        if match := re.fullmatch(r"(patches|covers)/(\d+)/(comments|checks)/", path):
            kind, number = _LISTS[match[1]], int(match[2])
            if number not in self.objects[kind] or (match[3] == "comments" and version == "1.0"):
                return None
            if match[3] == "checks":
                return list(self.checks.get(number, {}).values())
            return list(self.comments.get((kind, number), {}).values())
        return None

    def _list(self, path: str, pairs: list[tuple[str, str]]) -> list[Object]:
        chosen = self._of_projects(list(self.objects[_LISTS[path]].values()), pairs)
        chosen = [{k: v for k, v in item.items() if k not in _DETAIL} for item in chosen]
        if states := [value for name, value in pairs if name == "state"]:
            chosen = [item for item in chosen if item["state"] in states]
        if ("archived", "false") in pairs:
            chosen = [item for item in chosen if not item["archived"]]
        descending = ("order", "-id") in pairs
        return sorted(chosen, key=lambda item: item["id"], reverse=descending)

    def _events(self, version: str, pairs: list[tuple[str, str]]) -> list[Object]:
        chosen = self._of_projects(self.events, pairs)
        if _numbers(version) < (1, 3):
            chosen = [event for event in chosen if "comment" not in event["category"]]
        if since := dict(pairs).get("since"):
            start = datetime.fromisoformat(since)
            chosen = [e for e in chosen if datetime.fromisoformat(e["date"]) >= start]
        self._shuffle.shuffle(chosen)
        by_date = ("order", "date") in pairs and _numbers(version) >= (1, 2)
        return sorted(chosen, key=lambda event: str(event["date"]), reverse=not by_date)

    def _of_projects(self, items: list[Object], pairs: list[tuple[str, str]]) -> list[Object]:
        wanted = [value for name, value in pairs if name == "project"]
        numbers = {str(p["link_name"]): number for number, p in self.projects.items()}
        known = {numbers.get(v, int(v) if v.isdigit() else -1) for v in wanted}
        if not known <= self.projects.keys():
            return []  # as Patchwork answers to a filter that it doesn't understand
        return [i for i in items if not wanted or i["project"]["id"] in known]

    def _page(self, path: str, pairs: list[tuple[str, str]], items: list[Object]) -> Answer:
        query = dict(pairs)
        size = min(int(query.get("per_page", 30)), self.page_size)
        number = int(query.get("page", 1))
        count = max(1, -(-len(items) // size))
        if not 1 <= number <= count:
            return 404, {}, {"detail": "Invalid page."}
        others = [pair for pair in pairs if pair[0] != "page"]
        links = [f"<{HOST}{path}?{urlencode([*others, ('page', to)])}>; rel=\"{name}\""
                 for name, to in (("next", number + 1), ("prev", number - 1)) if 1 <= to <= count]  # fmt: skip
        headers = {"Link": ", ".join(links)} if links else {}
        return 200, headers, items[(number - 1) * size : number * size]

    def everything(self) -> Iterator[tuple[str, tuple[str, int] | None, Object]]:
        """Every object as (kind, parent, value), in the form of the server's version."""
        for number, project in self.projects.items():
            yield "project", None, _as_of(self.version, {**project, "id": number})
        for kind, held in self.objects.items():
            for item in held.values():
                yield kind, None, self._shown([_as_of(self.version, item)])[0]
        for parent, comments in self.comments.items():
            for comment in comments.values():
                yield "comment", parent, _as_of(self.version, comment)
        for patch, checks in self.checks.items():
            for check in checks.values():
                yield "check", ("patch", patch), _as_of(self.version, check)


def _stub(item: Object) -> Object:
    """An object as others embed it."""
    keys = ("id", "url", "msgid", "date", "name", "version")
    return {key: item[key] for key in keys if key in item}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _as_of(version: str, value: Any) -> Any:
    """An object without the fields that came later than a version of the API."""
    later = {
        key for since, keys in _SINCE.items() if _numbers(since) > _numbers(version) for key in keys
    }
    if isinstance(value, list):
        return [_as_of(version, item) for item in value]
    if isinstance(value, dict) and "From" not in value:
        return {key: _as_of(version, held) for key, held in value.items() if key not in later}
    return value
