"""How a web server must answer: one table, from which `serve` and all server configurations are made.

Patterns are regular expressions that Python (see `matched`), nginx, Apache (PCRE) and Caddy (RE2) read
alike, except that `$` may also stand before a final line break: no file of a site has one in its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from generator.servers.api_filters import FILTERS, Filters, lists

#: No inline code or style, nothing from other hosts: a mail's text could otherwise smuggle them in.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer-when-downgrade",
}

#: Whether files are stored compressed as well as plain, or compressed only.
Packed = bool | Literal["only"]

_SHORT = "max-age=300"
_FOREVER = "max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class RuleKind:
    """How files whose path matches are served. The first kind that matches wins.

    `download`: the name under which a browser or git-pw saves it; `$1` is the pattern's first group.
    It is sent without quotes, as Patchwork does: git-pw would take them for a part of the name.
    """

    pattern: str
    type: str
    cache: str
    download: str = ""


_TEXT = "text/plain; charset=utf-8"
#: A message id that is harmless in a header.
_MSGID = r"([\w.+@=-]+)"
#: The same, and surely no number.
_ADDRESS = r"([\w.+=-]+@[\w.+@=-]+)"
#: The name of a download, as `generator.mail.mbox.file_name` makes it.
_NAME = r"([\w.-]+)"

KINDS = [
    # Mail and diffs are text for programs and people, never HTML.
    RuleKind(rf"/(?:mbox|raw)/{_NAME}$", _TEXT, _SHORT, "$1"),
    RuleKind(rf"^/project/[^/]+/patch/{_MSGID}/mbox(?:\.series|\.with|/?)$", _TEXT, _SHORT, "$1.patch"),
    RuleKind(rf"^/project/[^/]+/patch/{_MSGID}/raw/?$", _TEXT, _SHORT, "$1.diff"),
    RuleKind(rf"^/project/[^/]+/cover/{_MSGID}/mbox/?$", _TEXT, _SHORT, "$1.mbox"),
    RuleKind(r"^/(?:patch|cover)/(\d+)/mbox/?$", _TEXT, _SHORT, "$1.patch"),
    RuleKind(r"^/patch/(\d+)/raw/?$", _TEXT, _SHORT, "$1.diff"),
    RuleKind(r"^/series/(\d+)/mbox/?$", _TEXT, _SHORT, "series-$1.patch"),
    RuleKind(r"^/bundle/[^/]+/([\w.@+-]+)/mbox/?$", _TEXT, _SHORT, "bundle-$1.mbox"),
    RuleKind(r"^/bundle/[^/]+/[^/]+/mbox/?$", _TEXT, _SHORT, "bundle.mbox"),
    RuleKind(r"^/project/[^/]+/(?:patch|cover)/[^/]+/(?:mbox|raw|mbox\.\w+)/?$", _TEXT, _SHORT, "mail.patch"),
    RuleKind(r"^/search/data/.+$", "application/octet-stream", _FOREVER),
    RuleKind(r"^/archive/[^/]+\.(?:gz|zst)$", "application/octet-stream", _SHORT),
    RuleKind(r"\.atom$", "application/atom+xml; charset=utf-8", _SHORT),
    RuleKind(r"\.html$", "text/html; charset=utf-8", _SHORT),
    RuleKind(r"\.css$", "text/css; charset=utf-8", _SHORT),
    RuleKind(r"\.js$", "text/javascript; charset=utf-8", _SHORT),
    RuleKind(r"\.svg$", "image/svg+xml", _SHORT),
    RuleKind(r"\.json$", "application/json", "no-cache"),
    RuleKind(r"\.xml$", "application/xml; charset=utf-8", _SHORT),
    RuleKind(r"\.txt$", "text/plain; charset=utf-8", _SHORT),
    RuleKind(r"\.gz$", "application/gzip", _SHORT),
]  # fmt: skip
DEFAULT = RuleKind("", "application/octet-stream", _SHORT)


#: Files that are stored compressed as well, for clients that accept that, or stored compressed only.
PACKED = r"(?:\.(?:html|json|css|js|svg|atom|xml|txt)|/mbox|/mbox\.series|/raw)$"
#: Of these, always stored plain: answers of errors, which some servers send only as they are, and the search
#: index's entry, which is small.
PLAIN = ("/404.html", "/api/404.json", "/api/405.json", "/search/entry.json")
#: The page of a mail that was removed, beside its ordinary one: where it is, the mail and its downloads are
#: gone (RFC 9110 §15.5.11). Hosts without these rules show the ordinary one, which says the same.
GONE_PAGE = "410.html"
#: The addresses of a mail's page and downloads; the group is its folder.
GONE = (
    r"^/(project/[^/]+/(?:patch|cover)/[^/]+)"
    r"(?:/(?:index\.html|(?:mbox|raw|mbox\.series|mbox\.with)(?:/[^/]*)?)?)?$"
)
#: What clients are told that don't accept it, by servers that can't unpack it.
ONLY_GZIP = "This archive is stored compressed: send Accept-Encoding: gzip (curl --compressed)."


def stored(path: str, *, packed_only: bool) -> str:
    """The path of the file (perhaps a template with groups) that holds what is at a path."""
    rooted = f"/{path.lstrip('/')}"
    is_plain = rooted in PLAIN or rooted.endswith(f"/{GONE_PAGE}")
    is_packed = packed_only and not is_plain and re.search(PACKED, rooted, re.ASCII)
    return f"{path}.gz" if is_packed else path


@dataclass(frozen=True, slots=True)
class Route:
    """A path that is not a file, and the files that may answer it: the first one that exists does.

    `$1` … stand for the pattern's groups. The path is not found where the file `needs` is missing or
    `unless` exists. `download` is as in RuleKind, with the groups of this pattern; such a file is mail.
    `queries`: a parameter, and the PATH for requests that have it. They are redirected to
    `PATH/VALUE/PROJECT`, both as they were sent; PROJECT is that of the parameter `project`, or empty.
    `pages`: for a pattern of the whole query, what the request is redirected to; `$1` is a group of it.
    `filters`: the parameters of which a list may be chosen, which is asked after these two.
    """

    pattern: str
    files: Sequence[str]
    needs: str = ""
    unless: str = ""
    queries: Sequence[tuple[str, str]] = ()
    pages: Sequence[tuple[str, str]] = ()
    filters: Filters | None = None
    download: str = ""

    @property
    def kind(self) -> RuleKind:
        """How the file that answers is served."""
        return (
            RuleKind("", _TEXT, _SHORT, self.download)
            if self.download
            else kind_for(self.files[-1])
        )


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a client is sent that asks for a path at which nothing is: `$1` … stand for the pattern's groups.

    `unless`: the file of what is at the path; `needs`: one that must exist. Both empty: always.
    """

    pattern: str
    target: str
    unless: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """The path that answers instead where a request has the parameter `query`, whatever its value."""

    query: str
    pattern: str
    path: str


