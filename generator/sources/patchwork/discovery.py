"""Finds a server's API from any address of its site, and the projects that names stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import httpx

from generator.addresses import require_http
from generator.archive.validation import validate
from generator.errors import ConfigError, InputError, SourceError
from generator.model import Project
from generator.sources.patchwork.api_version import VERSIONS, ApiVersion
from generator.sources.patchwork.client import Client, Missing, Unavailable
from generator.sources.patchwork.pagination import pages


def root_of(address: str) -> str:
    """The root URL of a Patchwork server, from that of its API or of any page of a project.

    Raises ConfigError when the address is not an http(s) URL.
    """
    text = address.strip()
    if "://" not in text:
        text = f"https://{text}"
    require_http(text)
    try:
        url = httpx.URL(text)
        url.host  # noqa: B018 - decoded only when asked for
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: the name of the host
        raise ConfigError(f"{address!r}: invalid URL: {error}") from error
    path = re.sub(r"/(?:api(?:/\d+\.\d+)?|project/[^/]+(?:/.*)?)$", "", url.path.rstrip("/"))
    return str(url.copy_with(path=f"{path}/", query=None, fragment=None))


#: Pages of the list of projects, and bytes, as all of it is kept in memory.
_MAX_PAGES, _MAX_BYTES = 1000, 64 << 20


class Instance(NamedTuple):
    """What a server is: the API version that both sides know, all of its projects, and those to pull."""

    version: ApiVersion
    projects: list[dict[str, Any]]
    chosen: list[dict[str, Any]]


async def discover(client: Client, names: Sequence[str]) -> Instance:
    """Find the API and the projects with these names (none: all).

    Raises SourceError where there is no API, and ConfigError for an unknown name.
    """
    version, projects = await find_api(client)
    return Instance(version, projects, choose(projects, names))


async def find_api(client: Client) -> tuple[ApiVersion, list[dict[str, Any]]]:
    """The newest API version that the server has and we know, and all projects; raises SourceError."""
    for version in VERSIONS:
        try:
            projects = await _projects(client, f"api/{version}/projects/")
        except Missing:
            continue
        except Unavailable as error:
            raise SourceError(str(error)) from error
        client.probe = f"api/{version}/projects/?per_page=1"
        return version, projects
    raise SourceError(f"{client.root}: no Patchwork REST API found")


async def _projects(client: Client, path: str) -> list[dict[str, Any]]:
    by_id: dict[int, dict[str, Any]] = {}
    received = 0
    async for page in pages(client, path, [], tries=3, limit=_MAX_PAGES):
        received += page.size
        if received > _MAX_BYTES:
            raise SourceError(f"{client.url(path)}: more than {_MAX_BYTES >> 20} MB of projects")
        for item in page.items:
            try:
                by_id[validate("project", item).id] = item
            except InputError as error:
                raise SourceError(f"{client.url(path)}: {error}") from error
    return list(by_id.values())


def choose(projects: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The projects with these link names, list ids or numbers; all of them when none is named.

    Raises ConfigError for an unknown name: a filter with it would find nothing.
    """
    chosen: dict[int, dict[str, Any]] = {}
    for name in names:
        matching = [item for item in projects if name.strip().lower() in _names(item)]
        if not matching:
            known = ", ".join(sorted(str(item["link_name"]) for item in projects))
            raise ConfigError(f"unknown project {name!r}; known projects: {known}")
        chosen |= {item["id"]: item for item in matching}
    return list(chosen.values()) if names else list(projects)


def _names(item: dict[str, Any]) -> set[str]:
    project = validate("project", item)
    assert isinstance(project, Project)
    return {str(project.id), project.link_name.lower(), project.list_id.lower()} - {""}
