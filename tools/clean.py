"""Removes a site from its folder: the files that builds made, and nothing else.

`python -m tools.clean OUTPUT`. Does nothing where no site has been built.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path

from generator.errors import ConfigError
from generator.search import publish
from generator.site.files import PRIVATE, locked
from generator.site.manifest import Manifest, path_of


def clean(output: Path) -> None:
    """Delete what the manifest names, the search index and the builder's own folder.

    Raises ConfigError where a build is running.
    """
    if not path_of(output).is_file():
        return
    with locked(output):
        manifest = Manifest(output, read_only=True)
        paths = [output / path for path, _, _ in manifest.files()]
        manifest.close()
        paths += [output / path for path in publish.published(output)]
        for path in paths:
            path.unlink(missing_ok=True)
        # Every file below it is one of the index's, as the next build would see it.
        shutil.rmtree(output / publish.DATA, ignore_errors=True)
    shutil.rmtree(output / PRIVATE)
    folders = {folder for path in paths for folder in path.parents if output in folder.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with contextlib.suppress(OSError):  # something else is in it
            folder.rmdir()


if __name__ == "__main__":
    try:
        clean(Path(sys.argv[1]))
    except ConfigError as error:
        sys.exit(f"stillwork: {error}")
