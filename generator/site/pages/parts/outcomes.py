"""What became of a patch, as pages show it: the commits that it is linked with, and how these were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.archive.landed import SET_HERE, LandedLink
from generator.model import Project
from generator.site.html.escape import safe_url

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
    tag that has it. reverted_by: (name, URL) of commits.
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


def outcomes(project: Project, links: Sequence[LandedLink]) -> list[Outcome]:
    """What became of a patch, the commit that it landed as first."""
    return [_outcome(project, link) for link in links]


def landed_count(links: Mapping[int, Sequence[LandedLink]]) -> int:
    """How many of some patches landed themselves."""
    return sum(any(link.role in ("landed", "same") for link in found) for found in links.values())


def commit_url(project: Project, commit: str | None) -> str | None:
    """Where the project's repository shows a commit."""
    pattern = project.commit_url_format
    if not commit or not isinstance(pattern, str) or "{}" not in pattern:
        return None
    return safe_url(pattern.replace("{}", commit))


def _outcome(project: Project, link: LandedLink) -> Outcome:
    commit = link.commit
    short, what = _WHAT[link.role]
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
    )
