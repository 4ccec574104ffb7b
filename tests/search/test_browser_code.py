"""The browser's modules, run in Node.js, against the command line's code: one grammar, the same answers."""

from __future__ import annotations

import json
import random
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st

from generator.errors import SearchError
from generator.search.engine import Hit, search
from generator.search.explain import explain
from generator.search.fields import ADDED
from generator.search.index_reader import Index
from generator.search.line_phrases import changed_lines
from generator.search.outcomes import in_words
from generator.search.pasted import read
from generator.search.query_nodes import to_json
from generator.search.query_parser import parse
from generator.search.tokenizer import stem
from generator.site.scripts import minified
from generator.site.theme import Theme
from tests import factories
from tests.conftest import ROOT, tool
from tests.search import corpus
from tests.search.diffs import damaged, whole_diffs
from tests.search.test_explain import OF_RELEASES
from tests.search.test_publish import WORDS, _query

pytestmark = pytest.mark.slow

TODAY = date(2026, 3, 31)
VECTORS = Path(__file__).parent / "queries.json"


@cache
def modules() -> TemporaryDirectory[str]:
    """A folder with the search's modules, one by one."""
    folder: TemporaryDirectory[str] = TemporaryDirectory()
    for name, path in Theme("default", ROOT / "content").static_files().items():
        if name.startswith("js/search/"):
            Path(folder.name, path.name).write_bytes(minified(path.read_text("utf-8")))
    return folder


def node(script: str, arguments: list[str], items: list[Any]) -> list[Any]:
    run = subprocess.run(
        [tool("node"), str(ROOT / "tests" / "js" / script), modules().name, *arguments],
        input="".join(json.dumps(item) + "\n" for item in items), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in run.stdout.split("\n") if line]


def parsed(text: str) -> Any:
    try:
        return to_json(parse(text, TODAY))
    except SearchError as error:
        return {"error": str(error)}


