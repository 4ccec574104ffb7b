"""Small archives with few words, so that queries meet, and a scan that answers queries by reading everything."""

from __future__ import annotations

import functools
import random
import re
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from generator.archive import changes, git_commits, landed, landed_matching, mails
from generator.archive.database import Archive
from generator.archive.git_commits import BranchTip, CommitRow, RepositoryState
from generator.archive.index_queries import (
    EVERYTHING,
    KINDS,
    MailRow,
    kind_and_number,
    mail_key,
    mail_rows,
    mails_of,
)
from generator.archive.landed import LandedLink
from generator.archive.page_refs import page_ref
from generator.archive.patch_rows import patch_rows
from generator.archive.writer import Writer
from generator.search import publish, tokenizer
from generator.search.documents import Document, documents
from generator.search.encoding import Layout
from generator.search.engine import Hit
from generator.search.fields import (
    ADDED,
    EXACT,
    NUMBERS,
    PATH,
    POSITIONAL,
    REMOVED,
    TAGS,
)
from generator.search.query_nodes import (
    And,
    DateRange,
    Node,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Term,
    Value,
    Word,
)
from generator.search.result_kinds import for_results
from generator.search.tokenizer import STEM, split, words
from tests import factories

#: So small that a few hundred patches have many windows, chunks, leaves, groups and segments.
TINY = Layout(
    window=16,
    inline=4,
    records=8,
    group=4,
    leaf=(200, 300),
    positions=500,
    pack=200,
    unit=8,
    base=4,
)

NOUNS = [
    "lock",
    "page",
    "cache_line",
    "qemu_event_wait",
    "IOThread",
    "CONFIG_SMP",
    "naïve",
    "日本語",
    "ring",
    "locking",
    "pages",
]
VERBS = ["fix", "drop", "dropped", "Fixes", "rework", "test", "do not take", "use after free of"]
FOLDERS = ["hw/display", "lib", "net/core", "docs"]
STATES = ["new", "accepted", "under-review"]
_OPEN_STATES = ("new", "under-review")

#: A scan asks for the same words again and again.
stem = functools.cache(tokenizer.stem)


