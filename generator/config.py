"""content/site.toml → Config: every option with its default and its description, and clear errors."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from generator import toml_file
from generator.addresses import require_http
from generator.errors import ConfigError
from generator.privacy.rules import Show
from generator.time_zones import zone_named


def _doc(description: str) -> Meta:
    """What an option means, as `stillwork init` and docs/cli.md show it."""
    return Meta(description=description)


class PullConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The Patchwork server that the archive mirrors. Options of the command line win over these."""

    url: Annotated[str, _doc("Address of the Patchwork server.")] = ""
    projects: Annotated[
        list[str],
        _doc("Projects to mirror: link names, list ids or numbers. Empty: all."),
    ] = []
    connections: Annotated[int, Meta(ge=1, le=16), _doc("Concurrent requests, 1 to 16.")] = 4
    rate: Annotated[
        str,
        _doc('Highest rate of requests, such as "5/s" or "120/m". Empty: no limit.'),
    ] = ""
    token: Annotated[
        str,
        _doc("API token for the server at url; better kept in the environment as STILLWORK_TOKEN."),
    ] = ""
    max_body_mb: Annotated[
        int, Meta(ge=1, le=4096), _doc("Largest response accepted, in MB, 1 to 4096.")
    ] = 256


class ProjectConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of one project, by its link name."""

    repository: Annotated[
        str,
        _doc(
            "Git repository (a folder, or a bare one) whose commits are matched with the project's patches."
        ),
    ] = ""
    branches: Annotated[
        list[Annotated[str, Meta(min_length=1)]],
        _doc(
            'Its branches, the most important first, such as ["master", "maint*"]. Empty: that of HEAD.'
        ),
    ] = []
    maintainers: Annotated[
        str,
        _doc(
            "MAINTAINERS file (of Linux, QEMU or U-Boot, or like theirs) that names its subsystems."
        ),
    ] = ""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a site. The defaults suit an archive of five patches and one of a million."""

    title: Annotated[str, _doc("Name of the archive, on the home page and in feeds.")] = (
        "Patch archive"
    )
    description: Annotated[str, _doc("One sentence below the title.")] = (
        "Patches that were sent to mailing lists, as Patchwork knew them."
    )
    base_url: Annotated[
        str,
        _doc(
            "Where the site is served, such as https://patches.example.org/; for sitemap and feeds."
        ),
    ] = ""
    theme: Annotated[
        str,
        _doc("Theme: the name of a folder in themes/ of this folder or of Stillwork."),
    ] = "default"
    page_size: Annotated[
        int,
        Meta(ge=10, le=1000),
        _doc("Patches on a list page, 10 to 1000. A change renumbers the pages."),
    ] = 100
    feed_size: Annotated[int, Meta(ge=1, le=1000), _doc("Entries in a feed, 1 to 1000.")] = 50
    open_states: Annotated[
        tuple[str, ...],
        _doc(
            "States of patches that wait for somebody; if empty, those that the server's lists show."
        ),
    ] = ()
    stale_days: Annotated[
        int,
        Meta(ge=1, le=36500),
        _doc("Days without a mail, up to the archive's newest one, after which a change is stale."),
    ] = 90
    states: Annotated[
        dict[Annotated[str, Meta(pattern="^[1-9][0-9]{0,8}$")], str],
        _doc("Names of states by their numbers in addresses, where a pull can't learn them."),
    ] = {}
    time_zone: Annotated[
        str,
        _doc(
            "Time zone of the server's clock, such as Europe/Paris, where its events don't show it."
        ),
    ] = ""
    contact: Annotated[
        str,
        _doc("Who runs the archive; shown in the footer and sent to servers by pull."),
    ] = ""
    show_addresses: Annotated[
        Show,
        _doc(
            'How addresses are shown: "all" as sent, "short" without domain, "none"; see docs/privacy.md.'
        ),
    ] = "all"
    redirects: Annotated[
        Literal["files", "rules"],
        _doc(
            'Addresses such as /patch/ID/: by server or 404 page ("rules"), or a page each ("files").'
        ),
    ] = "rules"
    mbox_trailers: Annotated[
        Literal["patchwork", "tidy"],
        _doc('Trailers of comments in downloads: as Patchwork adds them, or each once ("tidy").'),
    ] = "patchwork"
    mbox_series_kb: Annotated[
        int,
        Meta(ge=0, le=1 << 20),
        _doc(
            "Largest download, in KB, of a patch together with those before it in its series (for git-pw)."
        ),
    ] = 64
    api: Annotated[
        bool, _doc("Whether the objects are published as JSON, as in Patchwork's API.")
    ] = True
    precompress: Annotated[
        bool | Literal["only"],
        _doc(
            "Whether files are stored compressed as well (.gz, .br; needs stillwork[compress]), "
            'or as .gz "only".'
        ),
    ] = False
    bulk: Annotated[
        bool,
        _doc("Whether each project and month is offered as two downloads, JSON and mbox."),
    ] = True
    unit_seconds: Annotated[
        int,
        Meta(ge=1, le=86400),
        _doc("Longest time, in seconds, that one page or download may take to make."),
    ] = 300
    unit_memory_mb: Annotated[
        int,
        Meta(ge=64, le=1 << 20),
        _doc("Most memory, in MB, that one page or download may take to make (on Linux)."),
    ] = 4096
    pull: PullConfig = PullConfig()
    projects: dict[Annotated[str, Meta(min_length=1, max_length=200)], ProjectConfig] = {}
    feeds: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=100)], str],
        _doc('Feeds of what queries find, by name, such as {"Queues" = "dfn:queue.c is:open"}.'),
    ] = {}

    def digest(self) -> bytes:
        """A digest of all options that pages depend on."""
        same = Config()
        shown = msgspec.structs.replace(
            self,
            pull=same.pull,
            projects=same.projects,
            feeds=same.feeds,
            stale_days=same.stale_days,
            show_addresses=same.show_addresses,
            unit_seconds=same.unit_seconds,
            unit_memory_mb=same.unit_memory_mb,
        )
        return hashlib.blake2b(msgspec.json.encode(shown), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Option:
    """An option of site.toml. `table` is the TOML table that it stands in, empty at the top."""

    table: str
    name: str
    default: Any
    description: str


def options() -> Iterator[Option]:
    """All options in the order of their declaration, those of tables last."""
    for table, struct in (("", Config), ("pull", PullConfig), ("projects.NAME", ProjectConfig)):
        for field in msgspec.structs.fields(struct):
            if description := _description(field.type):
                default = field.default
                if default is msgspec.NODEFAULT:
                    default = field.default_factory()
                yield Option(table, field.name, default, description)


def _description(annotated: Any) -> str | None:
    metas = (meta for meta in get_args(annotated) if isinstance(meta, Meta))
    return next((meta.description for meta in metas if meta.description), None)


def load(content: Path) -> Config:
    """The configuration of a content folder; all defaults where it has no site.toml."""
    path = content / "site.toml"
    if not os.path.lexists(path):
        return Config()
    try:
        config = msgspec.convert(toml_file.read(path), Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error
    if config.time_zone:
        try:
            zone_named(config.time_zone)
        except ValueError as error:
            raise ConfigError(f"{path}: time_zone: {error}") from error
    if config.base_url:
        try:
            require_http(config.base_url)
        except ConfigError as error:
            raise ConfigError(f"{path}: base_url: {error}") from error
        if not config.base_url.endswith("/"):
            config = msgspec.structs.replace(config, base_url=config.base_url + "/")
    return config
