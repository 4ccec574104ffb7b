"""content/site.toml → Config: every option, its default, and a clear error for what can't be meant."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from generator.errors import ConfigError


class PullConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server that the archive mirrors; the command line has the last word."""

    url: str = ""
    #: Link names, list ids or numbers; none means all.
    projects: list[str] = []
    #: Requests under way at a time, and how many to make at most (`5/s`, `120/m`; empty: no limit).
    connections: Annotated[int, Meta(ge=1, le=16)] = 4
    rate: str = ""
    #: An API token of the server at `url`, sent to no other. STILLWORK_TOKEN in the environment is
    #: the better place for it.
    token: str = ""
    #: Answers larger than this are refused.
    max_body_mb: Annotated[int, Meta(ge=1, le=4096)] = 256


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a site. All have defaults that suit an archive of five patches or a million."""

    title: str = "Patch archive"
    description: str = "Patches that were sent to mailing lists, as Patchwork knew them."
    #: Where the site will be served, such as `https://patches.example.org/`. Pages link relatively
    #: and don't need it; the sitemap and absolute links in feeds do.
    base_url: str = ""
    theme: str = "default"
    #: Rows on a list page. Changing it renumbers all lists.
    page_size: Annotated[int, Meta(ge=10, le=1000)] = 100
    feed_size: Annotated[int, Meta(ge=1, le=1000)] = 50
    #: Who runs the archive, shown in the footer.
    contact: str = ""
    #: Whether people's pages tell their addresses in full.
    show_addresses: bool = False
    #: What makes Patchwork's addresses by number (`/patch/ID/`) work: a page for each (`files`), or the
    #: 404 page's script (`rules`); `auto` makes files for archives of up to 10,000 patches.
    redirects: Literal["files", "rules", "auto"] = "auto"
    #: How the trailers of the comments are added to downloaded mails: as Patchwork does it, or each
    #: once and after an empty line (`tidy`).
    mbox_trailers: Literal["patchwork", "tidy"] = "patchwork"
    #: A patch of a series is offered together with those before it, as git-pw asks for it, while
    #: that is no larger than this.
    mbox_series_kb: Annotated[int, Meta(ge=0, le=1 << 20)] = 256
    #: Whether the objects are published as JSON, too, as Patchwork's API has them.
    api: bool = True
    #: Whether pages, JSON and mails are stored compressed, too (.gz, .br), for servers to send so.
    precompress: bool = False
    #: Whether everything is offered in bulk, too, in two files for each project and month.
    bulk: bool = True
    pull: PullConfig = PullConfig()

    def digest(self) -> bytes:
        """A number of all that pages depend on."""
        shown = msgspec.structs.replace(self, pull=PullConfig())
        return hashlib.blake2b(msgspec.json.encode(shown), digest_size=8).digest()


def load(content: Path) -> Config:
    """The configuration of a content folder; all defaults where it has no site.toml."""
    path = content / "site.toml"
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        config = msgspec.convert(tomllib.loads(text), Config)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if config.base_url:
        parts = urlsplit(config.base_url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ConfigError(f"{path}: base_url {config.base_url!r} is not an http(s) URL")
        if not config.base_url.endswith("/"):
            config = msgspec.structs.replace(config, base_url=config.base_url + "/")
    return config
