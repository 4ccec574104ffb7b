"""The objects that Patchwork's REST API gives, typed, for every version from 1.0 to 1.4.

A field that an API version lacks is `UNSET` (unknown), which is not the same as null or empty.
Shapes: Patchwork REST API, versions 1.0 to 1.4. Dates are UTC without a zone, as Patchwork sends them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

#: An id of the API. SQLite and JavaScript's exact integers bound it.
Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
#: A mail header's value: a list where the header was repeated.
Header = str | list[str]


class Object(msgspec.Struct, frozen=True, kw_only=True):
    """What all API objects have: a number."""

    id: Id


class Project(Object, frozen=True, kw_only=True):
    """A mailing list that Patchwork follows."""

    name: str
    link_name: str
    list_id: str = ""
    list_email: str = ""
    web_url: str | None = None
    scm_url: str | None = None
    webscm_url: str | None = None
    list_archive_url: str | UnsetType | None = UNSET  # since 1.2, like the next two
    list_archive_url_format: str | UnsetType | None = UNSET
    commit_url_format: str | UnsetType | None = UNSET
    maintainers: list[dict[str, Any]] | UnsetType = UNSET  # not in embedded projects


class Person(Object, frozen=True, kw_only=True):
    """Somebody who sends mail: a submitter."""

    name: str | None = None
    email: str | None = None


class User(Object, frozen=True, kw_only=True):
    """An account of the instance: a delegate, or who reports a check."""

    username: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


class Stub(Object, frozen=True, kw_only=True):
    """A patch or a cover letter as other objects embed it."""

    msgid: str | UnsetType | None = UNSET
    name: str | None = None
    date: datetime | None = None
    web_url: str | UnsetType | None = UNSET
    list_archive_url: str | UnsetType | None = UNSET


class SeriesStub(Object, frozen=True, kw_only=True):
    """A series as patches and cover letters embed it."""

    name: str | None = None
    date: datetime | None = None
    version: Count | None = None


class Mail(Object, frozen=True, kw_only=True):
    """What patches, cover letters and comments share."""

    msgid: str
    date: datetime
    submitter: Person | None = None
    list_archive_url: str | UnsetType | None = UNSET
    headers: dict[str, Header | None] | UnsetType | None = UNSET
    content: str | UnsetType | None = UNSET


class Patch(Mail, frozen=True, kw_only=True):
    """A patch; `headers`, `content`, `diff` and `prefixes` are there in the detail form only."""

    project: Project
    name: str | None = None
    state: str
    archived: bool | None = False
    hash: str | None = None
    commit_ref: str | None = None
    pull_url: str | None = None
    delegate: User | None = None
    series: list[SeriesStub] = []
    check: str | None = None
    related: list[Stub] | UnsetType = UNSET
    diff: str | UnsetType | None = UNSET
    prefixes: list[str] | UnsetType | None = UNSET


class Cover(Mail, frozen=True, kw_only=True):
    """The cover letter of a series."""

    project: Project
    name: str | None = None
    series: list[SeriesStub] = []


class Series(Object, frozen=True, kw_only=True):
    """A series of patches. `patches` come by date, not by their number."""

    project: Project
    name: str | None = None
    date: datetime | None = None
    submitter: Person | None = None
    version: Count | None = None
    total: Count | None = None
    received_total: Count | None = None
    received_all: bool | None = None
    cover_letter: Stub | None = None
    patches: list[Stub] = []
    dependencies: list[str] | UnsetType | None = UNSET  # since 1.4, like the next one
    dependents: list[str] | UnsetType | None = UNSET


class Comment(Mail, frozen=True, kw_only=True):
    """A reply to a patch or to a cover letter. The JSON doesn't name its parent; the URL does."""

    subject: str | None = None
    addressed: bool | UnsetType | None = UNSET  # since 1.3


class Check(Object, frozen=True, kw_only=True):
    """A test result that somebody reported for a patch."""

    user: User | None = None
    date: datetime
    state: str
    target_url: str | None = None
    context: str | None = None
    description: str | None = None


class Bundle(Object, frozen=True, kw_only=True):
    """A set of patches in an order that somebody chose. `title`: only of those that were made here.

    One that isn't said to be public is nobody's business.
    """

    project: Project
    name: str
    title: str = ""
    owner: User | None = None
    patches: list[Stub] = []
    public: bool = False


class Event(Object, frozen=True, kw_only=True):
    """Something that happened on the instance, such as a change of a patch's state."""

    category: str
    date: datetime
    project: Project | UnsetType | None = UNSET
    actor: User | UnsetType | None = UNSET
    payload: dict[str, Any]


#: Kind of object → its type. The kinds' names are those of the store's tables.
KINDS: dict[str, type[Object]] = {
    "project": Project,
    "person": Person,
    "user": User,
    "patch": Patch,
    "cover": Cover,
    "series": Series,
    "comment": Comment,
    "check": Check,
    "event": Event,
    "bundle": Bundle,
}


def kind_of(keys: dict[str, Any]) -> str | None:
    """Tell an object's kind by the keys it has; None when it is of no kind that we know."""
    for kind, needed in _SIGNATURES:
        if needed <= keys.keys():
            return kind
    return None


#: The first signature whose keys are all there wins, so the order matters.
_SIGNATURES: list[tuple[str, set[str]]] = [
    ("event", {"category", "payload"}),
    ("project", {"link_name", "name"}),
    ("check", {"context", "state"}),
    ("check", {"target_url", "state"}),
    ("bundle", {"patches", "public"}),
    ("series", {"patches", "version"}),
    ("series", {"received_total", "total"}),
    ("patch", {"msgid", "state"}),
    ("comment", {"msgid", "subject"}),
    ("cover", {"msgid", "project"}),
    ("user", {"username"}),
    ("person", {"email", "name"}),
]
