"""What every page is built with: the archive, the theme, the configuration."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.archive import planning, projects, vocabulary
from generator.archive.bundle_types import AnyMail
from generator.archive.database import Archive
from generator.archive.read_cache import ReadCache
from generator.archive.server_clock import ServerClock, server_zone
from generator.config import Config
from generator.diff import parse
from generator.diff.parse import FileDiff
from generator.mail import mbox
from generator.model import Patch, Project
from generator.site.files import Content, own_name, temporary_folder
from generator.site.templates import Renderer
from generator.site.theme import Theme

#: Files of the site: path below the output folder → content.
Files = dict[str, Content]

#: Feeds of series and of people's patches are of those that had a patch in so many days before the newest.
SERIES_FEED_DAYS, PERSON_FEED_DAYS = 365, 730


@dataclass
class Context:
    """Belongs to one process of a build."""

    archive: Archive
    config: Config
    theme: Theme
    renderer: Renderer
    content: Path
    output: Path
    #: What `stats` counts of the unit that is being built.
    tally: Counter[str] = field(default_factory=Counter)
    #: Parsed diffs, series and comparisons; sizes are those of the text they were made from.
    recent: ReadCache = field(default_factory=lambda: ReadCache(2 << 20, 512 << 10))

    def project(self, number: int) -> tuple[str, Project]:
        """A project's folder name and the project."""
        return projects.project(self.archive, number)

    def diff(self, patch: Patch) -> list[FileDiff]:
        """The parsed diff of a patch, which callers must not change."""
        text = patch.diff if isinstance(patch.diff, str) else ""
        return self.recent.get(("diff", patch.id), lambda: (parse.parse(text), len(text) + 100))

    def open_states(self) -> list[str]:
        """The states in which a patch still waits for somebody."""

        def read() -> tuple[list[str], int]:
            return vocabulary.open_states(self.archive, self.config.open_states), 100

        return self.recent.get("open states", read)

    def server_clock(self) -> ServerClock:
        """The clock by which events and checks are dated."""

        def read() -> tuple[ServerClock, int]:
            return ServerClock(self.config.time_zone or server_zone(self.archive)), 100

        return self.recent.get("server clock", read)

    def feeds_since(self, days: int) -> int:
        """A time so many days before the newest patch: what is older has no feed of its own.

        Today's date would make other pages of the same archive each day.
        """

        def read() -> tuple[int, int]:
            return planning.newest_patch_date(self.archive), 100

        return self.recent.get("newest patch", read) - days * 86400

    def mbox(self, bundle: AnyMail) -> bytes:
        """The mail of a patch or cover letter for download, with its comments' trailers."""

        def make() -> tuple[bytes, int]:
            tidy = self.config.mbox_trailers == "tidy"
            list_email = bundle.project.list_email
            content = mbox.mail(bundle.mail, bundle.comments, list_email, tidy=tidy)
            return content, len(content)

        return self.recent.get(("mbox", bundle.ref.kind, bundle.ref.id), make)

    def render(self, template: str, url: str, *views: object) -> bytes:
        """A page at `url` (relative to the root); the template sees the fields of the views, dataclasses."""
        values: dict[str, Any] = {}
        for view in views:
            values |= vars(view)
        return self.renderer.render(template, url, **values)

    def spool(self) -> Path:
        """A folder of this process for files that are being written."""
        path = temporary_folder(self.output) / f"spool-{own_name()}"
        path.mkdir(parents=True, exist_ok=True)
        return path
