"""Everything that a real Patchwork answered, built, and held against what went in."""

from __future__ import annotations

import json
import random
import re
from html import unescape
from pathlib import Path

from generator.archive import series_versions
from generator.archive.database import Archive
from generator.archive.index_queries import COVER, PATCH
from generator.diff import inline_comments
from generator.diff import parse as diff
from generator.diff.inline_comments import DiffPosition, Finder
from generator.mail import subject
from generator.search.encoding import LAYOUT
from generator.search.engine import search
from generator.search.index_reader import Index
from generator.search.query_parser import parse as parse_query
from generator.site.verify import Checked, verify
from tests.conftest import Site, shared
from tests.search.corpus import Scan, key_of


def recorded_patches() -> list[dict]:
    paths = sorted(shared("recorded").glob("*/patches.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", page))


def page_of(site: Site, patch: dict) -> str:
    msgid = patch["msgid"].strip("<>").replace("/", "%2F")
    return (
        site.output / f"project/{patch['project']['link_name']}/patch/{msgid}/index.html"
    ).read_text("utf-8")


def test_every_line_of_message_and_diff_is_in_the_page(recorded: Site):
    for patch in recorded_patches():
        shown = text_of(page_of(recorded, patch))
        assert patch["name"] in shown
        for line in [*(patch["content"] or "").split("\n"), *(patch["diff"] or "").split("\n")]:
            plain = line.rstrip("\r")
            assert plain in shown, (patch["id"], line)


def test_nothing_was_left_out_and_every_link_leads_somewhere(recorded: Site):
    assert recorded.failures == []
    with Archive(recorded.content / "archive.db", read_only=True) as archive:
        assert list(verify(archive, recorded.output, Checked())) == []


def test_comments_have_patchworks_anchors(recorded: Site):
    for path in shared("recorded").glob("*/patch-comments.jsonl"):
        patches = {patch["id"]: patch for patch in recorded_patches()}
        for line in path.read_text("utf-8").splitlines():
            comment = json.loads(line)
            assert f'id="{comment["id"]}"' in page_of(recorded, patches[comment["patch_id"]])


def test_every_second_version_is_joined_to_its_first_and_nothing_else(recorded: Site):
    with Archive(recorded.content / "archive.db", read_only=True) as archive:
        joined = {
            tuple(version.series for version in versions)
            for versions in series_versions.every_version(archive).values()
        }
    path = shared("recorded") / "git" / "series.jsonl"
    named: dict[str, list[int]] = {}
    for line in path.read_text("utf-8").splitlines():
        item = json.loads(line)
        named.setdefault(subject.topic(item["name"]), []).append(item["id"])
    expected = {tuple(sorted(numbers)) for numbers in named.values() if len(numbers) > 1}
    first = min(min(numbers) for numbers in named.values())
    assert {numbers for numbers in joined if numbers[0] >= first} == expected


def test_quoted_lines_are_found_where_a_search_finds_them(recorded: Site):
    right = counted = 0
    for path in shared("recorded").glob("*/patch-comments.jsonl"):
        patches = {patch["id"]: patch for patch in recorded_patches()}
        for line in path.read_text("utf-8").splitlines():
            comment = json.loads(line)
            text = patches[comment["patch_id"]]["diff"] or ""
            files = diff.parse(text)
            for quote, remark in zip(
                inline_comments._runs(comment["content"]),
                Finder(files).remarks(comment["content"]),
                strict=True,
            ):
                lines = "\n".join(quote[0]).rstrip().split("\n")
                counted += 1
                right += _is_right(files, text.split("\n"), lines, remark.place)
    assert counted > 200
    assert right >= 0.95 * counted, (right, counted)


def _is_right(
    files: list[diff.FileDiff], text: list[str], quote: list[str], place: DiffPosition | None
) -> bool:
    """Whether the last quoted line is at the place, by looking for the whole run in the diff's text."""
    if place is None:
        return False
    above = 0
    for number, file in enumerate(files):
        for count, hunk in enumerate(file.hunks):
            head = above + len(file.header) + sum(len(h.lines) + 1 for h in file.hunks[:count])
            if (number, count) == (place.file, place.hunk):
                # A line above the first hunk is shown at that hunk's header.
                first = above if place.line < 0 and count == 0 else head + 1 + place.line
                ends = range(first, head + 2 + place.line)
                return any(text[end + 1 - len(quote) : end + 1] == quote for end in ends)
            assert hunk
        above += len(file.header) + sum(len(hunk.lines) + 1 for hunk in file.hunks)
    return False


def test_search_equals_a_scan_for_generated_queries(recorded: Site):
    index = Index(recorded.output)
    scan = Scan(recorded.content / "archive.db", LAYOUT)
    for text in queries(scan, recorded.content / "archive.db"):
        found = [key_of(hit) for hit in search(index, text, limit=10_000).hits]
        assert found == scan.search(parse_query(text)), text
        assert found, text


#: The kinds of mails as queries name them.
NAMES = ("cover", "patch", "reply", "reply")


def queries(scan: Scan, path: Path) -> list[str]:
    """Identifiers added, paths, people, words of subjects, states, dates: a query for each, from the mails."""
    rng = random.Random(11)
    found = []
    for doc in rng.sample(scan.docs, 25):
        texts = dict(doc.texts)
        added = re.findall(r"\b[A-Za-z_]\w{5,40}\b", texts.get(64, ""))
        found += [f"dfb:{word}" for word in rng.sample(added, min(3, len(added)))]
        found += added[:1]
        found += [f"dfn:{path}" for path in doc.paths[:2]] + doc.paths[:1]
        person = doc.record[3].replace('"', " ")
        if re.search(r"\w", person):
            field = "f" if scan.mails[doc.key].kind in (COVER, PATCH) else "by"
            found += [f'{field}:"{person}"']
        words = re.findall(r"\b[A-Za-z]\w{3,60}\b", texts.get(1, ""))
        found += [f"s:{word}" for word in words[:2]] + [" ".join(words[:3])] * bool(words)
        row = scan.mails[doc.key]
        found += [f"m:{row.msgid}"]
        if row.kind == PATCH:
            state = scan.rows[row.id].state
            found += [f"state:{state}", f"{' '.join(words[:1])} state:{state}"]
        date = doc.date
        from generator.urls import day

        found += [
            f"d:{day(date)} is:{NAMES[row.kind]}",
            f"d:{day(date)[:7]}.. is:{NAMES[row.kind]}",
            f"series:{row.series_id}",
        ]
        if words and added:
            found += [f"{added[0]} OR s:{words[0]}", f"s:{words[0]} {added[0][:4]}*"]
    return found
