"""Objects as Patchwork's API 1.4 gives them: one JSON file each, for git-pw, b4, pwclient and scripts.

Their addresses begin with `base_url` or, where none is set, with that of the Patchwork they came from,
whose name may be given to this site. Fields that an older API version lacked get the newest one's
empty value: nothing was ever taken out of the API, so clients of any version understand them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from generator import urls
from generator.archive import queries
from generator.archive.overrides import patch_override
from generator.site.build_context import Context, Files
from generator.site.exports.api_embedded import complete, complete_mail, download, from_members
from generator.site.plan import Plan
from generator.site.registry import PageKind, Unit

#: Fields with addresses, which lead to this site in place of the server.
_ADDRESSES = {"url", "web_url", "mbox", "comments", "checks", "dependencies", "dependents"}
_API = re.compile(r"^(https?://[^/?#]+/(?:[^?#]*/)?)api/(?:\d\.\d/)?[a-z]+/")

#: The fields of each kind in the API's order, with the value of those that an object lacks.
_FIELDS: dict[str, dict[str, Any]] = {
    "project": {
        "id": None, "url": None, "name": "", "link_name": "", "list_id": "", "list_email": "",
        "web_url": "", "scm_url": "", "webscm_url": "", "maintainers": [], "subject_match": "",
        "list_archive_url": "", "list_archive_url_format": "", "commit_url_format": "",
    },
    "patch": {
        "id": None, "url": None, "web_url": None, "project": None, "msgid": None,
        "list_archive_url": None, "date": None, "name": "", "commit_ref": None, "pull_url": None,
        "state": None, "archived": False, "hash": None, "submitter": None, "delegate": None,
        "mbox": None, "series": [], "comments": None, "check": "pending", "checks": None,
        "tags": {}, "related": [], "headers": {}, "content": "", "diff": None, "prefixes": [],
    },
    "cover": {
        "id": None, "url": None, "web_url": None, "project": None, "msgid": None,
        "list_archive_url": None, "date": None, "name": "", "submitter": None, "mbox": None,
        "series": [], "comments": None, "headers": {}, "content": "",
    },
    "series": {
        "id": None, "url": None, "web_url": None, "project": None, "name": None, "date": None,
        "submitter": None, "version": 1, "total": 0, "received_total": 0, "received_all": False,
        "mbox": None, "cover_letter": None, "patches": [],
    },
    "comment": {
        "id": None, "url": None, "web_url": None, "msgid": None, "list_archive_url": None,
        "date": None, "subject": "", "submitter": None, "content": "", "headers": {},
        "addressed": None,
    },
    "check": {
        "id": None, "url": None, "user": None, "date": None, "state": None, "target_url": None,
        "context": None, "description": None,
    },
}  # fmt: skip
#: What lists leave out of a patch or a cover letter.
LIST_LEAVES_OUT = ("headers", "content", "diff", "prefixes")


def encode(value: Any) -> bytes:
    """JSON that is harmless even where a browser takes it for HTML."""
    return escape(msgspec.json.encode(value))


def escape(text: bytes) -> bytes:
    """JSON without the characters that HTML is made of; in JSON they are found in strings alone."""
    for char, escaped in ((b"<", rb"\u003c"), (b">", rb"\u003e"), (b"&", rb"\u0026")):
        text = text.replace(char, escaped)
    return text


def patch_files(context: Context, number: int) -> Files:
    """`api/patches/ID.json`, its comments and checks; and `lookup.json` beside the patch's page.

    The latter is the list that `?msgid=` asks for; `hash/HASH.json` in the project's folder is that of
    `?hash=`.
    """
    archive = context.archive
    value = {**(archive.raw("patch", number) or {}), **patch_override(archive, number)}
    page = _page(context, "patch", number)
    base = f"api/patches/{number}"
    shown = _mail(context, "patch", value, f"{base}/", page)
    line = {key: held for key, held in shown.items() if key not in LIST_LEAVES_OUT}
    files: Files = {
        f"{base}.json": encode(shown),
        f"{urls.file_of(page).removesuffix('index.html')}lookup.json": encode([line]),
    }
    files |= _by_hash(context, number, shown)
    root = shown["url"].removesuffix(f"{base}/")
    files |= _parts(context, "comment", root, base, queries.raw_comments(archive, "patch", number))
    return files | _parts(context, "check", root, base, queries.raw_checks(archive, number))


def _by_hash(context: Context, number: int, shown: dict[str, Any]) -> Files:
    """The list that `?hash=` asks for, made with the first of the project's patches that have the hash."""
    value = str(shown["hash"] or "").lower()
    project = shown["project"]["id"]
    numbers = queries.with_hash(context.archive, project, shown["hash"])
    if not re.fullmatch(r"[0-9a-f]{1,64}", value) or numbers[:1] != [number]:
        return {}
    found = []
    for one in numbers:
        own = {**(context.archive.raw("patch", one) or {}), **patch_override(context.archive, one)}
        mail = _mail(context, "patch", own, f"api/patches/{one}/", _page(context, "patch", one))
        found.append({key: held for key, held in mail.items() if key not in LIST_LEAVES_OUT})
    folder = urls.file_of(f"{urls.project(context.project(project)[0])}hash/")
    return {f"{folder.removesuffix('index.html')}{value}.json": encode(found)}


