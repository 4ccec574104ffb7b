"""What single fields and columns find, and in which order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator.archive import series_versions
from generator.archive.database import Archive
from generator.search.engine import search
from generator.search.evaluator import _consecutive
from generator.search.index_reader import Index
from tests import factories
from tests.search import corpus


def patch(number: int, **fields: Any) -> dict[str, Any]:
    stub = factories.series_stub(number + 100)
    return factories.patch(
        number, **{"name": f"part {number}", "content": "", "series": [stub], **fields}
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("index")
    corpus.fill(folder / "a.db", [
        patch(1, date="2026-01-31T23:59:59", state="new", name="alpha beta gamma"),
        patch(2, date="2026-02-01T00:00:00", state="Under-Review", name="beta alpha gamma"),
        patch(3, date="2026-02-28T23:59:59", archived=True, name="alpha gamma", content="beta"),
        patch(4, date="2026-03-01T00:00:00", delegate=factories.user(3, username="Ann"), name="delta"),
        patch(5, date="2026-03-01T00:00:00", project=factories.project(2), name="delta delta",
              content="Acked-by: A\nTested-by: B"),
        factories.comment(1, on="patches/4", content="Reviewed-by: R <r@x.org>"),
    ])  # fmt: skip
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("d:2026-02", [3, 2]),
        ("d:2026-02-01", [2]),
        ("d:..2026-01", [1]),
        ("d:2026-03..", [5, 4]),
        ("state:new", [5, 4, 3, 1]),
        ("state:under-review", [2]),
        ("state:nothing", []),
        ("archived:yes", [3]),
        ("archived:no d:2026-02", [2]),
        ("delegate:ann", [4]),
        ("delegate:nobody", [5, 3, 2, 1]),
        ("delegate:zoe", []),
        ("project:project-2", [5]),
        ("project:PROJECT-1", [4, 3, 2, 1]),
        ("tag:acked", [5]),
        ("tag:tested", [5]),
        ("tag:reviewed", [4]),
        ("check:pending", [5, 4, 3, 2, 1]),
        ("series:104", [4]),
        ("3", [3]),
        ("alpha", [3, 2, 1]),
        ("alpha OR delta", [5, 4, 3, 2, 1]),
        ("alpha -s:beta", [3]),
        ("NOT alpha", [5, 4]),
        ('s:"alpha beta"', [1]),
        ('s:"beta alpha gamma"', [2]),
        ('s:"alpha gamma"', [3, 2]),
        ('"alpha beta"', [1]),
        ('s:"gamma alpha"', []),
        ("s:alp*", [3, 2, 1]),
        ("s:beta", [2, 1]),
        ("nq:beta", [3]),
    ],
)
def test_a_query_finds_these_newest_first(index: Index, query: str, ids: list[int]) -> None:
    results = search(index, query)
    assert [hit.id for hit in results.hits] == ids
    assert results.total == len(ids)


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two versions of a series with a cover letter each, replies, and a patch that nobody answered."""
    folder = tmp_path_factory.mktemp("mails")
    second = factories.series_stub(2, version=2)
    diff = (
        "diff --git a/a.c b/a.c\nindex 1a2b3c4..deadbeef1234 100644\n--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n-a\n+b\n+c\n"
        "diff --git a/b.c b/b.c\nnew file mode 100644\nindex 0000000..89abcde\n--- /dev/null\n+++ b/b.c\n@@ -0,0 +1 @@\n+d\n"
    )
    corpus.fill(folder / "a.db", [
        patch(1, name="[RFC,1/1] ring: part", series=[factories.series_stub(1)], state="superseded", diff=diff),
        patch(2, name="[v2,1/1] ring: part", series=[second], diff="", content="Reviewed-by: Ann Lee <ann@x.org>"),
        patch(3, name="other", state="rfc"),
        factories.cover(1, name="[RFC,0/1] ring: all of it", content="blurb", series=[factories.series_stub(1)]),
        factories.cover(2, name="[v2,0/1] ring: all of it", content="changes", series=[second]),
        factories.comment(7, on="patches/1", content="> blurb\nthis deadlocks\n", subject="Re: ring: part",
                          submitter=factories.person(5, name="Kim Ost", email="kim@x.org")),
        factories.comment(8, on="patches/2", content="fine\n\nTested-by: Bob May <bob@x.org>",
                          subject="Re: something else (was: ring)"),
        factories.comment(7, on="covers/1", content="the blurb deadlocks", date="2026-03-02T00:00:00"),
        factories.check(1, on=2, state="pending"),
    ])  # fmt: skip
    with Archive(folder / "a.db") as archive, archive.transaction():
        series_versions.set_links(archive, {2: 1})
    with Archive(folder / "a.db") as archive:
        series_versions.refresh(archive)
    corpus.build(folder / "a.db", folder / "out")
    return Index(folder / "out")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("deadlock", "cover 1#7, patch 1#7"),
        ("nq:deadlocks is:reply", "cover 1#7, patch 1#7"),
        ("q:blurb", "patch 1#7"),
        ("blurb", "cover 1, cover 1#7, patch 1#7"),
        ('by:"Kim Ost"', "patch 1#7"),
        ("by:kim@x.org", "patch 1#7"),
        ("a:kim", "patch 1#7"),
        ("kim", ""),
        ("s:ring", "cover 1, cover 2, patch 1, patch 2, patch 2#8"),
        ("s:something", "cover 1#7, patch 2#8"),
        ("m:2026030111.comment8@example.org", "patch 2#8"),
        ("is:cover", "cover 1, cover 2"),
        ("is:reply", "cover 1#7, patch 1#7, patch 2#8"),
        ("is:patch", "patch 1, patch 2, patch 3"),
        ("NOT ring", "patch 3"),
        ("is:reply -deadlock", "patch 2#8"),
        ("d:2026", "patch 1, patch 2, patch 3"),
        ("deadlock OR d:2026", "cover 1#7, patch 1, patch 1#7, patch 2, patch 3"),
        ("(deadlock OR d:2026) -ring", "cover 1#7, patch 1#7, patch 3"),
        ("state:superseded", "patch 1"),
        ("state:superseded deadlock", "patch 1#7"),
        ("is:superseded", "patch 1"),
        ("is:rfc", "patch 3"),
        ("is:open", "patch 2"),
        ("is:latest", "patch 2, patch 3"),
        ("is:latest is:cover", "cover 2"),
        ("is:unanswered", "patch 3"),
        ("is:unanswered is:cover", "cover 2"),
        ("has:comments", "patch 1, patch 2"),
        ("has:checks", "patch 2"),
        ("has:tags", "patch 2"),
        ("has:delegate", ""),
        ("v:1", "patch 1, patch 3"),
        ("v:>1 is:cover", "cover 2"),
        ("n:2", "patch 1"),
        ("n:0", "patch 2"),
        ("size:>3", "patch 1"),
        ("size:<=4", "patch 1, patch 2, patch 3"),
        ("prefix:rfc", "cover 1, patch 1"),
        ("dfpre:1a2b3c", "patch 1"),
        ("dfpre:deadbeef", ""),
        ("dfpost:deadbeef12345678", "patch 1"),
        ("dfblob:89abcdef0123", "patch 1"),
        ("dfblob:0000000", ""),
        ("reviewer:ann", "patch 2"),
        ('tested:"Bob May"', "patch 2#8"),
        ("l:project-1 is:cover", "cover 1, cover 2"),
        ("https://pw.example.org/cover/2/", "cover 2"),
        ("https://pw.example.org/api/1.3/covers/2/", "cover 2"),
        ("https://pw.example.org/comment/8/", "patch 2#8"),
        ("https://pw.example.org/api/patches/2/comments/8/", "patch 2#8"),
        ("https://pw.example.org/comment/7/", "cover 1#7, patch 1#7"),
        ("https://pw.example.org/cover/7/", ""),
        ("is:closed", "patch 1, patch 3"),
        ("state:superseded,rfc", "patch 1, patch 3"),
        ("m:2026030111.comment8*", "patch 2#8"),
        ("l:project-1.example.org is:cover", "cover 1, cover 2"),
        ("list:<project-1@example.org> is:cover", "cover 1, cover 2"),
        ("delegate:nobody ring", "patch 1, patch 2, patch 2#8"),
    ],
)
def test_patches_covers_and_replies_are_found(mails: Index, query: str, found: str) -> None:
    hits = search(mails, query).hits
    names = (
        f"{hit.page} {hit.id}" + ("" if hit.reply is None else f"#{hit.reply}") for hit in hits
    )
    assert ", ".join(sorted(names)) == found


