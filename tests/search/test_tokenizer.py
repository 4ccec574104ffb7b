from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search.tokenizer import (
    MAX_WORD,
    STEM,
    Splitter,
    path_terms,
    qualified_names,
    split,
    stem,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qemu_event_timedwait(&ev)", ["qemu_event_timedwait", "ev"]),
        ("foo->bar.baz", ["foo", "bar", "baz"]),
        ("Crème Brûlée ÅNGSTRÖM", ["creme", "brulee", "angstrom"]),
        ("日本語テスト x", ["日本", "本語", "語テ", "テス", "スト", "x"]),
        (
            "Straße Łódź Ærø Đorđe þing ILLİCİT ışık",
            ["strasse", "lodz", "aero", "dorde", "thing", "illicit", "isik"],
        ),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        (
            "語 \U00020000\U00020001\U00020002",
            ["語", "\U00020000\U00020001", "\U00020001\U00020002"],
        ),
        (
            "C++ C++17 c# (C#) libstdc++",
            ["cplusplus", "cplusplus", "17", "csharp", "csharp", "libstdcplusplus"],
        ),
        ("i++ #c abc++ C#x", ["i", "c", "abc", "c", "x"]),
        ("", []),
        ("-- // ++", []),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("qemu_event_timedwait", ("qemu_event_timedwait", "qemu", "event", "timedwait")),
        ("CamelCaseName", ("camelcasename", "camel", "case", "name")),
        ("HTTPServer_v2", ("httpserver_v2", "httpserver", "http", "server", "v2")),
        ("CONFIG_FOO", ("config_foo", "config", "foo")),
        ("plain", ("plain",)),
        ("x86", ("x86",)),
        ("v2", ("v2", "2")),
        ("V12", ("v12", "12")),
        ("日本", ("日本", "日", "本")),
        ("日", ("日",)),
        ("__init__", ("__init__", "init")),
        ("_set_opp", ("_set_opp", "set_opp", "set", "opp")),
    ],
)
def test_an_identifier_is_found_whole_and_in_parts(word, expected):
    assert split(word) == expected


def test_a_path_is_found_by_its_ends_and_its_folders():
    assert path_terms("A/b/C.h") == ["a/b/c.h", "b/c.h", "c.h", "a/", "a/b/", "b/"]
    assert path_terms("x") == ["x"]


def test_a_path_without_end_has_few_terms():
    assert len(path_terms("a/" * 5000 + "b")) < 500


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        ("remove removes removed removing", "remov"),
        ("mapping mapped maps map", "map"),
        ("memory memories", "memory"),
        ("allocate allocation allocator allocated", "alloc"),
        ("yes", "yes"),
        ("generic", "generic"),
    ],
)
def test_the_forms_of_an_english_word_have_one_stem(forms, root):
    assert {stem(word) for word in forms.split()} == {root}


@pytest.mark.parametrize("word", ["ab", "x86", "old_lock", "größe", "日本", "Lock"])
def test_code_has_no_stem(word):
    assert stem(word) is None


def test_a_stem_is_a_term_only_where_the_word_itself_is_another():
    stems = Splitter().stems
    words = ["locks", "lock", "locks_all", "locking"]
    assert [stems[word] for word in words] == [f"lock{STEM}", "", "", f"lock{STEM}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = Foo->bar->baz_1;", ["foo->bar", "bar->baz_1"]),
        ("std::move(a)", ["std::move"]),
        ("a->b::c", ["a->b", "b::c"]),
        ("f()->b, -> x, ->y, ::z a:: b->", []),
        ("a->b a->b", ["a->b"]),
        ("x" * 100 + "->" + "y" * 100, ["x" * MAX_WORD + "->" + "y" * MAX_WORD]),
    ],
)
def test_names_joined_by_a_sign_are_found_whole(text, expected):
    assert qualified_names(text) == expected
    assert set(expected) <= Splitter().unique(text)


def test_very_long_words_are_cut():
    assert words("x" * 1000) == ["x" * MAX_WORD]


@given(st.text())
def test_asking_finds_what_indexing_put_in(text):
    indexed = Splitter().terms(text)
    assert [alternatives[0] for alternatives in indexed] == words(text)