def drawn(strategy: st.SearchStrategy[str], count: int) -> list[str]:
    """Examples of a strategy, the same ones each time."""
    from hypothesis import HealthCheck, given, seed, settings

    found: list[str] = []

    @seed(1)
    @settings(
        max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def test_the_query_language_is_what_the_vectors_say():
    vectors = json.loads(VECTORS.read_text("utf-8"))
    assert [[text, parsed(text)] for text, _ in vectors] == vectors


def test_both_parsers_agree_on_the_vectors():
    vectors = json.loads(VECTORS.read_text("utf-8"))
    assert node("parse.mjs", [str(TODAY)], [text for text, _ in vectors]) == [
        expected for _, expected in vectors
    ]


def test_both_parsers_agree_on_anything():
    token = st.sampled_from(
        ["a", "foo", "s:", "dfn:", "d:", "m:", "series:", "state:", "tag:", "x:", "AND", "OR", "NOT", "-", "(", ")", '"',
         "*", " ", " ", " ", "b-c", "a/b.c", "free(x)", "Naïve", "日本語", "12", "0042", "deadbeef", "@", "<", ">", "..",
         "2026", "2026-02-30", "2026-02", "ß", "İ", "“", "_", "x_Y", "'", ",", "check:fail", "𝒳y", "a->b", "::", "->", "std::move", "dfctx:", "straße", "Łø", "ไทย", "C++", "c#", "++", "~/", "v2.43", "\U00020000\U00020001\U00020002", "ﬁ", "yesterday", "last.month", "2.weeks.ago",
         "is:open", "is:accepted", "is:", "has:", "checks", "v:", "v2", "size:", ">10", "<=5", "3..", "n:", "dfblob:", "patchid:", "prefix:", "l:", "rt:",
         "Subject: ", "[PATCH]", "Re: "])  # fmt: skip
    texts = drawn(st.lists(token, max_size=9).map("".join), 1500) + drawn(st.text(max_size=12), 500)
    texts = [text for text in texts if text.isprintable()]
    wrong = [
        (text, mine, theirs)
        for text, mine, theirs in zip(
            texts, map(parsed, texts), node("parse.mjs", [str(TODAY)], texts), strict=True
        )
        if mine != theirs
    ]
    assert wrong == []


def pasted(texts: list[str]) -> list[list[list[str]]]:
    return [[[reading.field, reading.text] for reading in read(text)] for text in texts]


def test_both_read_pasted_texts_alike():
    texts = [text for text, _ in json.loads((VECTORS.parent / "pasted.json").read_text("utf-8"))]
    token = st.sampled_from(
        ["a", "lib", "/", ".c", "@", "<", ">", ":", " ", " ", "\n", "12", "1a2b3c4", "commit ", "Re: ", "[v2]", "Subject: ", "Link: ",
         "Message-ID: ", "https://", "//", "?", "=", "&", "series", "patch", "project", "#", '"', "(", ")", "+", "-", "@@ -1 +1 @@ ", "\t", "…",
         "...", "%40", "%", "\\303\\244", "'", "é", "ﬁ", "𝒳", "İ", "\u200b", "\x85", "+++ b/", "diff --git a/", " | 5", "+0x1/0x2", "From ", "mid:",
         "=?utf-8?q?", "=?utf-8?b?", "=?iso-8859-1?Q?", "?=", "?=", "=E9", "=C3", "=A9", "w6k", "w6k=", "_"])  # fmt: skip
    texts += drawn(st.lists(token, max_size=9).map("".join), 2500)
    texts += drawn(st.text(max_size=20), 500)
    wrong = [
        (text, mine, theirs)
        for text, mine, theirs in zip(
            texts, pasted(texts), node("paste.mjs", [], texts), strict=True
        )
        if mine != theirs["readings"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["memory leak", "strbuf_addch", "dfn:builtin/log.c", 's:"fix leak" -test', "(a OR b) c*", "merge-base", "naïve",
     "f:junio", "is:landed", "release:v2.43.0 lock", "landed:2026-01..", " refs.c", "state:accepted", "git log", "fix the tests"],
)  # fmt: skip
def test_what_is_surely_a_query_needs_no_code_for_pasted_texts(text: str):
    assert node("call.mjs", [], [["plain", "isPlain", [text]]]) == [True]


@pytest.mark.parametrize(
    "text",
    ["Re: fix", "[PATCH] fix", "a@example.org", "1a2b3c4", "commit 1a2b3c4d", "12", "a/x.c", "x.c:12", "https://a/b",
     "patching file Makefile", "v2-0001-fix.patch", "one\ntwo", "func+0x12/0x40", "git show deadbee"],
)  # fmt: skip
def test_what_may_have_been_pasted_is_read_with_care(text: str):
    assert node("call.mjs", [], [["plain", "isPlain", [text]]]) == [False]


def test_a_plain_query_is_one_whatever_its_words():
    token = st.sampled_from(
        ["git", "show", "log", "commit", "from", "patching", "file", "Merge", "conflict", "in", "Auto-merging", "rename", "to",
         "M", "A", "b4", "am", "pick", "Applying", "x.c", "lib/x.c", "lib/x", "b/x.c", "s:", "d:2026-01..", "f:", "dfn:", "-", "(", ")",
         '"', "*", "at", "BUG", "README", "HEAD", "Re", "feed", "fix_it", "é", "v2", "file_1", "0001-x", "subject", "goroutine"])  # fmt: skip
    texts = drawn(st.lists(token, max_size=6).map(" ".join), 1500)
    texts += drawn(st.lists(token, max_size=6).map("".join), 500)
    answers = node("call.mjs", [], [["plain", "isPlain", [text]] for text in texts])
    plain = [
        text for text, is_plain in zip(texts, answers, strict=True) if is_plain and text.strip()
    ]
    assert len(plain) > 200
    assert [text for text in plain if pasted([text]) != [[["", text.strip()]]]] == []


def test_both_find_the_same_stems():
    letters = st.text("aeiouybcdfglmnprstvz", min_size=1, max_size=6)
    ending = st.sampled_from(
        "s es ed ing ly ion ation ational er ness ful ousness ize izer ement able y ies eed alli logi ll e sses ative "
        "ogist lessly edly".split()
    )
    # Beginnings for which Snowball has rules of their own.
    start = st.sampled_from(
        "arsen commun emerg gener inter later organ past univers succ proc exc inn even add egg d".split()
    )
    texts = drawn(st.builds("{}{}{}".format, letters, ending, ending | st.just("")), 1500)
    texts += drawn(
        st.builds("{}{}{}{}".format, start, letters | st.just(""), ending, ending | st.just("")),
        1000,
    )
    texts += [
        "skies",
        "news",
        "generally",
        "communism",
        "yearly",
        "sayyid",
        "succeeding",
        "inning",
        "tie",
        "tied",
        "dying",
        "evening",
        "pasted",
        "added",
        "internal",
        "Eels",
    ]
    trees = node("parse.mjs", [str(TODAY)], [f"s:{text}" for text in texts])
    for text, tree in zip(texts, trees, strict=True):
        expected = stem(text.lower())
        found = tree[-1][1] if tree[0] == "word" else None
        assert found == (expected and f"{expected}\x01"), text


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("js")
    corpus.fill(folder / "a.db", corpus.patches(150) + corpus.others(150))
    corpus.land(folder / "a.db", 150)
    corpus.build(folder / "a.db", folder / "out")
    return folder / "out"


def keys(hits: list[Hit]) -> list[tuple[str, int, int | None]]:
    """What identifies results."""
    return [(hit.page, hit.id, hit.reply) for hit in hits]


def test_both_engines_give_the_same_answers(built):
    texts = [text for text in drawn(_query, 300) if "error" not in parsed(text)] + WORDS
    answers = node("search.mjs", [str(built)], [{"query": text} for text in texts])
    index = Index(built)
    for text, answer in zip(texts, answers, strict=True):
        mine = search(index, text, limit=10_000)
        assert answer.get("keys") == [list(key) for key in keys(mine.hits)], text
        assert (answer["total"], answer["exact"]) == (mine.total, True), text


def test_both_engines_list_the_oldest_first_and_the_browser_reads_no_further(built):
    for text in ("state:new", "is:reply the", "the"):
        whole = keys(search(Index(built), text, limit=10_000, order="oldest").hits)
        assert whole[::-1] == keys(search(Index(built), text, limit=10_000).hits)
        asked = {"query": text, "order": "oldest", "limit": 10}
        answer = node("search.mjs", [str(built)], [asked])[0]
        assert answer["keys"] == [list(key) for key in whole[:10]], text
    assert answer["looked"] < Index(built).docs


def test_a_hit_in_the_browser_has_what_its_row_shows(built):
    asked = [
        {"query": text, "limit": 1}
        for text in ("is:cover", "is:reply by:s2*", "tag:reviewed archived:no")
    ]
    cover, reply, reviewed = (
        answer.get("first") for answer in node("search.mjs", [str(built)], asked)
    )
    assert (cover["page"], cover["reply"], cover["state"]) == ("cover", None, None)
    assert (
        reply["reply"]
        and reply["state"]
        and reply["key"] == f"{reply['page']} {reply['id']} {reply['reply']}"
    )
    assert (reviewed["check"], reviewed["tags"]) == ("pending", ["reviewed"])
    assert not reviewed["archived"]


def test_both_engines_rank_alike(built):
    texts = ["lock page", "fix OR free", "cache* -the", "s:ring"]
    answers = node(
        "search.mjs", [str(built)], [{"query": text, "order": "relevance"} for text in texts]
    )
    for text, answer in zip(texts, answers, strict=True):
        mine = search(Index(built), text, limit=10_000, order="relevance")
        assert answer["keys"] == [list(key) for key in keys(mine.hits)], text


def test_a_missing_file_is_a_clear_word_that_asks_for_a_fresh_entry(built):
    leaf = next((built / "search" / "data").glob("s*/t0"))
    hidden = leaf.rename(leaf.with_name("hidden"))
    try:
        answer = node("search.mjs", [str(built)], [{"query": "00*"}])[0]
        assert answer == {"error": "A part of the index is missing (status 404).", "stale": True}
    finally:
        hidden.rename(leaf)


def test_a_damaged_file_is_a_clear_word(built):
    leaf = next((built / "search" / "data").glob("s*/t0"))
    content = leaf.read_bytes()
    try:
        leaf.write_bytes(random.Random(1).randbytes(200))
        answer = node("search.mjs", [str(built)], [{"query": "00*"}])[0]
        assert answer == {"error": "A part of the index is damaged.", "stale": False}
    finally:
        leaf.write_bytes(content)


def test_a_beginning_that_stands_for_too_much_asks_for_more_letters(tmp_path):
    def content(number: int) -> str:
        return " ".join(f"zz{number:02}{word:02}" for word in range(30))

    patches = [factories.patch(n, content=content(n)) for n in range(1, 65)]
    corpus.fill(tmp_path / "a.db", patches)
    corpus.build(tmp_path / "a.db", tmp_path / "out", replace(corpus.TINY, unit=64))
    asked = [{"query": query} for query in ("zz*", "zz1*", "fine OR zz*")]
    wide, narrow, among = node("search.mjs", [str(tmp_path / "out")], asked)
    assert (
        wide["error"]
        == among["error"]
        == "Too many words begin with zz: give more letters before the *"
    )
    assert narrow["ids"] == [hit.id for hit in search(Index(tmp_path / "out"), "zz1*").hits] != []
    assert search(Index(tmp_path / "out"), "zz*").total == 64  # the command line has no such bound


def test_a_query_for_a_rare_word_reads_few_files(tmp_path):
    from generator.search.encoding import LAYOUT

    corpus.fill(tmp_path / "a.db", corpus.patches(300))
    corpus.build(tmp_path / "a.db", tmp_path / "out", LAYOUT)
    answer = node(
        "search.mjs", [str(tmp_path / "out")], [{"query": "id:12 OR 000000000012", "limit": 10}]
    )[0]
    # Two segments: a leaf or two of each, and the dates; then columns and a record.
    assert answer["fetched"] <= 8


def test_an_answer_takes_three_round_trips(tmp_path):
    from generator.search.encoding import LAYOUT

    corpus.fill(tmp_path / "a.db", corpus.patches(600))
    corpus.build(tmp_path / "a.db", tmp_path / "out", LAYOUT)
    queries = ["lock", "lock page", "lock -page", "fre*", "dfn:log.c"]
    queries += ['"the page"', 's:"fix the"']
    asked = [{"query": query, "limit": 10, "budget": 80, "also": "cold"} for query in queries]
    answers = node("search.mjs", [str(tmp_path / "out")], asked)
    for query, answer in zip(queries, answers, strict=True):
        assert answer["ids"], query
        # The entry, the terms, all else; of a phrase it isn't known before which records that is.
        assert answer["trips"] <= 3 + ('"' in query), query


def test_a_small_budget_gives_a_part_and_says_so(built):
    query = "lock"
    whole = [list(key) for key in keys(search(Index(built), query, limit=10_000).hits)]
    answer = node("search.mjs", [str(built)], [{"query": query, "budget": 15}])[0]
    assert answer["further"] and 0 < answer["looked"] < Index(built).docs
    assert 0 < len(answer["keys"]) < len(whole)
    assert answer["keys"] == [key for key in whole if key in answer["keys"]]
    assert not answer["exact"]


def test_the_directory_has_the_count_of_a_word_without_other_forms(built):
    asked = [{"query": query, "budget": 3} for query in ("CONFIG_SMP", "lock")]
    plain, with_forms = node("search.mjs", [str(built)], asked)
    total = search(Index(built), "CONFIG_SMP").total
    assert (plain["total"], plain["exact"], plain["further"]) == (total, True, True)
    assert (with_forms["exact"], with_forms["further"]) == (False, True)


def test_first_results_come_before_the_last_ones(built):
    answer = node("search.mjs", [str(built)], [{"query": "lock", "limit": 20, "also": "early"}])[0]
    sizes = [len(ids) for ids in answer["early"]]
    assert min(sizes) < 20
    assert answer["early"][-1] == answer["ids"]


def test_diffs_are_looked_through_as_far_as_the_budget_goes_and_that_is_said(built):
    query = 'dfb:"new_lock ring"'
    whole = [hit.id for hit in search(Index(built), query, limit=10_000).hits]
    assert whole
    asked = [{"query": query, "limit": 10, "budget": budget} for budget in (1, 300)]
    none, found = node("search.mjs", [str(built)], asked)
    assert (none["ids"], none["exact"], none["further"]) == ([], False, True)
    assert found["ids"] == whole[:10]


def test_results_are_counted_by_state_project_year_and_submitter(built):
    for query in ("lock", "fix -page", "state:new", '"use after free"'):
        answer = node("search.mjs", [str(built)], [{"query": query, "also": "facets"}])[0]
        hits = search(Index(built), query, limit=10_000).hits
        assert answer["facets"]["exact"]
        for kind, values in (
            ("state", [hit.state for hit in hits if hit.state]),
            ("project", [hit.project for hit in hits]),
            ("year", [datetime.fromtimestamp(hit.date, UTC).year for hit in hits]),
            ("from", [hit.submitter for hit in hits]),
        ):
            assert dict(answer["facets"]["facets"][kind]) == Counter(values), query


def test_both_explain_alike(built):
    examples = json.loads((VECTORS.parent / "explained.json").read_text("utf-8"))
    examples += OF_RELEASES
    asked = [{"query": text, "also": "advice"} for text, *_ in examples]
    index = Index(built)
    for (text, *_), answer in zip(examples, node("search.mjs", [str(built)], asked), strict=True):
        total = search(index, text).total
        advice = [[one.reason, one.query] for one in explain(index, text, total)]
        assert (answer["total"], answer["advice"]) == (total, advice), text


def test_both_say_that_no_repository_is_known(tmp_path):
    corpus.fill(tmp_path / "a.db", corpus.patches(10))
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    texts = [
        "is:landed",
        "lock release:v1",
        "landed:2026",
        "lock commit:1a2b3c4",
        "commit:1a2b3c4d5e6f",
    ]
    asked = [{"query": text, "also": "advice"} for text in texts]
    index = Index(tmp_path / "out")
    for text, answer in zip(texts, node("search.mjs", [str(index.output)], asked), strict=True):
        advice = [[one.reason, one.query] for one in explain(index, text, 0)]
        assert answer["advice"] == advice, text
        assert "No git repository is known here, so nothing says what landed." in advice[-1], text


def test_what_became_of_a_patch_is_told_alike(built):
    index = Index(built)
    for text in ("is:landed", "is:reverted", "release:v2.43", "lock -is:landed"):
        (answer,) = node("search.mjs", [str(built)], [{"query": text, "limit": 1}])
        hit = search(index, text, limit=1).hits[0]
        outcome = answer["first"]["outcome"]
        words = hit.outcome and in_words(hit.outcome)
        assert (outcome and list(outcome.values())) == (hit.outcome and [*hit.outcome, words]), text


def test_a_patch_is_shown_though_what_became_of_it_cannot_be_read(built):
    hidden = [path.rename(path.with_name(f"hidden-{path.name}")) for path in outcome_files(built)]
    try:
        (answer,) = node("search.mjs", [str(built)], [{"query": "is:landed", "limit": 1}])
        assert answer["ids"] and answer["first"]["outcome"] == {"error": {"stale": True}}
    finally:
        for path in hidden:
            path.rename(path.with_name(path.name.removeprefix("hidden-")))


def outcome_files(output: Path) -> list[Path]:
    return list((output / "search" / "data").glob("o*"))


def test_a_query_is_looked_at_closely_where_there_may_be_something_to_say():
    states = ["new", "accepted", "under-review"]
    explained = json.loads(Path(__file__).with_name("explained.json").read_text("utf-8"))
    texts = [text for text, finds, advice in explained if finds and advice]
    plain = [
        "leak -test",
        "reftab*",
        "state:accepted",
        "d:2025-01..2025-03 midx",
        "is:open s:test",
        "(a OR b)",
    ]
    calls = [["advice", "mayNeedRemark", [text, states]] for text in [*texts, *plain]]
    assert node("call.mjs", [], calls) == [True] * len(texts) + [False] * len(plain)
    of_commits = ["lock -is:landed", "lock OR release:v1", "landed:2026"]
    calls = [
        ["advice", "mayNeedRemark", [f"x {text}", states, knows]]
        for knows in (False, True)
        for text in of_commits
    ]
    assert node("call.mjs", [], calls) == [True] * 3 + [False] * 3


def test_what_is_named_stands_first_in_both(built):
    index = Index(built)
    texts = ["12", "#12", "12 OR lock", "series:12", search(index, "12", limit=1).hits[0].msgid]
    texts += ["lock: " + hit.name for hit in search(index, "lock", limit=2).hits]
    texts += [hit.name for hit in search(index, "s:lock", limit=5).hits]
    for text, answer in zip(
        texts, node("search.mjs", [str(built)], [{"query": text} for text in texts]), strict=True
    ):
        assert answer["ids"] == [hit.id for hit in search(index, text, limit=10_000).hits], text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("lo", None),
        ("loc", "(loc OR loc*)"),
        ("fix loc", "fix (loc OR loc*)"),
        ("fix loc ", None),
        ("s:loc", "(s:loc OR s:loc*)"),
        ("fix (s:loc", "fix ((s:loc OR s:loc*)"),
        ("state:acc", None),
        ("foo:bar", None),
        ("-loc", None),
        ('"use aft', None),
        ('"use after" fre', '"use after" (fre OR fre*)'),
        ("lock OR", None),
        ("lock AND", None),
        ("2026", None),
        ("lib/log", "(lib/log OR lib/log*)"),
        ("fix dfn:lib/l", "fix (dfn:lib/l OR dfn:lib/l*)"),
        ("lib/", None),
        ("-lib/log", None),
        ("From:kim", "(From:kim OR From:kim*)"),
        ("since:2026", None),
        ("one@example", None),
        ("straße", "(straße OR straße*)"),
        ("", None),
    ],
)
def test_the_last_word_matches_as_a_beginning_while_it_is_typed(typed, asked):
    assert node("paste.mjs", [], [typed])[0]["typed"] == asked


