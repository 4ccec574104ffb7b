"""When a patch and a commit are taken for the same: pure functions of what they have in common.

The thresholds were found on the histories of git, Open vSwitch, U-Boot and buildroot; `make bench-landed`
measures them on others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from generator.landed.rarity import UNIQUE


class Certainty(StrEnum):
    """How sure a link is. Weaker ones than these are none."""

    CERTAIN = "certain"
    LIKELY = "likely"
    #: Parts of the patch are in the commit, or the commit is a part of it.
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a patch and a commit have in common.

    is_named: the commit names the mail. is_told: the server names the commit. whole: the changed lines and
    their files are the same; body: the lines are. title, author, authored: these are equal. words, lines:
    what is shared of the titles' words and of the changed lines, weighed by rarity, from 0 to 1. contained:
    what the one has of the other's lines, for the smaller one. weight: of the rarer lines of the smaller one.
    shared: of the same weight, the lines that are in both. file: a path or a rare file name is in both;
    files: how many of the paths. recurring: other commits have this title, too.
    """

    is_named: bool = False
    is_told: bool = False
    whole: bool = False
    body: bool = False
    title: bool = False
    author: bool = False
    authored: bool = False
    words: float = 0.0
    lines: float = 0.0
    contained: float = 0.0
    weight: float = 0.0
    shared: float = 0.0
    file: bool = False
    files: float = 0.0
    recurring: bool = False


class Rule(NamedTuple):
    """A reason to take both for the same. `name` is stored with the link, and shown in words."""

    name: str
    certainty: Certainty
    holds: Callable[[Evidence], bool]


#: The rule for parts that needs no others of the same series to hold.
PART = "part"
#: Lines of this weight (some six that occur nowhere else) can't be the same by chance.
_HEAVY = 60.0


def named(e: Evidence) -> bool:
    """A trailer or note has the mail's id; `Link:` may lead to the discussion of another patch, though."""
    return e.is_named and (e.title or e.file or e.lines > 0 or e.words >= 0.25)


def told(e: Evidence) -> bool:
    """The server says so."""
    return e.is_told


def same_diff(e: Evidence) -> bool:
    """The same lines of the same files."""
    is_own = e.author and (e.words >= 0.4 or e.weight >= 2 * UNIQUE)
    return e.whole and (e.title or is_own or e.weight >= _HEAVY)


def same_lines(e: Evidence) -> bool:
    """The same lines, in files that may have moved, or lie in the tree of another project."""
    return e.body and (e.title or (e.author and e.words >= 0.4 and e.weight >= _HEAVY))


def author_and_date(e: Evidence) -> bool:
    """The author, and the second in which the mail was dated: git-am(1) takes it for the author's date."""
    return e.author and e.authored and (e.title or e.lines >= 0.3)


def title_author_lines(e: Evidence) -> bool:
    return e.title and e.author and e.file and e.lines >= (0.55 if e.recurring else 0.4)


def title_lines(e: Evidence) -> bool:
    return e.title and e.file and e.lines >= 0.6 and not e.recurring


def title_author(e: Evidence) -> bool:
    if not (e.title and e.author):
        return False
    return e.lines >= 0.2 or (e.file and not e.recurring)


def title_some_lines(e: Evidence) -> bool:
    return e.title and e.file and e.lines >= 0.25 and not e.recurring


def most_lines(e: Evidence) -> bool:
    return e.file and e.lines >= 0.7 and (e.words >= 0.25 or e.weight >= _HEAVY)


def author_half_of_lines(e: Evidence) -> bool:
    return e.author and e.file and e.lines >= 0.45 and (e.words >= 0.3 or e.weight >= _HEAVY)


def author_words_some_lines(e: Evidence) -> bool:
    return e.author and e.files >= 0.3 and e.lines >= 0.3 and e.words >= 0.5


def author_same_diff(e: Evidence) -> bool:
    """A line or two, under another title."""
    return e.whole and e.author and e.words >= 0.15


def author_rare_lines(e: Evidence) -> bool:
    """Reworded and much changed, but many lines that occur nowhere else."""
    return e.author and e.file and e.lines >= 0.25 and e.shared >= _HEAVY and e.files >= 0.5


def contained(e: Evidence) -> bool:
    """Split or joined: the smaller one's lines are in the larger one."""
    return e.contained >= 0.75 and e.author and e.file and e.weight >= 40


def small_part(e: Evidence) -> bool:
    """The same of a few lines: only where the rest of the series, or of the patch, landed there."""
    return e.contained >= 0.75 and e.author and e.file and e.weight >= UNIQUE / 2


#: The first that holds counts.
RULES = (
    Rule("message id", Certainty.CERTAIN, named),
    Rule("server", Certainty.CERTAIN, told),
    Rule("same diff", Certainty.CERTAIN, same_diff),
    Rule("same lines", Certainty.CERTAIN, same_lines),
    Rule("author and date", Certainty.CERTAIN, author_and_date),
    Rule("title, author and lines", Certainty.CERTAIN, title_author_lines),
    Rule("title and lines", Certainty.CERTAIN, title_lines),
    Rule("title and author", Certainty.LIKELY, title_author),
    Rule("title and some lines", Certainty.LIKELY, title_some_lines),
    Rule("most lines", Certainty.LIKELY, most_lines),
    Rule("author and lines", Certainty.LIKELY, author_half_of_lines),
    Rule("author, words and lines", Certainty.LIKELY, author_words_some_lines),
    Rule("author and rare lines", Certainty.LIKELY, author_rare_lines),
    Rule("same few lines", Certainty.LIKELY, author_same_diff),
    Rule(PART, Certainty.PART, contained),
    Rule("small part", Certainty.PART, small_part),
)
#: A patch is the earlier version of one that landed: found by comparing the two, not by a rule.
VERSION = Rule("later version", Certainty.LIKELY, lambda e: False)
BY_NAME = {rule.name: rule for rule in (*RULES, VERSION)}
#: Rules by which the mail itself is meant, not only one like it.
EXACT = frozenset(("message id", "server", "same diff", "same lines", "author and date"))


def verdict(evidence: Evidence) -> Rule | None:
    """The strongest rule that holds; None: nothing is said of the two."""
    return next((rule for rule in RULES if rule.holds(evidence)), None)
