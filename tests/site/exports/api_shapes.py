"""The shapes of Patchwork's API 1.4 as JSON Schema (2020-12), in our own words: what clients may rely on."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
BOOL: Shape = {"type": "boolean"}
NUMBER: Shape = {"type": "integer", "minimum": 0}
URI: Shape = {"type": "string", "format": "uri", "pattern": "^https?://"}
#: Patchwork's dates have no zone; they are UTC.
DATE: Shape = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$"}
MSGID: Shape = {"type": "string", "pattern": r"^<.*>$"}
HEADERS: Shape = {"type": "object", "additionalProperties": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}}  # fmt: skip


def maybe(shape: Shape) -> Shape:
    return {"anyOf": [shape, {"type": "null"}]}


def many(shape: Shape) -> Shape:
    return {"type": "array", "items": shape}


def record(**fields: Shape) -> Shape:
    """An object with all of these fields; more may be there."""
    return {"type": "object", "properties": fields, "required": list(fields)}


USER = record(id=NUMBER, url=URI, username=TEXT, first_name=TEXT, last_name=TEXT, email=TEXT)
PERSON = record(id=NUMBER, url=URI, name=maybe(TEXT), email=TEXT)
PROJECT = record(
    id=NUMBER, url=URI, name=TEXT, link_name=TEXT, list_id=TEXT, list_email=TEXT, web_url=maybe(TEXT),
    scm_url=maybe(TEXT), webscm_url=maybe(TEXT), list_archive_url=TEXT, list_archive_url_format=TEXT,
    commit_url_format=TEXT,
)  # fmt: skip
FULL_PROJECT = {**PROJECT, "required": [*PROJECT["required"], "maintainers", "subject_match"]}
MAIL = record(id=NUMBER, url=URI, web_url=URI, msgid=MSGID, list_archive_url=maybe(TEXT), date=DATE,
              name=TEXT, mbox=URI)  # fmt: skip
SERIES_STUB = record(
    id=NUMBER, url=URI, web_url=URI, date=DATE, name=maybe(TEXT), version=NUMBER, mbox=URI
)
PATCH_ENTRY = record(
    id=NUMBER, url=URI, web_url=URI, project=PROJECT, msgid=MSGID, list_archive_url=maybe(TEXT),
    date=DATE, name=TEXT, commit_ref=maybe(TEXT), pull_url=maybe(TEXT), state=TEXT, archived=BOOL,
    hash=maybe(TEXT), submitter=PERSON, delegate=maybe(USER), mbox=URI, series=many(SERIES_STUB),
    comments=URI, check={"enum": ["pending", "success", "warning", "fail"]}, checks=URI,
    tags={"type": "object", "additionalProperties": NUMBER}, related=many(MAIL),
)  # fmt: skip
PATCH = {"allOf": [PATCH_ENTRY, record(headers=HEADERS, content=TEXT, diff=maybe(TEXT), prefixes=many(TEXT))]}  # fmt: skip
COVER_ENTRY = record(
    id=NUMBER, url=URI, web_url=URI, project=PROJECT, msgid=MSGID, list_archive_url=maybe(TEXT),
    date=DATE, name=TEXT, submitter=PERSON, mbox=URI, series=many(SERIES_STUB), comments=URI,
)  # fmt: skip
COVER = {"allOf": [COVER_ENTRY, record(headers=HEADERS, content=TEXT)]}
SERIES = record(
    id=NUMBER, url=URI, web_url=URI, project=PROJECT, name=maybe(TEXT), date=DATE, submitter=PERSON,
    version=NUMBER, total=NUMBER, received_total=NUMBER, received_all=BOOL, mbox=URI,
    cover_letter=maybe(MAIL), patches=many(MAIL),
)  # fmt: skip
BUNDLE = record(
    id=NUMBER, url=URI, web_url=URI, project=PROJECT, name=TEXT, owner=USER, patches=many(MAIL), public=BOOL,
    mbox=URI,
)  # fmt: skip
COMMENT = record(
    id=NUMBER, url=URI, web_url=URI, msgid=MSGID, list_archive_url=maybe(TEXT), date=DATE, subject=TEXT,
    submitter=PERSON, content=TEXT, headers=HEADERS, addressed=maybe(BOOL),
)  # fmt: skip
CHECK = record(
    id=NUMBER, url=URI, user=USER, date=DATE, state={"enum": ["pending", "success", "warning", "fail"]},
    target_url=maybe(TEXT), context=TEXT, description=maybe(TEXT),
)  # fmt: skip

#: Of Stillwork alone.
CHANGE = record(
    change=TEXT, project=TEXT, name=TEXT, status=TEXT, reason=TEXT, mail=TEXT, states=many(TEXT), url=TEXT,
    date=TEXT, last_activity=TEXT, versions=many(NUMBER), patches=many(NUMBER), reviewed=NUMBER,
    failing=NUMBER, remarks=NUMBER, people=many(TEXT),
)  # fmt: skip
EVENT = record(
    id=NUMBER, category=TEXT, date=DATE, date_utc=maybe(TEXT), actor=maybe(TEXT), payload={"type": "object"},
)  # fmt: skip

#: Path of a published file (a pattern) → what it holds. The first that matches counts.
FILES = [
    (r"^api/patches/\d+\.json$", PATCH),
    (r"^api/covers/\d+\.json$", COVER),
    (r"^api/series/\d+\.json$", SERIES),
    (r"^api/bundles/\d+\.json$", BUNDLE),
    (r"^api/bundles/pages/\d+\.json$", many(BUNDLE)),
    (r"^api/projects/[^/]+\.json$", FULL_PROJECT),
    (r"^api/projects\.json$", many(FULL_PROJECT)),
    (r"^api/(?:patches|covers)/\d+/comments\.json$", many(COMMENT)),
    (r"^api/patches/\d+/checks\.json$", many(CHECK)),
    (r"^api/patches/pages/\d+\.json$", many(PATCH_ENTRY)),
    (r"^api/covers/pages/\d+\.json$", many(COVER_ENTRY)),
    (r"^api/series/pages/\d+\.json$", many(SERIES)),
    (r"^project/[^/]+/(?:cover/[^/]+/lookup|slashed/.+/cover)\.json$", many(COVER_ENTRY)),
    (r"^project/[^/]+/lists/patches/.*\.json$", many(PATCH_ENTRY)),
    (r"^project/[^/]+/lists/covers/.*\.json$", many(COVER_ENTRY)),
    (r"^project/[^/]+/lists/series/.*\.json$", many(SERIES)),
    (r"^project/[^/]+/lists/bundles/.*\.json$", many(BUNDLE)),
    (r"^project/.*/(?:lookup|hash/\w+|slashed/.+/patch)\.json$", many(PATCH_ENTRY)),
    (r"^api/(?:empty)\.json$", {"type": "array", "maxItems": 0}),
    (r"^api/(?:404|405)\.json$", record(detail=TEXT)),
    (
        r"^api/vocabulary\.json$",
        record(
            states=many(record(id=NUMBER, name=TEXT, slug=TEXT, action_required=BOOL)),
            delegates=many(record(id=NUMBER, username=TEXT)),
        ),
    ),
    (r"^api/changes/[^/]+\.json$", many(record(month=TEXT, changes=NUMBER, url=TEXT))),
    (r"^api/changes/[^/]+/\d{4}-\d\d\.json$", many(CHANGE)),
    (r"^api/events/months\.json$", many(record(project=TEXT, month=TEXT, file=TEXT))),
    (r"^api/events/[^/]+/\d{4}-\d\d\.json$", many(EVENT)),
    (r"^api/index\.json$", {"type": "object", "additionalProperties": URI}),
]
