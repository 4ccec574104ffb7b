"""Removes a site from its folder: the files that builds made, and nothing else.

`python -m tools.clean OUTPUT`. Does nothing where no site has been built.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.errors import StillworkError
from generator.search import publish
from generator.site.files import PRIVATE, locked, remove
from generator.site.manifest import Manifest, path_of

#: Names that the search index gives to its folders and files: also those of the index before this one.
_INDEX_NAME = re.compile(r"[sm][0-9a-f]{18}")


def clean(output: Path) -> None:
    """Delete what the manifest names, the search index and the builder's own folder.

    Raises StillworkError where a build is running or the manifest can't be read.
    """
    if not path_of(output).is_file():
        return
    with locked(output):
        manifest = Manifest(output, read_only=True)
        paths = [path for path, _, _ in manifest.files()]
        manifest.close()
        paths += [*publish.published(output), *_index_files(output)]
        paths = [path for path in paths if remove(output, path)]
    shutil.rmtree(output / PRIVATE)
    folders = {f for path in paths for f in (output / path).parents if output in f.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with contextlib.suppress(OSError):  # something else is in it
            folder.rmdir()


def _index_files(output: Path) -> Iterator[str]:
    for path in (output / publish.DATA).glob("*"):
        if _INDEX_NAME.fullmatch(path.name):
            found = path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]
            yield from (file.relative_to(output).as_posix() for file in found if not file.is_dir())


if __name__ == "__main__":
    try:
        clean(Path(sys.argv[1]))
    except StillworkError as error:
        sys.exit(f"stillwork: {error}")
