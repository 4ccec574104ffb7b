"""The index against a scan that reads everything, and against whoosh's own index on the same schema."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh import query as whoosh_query
from whoosh.filedb.filestore import RamStorage

from generator.archive import landed
from generator.archive.database import Archive
from generator.archive.index_queries import PATCH, PATCH_REPLY, mail_key, mails_of
from generator.errors import SearchError
from generator.search import fields, publish
from generator.search.encoding import LAYOUT
from generator.search.engine import search
from generator.search.index_reader import Index
from generator.search.publish import blocks
from generator.search.query_nodes import And, Node, Not, Or, Phrase, Prefix, Term, Word
from generator.search.query_parser import parse
from generator.search.schema import schema
from tests import factories
from tests.search import corpus
from tests.search.corpus import Scan

COUNT = 150


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Scan, Path]:
    folder = tmp_path_factory.mktemp("index")
    reviews = [factories.comment(n, on=f"patches/{n}") for n in range(1, COUNT, 4)]
    reviews += corpus.others(COUNT)
    checks = [
        factories.check(n, on=n, state=state)
        for n, state in zip(range(1, COUNT, 3), ["fail", "success", "warning"] * 99, strict=False)
    ]
    corpus.fill(folder / "a.db", corpus.patches(COUNT) + reviews + checks)
    corpus.land(folder / "a.db", COUNT)
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out"), Scan(folder / "a.db"), folder


def ask(index: Index, text: str) -> list[int]:
    """The keys of the results."""
    return [corpus.key_of(hit) for hit in search(index, text, limit=10_000).hits]


def patches(*numbers: int) -> list[int]:
    """The keys of patches."""
    return [mail_key(PATCH, number) for number in numbers]


WORDS = ["lock", "page", "cache", "cache_line", "qemu", "qemu_event_wait", "iothread", "thread", "config_smp",
         "naive", "Naïve", "日本", "日本語", "本", "語", "fix", "free", "the", "absent", "log.c", "virtio-gpu.c", "hw/display",
         "hw/display/log.c", "gpu", "x->len", "sender", "locks", "locking", "fixes", "drops", "paged", "old_locking", "s1@example.org", "old_lock", "12", "v1", "init"]  # fmt: skip
_field = st.sampled_from(["", "", "", *(f"{name}:" for name in fields.TEXT_FIELDS)])
_word = st.builds("{}{}".format, _field, st.sampled_from(WORDS))
_prefix = st.builds(
    "{}{}*".format, _field, st.sampled_from(["lo", "qem", "cache_", "hw/", "日本", "config", "zz"])
)
_phrase = st.builds(
    '{}"{}"'.format,
    _field,
    st.sampled_from(
        [
            "use after free",
            "the lock",
            "fix the page",
            "do not take",
            "event wait",
            "sender a",
            "not there at all",
        ]
    ),
) | st.sampled_from(
    ['dfb:"new_lock ring"', 'dfb:"ring new_lock"', 'dfa:"old_page x"', 'dfa:"x len"', 'dfb:"new_page lock"',
     'dfb:"lock"', 'dfa:"len x"']
)  # fmt: skip
_value = st.sampled_from(
    ["state:accepted", "state:new", "project:project-1", "delegate:alex", "delegate:nobody", "archived:yes",
     "archived:no", "tag:reviewed", "tag:tested", "check:fail", "check:pending", "d:2025", "d:2024-06..2025-03",
     "d:..2024", "d:2026..", "series:7", "17", "m:<2026030110.patch9@example.org>", "2026030110.patch8@example.org",
     "state:unknown", "is:cover", "is:reply", "is:patch", "is:open", "is:latest", "is:unanswered", "has:comments",
     "has:checks", "has:tags", "has:delegate", "v:2", "v:>1", "n:1", "n:..0", "size:2", "size:<2", "prefix:rfc",
     "dfpre:0000011", "dfblob:0000000083", "dfpost:00000000", "l:project-2", "dt:2025", 'by:"Sender Kea"', "by:lea", "reviewer:ann", "acked:nobody",
     "tc:project-1@example.org", "bs:lock", "is:landed", "is:reverted", "release:v2.43", "release:2.43.0", "release:v2.4",
     "release:3,v2.42.1", "release:none", "landed:2023-11-20..2024-01", "landed:2024..", "status:landed", "status:ready,waiting", "status:stale", "status:needs-review", "status:new", "commit:c324c98", "commit:0000000"])  # fmt: skip
_atom = st.one_of(_word, _word, _prefix, _phrase, _value)
_query = st.recursive(
    _atom,
    lambda inner: st.one_of(
        st.builds("{} {}".format, inner, inner),
        st.builds("{} AND {}".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT {}".format, _atom),
        st.builds("{} -{}".format, inner, _atom),
    ),
    max_leaves=5,
)


@pytest.mark.slow
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=_query)
def test_answers_equal_a_scan(built, text):
    index, scan, _ = built
    assert ask(index, text) == scan.search(parse(text)), text


@pytest.mark.slow
def test_every_word_of_every_patch_finds_it(built):
    index, scan, _ = built
    rng = random.Random(3)
    for doc in rng.sample([doc for doc in scan.docs if doc.paths], 40):
        row = scan.mails[doc.key]
        for text in (
            row.name.split("] ")[1],
            f'f:"{doc.record.submitter}"',
            f"dfn:{doc.paths[0]}",
            f"m:{row.msgid}",
            f"{row.id}",
        ):
            assert doc.key in ask(index, text), text


def test_newest_first_and_totals_with_a_limit(built):
    index, scan, _ = built
    answer = search(index, "the", limit=7)
    assert answer.total == len(scan.search(parse("the"))) > 7
    assert list(map(corpus.key_of, answer.hits)) == scan.search(parse("the"))[:7]


def test_by_relevance_a_name_beats_a_message(tmp_path):
    corpus.fill(tmp_path / "a.db", [
        factories.patch(1, name="scheduler: tune", content="x"),
        factories.patch(2, name="other", content="the scheduler is mentioned", date="2027-01-01T00:00:00"),
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out", LAYOUT)
    index = Index(tmp_path / "out")
    assert [hit.id for hit in search(index, "scheduler", order="relevance").hits] == [1, 2]
    assert ask(index, "scheduler") == patches(2, 1)


def test_answers_equal_those_of_whoosh(built):
    index, scan, _ = built
    names = {name: fields.TEXT_FIELDS[name] for name in ("s", "nq", "q", "f", "dfa", "dfb", "dfhh")}
    storage = RamStorage().create_index(schema())
    writer = storage.writer()
    for doc in scan.docs:
        texts = {
            name: " ".join(text for field, text in doc.texts if field & bit)
            for name, bit in names.items()
        }
        writer.add_document(**texts, m=str(doc.key))
    writer.commit()

    def field_of(bits: int) -> str:
        return next(name for name, bit in names.items() if bit == bits)

    def oracle(node: Node) -> whoosh_query.Query:
        match node:
            case And(children):
                return whoosh_query.And([oracle(child) for child in children])
            case Or(children) | Word(children):
                return whoosh_query.Or([oracle(child) for child in children])
            case Not(child):
                return whoosh_query.Not(oracle(child))
            case Term(text, fields.EXACT) | Prefix(text, fields.EXACT):  # several words of a sender
                return whoosh_query.Phrase("f", text.removeprefix("f:").split())
            case Term(text, bits):
                return whoosh_query.Term(field_of(bits), text)
            case Prefix(text, bits):
                return whoosh_query.Prefix(field_of(bits), text)
            case Phrase(words, bits):
                return whoosh_query.Phrase(field_of(bits), list(words))
        raise AssertionError(node)

    rng = random.Random(5)
    asked = 0
    with storage.searcher() as searcher:
        for _ in range(300):
            name = rng.choice(list(names))
            word = rng.choice(
                [
                    "lock",
                    "page",
                    "cache",
                    "the",
                    "fix",
                    "qemu_event_wait",
                    "sender",
                    "old_lock",
                    "init",
                ]
            )
            one = f"{name}:{word}"
            two = f'{rng.choice(["s", "nq", "f"])}:"{rng.choice(["use after free", "fix the", "do not take", "sender k"])}"'
            text = rng.choice(
                [
                    one,
                    two,
                    f"{name}:{word[:3]}*",
                    f"{one} {two}",
                    f"{one} OR {two}",
                    f"{one} -{two}",
                ]
            )
            hits = searcher.search(oracle(parse(text)), limit=None)
            expected = {int(hit.fields().get("m", 0)) or scan.docs[hit.docnum].key for hit in hits}
            assert set(ask(index, text)) == expected, text
            asked += bool(expected)
    assert asked > 100, "most of these queries find something"


# ── growing and changing ──


def names_of(output: Path) -> set[str]:
    return {
        path.relative_to(output).as_posix()
        for path in (output / "search").rglob("*")
        if path.is_file()
    }


def test_segments_are_the_digits_of_a_number():
    assert blocks(11 * 4 + 3, 4, 8) == [32, 12, 3]
    assert blocks(0, 4, 8) == []
    assert sum(blocks(12345, 64, 4)) == 12345


def test_new_patches_leave_the_old_segments_alone(tmp_path):
    everything = corpus.patches(110)
    corpus.fill(tmp_path / "a.db", everything[:100])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    before = names_of(tmp_path / "out")
    corpus.fill(tmp_path / "a.db", everything[100:])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    assert before - names_of(tmp_path / "out") == set(), (
        "a reader who has the old entry still finds its files"
    )
    corpus.build(tmp_path / "a.db", tmp_path / "fresh")
    entry = "search/entry.json"
    assert (tmp_path / "out" / entry).read_bytes() == (tmp_path / "fresh" / entry).read_bytes()
    index, scan = Index(tmp_path / "out"), Scan(tmp_path / "a.db")
    assert ask(index, "the lock") == scan.search(parse("the lock"))


def test_a_reply_to_an_old_patch_leaves_the_old_segments_alone(tmp_path):
    everything = corpus.patches(110)
    for patch in everything:
        patch["date"] = f"2026-01-{patch['id'] // 5 + 1:02}T00:00:{patch['id'] % 5:02}"
    corpus.fill(tmp_path / "a.db", everything)
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    before = {s["name"]: s["docs"] for s in publish._read_entry(tmp_path / "out")["segments"]}
    reply = factories.comment(1, on="patches/3", date="2026-02-01T00:00:00", content="overlooked")
    corpus.fill(tmp_path / "a.db", [reply])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    after = {s["name"]: s["docs"] for s in publish._read_entry(tmp_path / "out")["segments"]}
    assert list(before.items())[:-1] == list(after.items())[:-1]
    assert sum(after.values()) == sum(before.values()) + 1
    (hit,) = search(Index(tmp_path / "out"), "overlooked").hits
    assert (hit.kind, hit.id, hit.reply, hit.state) == ("reply", 3, 1, everything[2]["state"])


@pytest.mark.parametrize("count", [0, 8, 16])
def test_mails_newer_than_all_full_blocks_lie_in_a_segment_of_their_own(tmp_path, count):
    corpus.fill(tmp_path / "a.db", [
        *corpus.patches(count),
        factories.cover(1, name="the newest", date="2027-01-01T00:00:00"),
        factories.cover(2, name="the oldest", date="2001-01-01T00:00:00"),
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert index.docs == count + 2 and len(index.segments) == (2 if count else 1)
    assert index.segments[-1].docs == (1 if count else 2)
    assert [hit.id for hit in search(index, "s:newest OR s:oldest").hits] == [1, 2]


def test_a_wrong_clock_moves_no_other_mail(tmp_path):
    everything = corpus.patches(40)
    for patch in everything:
        patch["date"] = f"2026-01-{patch['id'] // 2 + 1:02}T00:00:{patch['id'] % 2:02}"
    everything[5]["date"] = "2099-01-01T00:00:00"
    reply = factories.comment(1, on="patches/1", date="2026-02-01T00:00:00")
    corpus.fill(tmp_path / "a.db", [*everything, reply])
    with Archive(tmp_path / "a.db", read_only=True) as archive:
        *older, newest = publish.parts(archive, corpus.TINY)
        assert all(part.until < 1_800_000_000 for part in older)
        assert PATCH_REPLY in {mail.key & 3 for mail in mails_of(archive, newest)}


def test_a_changed_state_rewrites_columns_only(tmp_path):
    everything = corpus.patches(40)
    corpus.fill(tmp_path / "a.db", everything)
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    everything[3]["state"] = "rejected"
    corpus.fill(tmp_path / "a.db", everything)
    written = corpus.build(tmp_path / "a.db", tmp_path / "out")
    assert all("/m" in path for path in written[:-1]) and written[-1] == "search/entry.json"
    assert ask(Index(tmp_path / "out"), "state:rejected") == patches(4)
    everything[3]["state"] = "accepted"
    everything[4]["state"] = "rejected"
    corpus.fill(tmp_path / "a.db", everything)
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    everything[3]["state"] = "new"  # no other state comes or goes: one window's column
    corpus.fill(tmp_path / "a.db", everything)
    assert len(corpus.build(tmp_path / "a.db", tmp_path / "out")) == 2


def test_what_landed_rewrites_columns_and_commits_only(tmp_path):
    corpus.fill(tmp_path / "a.db", corpus.patches(40))
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    corpus.land(tmp_path / "a.db", 40)
    *written, entry = corpus.build(tmp_path / "a.db", tmp_path / "out")
    assert {path.split("/")[2][0] for path in written} == {"m", "o", "k"}
    assert entry == "search/entry.json"
    assert ask(Index(tmp_path / "out"), "commit:c324c98") == patches(9)
    with Archive(tmp_path / "a.db") as archive, archive.transaction():
        archive.sql.execute("UPDATE git_commit SET release = 'v9' WHERE title = 'commit 9'")
    *written, entry = corpus.build(tmp_path / "a.db", tmp_path / "out")
    assert [path.split("/")[2][0] for path in written] == ["o"]
    assert ask(Index(tmp_path / "out"), "release:9") == patches(9)


def test_what_is_set_here_counts_over_what_was_found(tmp_path):
    corpus.fill(tmp_path / "a.db", corpus.patches(40))
    corpus.land(tmp_path / "a.db", 40)
    with Archive(tmp_path / "a.db") as archive, archive.transaction():
        landed.set_overrides(archive, {9: None, 13: "c324c98", 2: "ABCDEF012345".lower()})
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert ask(index, "commit:c324c98") == patches(13)
    assert ask(index, "commit:abcdef0123456789") == patches(
        2
    )  # a commit of which only this is known
    landed_ids = {hit.id for hit in search(index, "is:landed", limit=100).hits}
    assert {2, 13} <= landed_ids and 9 not in landed_ids
    assert patches(13) != [] and ask(index, "release:3 id:13") == patches(13)


def test_other_rules_for_terms_make_all_segments_anew(tmp_path, monkeypatch):
    corpus.fill(tmp_path / "a.db", corpus.patches(40))
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    monkeypatch.setattr(publish, "ANALYSIS", publish.ANALYSIS + 1)
    written = corpus.build(tmp_path / "a.db", tmp_path / "out")
    segments = {segment["name"] for segment in publish._read_entry(tmp_path / "out")["segments"]}
    assert {path.split("/")[2] for path in written if path.endswith("/t0")} == segments


def test_nothing_new_writes_nothing(tmp_path):
    corpus.fill(tmp_path / "a.db", corpus.patches(40))
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    assert corpus.build(tmp_path / "a.db", tmp_path / "out") == []


def test_a_damaged_file_is_never_a_wrong_answer(built, tmp_path):
    _, _, folder = built
    data = next((folder / "out" / "search" / "data").glob("s*"))
    leaf = data / "t0"
    content = leaf.read_bytes()
    try:
        leaf.write_bytes(content[: len(content) // 2])
        with pytest.raises(SearchError, match="damaged"):
            ask(Index(folder / "out"), "0000*")
    finally:
        leaf.write_bytes(content)


def test_an_index_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SearchError, match="run `stillwork build`"):
        Index(tmp_path)