#: A patch's mail together with those before it in its series.
VARIANTS = [
    Variant("series", r"^(/project/[^/]+/patch/[^/]+)/mbox(?:/[\w.-]*)?$", "$1/mbox.with"),
]


def _of_other_kind(kind: str, other: str) -> Redirect:
    page = "/project/$1/{}/$2/index.html"
    return Redirect(rf"^/project/([^/]+)/{kind}/([^/]+)/?$", f"/project/$1/{other}/$2/",
                    unless=page.format(kind), needs=page.format(other))  # fmt: skip


REDIRECTS = [
    # Patchwork leads from the address of a patch to a cover letter of that message id, and back.
    _of_other_kind("patch", "cover"),
    _of_other_kind("cover", "patch"),
    # A message of lore.kernel.org, and its thread there: the page of a mail has both. If it is a cover
    # letter's, the redirect above leads on.
    Redirect(r"^/([^/]+)/([^/@]+@[^/]+)(?:/[tT])?/?$", "/project/$1/patch/$2/"),
    # What is left of an address when a reader cuts off its end.
    Redirect(r"^/project/([^/]+)/(?:patch|cover)/?$", "/project/$1/list/"),
    Redirect(r"^/(?:project|patch|cover|series|bundle|comment|person|number)/?$", "/"),
]

#: Queries that a collection answers: a page, or without a number the first page.
_PAGES = (
    (r"^(?:per_page=\d+&)?page=(\d+)(?:&per_page=\d+)?$", "/api/{}/pages/$1.json"),
    (r"^(?:per_page=\d+)?$", "/api/{}/pages/1.json"),
)

#: By what the mails of a collection can be looked up, and where.
_LOOKUPS = {
    "patches": [("msgid", "/api/by-msgid"), ("hash", "/api/by-hash")],
    "covers": [("msgid", "/api/covers-by-msgid")],
}

_API = r"^/api/(?:1\.[0-4]/)?"
#: Paths of the API, and its answers to unknown paths and to requests that would write.
API_PATHS, API_MISSING, API_READ_ONLY = "^/api/", "/api/404.json", "/api/405.json"

#: Addresses by number, for which `servers.id_map` makes a map: KIND/NUMBER, and which download.
NUMBERED = r"^/((?:patch|cover|comment)/\d+)(?:/(mbox|raw)?)?/?$"

#: Never served.
HIDDEN = r"^/\.stillwork(?:/|$)"


