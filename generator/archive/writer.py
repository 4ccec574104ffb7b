"""Stores objects: validates them, merges them with the stored ones, and fills the columns beside them."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from generator.archive import derived, wrong_clocks
from generator.archive.columns import object_id, payload_id, seconds, series_columns, text_digest
from generator.archive.database import Archive, table
from generator.archive.merge import merge
from generator.archive.normal_form import normal_form
from generator.archive.overrides import patch_overrides
from generator.archive.patch_bundles import bundle_columns
from generator.archive.projects import project_of_series
from generator.archive.validation import check_number, has_nul, label, shown, validate
from generator.errors import InputError
from generator.mail import body, headers, subject
from generator.mail.encoded_words import decoded
from generator.model import KINDS, Comment, Cover, Mail, Patch, Project, Series, kind_of

_PARENT_URL = re.compile(r"/(patches|covers)/(\d{1,15})/(?:comments|checks)(?:/|\?|$)")
_PROJECT_URL = re.compile(r"/project/([^/?#]{1,100})/(?:patch|cover)/")
_EMBEDDED = {"project": "project", "submitter": "person", "delegate": "user", "user": "user",
             "owner": "user"}  # fmt: skip
#: Fields of each kind that may embed objects: those that validation has seen.
_FIELDS = {kind: frozenset(cls.__struct_fields__) for kind, cls in KINDS.items()}

#: Embedded objects that are kept in memory, so as not to store them with each patch again.
_MAX_EMBEDDED = 10_000

Columns = dict[str, Any]


class Orphan(InputError):
    """A comment or check whose parent isn't known; that may arrive later in the same import."""


class Stored(NamedTuple):
    """A stored object: its kind, and whether the archive changed by it."""

    kind: str
    changed: bool


