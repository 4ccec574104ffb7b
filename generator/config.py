"""content/site.toml → Config: every option, its default, and a clear error for what can't be meant."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from generator.errors import ConfigError


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

    def digest(self) -> bytes:
        return hashlib.blake2b(msgspec.json.encode(self), digest_size=8).digest()


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
