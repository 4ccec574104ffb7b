"""Addresses that people paste: of public-inbox, Patchwork, git's web pages and sites like this one.

What matters is the form of the path, not the host: archives have mirrors. `pasted_urls.js` in the theme is
the same.
"""

from __future__ import annotations

import re

from generator.search.identifiers import decoded, is_number, read_id, read_message_id
from generator.search.reading import (
    HEX,
    MOST_READINGS,
    Readings,
    commit,
    distinct,
    path,
    phrase,
    query,
)

_URL = re.compile(
    r"(?:https?|nntps?|news|mid)://[^ <>\"]+|\b(?:mid|news):[^ <>@\"]{1,300}@[^ <>\"]+", re.A
)
_BARE_URL = re.compile(r"^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}(?::[0-9]{1,5})?/[^ ]*$")
_PARTS = re.compile(r"^(?:[a-z]+:)?//([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.A)
_HEX = re.compile(rf"^{HEX}$", re.I | re.A)
#: Folders and files that public-inbox and Patchwork have below a mail.
_BELOW = re.compile(
    r"^(?:|raw|mbox(?:\.[a-z]+)?|T|t|t\.mbox\.gz|t\.atom|checks|comments|vs|thread)$", re.A
)
#: Parameters whose value is a message id (marc.info, mail-archive.com, Patchwork's API).
_ID_PARAMETERS = ("msgid", "i", "mid", "id")
#: Parts of an address that are looked at.
_MOST_PARTS = 100
#: Folders below which repositories' browsers have files.
_BROWSED = ("blob", "tree", "raw", "blame", "edit", "commits", "+", "src")


def read_link(text: str) -> Readings:
    """Addresses in a line: `[1] https://…`, `https://… # v2`, `lore.kernel.org/all/…`, `/patch/12/`."""
    if addresses := _URL.findall(text)[:MOST_READINGS]:
        found = [read_url(url) for url in addresses]
        exact = [readings for readings in found if any(reading.is_exact for reading in readings)]
        return distinct([reading for readings in exact for reading in readings]) or found[0]
    if _BARE_URL.match(text):
        found = [read_url(f"//{text}")]
        return found[0] if any(reading.is_exact for reading in found[0]) else ()
    return read_url(text) if text.startswith("/") else ()


def is_address(text: str) -> bool:
    """Whether a text is one address of the web, and nothing else."""
    return _URL.fullmatch(text.strip()) is not None


def read_url(url: str) -> Readings:
    """What an address is about; nothing where it has no path and no parameters."""
    url = url.rstrip(".,;:!?>'*")
    if url.endswith(")") and "(" not in url:
        url = url.rstrip(")")
    if re.match(r"^(?:mid|news):(?!//)", url):
        return read_message_id(url.partition(":")[2])
    parts = _PARTS.match(url) or re.match(r"^()(/[^?#]*)(?:\?([^#]*))?", url)
    if not parts:
        return ()
    host, place = parts[1], parts[2]
    parameters = _parameters(parts[3]) if parts[3] else {}
    found = _read_place([part for part in place.split("/") if part], parameters)
    if not found and host:
        found = read_source(host, place, parameters)
    if found or (place.strip("/") == "" and not parameters) or not host:
        return found
    return (phrase(url.partition("//")[2].partition("#")[0]),)


def _read_place(parts: list[str], parameters: dict[str, str]) -> Readings:
    return (
        _read_parameters(parts, parameters)
        or _read_route(parts)
        or _read_message(parts)
        or _read_commit(parts)
        or _read_list(parts, parameters)
    )


def _parameters(text: str) -> dict[str, str]:
    """The first value of each; gitweb separates them by semicolons."""
    values: dict[str, str] = {}
    for pair in re.split("[&;]", text)[:100]:
        name, _, value = pair.partition("=")
        values.setdefault(name, decoded(value.replace("+", "%20")))
    return values


def _read_parameters(parts: list[str], parameters: dict[str, str]) -> Readings:
    if is_number(series := parameters.get("series", "")):
        return read_id(series, "series")
    for name in _ID_PARAMETERS:
        if "@" in parameters.get(name, "") or (name == "msgid" and parameters.get(name)):
            return read_message_id(parameters[name])
    if parameters.get("l") == "mid" and parameters.get("q"):
        return read_message_id(parameters["q"])
    for name in ("id", "h"):
        if "f" in parameters:  # a file, of which this is the blob
            break
        if _HEX.match(parameters.get(name, "")) and not parameters[name].isdigit():
            return commit(parameters[name])
    if (
        parameters.get("q")
        and (len(parts) < 2 or parts[-1] in ("search", "list"))
        and "list" not in parts
    ):
        return (query(parameters["q"]),)
    return ()


def _read_route(parts: list[str]) -> Readings:
    """`patch/12/`, `api/1.3/covers/12/`, `project/NAME/series/12/`, `project/NAME/patch/ID/`."""
    for n, name in reversed(list(enumerate(parts[:-1]))):
        kind = {"patches": "patch", "covers": "cover", "comments": "comment"}.get(name, name)
        in_project = n > 1 and parts[n - 2] == "project"
        if kind in ("patch", "cover", "comment", "series") and is_number(parts[n + 1]):
            if n < 2 or in_project or "api" in parts[:n]:
                return read_id(parts[n + 1], kind)
        elif name in ("patch", "cover") and in_project:
            rest = parts[n + 1 :]
            while len(rest) > 1 and _BELOW.match(rest[-1]):
                rest.pop()
            return read_message_id("/".join(rest))
    return ()


def _read_message(parts: list[str]) -> Readings:
    """`all/ID/T/`, `r/ID`: the part with an @ in it; slashes of an id may stand there as they are."""
    for n, part in enumerate(parts):
        if "@" in decoded(part).strip("@"):
            whole = read_message_id("/".join(parts[1 : n + 1]))[:1] if n > 1 else ()
            return distinct((*read_message_id(part), *whole))
    return ()


def _read_commit(parts: list[str]) -> Readings:
    """`commit/ID`, `c/ID`: the last part that looks like one, after such a folder."""
    for n, part in reversed(list(enumerate(parts))):
        if n and parts[n - 1] in ("commit", "commits", "c", "ci", "rev", "changeset"):
            bare = re.sub(r"\.(?:patch|diff)$", "", part)
            if _HEX.match(bare):
                return commit(bare)
    return ()


def _read_list(parts: list[str], parameters: dict[str, str]) -> Readings:
    """A project's list, with the words that it was asked for."""
    if "project" not in parts[:-1]:
        return ()
    name, *below = parts[parts.index("project") + 1 :]
    if below not in ([], ["list"], ["series"]):
        return ()
    asked = [phrase(word, "s:").text for word in parameters.get("q", "").split()]
    for parameter, field in (("state", "state:"), ("submitter", "f:"), ("delegate", "delegate:")):
        value = parameters.get(parameter, "")
        if value not in ("", "*") and not is_number(value):
            asked.append(phrase(value, field).text)
    return (query(" ".join([phrase(decoded(name), "project:").text, *asked])),)


def read_source(host: str, place: str, parameters: dict[str, str]) -> Readings:
    """What a page of a repository's browser is about: a file, a commit, a name.

    GitHub, GitLab and Gitea have a branch before the path, cgit and Elixir none, gitweb `HEAD:` or `f=`.
    """
    parts = [decoded(part) for part in place.split("/") if part][:_MOST_PARTS]
    if parameters.get("f"):
        return (path(parameters["f"]),)
    if host.startswith("raw.") and len(parts) > 3:
        return (path("/".join(parts[3:])),)
    for n, name in enumerate(parts[:-1]):
        below = parts[n + 1 :]
        if name == "ident":
            return (phrase(below[0]),)
        if name == "+" and _HEX.match(below[0]) and len(below) == 1:
            return commit(below[0])
        if name == "+" and below[:2] == ["refs", "heads"]:
            below = below[2:]
        is_plain = name in ("plain", "log", "source")
        if not is_plain and not (name in _BROWSED and n):
            continue
        is_plain = is_plain or any(one.endswith(".git") for one in parts[:n])
        rest = below[1:] if not is_plain or below[0].endswith(":") else below
        return (path("/".join(rest)),) if rest else ()
    return ()
