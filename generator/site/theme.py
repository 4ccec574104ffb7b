"""Themes: where their files come from, and how static files are published."""

from __future__ import annotations

import re
from pathlib import Path

from generator import toml_file
from generator.errors import ConfigError
from generator.site.scripts import bundled, is_module
from generator.site.template_errors import shown_path

_PACKAGE = Path(__file__).resolve().parent.parent
_SETTINGS = "theme.toml"
_KEYS = ("name", "description", "inherits")
#: The name of a theme: one folder's, not hidden.
_NAME = re.compile(r"[^./\0][^/\0]{0,99}")


class Theme:
    """A theme and the themes it inherits from, nearest first. A file of a nearer one wins."""

    def __init__(self, name: str, content: Path) -> None:
        """Look in `content/themes/`, beside the package, and in the package; raises ConfigError."""
        self.folders: list[Path] = []
        wanted: str | None = name
        named_in = ""  # where the theme's name stands, for messages
        while wanted is not None:
            folder = _find(wanted, content, named_in)
            if folder in self.folders:
                raise ConfigError(f"{named_in}theme {wanted!r} inherits from itself")
            self.folders.append(folder)
            named_in = f"{folder / _SETTINGS}: inherits: "
            wanted = _parent(folder)

    def templates(self) -> list[Path]:
        return [folder / "templates" for folder in self.folders]

    def static_files(self) -> dict[str, Path]:
        """Path below `static/` → file, over all the themes; raises ConfigError for a name that no URL has."""
        files: dict[str, Path] = {}
        for folder in reversed(self.folders):
            base = folder / "static"
            for path in sorted(base.rglob("*")):
                if path.is_file():
                    _require_utf8(path)
                    files[path.relative_to(base).as_posix()] = path
        return files

    def static_contents(self) -> dict[str, bytes]:
        """The same as they are published; raises ConfigError for a script that can't be bundled."""
        files = self.static_files()
        copied = {name: path.read_bytes() for name, path in files.items() if not is_module(name)}
        return copied | bundled(files)

    def file(self, name: str) -> Path | None:
        """A file of the theme by its path, such as `pages/about.md`."""
        return next((path for f in self.folders if (path := f / name).is_file()), None)


def _require_utf8(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise ConfigError(f"{path}: the name is not UTF-8; rename the file") from error


def _find(name: str, content: Path, named_in: str) -> Path:
    bases = (content / "themes", _PACKAGE.parent / "themes", _PACKAGE / "_themes")
    for base in bases:
        folder = base / name
        if _NAME.fullmatch(name) and (folder / _SETTINGS).is_file():
            return folder
    looked = ", ".join(shown_path(base) for base in bases[:2])
    raise ConfigError(f"{named_in}theme {name!r} not found: no {name}/{_SETTINGS} in {looked}")


def _parent(folder: Path) -> str | None:
    """The theme that the one in a folder inherits from; raises ConfigError for a bad theme.toml."""
    path = folder / _SETTINGS
    settings = toml_file.read(path)
    for key, value in settings.items():
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key {key!r}; known keys: {', '.join(_KEYS)}")
        if not isinstance(value, str):
            raise ConfigError(f"{path}: {key}: expected a string, not {value!r}")
    return settings.get("inherits")
