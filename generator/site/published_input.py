"""What a site is built from where something is left out of it: copies that don't have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import msgspec

from generator.archive import maintainers, redaction
from generator.archive.database import Archive
from generator.config import Config
from generator.privacy import rules
from generator.privacy.rules import Rules
from generator.site import files as output
from generator.site.executors import Paths


def published_input(
    paths: Paths, config: Config, left_out: Rules, tell: Callable[[str], None]
) -> tuple[Paths, Config]:
    """The archive and the MAINTAINERS files to build from: the given ones without rules, else copies.

    `tell` hears of rules that are about nothing. Raises StorageError where a copy can't be written.
    """
    target = paths.output / output.PRIVATE / "published.db"
    if not left_out:
        for suffix in ("", "-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        return paths, config
    done = redaction.publish(paths.archive, target, left_out)
    for name in done.unused:
        tell(f"{rules.FILE}: {name} is not in the archive")
    with Archive(paths.archive, read_only=True) as archive:
        folder = target.with_name("maintainers")
        found = maintainers.copies(archive, config, paths.content, left_out, folder)
    projects = {
        name: msgspec.structs.replace(project, maintainers=str(found.get(name, "")))
        for name, project in config.projects.items()
    }
    return replace(paths, archive=target), msgspec.structs.replace(config, projects=projects)