class Writer:
    """Stores objects in an archive, within the caller's transaction. `counts`: stored objects by kind."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.counts: dict[str, int] = {}
        self._embedded: dict[tuple[str, int], Any] = {}
        self._overrides = patch_overrides(archive)
        derived.begin(archive.sql)

    def put(self, value: Any, context: str = "") -> Stored:
        """Store one object of any kind and what it embeds.

        `value`: decoded JSON; `context`: the API path it was read from, which may name its parent.
        Raises InputError, and stores nothing, when the object is invalid; Orphan when its parent isn't
        known.
        """
        if not isinstance(value, dict):
            raise InputError(f"{shown(value)} is not an object")
        kind = kind_of(value)
        if kind is None:
            raise InputError(f"{label('object', value)}: unrecognised object")
        try:
            value = normal_form(value)
        except InputError as error:
            raise InputError(f"{label(kind, value)}: {error}") from error
        if kind in ("patch", "cover") and value.get("project") is None:
            value = self._with_project(value)
        item = validate(kind, value)
        check_number(kind, value, item)
        parent = self._parent(kind, value, item, context) if kind in ("comment", "check") else None
        if parent:  # bulk downloads name the parent beside the object; it is no field of it
            value = {k: held for k, held in value.items() if k not in ("patch_id", "cover_id")}
        changed = self._put(kind, value, parent)
        for key in _FIELDS[kind] & value.keys():
            self._put_embedded(key, value[key], value)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return Stored(kind, changed)

    def _with_project(self, value: dict[str, Any]) -> dict[str, Any]:
        """A mail that lacks its project, with the one that its address names, if that is known."""
        url = value.get("web_url")
        if isinstance(url, str) and (match := _PROJECT_URL.search(url)):
            query = "SELECT id FROM project WHERE link_name = ? ORDER BY id"
            if row := self.archive.sql.execute(query, (match[1],)).fetchone():
                return {**value, "project": self.archive.raw("project", row[0])}
        return value

    def override(self, patch_id: int, fields: dict[str, Any]) -> None:
        """Set the local overrides of a patch, in place of earlier ones; `{}` removes them."""
        sql = self.archive.sql
        self._overrides.pop(patch_id, None)
        sql.execute("DELETE FROM patch_override WHERE patch_id = ?", (patch_id,))
        if fields:
            self._overrides[patch_id] = fields
            row = (patch_id, msgspec.json.encode(fields).decode())
            sql.execute("INSERT INTO patch_override VALUES (?, ?)", row)
        if value := self.archive.raw("patch", patch_id):
            self._put("patch", value, None)

    def _put_embedded(self, key: str, embedded: Any, owner: dict[str, Any]) -> None:
        if key == "series" and isinstance(embedded, list):
            for stub in embedded:
                if isinstance(stub, dict) and self._may_have(owner["project"]["id"], stub["id"]):
                    self._put_once("series", {**stub, "project": owner["project"]})
        elif key in _EMBEDDED and isinstance(embedded, dict):
            self._put_once(_EMBEDDED[key], embedded)

    def _put_once(self, kind: str, value: dict[str, Any]) -> None:
        """Store an embedded object, unless the same one was just seen."""
        key = (kind, value["id"])
        if self._embedded.get(key) != value:
            if len(self._embedded) > _MAX_EMBEDDED:
                self._embedded.clear()
            self._embedded[key] = value
            self._put(kind, value, None)

    def _put(self, kind: str, value: dict[str, Any], parent: tuple[str, int] | None) -> bool:
        where, keys = "id = ?", [value["id"]]
        if kind == "comment" and parent:
            where, keys = "id = ? AND parent_kind = ?", [value["id"], parent[0]]
        sql = self.archive.sql
        query = f"SELECT digest, raw FROM {table(kind)} WHERE {where}"
        row = sql.execute(query, keys).fetchone()
        if row:
            value = merge(msgspec.json.decode(self.archive.unpack(row[1])), value)
        if kind == "series" and not self._may_have(value["project"]["id"], value["id"]):
            first = project_of_series(self.archive, value["id"])
            value["project"] = self.archive.raw("project", first or 0)
        override = self._overrides.get(value["id"], {}) if kind == "patch" else {}
        digest, raw = self._pack(kind, value, override)
        if row and row[0] == digest:
            return False
        value = {**value, **override}
        item = validate(kind, value)
        columns = {**self._columns(kind, item, value, parent), "digest": digest, "raw": raw}
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        sql.execute(
            f"INSERT OR REPLACE INTO {table(kind)} ({names}) VALUES ({marks})", [*columns.values()]
        )
        if isinstance(item, Mail):
            self._put_derived(kind, item, parent, is_new=row is None)
        elif isinstance(item, Series):
            derived.put_series(sql, item)
            if row:
                wrong_clocks.forget(
                    sql, kind, item.id, is_deleted=False
                )  # it has its own date again
        return True

    def _pack(
        self, kind: str, value: dict[str, Any], override: dict[str, Any]
    ) -> tuple[int, bytes]:
        """An object's digest and compressed JSON; raises InputError for a NUL in it."""
        encoded = msgspec.json.encode(value)
        # Searching the encoded text is much cheaper than searching every object.
        if b"\\u0000" in encoded:
            for key, held in value.items():
                if has_nul(held):
                    raise InputError(f"{label(kind, value)}: {key} contains a NUL character")
        return self.archive.pack(encoded, msgspec.json.encode(override) if override else b"")

    def _columns(
        self, kind: str, item: Any, value: dict[str, Any], parent: tuple[str, int] | None
    ) -> Columns:
        match kind:
            case "project":
                slug = headers.project_slug(item.link_name, item.id)
                return {"id": item.id, "slug": self._free_slug("project", slug, item.id),
                        "link_name": item.link_name, "name": item.name}  # fmt: skip
            case "person":
                return {"id": item.id, "name": decoded(item.name or ""), "email": item.email or ""}
            case "user":
                name = " ".join(filter(None, [item.first_name, item.last_name]))
                return {"id": item.id, "username": item.username, "name": name or item.username}
            case "series":
                return series_columns(item)
            case "bundle":
                return bundle_columns(item)
            case "event":
                return {"id": item.id, "patch_id": payload_id(item.payload, "patch"),
                        "cover_id": payload_id(item.payload, "cover"),
                        "project_id": item.project.id if isinstance(item.project, Project) else None,
                        "category": item.category, "date": seconds(item.date)}  # fmt: skip
            case "check":
                return {"id": item.id, "patch_id": parent[1] if parent else 0,
                        "user_id": item.user.id if item.user else None,
                        "context": item.context or "", "state": item.state,
                        "date": seconds(item.date)}  # fmt: skip
            case _:
                return self._mail_columns(kind, item, parent)

    def _mail_columns(self, kind: str, item: Mail, parent: tuple[str, int] | None) -> Columns:
        columns: Columns = {
            "id": item.id,
            "msgid": headers.bare_msgid(item.msgid),
            "date": seconds(item.date),
            "submitter_id": item.submitter.id if item.submitter else None,
        }
        counts = body.tag_counts(item.content if isinstance(item.content, str) else "")
        tags = {"acked": counts["A"], "reviewed": counts["R"], "tested": counts["T"]}
        if isinstance(item, Comment):
            kind, number = parent or ("patch", 0)
            return {**columns, **tags, "parent_kind": kind, "parent_id": number}
        assert isinstance(item, Patch | Cover)
        project, name = item.project.id, decoded(item.name or "")
        slug = self._free_slug(kind, headers.slug(item.msgid, item.id), item.id, project)
        columns |= {"project_id": project, "slug": slug, "name": name}
        own = item.series and self._may_have(project, item.series[0].id)
        columns["series_id"] = item.series[0].id if own else None
        if isinstance(item, Cover):
            return columns
        return {
            **columns,
            **tags,
            "number": subject.parse(name).number,
            "delegate_id": item.delegate.id if item.delegate else None,
            "state": item.state,
            "archived": int(bool(item.archived)),
            "hash": item.hash,
            "text_digest": text_digest(item),
        }

    def _may_have(self, project: int, series: int) -> bool:
        """Whether a series may be of a project: it is of the one that was first said to have it."""
        return project_of_series(self.archive, series) in (None, project)

    def _free_slug(self, kind: str, slug: str, number: int, project: int | None = None) -> str:
        """The folder name, or one made of the id where another object has taken it.

        Names of projects may not differ in case alone: some disks take them for the same.
        """
        same = "slug = ? COLLATE NOCASE" if project is None else "slug = ?"
        where = f"{same} AND id <> ?" + ("" if project is None else " AND project_id = ?")
        keys = [slug, number] + ([] if project is None else [project])
        taken = self.archive.sql.execute(f"SELECT 1 FROM {kind} WHERE {where}", keys).fetchone()
        return f"~{number}" if taken else slug

    def _put_derived(
        self, kind: str, item: Mail, parent: tuple[str, int] | None, *, is_new: bool
    ) -> None:
        """Fill the tables that are derived from a mail's text."""
        sql = self.archive.sql
        kind = f"{parent[0]}-comment" if parent else kind
        if not is_new:
            derived.clear(sql, kind, item.id)
        derived.put(sql, kind, item)

    def _parent(self, kind: str, value: dict[str, Any], item: Any, context: str) -> tuple[str, int]:
        """(kind, id) of the patch or cover letter that a comment or check belongs to; raises Orphan."""
        for key, name in (("patch_id", "patch"), ("cover_id", "cover")):
            if (number := object_id({"id": value.get(key)})) is not None:
                return name, number
        for url in (value.get("url"), context):
            if isinstance(url, str) and (match := _PARENT_URL.search(url)):
                return "patch" if match[1] == "patches" else "cover", int(match[2])
        if isinstance(item, Comment):
            above = headers.header(item.headers or {}, "In-Reply-To")
            above += headers.header(item.headers or {}, "References")
            for msgid in reversed(headers.msgids(above)):
                if parent := self._by_msgid(msgid):
                    return parent
        raise Orphan(f"{label(kind, value)}: parent patch unknown")

    def _by_msgid(self, msgid: str) -> tuple[str, int] | None:
        sql = self.archive.sql
        for kind in ("patch", "cover"):
            if row := sql.execute(f"SELECT id FROM {kind} WHERE msgid = ?", (msgid,)).fetchone():
                return kind, row[0]
        query = "SELECT parent_kind, parent_id FROM comment WHERE msgid = ?"
        row = sql.execute(query, (msgid,)).fetchone()
        return (row[0], row[1]) if row else None