def test_what_a_reply_quotes_of_its_mail_is_found_there_alone(tmp_path: Path) -> None:
    corpus.fill(tmp_path / "a.db", [
        patch(1, content="an unusual sentence"),
        factories.comment(1, on="patches/1", content="> an unusual sentence\n> another one\nyes"),
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert [hit.reply for hit in search(index, "unusual").hits] == [None]
    assert [hit.reply for hit in search(index, "another").hits] == [1]


def test_a_diffstat_is_no_text_of_a_mail(tmp_path: Path) -> None:
    stat = " zebra/path.c | 3 ++-\n 1 file changed, 2 insertions(+), 1 deletion(-)\n"
    corpus.fill(tmp_path / "a.db", [patch(1, content=f"a message\n---\n{stat}", diff="")])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert search(index, "message").total == 1
    assert search(index, "zebra").total == search(index, "insertions").total == 0


def test_the_function_of_several_hunks_is_one_text(tmp_path: Path) -> None:
    hunks = "".join(f"@@ -{n},1 +{n},1 @@ int first(void)\n-a\n+b\n" for n in (1, 50))
    diff = f"--- a/x.c\n+++ b/x.c\n{hunks}@@ -90,1 +90,1 @@ int last(void)\n-a\n+b\n"
    corpus.fill(tmp_path / "a.db", [patch(1, diff=diff)])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert search(index, 'dfhh:"int first void int last"').total == 1
    assert search(index, 'dfhh:"void int first"').total == 0


def test_a_commit_is_found_by_its_id_in_any_length_that_git_shows(tmp_path: Path) -> None:
    commit = "0123456789abcdef" + "89" * 12
    corpus.fill(tmp_path / "a.db", [patch(1, commit_ref=commit, hash=commit[::-1])])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    for size in (7, 12, 16, 17, 40):
        assert search(index, f"commit:{commit[:size]}").total == 1, size
        assert search(index, f"patchid:{commit[::-1][:size]}").total == 1, size


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ("die straße", "strasse straße STRASSE"),
        ("old strasse", "straße"),
        ("by Łukasz Ærø", "lukasz ærø łukasz"),
        ("日本語の文書", "日 本 語 書 日本 語の 日本語"),
        ("ภาษาไทย", "ภ ย ภาษา ไทย"),
        ("since v2.43.0-rc1", "2.43 v2.43 2.43.0 v2.43.0-rc1"),
        ("in C++ and C#", "C++ c++ C# c#"),
        ("see ~/.config/foo", "~/.config/foo .config/foo"),
        ("see /etc/foo.conf or ~/.config/git.conf", "/etc/foo.conf ~/.config/git.conf"),
    ],
)
def test_words_are_found_as_people_type_them(tmp_path: Path, text: str, queries: str) -> None:
    corpus.fill(tmp_path / "a.db", [patch(1, content=text), patch(2, content="c sharp plus 43")])
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    for query in queries.split():
        assert [hit.id for hit in search(Index(tmp_path / "out"), query).hits] == [1], query


