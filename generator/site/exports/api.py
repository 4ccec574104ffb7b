"""Objects as Patchwork's API 1.4 gives them: one JSON file each, for git-pw, b4, pwclient and scripts.

Their addresses begin with `base_url` or, where none is set, with that of the Patchwork they came from,
whose name may be given to this site. Fields that an older API version lacked get the newest one's
empty value: no version took a field away, so clients of any version understand them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from generator import urls
from generator.archive.landed import LandedLink
from generator.archive.objects import (
    Json,
    MailObjects,
    ProjectObject,
    SeriesObjects,
    project_objects,
)
from generator.archive.page_refs import PageRef
from generator.mail.headers import slashed
from generator.site.build_context import Context, Files
from generator.site.exports.api_embedded import (
    complete,
    complete_dependencies,
    complete_mail,
    complete_series,
    download,
)
from generator.site.files import SymlinkTo
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
    "bundle": {
        "id": None, "url": None, "web_url": None, "project": None, "name": "", "owner": None,
        "patches": [], "public": True, "mbox": None,
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
#: The fields of a patch or cover letter that lists leave out.
_DETAIL = ("headers", "content", "diff", "prefixes", "outcome")


def encode(value: Any) -> bytes:
    """JSON that is harmless even where a browser takes it for HTML."""
    return escape(msgspec.json.encode(value))


def escape(text: bytes) -> bytes:
    """JSON without the characters that HTML is made of, which occur in strings only."""
    for char, escaped in ((b"<", rb"\u003c"), (b">", rb"\u003e"), (b"&", rb"\u0026")):
        text = text.replace(char, escaped)
    return text


def patch_files(context: Context, objects: MailObjects) -> Files:
    """`api/patches/ID.json`, its comments and checks; and what look-ups by message id or hash answer."""
    base = f"api/patches/{objects.ref.id}"
    patch = _mail(context, objects.value, objects.ref, objects.project)
    if objects.landed:
        patch["outcome"] = [_outcome(link) for link in objects.landed]
    files: Files = {
        f"{base}.json": encode(patch),
        **_by_msgid(objects.ref, patch),
        **_by_hash(context, objects, patch),
    }
    root = patch["url"].removesuffix(f"{base}/")
    files |= _parts(context, "comment", root, base, objects.comments)
    return files | _parts(context, "check", root, base, objects.checks)


def _by_msgid(ref: PageRef, mail: Json) -> Files:
    """The list that `?msgid=` asks for: `lookup.json` beside the page.

    For an id with slashes there is a link to it at `slashed/ID/KIND.json` in the project's folder.
    """
    file = urls.file_of(ref.url + "lookup.json")
    files: Files = {file: encode([list_entry(mail)])}
    if not ref.slug.startswith("~") and (path := slashed(str(mail["msgid"] or ""))):
        link = urls.file_of(f"{urls.slashed(ref.project, path)}{ref.kind}.json")
        files[link] = SymlinkTo("../" * link.count("/") + file)
    return files


def _by_hash(context: Context, objects: MailObjects, patch: Json) -> Files:
    """The list that `?hash=` asks for, made with the first of the project's patches that have the hash.

    For one patch alone it is what its message id is answered with: a link.
    """
    value = str(patch["hash"] or "").lower()
    if objects.same_hash is None or not re.fullmatch(r"[0-9a-f]{1,64}", value):
        return {}
    file = urls.file_of(f"{urls.project(objects.ref.project)}hash/{value}.json")
    if not objects.same_hash:
        lookup = urls.file_of(objects.ref.url + "lookup.json")
        return {file: SymlinkTo("../" * file.count("/") + lookup)}
    others = [_mail(context, other, ref, objects.project) for other, ref in objects.same_hash]
    return {file: encode([list_entry(item) for item in (patch, *others)])}


def _outcome(link: LandedLink) -> Json:
    """A commit that a patch is linked with: a field of ours, which Patchwork's objects don't have."""
    commit = link.commit
    date = datetime.fromtimestamp(commit.committed, UTC) if commit.committed else None
    return {
        "role": link.role, "commit": commit.sha, "certainty": link.certainty, "found": link.found,
        "similarity": link.similarity, "date": date and date.strftime("%Y-%m-%dT%H:%M:%S"),
        "committer": commit.committer, "branch": commit.branch, "release": commit.release,
        "reverted_by": list(commit.reverted_by), "later": _later(link), "change": _change(link),
    }  # fmt: skip


def _later(link: LandedLink) -> Json | None:
    """The later version that landed."""
    return {"id": link.later.id, "version": link.later.label} if link.later else None


def _change(link: LandedLink) -> Json | None:
    """What the maintainer changed."""
    change = link.change
    if not change or change.refused:
        return None
    return {
        "lines": change.lines, "white_space": change.is_blank, "paths": change.paths,
        "context": change.context, "message": change.message, "trailers_added": change.added,
        "trailers_removed": change.removed,
    }  # fmt: skip


def list_entry(mail: Json) -> Json:
    """A patch or cover letter as lists have it."""
    return {name: value for name, value in mail.items() if name not in _DETAIL}


def cover_files(context: Context, objects: MailObjects) -> Files:
    """`api/covers/ID.json`, its comments, and what look-ups by message id answer."""
    base = f"api/covers/{objects.ref.id}"
    cover = _mail(context, objects.value, objects.ref, objects.project)
    root = cover["url"].removesuffix(f"{base}/")
    comments = _parts(context, "comment", root, base, objects.comments)
    return {f"{base}.json": encode(cover), **_by_msgid(objects.ref, cover), **comments}


def series_files(context: Context, objects: SeriesObjects, page: str) -> Files:
    """`api/series/ID.json`; `page`: the URL of the series' page."""
    number = objects.value["id"]
    value = complete_series(objects)
    base, series = completed(context, "series", value, objects.project)
    for stub in series["patches"] or []:
        complete_mail(base, "patch", stub, objects.refs)
    if series["cover_letter"]:
        complete_mail(base, "cover", series["cover_letter"], objects.refs)
    series |= {
        "url": f"{base}api/series/{number}/",
        "web_url": base + page,
        "mbox": download(f"{base}series/{number}/mbox/", series["name"], ".patch"),
    }
    complete_dependencies(base, series, objects)
    return {f"api/series/{number}.json": encode(series)}


