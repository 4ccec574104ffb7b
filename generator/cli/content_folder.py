"""Makes a content folder for `stillwork init`: a commented site.toml, pages and the sample archive."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from generator import config
from generator.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent.parent
#: What the sample consists of. In a source tree other files may lie beside it, such as its archive.
_PARTS = ("pages", "patches")


def create(folder: Path) -> None:
    """Fill a folder that is empty or not there yet; raises ConfigError if it isn't, or can't be written."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ConfigError(f"{folder}: not empty")
        folder.mkdir(parents=True, exist_ok=True)
        for part in _PARTS:
            shutil.copytree(_sample() / part, folder / part)
        (folder / "site.toml").write_text(site_toml(), "utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror or error}") from error


def site_toml() -> str:
    """A site.toml that sets nothing: each option as a comment, with its description and default."""
    parts = [
        "# Options of this archive. Each is shown with its default; remove the # to change it.\n"
    ]
    table = ""
    for option in config.options():
        if option.table != table:
            table = option.table
            # A table that is there once for each name would be one of that name.
            parts.append(f"#[{table}]\n" if "NAME" in table else f"[{table}]\n")
        # A JSON string, number, boolean or array of these is TOML as well.
        parts.append(f"# {option.description}\n#{option.name} = {json.dumps(option.default)}\n")
    return "\n".join(parts)


def _sample() -> Path:
    """The sample: in an installed package, or in the source tree beside it."""
    packaged = _PACKAGE / "_sample"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "content"