def test_a_qualified_name_is_found_whole_in_changed_lines(tmp_path: Path) -> None:
    diffs = (
        "+foo->bar = std::move(x);",
        "+foo = 1;\n+bar = 2;\n+std = move;",
        "-x = foo->bar->baz;",
    )
    corpus.fill(tmp_path / "a.db", [
        patch(n, diff=f"--- a/f\n+++ b/f\n@@ -1 +1,3 @@\n{lines}\n") for n, lines in enumerate(diffs, 1)
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    for query, ids in (
        ("foo->bar", [3, 1]),
        ("FOO->bar;", [3, 1]),
        ("dfb:foo->bar", [1]),
        ("foo->bar->baz", [3]),
        ("std::move", [1]),
        ("foo bar", [3, 2, 1]),
        ("foo->move", []),
    ):
        assert [hit.id for hit in search(index, query).hits] == ids, query


def test_a_hit_is_told_with_what_a_list_shows(index: Index) -> None:
    (hit,) = search(index, "delegate:ann").hits
    assert (hit.id, hit.msgid, hit.name) == (4, "2026030110.patch4@example.org", "delta")
    assert (hit.date, hit.state, hit.project, hit.series) == (
        1_772_323_200,
        "new",
        "project-1",
        104,
    )
    assert hit.slug == "2026030110.patch4@example.org"


def test_a_limit_cuts_the_hits_and_not_their_count(index: Index) -> None:
    results = search(index, "NOT zoe", limit=2)
    assert ([hit.id for hit in results.hits], results.total) == ([5, 4], 5)


def test_the_oldest_come_first_where_that_is_wanted(index: Index) -> None:
    hits = search(index, "alpha OR delta", order="oldest", limit=3).hits
    assert [hit.id for hit in hits] == [1, 2, 3]


def test_by_relevance_a_rare_word_counts_more_than_a_common_one(tmp_path: Path) -> None:
    common = [
        patch(n, name="lock", content="x", date=f"2026-01-{n:02}T00:00:00") for n in range(1, 20)
    ]
    both = [patch(30, name="rare", content="x", date="2020-01-01T00:00:00")]
    corpus.fill(tmp_path / "a.db", common + both)
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    hits = search(Index(tmp_path / "out"), "lock OR rare", order="relevance").hits
    assert hits[0].id == 30
    assert [hit.id for hit in hits[1:4]] == [19, 18, 17], "of those alike the newest come first"


def test_by_relevance_an_excluded_word_counts_nothing_and_its_forms_count_once(
    tmp_path: Path,
) -> None:
    corpus.fill(tmp_path / "a.db", [
        patch(1, name="locks", date="2026-01-02T00:00:00"),
        patch(2, name="locking", date="2026-01-03T00:00:00"),
        patch(3, name="lock", date="2026-01-01T00:00:00"),
        patch(4, name="lock page"),
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    hits = search(Index(tmp_path / "out"), "s:lock -s:page", order="relevance").hits
    assert sorted(hit.id for hit in hits) == [1, 2, 3]


def test_the_words_of_a_phrase_stand_in_the_same_field() -> None:
    subject, message = 1, 2
    assert _consecutive([{subject: [4]}, {message: [0], subject: [5]}], subject | message)
    assert not _consecutive([{subject: [4]}, {message: [5]}], subject | message)
    assert not _consecutive([{subject: [4]}, {subject: [5]}], message)


def test_what_is_open_follows_the_settings(tmp_path: Path) -> None:
    corpus.fill(tmp_path / "a.db", [patch(1, state="new"), patch(2, state="In-Review")])
    corpus.build(tmp_path / "a.db", tmp_path / "out", open_states=["in-review"])
    found = {
        query: [hit.id for hit in search(Index(tmp_path / "out"), query).hits]
        for query in ("is:open", "is:closed", "is:in-review", "is:rejected")
    }
    assert found == {"is:open": [2], "is:closed": [1], "is:in-review": [2], "is:rejected": []}


def test_a_title_as_lists_show_it_stands_before_what_has_its_words(tmp_path: Path) -> None:
    titles = (
        "ring: count gaps in order",
        "ring: gaps in order count",
        "page: count gaps in ring order",
    )
    corpus.fill(tmp_path / "a.db", [
        patch(n, name=title, date=f"2026-03-0{n}T00:00:00") for n, title in enumerate(titles, 1)
    ])  # fmt: skip
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    index = Index(tmp_path / "out")
    assert [hit.id for hit in search(index, titles[0]).hits] == [1, 3, 2]
    assert [hit.id for hit in search(index, "count gaps in order ring").hits] == [3, 2, 1]
