"""How well and how fast commits are found: `python -m benchmarks.landed REPOSITORY [--branch B] [--mails N]`.

Simulates the archive of a list from the newest commits of a real history, takes a fifth of them out of
what was read of the repository, and counts the links that are right, wrong and missing, by kind. Where the
repository has notes whose message ids name the commit that was sent (as gitgitgadget's do), those real
pairs are counted, too.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec

from benchmarks.landed_mails import Sent, SimulatedMail, patch_of, simulate
from generator.archive import git_commits, landed, series_versions
from generator.archive.database import Archive
from generator.archive.writer import Writer
from generator.landed import git, notes, reading, trailers
from generator.landed.features import Features
from generator.landed.git import Repository
from generator.landed.matching import match

_PROJECT = 1
_CLAIMED = ("landed", "later", "same")
_FORMAT = "--format=%x00%x01%H%x00%an%x00%ae%x00%at%x00%ct%x00%s%x00"
_SENT_COMMIT = re.compile(r"\.([0-9a-f]{40})\.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--branch", action="append", default=[])
    parser.add_argument("--mails", type=int, default=10_000, help="commits that mails are made of")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", type=int, default=5, help="mistakes to list of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        path = Path(folder) / "archive.db"
        with Archive(path) as archive, git.opened(options.repository) as repository:
            _read(archive, repository, options.branch)
            archive.sql.execute("CREATE INDEX commit_titles ON git_commit (title)")  # for _picks
            _incremental(archive, repository, options.branch)
            history = list(_history(repository, options.branch, options.mails))
            mails = list(simulate(history, options.seed))
            _report(archive, _matched(archive, mails, len(mails)), mails, options.mistakes)
            pairs = list(_real_pairs(repository, options.branch))
        if pairs:
            real = Path(folder) / "real.db"
            with Archive(real) as archive, git.opened(options.repository) as repository:
                reading.read(archive, _PROJECT, repository, options.branch, lambda count: None)
                archive.sql.execute("CREATE INDEX commit_titles ON git_commit (title)")
                print(
                    f"\nreal pairs, by the commits that message ids in notes name: {len(pairs):,}"
                )
                _report(archive, _matched(archive, pairs, 0), pairs, options.mistakes)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _read(archive: Archive, repository: Repository, branches: list[str]) -> None:
    begun = time.monotonic()
    done = reading.read(archive, _PROJECT, repository, branches, lambda count: None)
    seconds = time.monotonic() - begun
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(
        f"read: {done.added:,} commits in {seconds:.1f} s, {done.added / seconds:,.0f}/s, {own} MB"
    )
    size = archive.sql.execute("PRAGMA page_count").fetchone()[0] * 4096
    print(f"stored: {size / max(done.added, 1):,.0f} bytes a commit")
    begun = time.monotonic()
    tips = [tip.tip for tip in git_commits.branches(archive, _PROJECT)]
    released = reading.released(repository, tips)
    count = sum(1 for _ in released)
    print(f"first releases: {count:,} commits in {time.monotonic() - begun:.1f} s")


def _incremental(archive: Archive, repository: Repository, branches: list[str]) -> None:
    """How long it takes to read some hundred new commits."""
    tips = git_commits.branches(archive, _PROJECT)
    for step in range(1, 200):
        named = f"{tips[0].tip}~{step}"
        newest = [*repository.lines("rev-list", "--no-merges", tips[0].tip, f"^{named}")]
        if len(newest) >= 100:
            break
    before = next(repository.lines("rev-parse", named))
    known = git_commits.state(archive, _PROJECT)
    assert known
    with archive.transaction():
        git_commits.remove(archive, _PROJECT, newest)
        moved = git_commits.BranchTip(tips[0].name, before, 0)
        git_commits.set_state(archive, replace(known, branches=(moved, *tips[1:])))
    begun = time.monotonic()
    done = reading.read(archive, _PROJECT, repository, branches, lambda count: None)
    print(f"again, {done.added:,} new commits: {time.monotonic() - begun:.2f} s")


def _matched(
    archive: Archive, mails: list[SimulatedMail], taken_out: int
) -> dict[int, list[tuple[str, str]]]:
    """Patch → its (role, commit), after what never landed was taken out of the repository."""
    writer = Writer(archive)
    with archive.transaction():
        for mail in mails:
            writer.put(mail.patch)
        if taken_out:
            landing = {
                same for mail in mails for sha in mail.truth for same in _picks(archive, sha)
            }
            origins = {mail.origin for mail in mails if mail.origin}
            gone = {same for sha in origins for same in _picks(archive, sha)}
            git_commits.remove(archive, _PROJECT, sorted(gone - landing))
    series_versions.refresh(archive)
    begun = time.monotonic()
    count = match(archive, _PROJECT, lambda done: None)
    seconds = time.monotonic() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    each = 1000 * seconds / max(count, 1)
    print(f"matched: {count:,} mails in {seconds:.1f} s, {each:.2f} ms each, {memory} MB")
    links = landed.landed_links(archive, [mail.patch["id"] for mail in mails])
    return {
        number: [(link.role, link.commit.sha) for link in found] for number, found in links.items()
    }


def _picks(archive: Archive, sha: str) -> set[str]:
    """A commit and those that are the same change: picked from it, or taken again after a revert.

    These have the same title and author, and were written at the same second or change the same lines.
    """
    query = (
        "SELECT lower(hex(o.sha)), c.authored = o.authored, c.features, o.features FROM git_commit c "
        "JOIN git_commit o ON o.title = c.title AND o.author = c.author WHERE c.sha = ?"
    )
    rows = archive.sql.execute(query, (bytes.fromhex(sha),))
    return {sha, *(other for other, at_once, *two in rows if at_once or _same_lines(*two))}


def _same_lines(one: bytes, other: bytes) -> bool:
    changes = [msgspec.msgpack.decode(text, type=Features).change for text in (one, other)]
    return bool(changes[0].body) and changes[0].body == changes[1].body


def _history(repository: Repository, branches: list[str], most: int) -> Iterator[Sent]:
    """The newest commits of the first branch with their diffs, oldest first."""
    tips = repository.refs.matching(branches or [repository.head])
    listed = repository.lines(
        "rev-list", "--no-merges", f"--max-count={most}", next(iter(tips.values()))
    )
    yield from _sent(repository, [*listed][::-1])


def _sent(repository: Repository, shas: list[str]) -> Iterator[Sent]:
    """Commits as their authors would mail them."""
    command = (
        "diff-tree",
        "--stdin",
        "--root",
        "--always",
        "-p",
        "-M",
        "--encoding=UTF-8",
        _FORMAT,
    )
    with repository.stream(*command, given=shas) as output:
        for record in (b"\n" + output.read()).split(b"\n\0\x01")[1:]:
            sha, name, email, authored, committed, title, diff = record.decode(
                "utf-8", "replace"
            ).split("\0", 6)
            at = diff.find("diff --git ")
            if at >= 0 and len(diff) < 200_000:
                text = diff[at:].replace("\0", "")
                yield Sent(sha, name, email, int(authored), int(committed), title, text)


def _real_pairs(repository: Repository, branches: list[str]) -> Iterator[SimulatedMail]:
    """Mails whose ids name the commit that was sent, and the commit that notes say they became."""
    tip = repository.refs.notes.get("amlog")
    if not tip:
        return
    noted = {}
    for line in repository.lines("ls-tree", "-r", "--format=%(objectname) %(path)", tip):
        blob, _, path = line.partition(" ")
        noted[path.replace("/", "")] = blob
    tips = repository.refs.matching(branches or [repository.head]).values()
    on_branch = {*repository.lines("rev-list", "--no-merges", *tips)}
    shas = [sha for sha in noted if sha in on_branch]
    texts = notes.texts(repository, [noted[sha] for sha in shas])
    became: dict[str, str] = {}
    for sha, text in zip(shas, texts, strict=True):
        for msgid in trailers.mentions(text).msgids:
            if match_ := _SENT_COMMIT.search(msgid):
                became[match_[1]] = sha
    present = [sha for sha in became if repository.has([sha])]
    for number, item in enumerate(_sent(repository, present), 1):
        series = {"id": number, "name": item.title, "version": 1, "date": "2000-01-01T00:00:00"}
        patch = patch_of(number, item, item.authored, "1/1", series)
        kind = "the commit sent itself" if became[item.sha] == item.sha else "as mailed"
        yield SimulatedMail(patch, (became[item.sha],), kind)


def _report(
    archive: Archive, found: dict[int, list[tuple[str, str]]], mails: list[SimulatedMail], most: int
) -> None:
    """Print what is right, wrong and missing."""
    sent: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    links = wrong = claimed = parts = right_parts = second = second_hit = 0
    mistakes: dict[str, list[str]] = {}
    for mail in mails:
        kind = mail.kind
        truth = mail.truth
        same = {pick for sha in mail.truth for pick in _picks(archive, sha)}
        linked = found.get(mail.patch["id"], [])
        told = [sha for role, sha in linked if role in _CLAIMED]
        sent[kind] += 1
        hit[kind] += any(sha in same for _, sha in linked)
        if kind == "split" and len(truth) > 1:
            second += 1
            second_hit += truth[1] in [sha for _, sha in linked]
        parts += sum(role == "part" for role, _ in linked)
        right_parts += sum(role == "part" and sha in same for role, sha in linked)
        links += len(told)
        bad = [sha for sha in told if sha not in same]
        wrong += len(bad)
        claimed += bool(told and not truth)
        if bad or (truth and not any(sha in same for _, sha in linked)):
            what = "claims" if bad else "misses"
            said = (
                f"{mail.patch['name']}: {', '.join(_title(archive, sha) for sha in bad or truth)}"
            )
            mistakes.setdefault(f"{kind}, {what}", []).append(said)
    landing = [kind for kind in sent if not kind.startswith(("earlier", "never", "near"))]
    earlier = [kind for kind in sent if kind.startswith("earlier")]
    never = sum(sent[kind] for kind in sent if kind.startswith(("never", "near")))
    print(f"precision: {100 * (1 - wrong / max(links, 1)):.2f} % of {links:,} links")
    if never:
        print(f"never landed but claimed: {100 * claimed / never:.2f} % of {never:,}")
    for name, kinds in (("final versions", landing), ("earlier versions", earlier)):
        if kinds:
            total = sum(sent[kind] for kind in kinds)
            print(
                f"recall, {name}: {100 * sum(hit[kind] for kind in kinds) / total:.2f} % of {total:,}"
            )
    for kind in landing:
        print(f"  {kind}: {100 * hit[kind] / sent[kind]:.2f} % of {sent[kind]:,}")
    if second:
        print(f"  second part of a split: {100 * second_hit / second:.1f} % of {second:,}")
    print(f"parts: {100 * right_parts / max(parts, 1):.1f} % of {parts:,} are right")
    for kind, lines in sorted(mistakes.items()):
        print(f"mistakes, {kind}: {len(lines):,}")
        for line in lines[:most]:
            print(f"    {line[:200]}")


def _title(archive: Archive, sha: str) -> str:
    known = landed.commit_of(archive, sha)
    return f"{sha[:10]} {known[0].title}" if known else sha[:10]


if __name__ == "__main__":
    main()
