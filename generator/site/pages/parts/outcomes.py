"""What became of a patch, as pages show it: the commits that it is linked with, and how these were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator import urls
from generator.archive.landed import SET_HERE, LandedLink
from generator.archive.landed_changes import Change
from generator.model import Project
from generator.site.html.escape import safe_url
from generator.site.templates import counted

#: By role: what became of a patch in a word or two, and before the name of the commit.
_WHAT = {
    "landed": ("landed", "landed as"),
    "later": ("a later version landed", "a later version landed as"),
    "same": ("the same change landed", "the same change, sent by somebody else, landed as"),
    "also": ("landed", "also as"),
    "part": ("parts landed", "parts of it landed in"),
}
#: How a link was found (generator/landed/rules.py), in words; `{}` is how many of the lines both have.
_HOW = {
    "message id": "the commit names this mail",
    "server": "the server says so",
    "same diff": "same diff",
    "same lines": "same changed lines",
    "author and date": "same author and date",
    "title, author and lines": "same title and author, {}",
    "title and lines": "same title, {}",
    "title and author": "same title and author",
    "title and some lines": "same title, {}",
    "most lines": "{}",
    "author and lines": "same author, {}",
    "author, words and lines": "same author, similar title, {}",
    "author and rare lines": "same author, {}",
    "same few lines": "same author and changed lines",
    "part": "same author, its lines are among the other's",
    "small part": "same author, its lines are among the other's",
    "later version": "found by the later version",
    SET_HERE: "set here",
}


class Outcome(NamedTuple):
    """A commit that a patch is linked with.

    short: what became of the patch; what: the same before the commit's name; how: why it is thought so.
    url: where its repository shows it. date: of the commit (seconds since 1970), None where only its name is
    known, as all else is empty then. branch: empty for the first one of the repository's. release: the first
    tag that has it. reverted_by: (name, URL) of commits. changed: what the maintainer changed, in words, or
    empty; change_url: the page that shows it, relative to the site's root, if there is one. added, removed:
    the trailers that only the commit has, or only the mail. later_url: the page of the later version that
    landed, relative to the site's root.
    """

    short: str
    what: str
    sha: str
    url: str | None
    committer: str
    date: int | None
    branch: str
    release: str
    how: str
    is_likely: bool
    reverted_by: list[tuple[str, str | None]]
    changed: str = ""
    change_url: str | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    later_url: str | None = None


def outcomes(
    project: Project, patch_url: str, links: Sequence[LandedLink], label: str = ""
) -> list[Outcome]:
    """What became of a patch, the commit that it landed as first.

    patch_url: of its page. label: which version it is, such as `v2`, or empty.
    """
    return [_outcome(project, patch_url, link, label) for link in links]


def landed_later(links: Mapping[int, Sequence[LandedLink]]) -> tuple[int, str]:
    """Of how many patches a later version landed, and which one, empty where that isn't one."""
    later = [link.later for found in links.values() for link in found[:1] if link.later]
    labels = {one.label for one in later}
    return len(later), labels.pop() if len(labels) == 1 else ""


def landed_count(links: Mapping[int, Sequence[LandedLink]]) -> int:
    """How many of some patches landed themselves."""
    return sum(any(link.role in ("landed", "same") for link in found) for found in links.values())


def commit_url(project: Project, commit: str | None) -> str | None:
    """Where the project's repository shows a commit."""
    pattern = project.commit_url_format
    if not commit or not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", commit))


def _outcome(project: Project, patch_url: str, link: LandedLink, label: str) -> Outcome:
    """One of the commits that a patch is linked with."""
    commit = link.commit
    short, what = _WHAT[link.role]
    if link.later and link.later.label:
        what = f"{link.later.label} landed as"
        short = f"{link.later.label} landed{f', this is {label}' if label else ''}"
    return Outcome(
        "reverted" if commit.reverted_by and link.role == "landed" else short,
        what,
        commit.sha,
        commit_url(project, commit.sha),
        commit.committer,
        commit.committed or None,
        commit.branch if link.role == "also" else "",
        commit.release,
        _HOW.get(link.found, link.found).format(f"{link.similarity} % of the changed lines"),
        link.certainty == "likely",
        [(sha, commit_url(project, sha)) for sha in commit.reverted_by],
        changed_in_words(link.change) if link.change else "",
        urls.landed_change(patch_url) if link.change and link.change.is_shown else None,
        link.change.added if link.change else (),
        link.change.removed if link.change else (),
        urls.patch(link.later.project, link.later.slug) if link.later else None,
    )


def changed_in_words(change: Change) -> str:
    """What a maintainer changed, in a few words."""
    if change.refused:
        return f"not compared: {change.refused}"
    parts = []
    if change.is_blank:
        parts.append("white space differs")
    elif change.lines:
        parts.append(f"{counted(change.lines, 'line')} {_differ(change.lines)} from what was sent")
    if change.paths:
        parts.append(f"{counted(change.paths, 'path')} {_differ(change.paths)}")
    if not parts:
        parts.append("diff as sent" if change.message else "applied as sent")
        parts += ["in other context"] if change.context else []
    if change.message:
        parts.append("message changed")
    for trailers, what in ((change.added, "added"), (change.removed, "removed")):
        if trailers:
            parts.append(f"{counted(len(trailers), 'trailer')} {what}")
    return ", ".join(parts)


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"
