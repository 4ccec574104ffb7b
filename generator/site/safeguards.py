"""What a build refuses to do, because it looks like a mistake; and what the command line lets it do.

Nothing is written or deleted before these checks have passed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.archive import planning
from generator.archive.database import Archive
from generator.archive.projects import all_projects
from generator.errors import ConfigError
from generator.search import publish
from generator.site import manifest as manifests
from generator.site.files import PRIVATE, require_own_folder
from generator.site.manifest import Manifest

#: Pages of patches that may vanish at once: so many, or this share of all.
_FEW, _SHARE = 100, 0.1
#: Keeps the foreign files of a folder that was taken over, until a build of it has come to its end.
_FOREIGN = "foreign.json"
#: Foreign files that are named one by one; the others are counted.
_NAMED, _NAMED_IN_LINE = 20, 3
_EMPTY = (
    "the archive is empty, but the site has patches; "
    "check --content, or empty the site with --allow-empty"
)
_NOTHING = (
    "the archive is empty; fill it with `stillwork import` or `stillwork pull`, "
    "or build an empty site with --allow-empty"
)

#: A foreign file by its path below the output, and what tells whether it was replaced.
ForeignFiles = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the command line allows although it looks like a mistake."""

    #: An archive that is empty, or isn't the one that the site was built from.
    empty: bool = False
    #: That many pages of patches vanish.
    removals: bool = False
    #: An output folder with files that no build made.
    adopt: bool = False


NOTHING = Allowed()


def require_separate(content: Path, output: Path) -> None:
    """Raise ConfigError where the output is a folder that holds, or lies in, something else's files."""
    # Not Path.resolve, which raises an error of its own on links in a circle.
    source, target = (Path(os.path.realpath(folder)) for folder in (content, output))
    if source == target:
        raise ConfigError(
            f"{output}: content and output are the same folder; give another --output"
        )
    shared = [Path(target.anchor)]
    with contextlib.suppress(RuntimeError):  # the user has no home
        shared += [Path.home().resolve(), *Path.home().resolve().parents]
    if target in shared:
        raise ConfigError(f"{output}: holds more than a site; give another --output")
    if source.is_relative_to(target):
        raise ConfigError(f"{output}: {content} lies within it; give another --output")
    if target.is_relative_to(source):
        raise ConfigError(f"{output}: lies within {content}; give another --output")


def claim(output: Path, *, adopt: bool) -> ForeignFiles:
    """The files that no build made, in a folder that becomes an output, or became one in an unfinished build.

    Raises ConfigError where there are any, unless `adopt`, and StorageError where the search index would
    be written through a symlinked folder; for other files `files.write` sees to that.
    """
    if os.path.lexists(output) and not output.is_dir():
        raise ConfigError(f"{output}: not a folder; give another --output")
    require_own_folder(str(output), publish.DATA)
    if manifests.path_of(output).is_file():
        return _remembered(output)
    files = _foreign(output)
    if not adopt:
        first = [path for _, (path, _) in zip(range(_NAMED_IN_LINE + 1), files, strict=False)]
        if first:
            names = ", ".join(first[:_NAMED_IN_LINE]) + (
                ", …" if len(first) > _NAMED_IN_LINE else ""
            )
            raise ConfigError(
                f"{output}: holds files that no build made ({names}); "
                "give another --output, or take the folder over with --adopt"
            )
    return dict(files)


def replaced(output: Path, foreign: ForeignFiles) -> Iterator[str]:
    """A line for each foreign file that a build overwrote or deleted, and a count of those beyond twenty."""
    changed = sorted(foreign.keys() - untouched(output, foreign).keys())
    for path in changed[:_NAMED]:
        what = "overwritten" if os.path.lexists(output / path) else "deleted"
        yield f"{output / path}: not made by a build; {what}"
    if len(changed) > _NAMED:
        yield f"{output}: {len(changed) - _NAMED:,} more files not made by a build were overwritten"


def remember(output: Path, foreign: ForeignFiles) -> None:
    """Keep what `claim` found for the next build, which names what this one leaves; `{}`: nothing is left."""
    path = output / PRIVATE / _FOREIGN
    if not foreign:
        path.unlink(missing_ok=True)
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(foreign), "ascii")
    fresh.replace(path)


def _remembered(output: Path) -> ForeignFiles:
    try:
        states = json.loads((output / PRIVATE / _FOREIGN).read_text("ascii"))
        return {path: (inode, time) for path, (inode, time) in states.items()}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}  # there is none, or it is damaged


def untouched(output: Path, foreign: ForeignFiles) -> ForeignFiles:
    """Those of the foreign files that no build has overwritten or deleted so far."""
    return {path: state for path, state in foreign.items() if _state(output / path) == state}


def require_likely(
    archive: Archive, manifest: Manifest, output: Path, vanished: set[str], allowed: Allowed
) -> None:
    """Raise ConfigError where a build would remove all or much of a site, or make one of nothing.

    Both are likely mistakes. `vanished` are the names of the units that the archive no longer has.
    """
    if not any(_visible(output)):  # it is new, or somebody emptied it: nothing can be lost
        if not (allowed.empty or all_projects(archive)):
            raise ConfigError(f"{output}: {_NOTHING}")
        return
    pages = manifest.count("patch")
    count = sum(name.startswith("patch:") for name in vanished)
    if pages and not planning.patch_count(archive):
        if not allowed.empty:
            raise ConfigError(f"{output}: {_EMPTY}")
    elif manifest.archive_name() not in (None, archive.revision()[0]):
        if not allowed.empty:
            raise ConfigError(
                f"{output}: built from another archive; check --content, give another --output, "
                "or replace the site with --allow-empty"
            )
    elif count >= _FEW and count > pages * _SHARE and not allowed.removals:
        raise ConfigError(
            f"{output}: {count:,} of {pages:,} patches' pages would vanish; "
            "check --content, or let them go with --allow-removals"
        )


def require_empty(output: Path) -> None:
    """Raise ConfigError for an archive that isn't there, unless the site is already that of an empty one."""
    if not (manifests.path_of(output).is_file() and any(_visible(output))):
        raise ConfigError(f"{output}: {_NOTHING}")
    manifest = Manifest(output, read_only=True)
    try:
        pages = manifest.count("patch")
    finally:
        manifest.close()
    if pages:
        raise ConfigError(f"{output}: {_EMPTY}")


def _visible(output: Path) -> Iterator[str]:
    """The names at the top of a folder, but for dot files such as .htaccess: they are never a site's."""
    with contextlib.suppress(FileNotFoundError), os.scandir(output) as entries:
        yield from sorted(entry.name for entry in entries if not entry.name.startswith("."))


def _foreign(output: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every visible file of a folder without a manifest, in the order of their paths."""
    for name in _visible(output):
        top = output / name
        if top.is_symlink() or not top.is_dir():
            yield name, _state(top)
            continue
        for folder, folders, files in os.walk(top):
            folders.sort()
            for file in sorted(files):
                path = Path(folder, file)
                yield path.relative_to(output).as_posix(), _state(path)


def _state(path: Path) -> tuple[int, int]:
    """What changes when a file is replaced: its inode and time of change (ns since 1970)."""
    try:
        stat = path.lstat()
    except OSError:
        return 0, 0
    return stat.st_ino, stat.st_mtime_ns