@pytest.mark.parametrize(
    ("pasted", "line"),
    [
        ("Subject: [PATCH] lock:\n take it", "Subject: lock: take it"),
        ("References: <one@example.org>\n <two@example.org>", "Message-ID: <one@example.org> <two@example.org>"),
        ("Message-ID:\n <one@example.org>", "Message-ID: <one@example.org>"),
        ("commit 1a2b3c4\nAuthor: A\n\n    lock: take it\n", 'commit 1a2b3c4 ("lock: take it")'),
        ("+\tnew(x);\n-\told(x);", 'dfb:"new(x);" dfa:"old(x);"'),
        ("two\nwords", "two words"),
        ("series:12\nseries:12", "series:12"),
    ],
)  # fmt: skip
def test_several_lines_become_one_that_is_read_alike(pasted, line):
    (answer,) = node("paste.mjs", [], [pasted])
    assert answer["line"] == line
    (again,) = node("paste.mjs", [], [line])
    exact = [one for one in answer["readings"] if one[0] in ("m", "commit", "series", "s")]
    assert [one for one in again["readings"] if one[0] in ("m", "commit", "series", "s")] == exact


def test_both_read_the_changed_lines_of_any_diff_alike(tmp_path: Path):
    whole = whole_diffs(tmp_path)
    every = [*whole, *(diff for seed in range(6) for diff in damaged(whole, seed))]
    every += [diff.replace("\n", "\r\n") for diff in whole]
    expected = [
        [["+" if field == ADDED else "-", text] for field, text in changed_lines(diff)]
        for diff in every
    ]
    found = node("changed_lines.mjs", [], every)
    assert [sorted(lines) for lines in found] == [sorted(lines) for lines in expected]