def cover_files(context: Context, number: int) -> Files:
    """`api/covers/ID.json` and its comments."""
    value = context.archive.raw("cover", number) or {}
    base = f"api/covers/{number}"
    shown = _mail(context, "cover", value, f"{base}/", _page(context, "cover", number))
    comments = queries.raw_comments(context.archive, "cover", number)
    root = shown["url"].removesuffix(f"{base}/")
    return {f"{base}.json": encode(shown), **_parts(context, "comment", root, base, comments)}


def series_files(context: Context, number: int, page: str) -> Files:
    """`api/series/ID.json`, if the series is known by more than its number; `page`: its URL."""
    value = context.archive.raw("series", number)
    if value is None:
        return {}
    if "patches" not in value:
        value = {**from_members(context, number), **value}
    base, shown = _shown(context, "series", value)
    for stub in shown["patches"] or []:
        complete_mail(context, base, "patch", stub)
    if shown["cover_letter"]:
        complete_mail(context, base, "cover", shown["cover_letter"])
    shown |= {
        "url": f"{base}api/series/{number}/",
        "web_url": base + page,
        "mbox": download(f"{base}series/{number}/mbox/", shown["name"], ".patch"),
    }
    return {f"api/series/{number}.json": encode(shown)}


def index_files(context: Context, key: tuple[()], payload: None) -> Files:
    """`api/index.json`, `api/projects.json`, each project, and what is said where there is nothing.

    A project's file is named by its number and by its link name, where that is a harmless one.
    """
    numbers = [project.id for _, project in queries.projects(context.archive)]
    base = context.config.base_url or "/"
    if numbers and not context.config.base_url:
        base = _origin(context.archive.raw("project", numbers[0]) or {})
    shown = [_project(context, number) for number in sorted(numbers)]
    names = {str(item[key]): item for key in ("link_name", "id") for item in shown}
    harmless = {
        n: item for n, item in names.items() if re.fullmatch(r"[\w+-][\w.+-]{0,99}", n, re.ASCII)
    }
    kinds = ("projects", "users", "people", "patches", "covers", "series", "events", "bundles")
    return {
        "api/index.json": encode({kind: f"{base}api/{kind}/" for kind in kinds}),
        "api/projects.json": encode(shown),
        **{f"api/projects/{name}.json": encode(item) for name, item in harmless.items()},
        "api/empty.json": b"[]",
        # Where no rules are, clients that ask for something of a collection learn that it has nothing.
        **{f"api/{kind}/index.html": b"[]" for kind in kinds},
        "api/404.json": encode({"detail": "Not found."}),
        "api/405.json": encode({"detail": "This archive can only be read."}),
    }


def _project(context: Context, number: int) -> dict[str, Any]:
    base, shown = _shown(context, "project", context.archive.raw("project", number) or {})
    return {**shown, "url": f"{base}api/projects/{number}/"}


def _mail(
    context: Context, kind: str, value: dict[str, Any], path: str, page: str
) -> dict[str, Any]:
    base, shown = _shown(context, kind, value)
    suffix = ".patch" if kind == "patch" else ".mbox"
    shown |= {
        "url": base + path,
        "web_url": base + page,
        "mbox": download(f"{base}{page}mbox/", value.get("name"), suffix),
        "comments": f"{base}{path}comments/",
    }
    if kind == "patch":
        shown["checks"] = f"{base}{path}checks/"
    return shown


def _parts(
    context: Context, kind: str, root: str, base: str, values: list[dict[str, Any]]
) -> Files:
    """The comments or checks of a mail: the list, and each one. `root`: where addresses begin."""
    files, shown = {}, []
    for value in values:
        part = _shown(context, kind, value, root)[1]
        path = f"{base}/{kind}s/{part['id']}"
        part["url"] = f"{root}{path}/"
        if kind == "comment":
            part["web_url"] = f"{root}comment/{part['id']}/"
        shown.append(part)
        files[f"{path}.json"] = encode(part)
    return {**files, f"{base}/{kind}s.json": encode(shown)} if shown else {}


def _page(context: Context, kind: str, number: int) -> str:
    place = queries.place(context.archive, kind, number)
    assert place
    return context.place_url(place)


def _shown(
    context: Context, kind: str, value: dict[str, Any], base: str = ""
) -> tuple[str, dict[str, Any]]:
    """Where addresses begin (`base`, if given), and an object with all fields and such addresses."""
    fields = _FIELDS[kind]
    shown = {key: value.get(key, default) for key, default in fields.items()}
    shown |= {
        key: held for key, held in value.items() if key not in (*fields, "patch_id", "cover_id")
    }
    origin = _origin(value)
    base = base or context.config.base_url or origin
    moved: dict[str, Any] = _moved(shown, origin, base)
    complete(context, base, moved)
    return base, moved


def _origin(value: dict[str, Any]) -> str:
    """Where the server began that an object came from; `/` where it doesn't tell."""
    match = _API.match(str(value.get("url") or ""))
    return match[1] if match else "/"


def _moved(value: Any, origin: str, base: str, key: str = "") -> Any:
    """A value whose addresses of the server have become addresses of this site."""
    if isinstance(value, dict):
        return {k: v if k == "headers" else _moved(v, origin, base, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(item, origin, base, key) for item in value]
    if isinstance(value, str) and key in _ADDRESSES and origin != "/" and value.startswith(origin):
        path = re.sub(r"^api/\d\.\d/", "api/", value.removeprefix(origin))
        return base + path.removesuffix("?format=api")
    return value


def _units(plan: Plan) -> Iterator[Unit]:
    if plan.config.api:
        yield plan.unit("api", (), plan.projects)


API = PageKind("api", _units, index_files)
