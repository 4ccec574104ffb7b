"""What is said about queries, and what is offered instead: the examples that the browser's code is tested with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.errors import SearchError
from generator.search.advice import distance, nearest, nearest_field
from generator.search.engine import search
from generator.search.explain import explain
from generator.search.index_reader import Index
from generator.search.query_tokens import tokens
from tests.search import corpus

EXAMPLES = json.loads(Path(__file__).with_name("explained.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("explain")
    corpus.fill(folder / "a.db", corpus.patches(150))
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out")


@pytest.fixture(scope="module")
def with_repository(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("landed")
    corpus.fill(folder / "a.db", corpus.patches(60))
    corpus.land(folder / "a.db", 60)
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out")


@pytest.mark.parametrize(("text", "finds", "advice"), EXAMPLES, ids=[text for text, *_ in EXAMPLES])
def test_a_query_is_explained_so(
    index: Index, text: str, finds: bool, advice: list[list[str]]
) -> None:
    total = search(index, text).total
    assert bool(total) == finds
    assert [[one.reason, one.query] for one in explain(index, text, total)] == advice


#: What is said where a repository is known for project 2.
OF_RELEASES = [
    ["release:v2.43", True, []],
    ["release:v2.44", False, [["No patch has the release v2.44. There are: v2.43.0, v2.43.0-rc1, tool-3.0, v2.42.1.", ""]]],
    ["release:v2.43.0-rc2", False, [["No patch has the release v2.43.0-rc2. There are: v2.43.0, v2.43.0-rc1, tool-3.0, v2.42.1.",
                                     "release:v2.43.0-rc1"]]],
    ["is:landed project:project-1", False, [["No git repository is known for project-1, so nothing says what landed.", ""]]],
    ["is:landed project:project-2", True, []],
    ["commit:c324c98", True, []],
    ["commit:0000000", False, [["The archive has no patch that is commit 0000000.", ""]]],
]  # fmt: skip


@pytest.mark.parametrize(("text", "finds", "advice"), OF_RELEASES, ids=[t for t, *_ in OF_RELEASES])
def test_a_query_for_what_landed_is_explained_so(
    with_repository: Index, text: str, finds: bool, advice: list[list[str]]
) -> None:
    test_a_query_is_explained_so(with_repository, text, finds, advice)


def test_what_is_offered_can_be_asked(index: Index) -> None:
    for text, _, advice in EXAMPLES:
        for _, query in advice:
            if query:
                assert query != text
                search(index, query)


#: What somebody types who knows the help of public-inbox, Patchew or Gmail.
KNOWN_ELSEWHERE = """
s:lock|s:"use after free"|d:2026..|d:20260101..20260301|d:last.year..|dt:20260101120000..|rt:1.week.ago..|d:..2.weeks.ago|
t:list@example.org|c:list@example.org|tc:list@example.org|f:kimea|f:s1@example.org|a:kimea|tcf:kimea|b:because|nq:because|
q:quoted|bs:lock|n:log.c|l:project-1|lid:project-1|m:patch-1@example.org|mid:patch-1@example.org|dfn:lib/log.c|dfn:lib|dfn:log.c|
dfa:old_lock|dfb:new_lock|dfb:"new_lock ring"|dfhh:lock_init|dfctx:ctx|dfpre:1a2b3c4|dfpost:1a2b3c4|dfblob:1a2b3c4|
patchid:1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d|gmane:12|z:1..1000|uid:12|lock AND page|lock OR page|lock NOT page|lock -page|+lock +page|
lock NEAR page|lock ADJ page|lock XOR page|lock and page|lock && page|lock || page|(lock OR page) fix|"use after"|lock*|loc*|*lock|l*k|
s:lock f:kimea|s:lock -f:kimea|s:(lock page)|subject:lock|from:kimea|to:list|cc:list|body:because|file:log.c|path:lib|filename:log.c|
message-id:patch-1@example.org|msgid:patch-1@example.org|rfc822msgid:patch-1@example.org|author:kimea|submitter:kimea|list:project-1|
project:project-1|state:new|state:open|state:Accepted|is:open|is:reviewed|is:merged|has:replies|reviewer:kimea|tested:kimea|age:1w|age:>1w|
maint:kimea|status:new|label:lock|size:>1000|larger:1M|after:2026-01-01|before:2026-01-01|newer:2026|date:2026|tag:reviewed|tag:reviewd|
check:fail|check:failed|ci:fail|archived:no|archived:maybe|delegate:alex|delegate:me|assignee:alex|series:3|series:x|id:5|id:nothing|commit:xyz|hash:1a2b3c4|
patch:5|v:2|prefix:RFC|d:yesterday|d:nonsense|std::lock|http:|net: lock|-EINVAL|return -EINVAL|"return -EINVAL"|ctx->len|a->b|C++|#5
"""  # fmt: skip


@pytest.mark.parametrize("text", KNOWN_ELSEWHERE.replace("\n", "").strip().split("|"))
def test_who_knows_another_archive_gets_results_or_an_explanation(index: Index, text: str) -> None:
    if not text:
        return
    try:
        total = search(index, text).total
    except SearchError as error:
        assert len(str(error)) > 20
        return
    advice = explain(index, text, total)
    assert total or advice
    assert (
        not any(one.reason.startswith("A patch must have all") for one in advice)
        or len(tokens(text)) < 2
    )


@pytest.mark.parametrize(
    ("name", "field"),
    [("subject", "s"), ("Author", "f"), ("file", "dfn"), ("stat", "state"), ("projct", "project"), ("delgate", "delegate"),
     ("tcf", "tcf"), ("lid", "project"), ("body", "b"), ("dfm", None), ("http", None), ("x", None), ("", None)],
)  # fmt: skip
def test_the_field_that_is_meant(name: str, field: str | None) -> None:
    assert nearest_field(name) == field


def test_letters_that_are_added_dropped_changed_or_swapped() -> None:
    for one, other, far in (("lock", "lock", 0), ("lokc", "lock", 1), ("lock", "locks", 1), ("lck", "lock", 1), ("luck", "lock", 1),
                            ("lock", "clokc", 2), ("lock", "page", 3), ("a", "abcd", 3), ("a" * 65, "a" * 65, 3)):  # fmt: skip
        assert distance(one, other) == far, (one, other)
    assert nearest("accep", ["new", "accepted"]) == "accepted"
    assert nearest("new", ["new"]) is None


def test_words_are_replaced_at_their_place() -> None:
    query = 'a -s:"b c" (x:d OR e(f))'
    some = tokens(query)
    assert [(one.field, one.name, one.value, one.is_excluded) for one in some] == [
        ("", "", "a", False), ("s", "", "b c", True), ("", "x", "d", False), ("", "", "OR", False), ("", "", "e(f)", False),
    ]  # fmt: skip
    assert some[1].replaced(query, "z") == "a z (x:d OR e(f))"
    assert tokens("a OR b")[2].left_out("a OR b") == "a"
    assert tokens("a OR b")[0].left_out("a OR b") == "b"
