"""Reads the TOML files that people write: site.toml and theme.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator.disk_errors import describe
from generator.errors import ConfigError


def read(path: Path) -> dict[str, Any]:
    """The table of a TOML file; raises ConfigError with the path and the cause."""
    if path.exists() and not path.is_file():  # to read a pipe would take for ever
        raise ConfigError(f"{path}: not a file")
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(describe(error, path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from error
    except ValueError as error:  # also a number of too many digits
        raise ConfigError(f"{path}: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: nested too deeply") from error
