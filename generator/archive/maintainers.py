"""The subsystems of projects whose MAINTAINERS file site.toml names, and which patches touch them."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from generator.archive import changed_paths, projects, redaction
from generator.archive.database import Archive
from generator.config import Config
from generator.disk_errors import describe
from generator.errors import InputError, StorageError
from generator.maintainers.patterns import Matcher
from generator.maintainers.subsystems import Subsystem, subsystems
from generator.privacy.rules import Rules

#: Linux's file has about 1 MB.
_LARGEST = 64 << 20


@dataclass(frozen=True)
class Maintained:
    """A project's subsystems in the order of its file, and what finds those of a path (by their places)."""

    subsystems: list[Subsystem]
    matcher: Matcher

    def named(self, name: str) -> set[int]:
        """Those with a title or page of this name, in any case."""
        wanted = name.strip().casefold()
        return {
            number
            for number, one in enumerate(self.subsystems)
            if wanted in (one.title.casefold(), one.slug)
        }


@dataclass(frozen=True)
class Touched:
    """Which subsystems patches touch, by the files that they change: places in the order of their file."""

    by_patch: dict[int, tuple[int, ...]] = field(default_factory=dict)
    by_series: dict[int, tuple[int, ...]] = field(default_factory=dict)


def files(config: Config, content: Path) -> dict[str, Path]:
    """The MAINTAINERS files of projects, as site.toml calls these; relative to the content folder."""
    return {
        name: content.absolute() / Path(project.maintainers).expanduser()
        for name, project in sorted(config.projects.items())
        if project.maintainers
    }


def read(
    archive: Archive, config: Config, content: Path
) -> tuple[dict[int, Maintained], list[str]]:
    """What the MAINTAINERS files say, by number of the project; and a line for each fault."""
    found: dict[int, Maintained] = {}
    faults: list[str] = []
    for name, path in files(config, content).items():
        number = projects.project_named(archive, name)
        if number is None:
            faults.append(f"{path}: not used: the archive has no project {name}")
            continue
        try:
            data = _read(path)
        except OSError as error:
            faults.append(f"{describe(error, path)}; not used")
            continue
        except InputError as error:
            faults.append(str(error))
            continue
        known, unused = subsystems(data, str(path))
        found[number] = Maintained(known, Matcher(known, str(path)))
        faults += [*unused, *found[number].matcher.faults]
        if not known:
            faults.append(f"{path}: no subsystem found")
    return found, faults


def copies(
    archive: Archive, config: Config, content: Path, rules: Rules, folder: Path
) -> dict[str, Path]:
    """Copies, in `folder`, of the files that can be read, without what the rules leave out: by project.

    archive: the one in which nothing is left out. Raises StorageError where they can't be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, Path] = {}
    texts = None
    for number, (name, path) in enumerate(files(config, content).items()):
        try:
            data = _read(path)
        except (OSError, InputError):
            continue  # that was said when it was read itself
        texts = texts or redaction.texts(archive, rules)
        shown = texts.redact(data.decode("utf-8", "replace"), on_lines=True)
        target = folder / f"{number}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            target.write_text(shown, "utf-8", "replace", newline="")
        except OSError as error:
            raise StorageError(describe(error, target)) from error
        found[name] = target.absolute()
    return found


def _read(path: Path) -> bytes:
    """A file of reasonable size; raises OSError, and InputError for others."""
    if not path.is_file():
        raise InputError(f"{path}: not used: {'no file' if path.exists() else 'not found'}")
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{path}: not used: larger than {_LARGEST >> 20} MB")
    return data


def touched(archive: Archive, project: int, maintained: Maintained) -> Touched:
    """The subsystems that each patch and series of a project touches."""
    patches: defaultdict[int, set[int]] = defaultdict(set)
    series: defaultdict[int, set[int]] = defaultdict(set)
    for patch, group, path in changed_paths.of_project(archive, project):
        if places := maintained.matcher.of(path):
            patches[patch].update(places)
            if group is not None:
                series[group].update(places)
    return Touched(_ordered(patches), _ordered(series))


def _ordered(found: dict[int, set[int]]) -> dict[int, tuple[int, ...]]:
    return {number: tuple(sorted(places)) for number, places in found.items()}