def index_files(context: Context, key: tuple[()], payload: None) -> Files:
    """`api/index.json`, `api/projects.json`, each project, and the answers where there is nothing.

    A project's file is named by its number and by its link name, where that is a harmless one.
    """
    by_name = project_objects(context.archive)
    base = context.config.base_url or (_origin(by_name[0]) if by_name else "/")
    projects = [_project(context, value) for value in sorted(by_name, key=lambda v: v["id"])]
    names = {str(item[key]): item for key in ("link_name", "id") for item in projects}
    harmless = {
        n: item for n, item in names.items() if re.fullmatch(r"[\w+-][\w.+-]{0,99}", n, re.ASCII)
    }
    kinds = ("projects", "users", "people", "patches", "covers", "series", "events", "bundles")
    return {
        "api/index.json": encode({kind: f"{base}api/{kind}/" for kind in kinds}),
        "api/projects.json": encode(projects),
        **{f"api/projects/{name}.json": encode(item) for name, item in harmless.items()},
        "api/empty.json": b"[]",
        # Without server rules, clients that ask for a filtered collection get an empty one.
        **{f"api/{kind}/index.html": b"[]" for kind in kinds},
        "api/404.json": encode({"detail": "Not found."}),
        "api/405.json": encode({"detail": "This archive can only be read."}),
    }


def _project(context: Context, value: Json) -> Json:
    base, project = completed(context, "project", value)
    return {**project, "url": f"{base}api/projects/{value['id']}/"}


def _mail(context: Context, value: Json, ref: PageRef, project: ProjectObject | None) -> Json:
    """A patch or cover letter with the addresses of its page, downloads and comments."""
    base, mail = completed(context, ref.kind, value, project)
    kinds, suffix = ("patches", ".patch") if ref.kind == "patch" else ("covers", ".mbox")
    address = f"{base}api/{kinds}/{ref.id}/"
    mail |= {
        "url": address,
        "web_url": base + ref.url,
        "mbox": download(f"{base}{ref.url}mbox/", value.get("name"), suffix),
        "comments": f"{address}comments/",
    }
    if ref.kind == "patch":
        mail["checks"] = f"{address}checks/"
    return mail


def _parts(context: Context, kind: str, root: str, base: str, values: list[Json]) -> Files:
    """The comments or checks of a mail, as a list. `root`: where addresses begin."""
    parts = []
    for value in values:
        _, part = completed(context, kind, value, base=root)
        part["url"] = f"{root}{base}/{kind}s/{part['id']}/"
        if kind == "comment":
            part["web_url"] = f"{root}comment/{part['id']}/"
        parts.append(part)
    return {f"{base}/{kind}s.json": encode(parts)} if parts else {}


def completed(
    context: Context,
    kind: str,
    value: Json,
    project: ProjectObject | None = None,
    base: str = "",
) -> tuple[str, Json]:
    """Where addresses begin (`base`, if given), and an object with all fields and such addresses.

    `project`: the one that the object names.
    """
    fields = _FIELDS[kind]
    every = {name: value.get(name, default) for name, default in fields.items()}
    every |= {
        name: held for name, held in value.items() if name not in (*fields, "patch_id", "cover_id")
    }
    origin = _origin(value)
    base = base or context.config.base_url or origin
    moved: Json = _moved(every, origin, base)
    if project:
        complete(base, moved, project)
    return base, moved


def _origin(value: dict[str, Any]) -> str:
    """The address of the server that an object came from; `/` where it names none."""
    match = _API.match(str(value.get("url") or ""))
    return match[1] if match else "/"


def _moved(value: Any, origin: str, base: str, key: str = "") -> Any:
    """A value whose addresses of the server have become addresses of this site."""
    if isinstance(value, dict):
        return {k: v if k == "headers" else _moved(v, origin, base, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_moved(item, origin, base, key) for item in value]
    if isinstance(value, str) and key in _ADDRESSES and value.startswith(origin):
        path = re.sub(r"^api/\d\.\d/", "api/", value.removeprefix(origin))
        return base + path.removesuffix("?format=api")
    return value


def _units(plan: Plan) -> Iterator[Unit]:
    if plan.config.api:
        yield plan.unit("api", (), plan.projects)


API = PageKind("api", _units, index_files)
