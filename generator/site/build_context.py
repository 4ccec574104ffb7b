"""What every page needs at hand: the archive, the theme, the configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from generator import urls
from generator.archive import queries
from generator.archive.database import Archive
from generator.archive.deletions import deleted_since
from generator.archive.read_cache import ReadCache
from generator.config import Config
from generator.diff import parse
from generator.diff.parse import FileDiff
from generator.mail import mbox
from generator.mail.headers import bare_msgid, quote_segment
from generator.model import Comment, Cover, Mail, Patch, Project
from generator.site.files import Content, own_name, temporary_folder
from generator.site.html.escape import Links, safe_url
from generator.site.templates import Renderer
from generator.site.theme import Theme

#: Files of the site: path below the output folder → content.
Files = dict[str, Content]


@dataclass
class Context:
    """Belongs to one process of a build."""

    archive: Archive
    config: Config
    theme: Theme
    renderer: Renderer
    content: Path
    output: Path
    #: Whether each number has a page of its own that leads on.
    has_redirects: bool = False
    #: What `stats` tells of the unit that is being made.
    tally: Counter[str] = field(default_factory=Counter)
    #: Parsed diffs, series and comparisons; sizes are those of the text they were made from.
    recent: ReadCache = field(default_factory=lambda: ReadCache(2 << 20, 512 << 10))
    _projects: dict[int, tuple[str, Project]] = field(default_factory=dict)

    def project(self, number: int) -> tuple[str, Project]:
        """A project's folder name and the project."""
        if number not in self._projects:
            self._projects[number] = queries.project(self.archive, number)
        return self._projects[number]

    def diff(self, patch: Patch) -> list[FileDiff]:
        """The parsed diff of a patch. To be looked at, not changed."""
        text = patch.diff if isinstance(patch.diff, str) else ""
        return self.recent.get(("diff", patch.id), lambda: (parse.parse(text), len(text) + 100))

    def links(self, kind: str, number: int, project: Project, root: str = "../../../../") -> Links:
        """Where the links in the text of a mail lead. kind is that of the archive's mentions.

        `root`: the way to the site's root from the page; those of mails and series are as deep.
        """
        found = queries.mentioned(self.archive, kind, number)
        pages = {msgid: self.place_url(place) for msgid, place in found.items()}
        commit_url = project.commit_url_format
        return Links(
            {msgid: root + url for msgid, url in pages.items()},
            commit_url if isinstance(commit_url, str) else None,
            lambda msgid: list_archive_of(project, msgid),
        )

    def mail(self, item: Patch | Cover, comments: Sequence[Comment], project: Project) -> bytes:
        """The mail of a patch or cover letter for download, with its comments' trailers."""

        def make() -> tuple[bytes, int]:
            tidy = self.config.mbox_trailers == "tidy"
            made = mbox.mail(item, comments, project.list_email, tidy=tidy)
            return made, len(made)

        return self.recent.get((type(item), item.id), make)

    def spool(self) -> Path:
        """A folder of this process for files that are being made."""
        path = temporary_folder(self.output) / f"spool-{own_name()}"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def gone_since(self, kind: str, number: int) -> datetime | None:
        """Since when the server is known not to have an object any more; None while it has."""
        since = deleted_since(self.archive, kind, number)
        return None if since is None else urls.moment(since)

    @staticmethod
    def place_url(place: queries.PageRef) -> str:
        return urls.mail(place.kind, place.project, place.slug)


def list_archive(project: Project, mail: Mail) -> str | None:
    """Where the mailing list's own archive has a mail, if anything says so."""
    if isinstance(mail.list_archive_url, str) and (url := safe_url(mail.list_archive_url)):
        return url
    return list_archive_of(project, bare_msgid(mail.msgid))


def list_archive_of(project: Project, msgid: str) -> str | None:
    """The same for a bare message id, by the project's format."""
    pattern = project.list_archive_url_format
    if not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", quote_segment(msgid)))