def routes(projects: Sequence[str]) -> list[Route]:
    """The routes of an archive with these projects (folder names)."""
    return [
        # Patchwork's URLs of downloads end in a slash, files don't.
        Route(r"^(/.+/(?:mbox|raw))/$", ["$1"]),
        # The addresses of downloads in the API's objects end in the name to save them under, since no
        # rule could find it out.
        Route(rf"^/((?:project/[^/]+/(?:patch|cover)|series|bundle/[^/]+)/[^/]+)/mbox/{_NAME}$", ["/$1/mbox"],
              download="$2"),
        # `git pw patch download --diff` puts `raw` in the place of `mbox` there.
        Route(rf"^/(project/[^/]+/patch/[^/]+)/raw/{_NAME}$", ["/$1/raw"], download="$2"),
        # The first patch of a series has none before it: its own mail answers.
        *(Route(rf"^/project/([^/]+)/patch/{msgid}/mbox\.with$",
                ["/project/$1/patch/$2/mbox.series", "/project/$1/patch/$2/mbox"],
                unless="/project/$1/patch/$2/mbox.refused", download=name)
          for msgid, name in ((_MSGID, "$2.patch"), ("([^/]+)", "mail.patch"))),
        # Threads as lore.kernel.org has them, for b4.
        Route(r"^/([^/]+)/(.+)/t\.mbox\.gz$",
              ["/project/$1/thread/$2.mbox.gz", "/project/$1/slashed/$2/t.mbox.gz"]),
        *(Route(rf"^/([^/]+)/{msgid}/raw/?$",
                ["/project/$1/patch/$2/mbox", "/project/$1/cover/$2/mbox"], download=name)
          for msgid, name in ((_ADDRESS, "$2.mbox"), ("([^/@]+@[^/]+)", "mail.mbox"))),
        # A collection with a filter that isn't supported is empty: clients take the first entry for
        # the answer.
        *(Route(rf"{_API}{name}/?$", ["/api/empty.json"],
                queries=_LOOKUPS.get(name, ()),
                pages=[(query, target.format(name)) for query, target in _PAGES],
                filters=FILTERS[name])
          for name in ("patches", "covers", "series", "bundles")),
        *(Route(pattern, files) for pattern, files in lists(projects)),
        *_lookups("/api/by-msgid", "patch", projects),
        *_lookups("/api/covers-by-msgid", "cover", projects),
        Route(r"^/api/by-hash/(\w+)/$",
              [*(f"/project/{project}/hash/$1.json" for project in projects), "/api/empty.json"]),
        Route(r"^/api/by-hash/(\w+)/([^/]+)$", ["/project/$2/hash/$1.json", "/api/empty.json"]),
        Route(_API + r"(?:events|people|users)/?$", ["/api/empty.json"]),
        Route(_API + r"projects/?$", ["/api/projects.json"]),
        Route(_API + "$", ["/api/index.json"]),
        Route(_API + r"(patches|covers|series|bundles|projects)/([\w.+-]+)/?$", ["/api/$1/$2.json"]),
        Route(_API + r"(patches|covers)/(\d+)/(comments|checks)/?$",
              ["/api/$1/$2/$3.json", "/api/empty.json"], needs="/api/$1/$2.json"),
    ]  # fmt: skip


def _lookups(path: str, kind: str, projects: Sequence[str]) -> list[Route]:
    """Where mails of a kind are looked up by message id, in all projects or in one.

    A slash in an id comes as a folder of its own: its encoded form doesn't survive every server.
    """

    def files(project: str, msgid: str) -> list[str]:
        return [
            f"/project/{project}/{kind}/{msgid}/lookup.json",
            f"/project/{project}/slashed/{msgid}/{kind}.json",
        ]

    every = [file for project in projects for file in files(project, "$1")]
    return [
        Route(rf"^{path}/(.+)/$", [*every, "/api/empty.json"]),
        Route(rf"^{path}/(.+)/([^/]+)$", [*files("$2", "$1"), "/api/empty.json"]),
    ]


def kind_for(path: str) -> RuleKind:
    """The kind of the file at a path (decoded)."""
    return next((kind for kind in KINDS if matched(kind.pattern, path)), DEFAULT)


def download_name(kind: RuleKind, path: str) -> str:
    """The name under which a browser saves a file; empty for one that it shows."""
    match = matched(kind.pattern, path)
    return filled(kind.download, match) if match else ""


def matched(pattern: str, text: str) -> re.Match[str] | None:
    """Where a pattern of the table matches. As for the servers, only ASCII has letters and digits."""
    return re.search(pattern, text, re.ASCII)


def filled(template: str, match: re.Match[str]) -> str:
    """A template with the groups of a match in it."""
    return re.sub(r"\$(\d)", lambda group: match[int(group[1])] or "", template)
