"""What is an http(s) address: for the addresses that people type, before anything is done with them."""

from __future__ import annotations

from urllib.parse import urlsplit

from generator.errors import ConfigError


def require_http(address: str) -> None:
    """Raise ConfigError where a text isn't the http(s) URL of a server or a site."""
    if not address.isprintable() or " " in address or "\\" in address:
        raise ConfigError(f"{address!r}: holds blanks, backslashes or control characters")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:  # an IPv6 address, or the port
        raise ConfigError(f"{address!r}: {error}") from error
    if parts.username is not None or parts.password is not None:  # not to be quoted
        raise ConfigError("a password in a URL would show up in logs and pages; leave it out")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{address!r}: not an http(s) URL")
    if port == 0:
        raise ConfigError(f"{address!r}: no server listens on port 0")