class Inline(Executor):
    """Runs what it is given at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def patches(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Patches of two projects by a handful of people, over three years, in no order of dates."""
    rng = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        noun, other = rng.choice(NOUNS), rng.choice(NOUNS)
        path = f"{rng.choice(FOLDERS)}/{rng.choice(['virtio-gpu.c', 'log.c', 'a_b.h'])}"
        who = rng.randrange(1, 6)
        diff = (
            f"diff --git a/{path} b/{path}\nindex {number:07x}..{number * 7919:012x} 100644\n--- a/{path}\n+++ b/{path}\n"
            f"@@ -1,2 +1,2 @@ static int {other}_init(void)\n-\told_{noun}(x->len);\n+\tnew_{other}({noun});\n ctx();\n"
        )
        found.append(
            factories.patch(
                number,
                project=factories.project(1 + number % 2),
                name=f"[{'RFC,' if number % 5 == 0 else ''}v{number % 3},1/2] {noun}: {rng.choice(VERBS)} the {other}",
                date=f"{rng.choice([2024, 2025, 2026])}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}T10:00:00",
                content=f"Because {other} is {rng.choice(VERBS)} {noun}.\n> quoted {other}\nFixes: {number:012x}",
                submitter=factories.person(
                    who, name=f"Sender {'AlexKim'[who]}ea", email=f"s{who}@example.org"
                ),
                state=rng.choice(STATES),
                archived=rng.random() < 0.2,
                delegate=factories.user(1, username="alex") if rng.random() < 0.3 else None,
                commit_ref=f"{rng.getrandbits(160):040x}" if rng.random() < 0.2 else None,
                series=[factories.series_stub(number // 3 + 1)],
                diff=diff,
            )
        )
    return found


def others(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Cover letters of some of the series of so many patches, and replies to both, with the same words."""
    rng = random.Random(seed)
    found = []

    def mail(number: int) -> dict[str, Any]:
        noun, other = rng.choice(NOUNS), rng.choice(NOUNS)
        who = rng.randrange(1, 6)
        return {
            "date": f"{rng.choice([2024, 2025, 2026])}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}T10:00:00",
            "content": f"I think {other} should {rng.choice(VERBS)} {noun}.\n> quoted {other}\n> as {number} said",
            "submitter": factories.person(
                who, name=f"Sender {'AlexKim'[who]}ea", email=f"s{who}@example.org"
            ),
        }

    for number in range(2, count // 3, 2):
        stub = factories.series_stub(number)
        name = f"[v{number % 3},0/2] {rng.choice(NOUNS)}: a cover letter"
        project = factories.project(1 + number % 2)
        found.append(
            factories.cover(number, name=name, series=[stub], project=project, **mail(number))
        )
        found.append(factories.comment(number, on=f"covers/{number}", **mail(number)))
    for number in range(1, count, 3):
        reply = mail(number)
        if number % 2:
            reply["content"] += "\n\nReviewed-by: Ann Lock <ann@example.org>"
        found.append(factories.comment(1000 + number, on=f"patches/{number}", **reply))
    return found


def fill(path: Path, objects: list[dict[str, Any]]) -> None:
    with Archive(path) as archive, archive.transaction():
        writer = Writer(archive)
        for item in objects:
            writer.put(item)


def land(path: Path, count: int, seed: int = 1) -> None:
    """Say that some of so many patches landed: as commits of several releases, a few reverted, a few in part.

    The patches are those of project 2 that `patches` makes, which have odd numbers.
    """
    rng = random.Random(seed)
    numbers = range(1, count + 1, 2)
    shas = {number: f"{rng.getrandbits(160):040x}" for number in numbers}
    with Archive(path) as archive, archive.transaction():
        tip = BranchTip("master", shas[1], FIRST_COMMIT)
        git_commits.set_state(archive, RepositoryState(2, "/srv/git/project", (tip,)))
        rows = [
            CommitRow(
                sha, 0, "Ann", 0, "Bo", FIRST_COMMIT + number * 86400, f"commit {number}",
                shas[number - 2][:12] if number % 11 == 0 else "", "", b"", [],
            )
            for number, sha in shas.items()
        ]  # fmt: skip
        git_commits.add(archive, 2, rows)
        releases = {sha: TAGS_OF_COMMITS[number % 5] for number, sha in shas.items()}
        git_commits.set_releases(archive, 2, releases.items())
        links = [
            (number, landed_matching.commit_named(archive, 2, shas[number - shift]), role)
            for number in numbers[::2]
            for role, shift in _LINKS[number % 3]
            if number > shift
        ]
        landed_matching.set_links(
            archive, numbers, [(patch, commit, role, "certain", "same diff", 100)
                               for patch, commit, role in links if commit],
        )  # fmt: skip


#: The releases of commits, by their numbers; the links of patches: role, and how much older the commit is.
TAGS_OF_COMMITS = ["v2.43.0", "v2.43.0-rc1", "", "v2.42.1", "tool-3.0"]
_LINKS = [[("landed", 0), ("also", 2)], [("later", 0)], [("part", 2), ("part", 4)]]
FIRST_COMMIT = 1_700_000_000


def build(path: Path, output: Path, layout: Layout = TINY, **options: Any) -> list[str]:
    """Bring the index level; the files written."""
    (output / "tmp").mkdir(parents=True, exist_ok=True)
    with Archive(path, read_only=True) as archive:
        for (number,) in archive.sql.execute("SELECT id FROM patch").fetchall():
            patch = mails.patch(archive, number)
            ref = page_ref(archive, "patch", number)
            folder = output / "project" / ref.project / "patch" / ref.slug
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "raw").write_text(patch.diff)
        return publish.update(
            archive, path, output, output / "tmp", Inline(), layout=layout, **options
        )


class Scan:
    """Answers query trees by reading every patch; knows nothing of postings."""

    def __init__(self, path: Path, layout: Layout = TINY) -> None:
        self._known: dict[tuple[int, int], set[str]] = {}
        self._runs: dict[tuple[int, int], list[set[str]]] = {}
        with Archive(path, read_only=True) as archive:
            keys = [mail.key for mail in mails_of(archive, EVERYTHING)]
            self.docs = list(documents(archive, keys))
            self.mails: dict[int, MailRow] = {row.key: row for row in mail_rows(archive, keys)}
            # Of mails with the same date, those of later segments come first.
            self._order = [
                mail.key
                for part in publish.parts(archive, layout)
                for mail in reversed(list(mails_of(archive, part)))
            ]
            patches = [
                number for kind, number in map(kind_and_number, keys) if KINDS[kind] == "patch"
            ]
            self.rows = {row.id: row for row in patch_rows(archive, patches)}
            users = "SELECT p.id, u.username FROM patch p JOIN user u ON u.id = p.delegate_id"
            self.delegates = dict(archive.sql.execute(users))
            self.projects = {
                row[0]: {str(name).lower() for name in row[1:]}
                for row in archive.sql.execute("SELECT id, slug, link_name, name FROM project")
            }
            answered = "SELECT DISTINCT parent_kind, parent_id FROM comment"
            self.answered = set(archive.sql.execute(answered))
            self.checked = {
                row[0] for row in archive.sql.execute("SELECT patch_id FROM check_result")
            }
            previous = "SELECT previous FROM series_version WHERE previous IS NOT NULL"
            links = landed.landed_links(archive, patches)
            self.became = {
                number: [link for link in some if link.role != "later"]
                for number, some in links.items()
            }
            works = changes.changes(archive, open_states=_OPEN_STATES, stale_days=90,
                                    landed=landed.commits_of_patches(archive))  # fmt: skip
            names = {"needs review": "needs-review", "waiting for the author": "waiting"}
            self.statuses = {
                number: names.get(work.verdict.status, str(work.verdict.status))
                for work in works
                for number in work.patches
            }
            self.superseded = {row[0] for row in archive.sql.execute(previous)}

    def search(self, node: Node) -> list[int]:
        """The keys of the mails, newest first."""
        wanted = for_results(node)
        matches = {doc.key: doc for doc in self.docs if self._has(doc, wanted)}
        in_order = [matches[key] for key in reversed(self._order) if key in matches]
        return [doc.key for doc in sorted(in_order, key=lambda doc: doc.date, reverse=True)]

    def _has(self, doc: Document, node: Node) -> bool:
        match node:
            case And(children):
                return all(self._has(doc, child) for child in children)
            case Or(children):
                return any(self._has(doc, child) for child in children)
            case Not(child):
                return not self._has(doc, child)
            case DateRange(start, end):
                return (start is None or doc.date >= start) and (end is None or doc.date < end)
            case Value(column, value):
                return self._has_value(doc, column, value)
            case NumberRange("landed", first, last):
                found = self._became(doc)
                date = found[0].commit.committed if found and found[0].role != "part" else None
                return date is not None and (first or 0) <= date <= (last or date)
            case NumberRange(column, lowest, highest):
                number = doc.numbers[NUMBERS.index(column)]
                if number is None:
                    return False
                return (lowest or 0) <= number and (highest is None or number <= highest)
            case Phrase(words, fields, exact):
                return self._has_phrase(doc, list(words), fields, exact)
            case Word((*plain, form)):
                return any(self._has(doc, term) for term in plain) or self._has_form(
                    doc, form.text, form.fields
                )
            case Term(text, fields) | Prefix(text, fields):
                in_folder = fields == PATH and text.endswith("/")
                is_prefix = isinstance(node, Prefix) or in_folder
                test = str.startswith if is_prefix else str.__eq__
                return any(test(term, text) for term in self._terms(doc, fields))

    def _has_form(self, doc: Document, root: str, fields: int) -> bool:
        """Whether a word of prose, or a part of one, has this stem."""
        return any(stem(term) == root.rstrip(STEM) for term in self._terms(doc, fields))

    def _terms(self, doc: Document, fields: int) -> set[str]:
        """Every term in some fields of a patch."""
        if (doc.key, fields) not in self._known:
            self._known[doc.key, fields] = self._read_terms(doc, fields)
        return self._known[doc.key, fields]

    def _read_terms(self, doc: Document, fields: int) -> set[str]:
        terms: set[str] = set()
        for field, text in doc.texts:
            if field & fields:
                terms |= {term for word in re.findall(r"\w+", text) for term in split_all(word)}
            if field & fields & (ADDED | REMOVED):
                pairs = re.findall(r"\b(?=(\w+(?:->|::)\w+))", text)
                terms |= {pair.lower() for pair in pairs}
        if fields & PATH:
            for path in doc.paths:
                terms |= {term for word in re.findall(r"\w+", path) for term in split_all(word)}
                parts = path.lower().split("/")
                terms |= {"/".join(parts[n:])[:200] for n in range(len(parts))}
        if fields & EXACT:
            terms |= set(doc.exact)
        return terms

    def _has_phrase(self, doc: Document, wanted: list[str], fields: int, exact: bool) -> bool:
        for field, text in doc.texts:
            if field & fields & POSITIONAL:
                if (doc.key, field) not in self._runs:
                    alternatives = [set(split_all(word)) for word in re.findall(r"\w+", text)]
                    self._runs[doc.key, field] = [
                        one for group in alternatives for one in split_cjk(group)
                    ]
                flat = self._runs[doc.key, field]
                for start in range(len(flat) - len(wanted) + 1):
                    if all(word in flat[start + n] for n, word in enumerate(wanted)):
                        return True
            elif field & fields and exact and not fields & ~(ADDED | REMOVED):
                for line in text.split("\n"):
                    found = words(line)
                    if any(found[n : n + len(wanted)] == wanted for n in range(len(found))):
                        return True
            elif field & fields and not exact and set(wanted) <= self._terms(doc, field):
                return True
        return False

    def _became(self, doc: Document) -> list[LandedLink]:
        mail = self.mails[doc.key]
        return [] if KINDS[mail.kind].startswith("cover") else self.became.get(mail.parent, [])

    def _is_of_release(self, doc: Document, wanted: str) -> bool:
        releases = [link.commit.release for link in self._became(doc)]
        if wanted == "none":
            return bool(releases) and not any(releases) and self._became(doc)[0].role != "part"
        parts = wanted.removeprefix("v").split(".")
        of = [
            re.split("[.-]", release.removeprefix("v").removeprefix("tool-"))
            for release in releases
        ]
        return any(some[: len(parts)] == parts for some in of)

    def _has_value(self, doc: Document, column: str, value: str) -> bool:
        mail = self.mails[doc.key]
        kind, _, is_reply = KINDS[mail.kind].partition("-")
        if column == "project":
            return value in self.projects[doc.record.project]
        if column == "commit":
            names = [link.commit.sha for link in self._became(doc)]
            return kind == "patch" and not is_reply and any(n.startswith(value) for n in names)
        if column == "release":
            return self._is_of_release(doc, value)
        if column == "is" and value in ("landed", "reverted"):
            found = [link for link in self._became(doc)[:1] if link.role != "part"]
            return any(value == "landed" or link.commit.reverted_by for link in found)
        if column == "is" and value in ("patch", "cover", "reply"):
            return value == ("reply" if is_reply else kind)
        if column == "is" and value == "latest":
            return doc.record.series not in self.superseded
        if value in ("unanswered", "comments"):
            return ((kind, mail.parent) in self.answered) == (value == "comments")
        if kind == "cover":
            return column == "archived" and value == "no"
        row = self.rows[mail.parent]
        if column == "has":
            has = {
                "checks": row.id in self.checked,
                "tags": any(row.tags),
                "delegate": row.id in self.delegates,
            }
            return has[value]
        if column == "is":
            return (row.state in _OPEN_STATES) == (value == "open")
        if column == "state":
            return row.state == value
        if column == "status":
            return self.statuses.get(row.id) == value
        if column == "delegate":
            return self.delegates.get(row.id, "nobody") == value
        if column == "archived":
            return row.archived == (value == "yes")
        if column == "tag":
            return bool(row.tags[TAGS.index(value)])
        success, warning, fail = row.checks
        worst = "fail" if fail else "warning" if warning else "success" if success else "pending"
        return worst == value


def key_of(hit: Hit) -> int:
    """The key of the mail that a result is about."""
    kind = hit.page if hit.reply is None else f"{hit.page}-comment"
    return mail_key(KINDS.index(kind), hit.id if hit.reply is None else hit.reply)


def split_all(word: str) -> list[str]:
    """Every term that a run of word characters stands for."""
    found: list[str] = []
    for piece in pieces(word):
        found += split(piece)
    return found


def pieces(word: str) -> list[str]:
    """The word as the index cuts it (CJK in pairs), with its case and without accents."""
    from generator.search.tokenizer import _pairs, fold

    return list(_pairs(fold(word)))


def split_cjk(group: set[str]) -> list[set[str]]:
    """Pairs of CJK stand one after the other; everything else at one place."""
    pairs = [term for term in group if re.fullmatch("[\u3040-\u9fff]{2}", term)]
    if not pairs:
        return [group]
    return [{pair, *pair} for pair in words("日本語") if pair in group]
