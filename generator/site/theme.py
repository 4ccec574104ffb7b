"""Themes: where their files come from, and how static files are published."""

from __future__ import annotations

import tomllib
from pathlib import Path

import rjsmin

from generator.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent.parent


class Theme:
    """A theme and the themes it inherits from, nearest first. A file of a nearer one wins."""

    def __init__(self, name: str, content: Path) -> None:
        """Look in `content/themes/`, beside the package, and in the package; raises ConfigError."""
        self.folders: list[Path] = []
        wanted: str | None = name
        while wanted:
            folder = _find(wanted, content)
            if folder in self.folders:
                raise ConfigError(f"theme {wanted!r} inherits from itself")
            self.folders.append(folder)
            wanted = _parent(folder)

    def templates(self) -> list[Path]:
        return [folder / "templates" for folder in self.folders]

    def static_files(self) -> dict[str, Path]:
        """Path below `static/` → file, over all the themes."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            base = folder / "static"
            for path in sorted(base.rglob("*")):
                if path.is_file():
                    found[path.relative_to(base).as_posix()] = path
        return found

    def static_contents(self) -> dict[str, bytes]:
        """The same as they are published: scripts without comments and needless blanks."""
        return {name: _published(path) for name, path in self.static_files().items()}

    def file(self, name: str) -> Path | None:
        """A file of the theme by its path, such as `pages/about.md`."""
        return next((path for f in self.folders if (path := f / name).is_file()), None)


def _published(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".js" or path.name.endswith(".min.js"):
        return content
    smaller: bytes = rjsmin.jsmin(content)
    return smaller + b"\n"


def _find(name: str, content: Path) -> Path:
    for base in (content / "themes", _PACKAGE.parent / "themes", _PACKAGE / "_themes"):
        folder = base / name
        if "/" not in name and not name.startswith(".") and (folder / "theme.toml").is_file():
            return folder
    raise ConfigError(f"theme {name!r}: there is no folder {name}/ with a theme.toml in themes/")


def _parent(folder: Path) -> str | None:
    path = folder / "theme.toml"
    try:
        parent = tomllib.loads(path.read_text("utf-8")).get("inherits")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if parent is not None and not isinstance(parent, str):
        raise ConfigError(f"{path}: inherits is not the name of a theme")
    return parent
