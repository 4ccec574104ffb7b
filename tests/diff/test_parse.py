from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.diff.parse import FileDiff, is_binary, parse

GIT = "diff --git a/{0} b/{0}\nindex 1..2 100644\n--- a/{0}\n+++ b/{0}\n"


def all_lines(files: list[FileDiff]) -> list[str]:
    found = []
    for file in files:
        found += file.header
        for hunk in file.hunks:
            found += [*hunk.before, hunk.header, *hunk.text_lines()]
        found += file.plain
    return found


def test_a_removed_line_of_dashes_is_no_file_header():
    files = parse(GIT.format("q.sql") + "@@ -1,2 +1,2 @@\n SELECT 1;\n--- old\n+++ new\n")
    assert [file.path for file in files] == ["q.sql"]
    assert (files[0].added, files[0].removed) == (1, 1)


def test_a_rename_without_hunks_has_both_names():
    file = parse(
        "diff --git a/x/a.c b/y/b.c\nsimilarity index 100%\nrename from x/a.c\nrename to y/b.c\n"
    )[0]
    assert (file.change, file.old_path, file.new_path) == ("renamed", "x/a.c", "y/b.c")


def test_copies_modes_new_and_deleted_files_are_told():
    text = (
        "diff --git a/a b/b\nsimilarity index 90%\ncopy from a\ncopy to b\n"
        "diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
        "diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n"
        "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    )
    assert [(f.change, f.path) for f in parse(text)] == [
        ("copied", "b"), ("mode", "run.sh"), ("added", "empty"), ("removed", "gone"),
    ]  # fmt: skip


def test_binary_files_are_told_in_both_forms():
    text = (
        "diff --git a/i.png b/i.png\nnew file mode 100644\nBinary files /dev/null and b/i.png differ\n"
        "diff --git a/j.png b/j.png\nGIT binary patch\nliteral 3\nKcmZQz\n\n"
    )
    files = parse(text)
    assert [(is_binary(file), file.path) for file in files] == [(True, "i.png"), (True, "j.png")]


def test_a_quoted_name_is_shown_as_it_is():
    file = parse(
        'diff --git "a/f\\303\\244.c" "b/f\\303\\244.c"\nold mode 100644\nnew mode 100755\n'
    )[0]
    assert file.path == "fä.c"


def test_what_is_no_diff_stays_as_text():
    files = parse("just some words\nand more\n")
    assert files[0].change == "text"
    assert all_lines(files) == ["just some words", "and more"]


def test_a_hunk_that_lies_about_its_length_is_read_as_far_as_it_goes():
    files = parse(
        GIT.format("a")
        + "@@ -1,9 +1,9 @@\n x\nnot a diff line\n"
        + GIT.format("b")
        + "@@ -1 +1 @@\n-x\n+y\n"
    )
    assert files[0].hunks[0].fault == "it announces 9 old and 9 new lines, but has 1 and 1"
    assert files[0].plain == ["not a diff line"]
    assert files[-1].hunks, "the file after the bad one is still read"


def test_no_newline_marks_and_carriage_returns_survive():
    text = GIT.format("a") + "@@ -1 +1 @@\n-x\r\n\\ No newline at end of file\n+y\r\n"
    file = parse(text)[0]
    assert [line.line_type for line in file.hunks[0].lines] == ["-", "\\", "+"]
    assert file.hunks[0].lines[0].value == "x\r\n"


def test_subversion_and_plain_headers_start_files():
    text = (
        "Index: a.c\n=====\n--- a.c\t(revision 1)\n+++ a.c\t(working copy)\n@@ -1 +1 @@\n-x\n+y\n"
        "--- b.c\t2026-01-01\n+++ b.c\t2026-01-02\n@@ -1 +1 @@\n-x\n+y\n"
    )
    assert [file.path for file in parse(text)] == ["a.c", "b.c"]


def test_a_combined_diff_is_not_lost():
    text = (
        "diff --cc a.c\nindex 1,2..3\n--- a/a.c\n+++ b/a.c\n@@@ -1,1 -1,1 +1,1 @@@\n- x\n -y\n++z\n"
    )
    assert all_lines(parse(text)) == text.splitlines()


_line = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
_pieces = st.one_of(
    st.sampled_from(
        ["@@ -1,2 +1,2 @@ f", "@@ -1 +1 @@", "@@ -0,0 +1,3 @@", "--- a/x", "+++ b/x", "--- /dev/null",
         "diff --git a/x b/x", "rename from x", "GIT binary patch", "\\ No newline at end of file", "",
         " ctx", "+add", "-del", "Index: y", "@@@ -1 -1 +1 @@@", "-- x", "++ y"]
    ),
    _line,
)  # fmt: skip


@given(st.lists(_pieces, min_size=1, max_size=30))
def test_every_line_is_in_exactly_one_place(lines):
    text = "\n".join(lines)
    kept = [line or " " for line in all_lines(parse(text + "\n"))]
    assert kept == [line or " " for line in lines]


def test_a_file_is_read_with_its_hunks_and_where_they_begin():
    head = GIT.format("a.c").splitlines()
    body = ["@@ -3,2 +5,3 @@ int f(void)", " a", "-b", "+c", "+d", "@@ -20 +30 @@", "-x", "+y"]
    (file,) = parse("\n".join([*head, *body]))
    assert (file.header, file.plain, file.refused, file.change) == (head, [], "", "modified")
    assert (file.old_path, file.new_path, file.added, file.removed) == ("a.c", "a.c", 3, 2)
    assert [(h.header, h.function, h.old_start, h.new_start) for h in file.hunks] == [
        ("@@ -3,2 +5,3 @@ int f(void)", "int f(void)", 3, 5), ("@@ -20 +30 @@", "", 20, 30),
    ]  # fmt: skip
    assert ["".join(line.line_type for line in hunk.lines) for hunk in file.hunks] == [" -++", "-+"]


def test_what_stands_below_the_last_hunk_is_kept_apart():
    (file,) = parse(GIT.format("a") + "@@ -1 +1 @@\n-x\n+y\n-- \n2.40.0\n_____\nlist@example.org\n")
    assert file.plain == ["-- ", "2.40.0", "_____", "list@example.org"]
    assert (file.refused, file.added, file.removed, len(file.hunks)) == ("", 1, 1, 1)


def test_a_diff_of_too_many_lines_is_kept_as_text(monkeypatch):
    text = GIT.format("a") + "@@ -1 +1 @@\n-x\n+y\n"
    monkeypatch.setattr("generator.diff.parse.MAX_LINES", 7)
    assert parse(text)[0].hunks
    monkeypatch.setattr("generator.diff.parse.MAX_LINES", 6)
    (file,) = parse(text)
    head, body = text.splitlines()[:4], text.splitlines()[4:]
    assert (file.path, file.header, file.plain, file.hunks) == ("a", head, body, [])
    assert (file.added, file.removed, file.refused) == (1, 1, "the diff has 7 lines")


def test_an_empty_diff_has_no_file():
    assert parse("") == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("diff --git a/a b b/a b\nold mode 1\nnew mode 2", ("mode", "a b", "a b")),
        ("diff --git a/x b/y z\nsimilarity index 9%", ("modified", "x", "y z")),
        (
            'diff --git "a/t\\tb\\"c\\\\d" "b/t\\tb\\"c\\\\d"',
            ("modified", 't\tb"c\\d', 't\tb"c\\d'),
        ),
        ('diff --git "a/\\303\\244" b/x', ("modified", "ä", "x")),
        ('diff --git a/x b/y\nrename from "\\303\\244"\nrename to "a b"', ("renamed", "ä", "a b")),
        ("diff --git a/x b/y\ncopy from x\ncopy to y", ("copied", "x", "y")),
        ("diff --git a/x b/x\nnew file mode 1\n--- /dev/null\n+++ b/x", ("added", None, "x")),
        ("diff --git a/x b/x\nnew file mode 1", ("added", None, "x")),
        ("diff --git a/x b/x\ndeleted file mode 1\n--- a/x\n+++ /dev/null", ("removed", "x", None)),
        ("diff --git a/x b/x\ndeleted file mode 1", ("removed", "x", None)),
        ("--- /dev/null\t1970\n+++ b/x\t2026", ("added", None, "x")),
        ("--- x.c\t2026\r\n+++ /dev/null\r", ("removed", "x.c", None)),
        (
            "diff --git a/x b/x\nold mode 1\nnew mode 2\nBinary files a/x and b/x differ",
            ("binary", "x", "x"),
        ),
        ("diff --git a/x b/x\nnew file mode 1\nGIT binary patch", ("added", None, "x")),
        ("diff --git a/x b/x\nrename from x\nrename to y\nold mode 1", ("renamed", "x", "y")),
        ("Index: x.c\n===\ndiff -u -r1 x.c\n--- x.c\n+++ x.c", ("modified", "x.c", "x.c")),
        ("--- i/x\n+++ w/x", ("modified", "x", "x")),
        ("--- c/x\n+++ o/x", ("modified", "x", "x")),
        ("--- e/x\n+++ e/x", ("modified", "e/x", "e/x")),
        ("diff -r 1f2e -r 3d4c x y.c", ("modified", "x y.c", "x y.c")),
        ("diff -ru old/x.c new/x.c", ("modified", "x.c", "x.c")),
        ("diff --git src://d/x dst://d/x\nold mode 1", ("mode", "d/x", "d/x")),
        ("--- src://d/x\n+++ dst://d/x", ("modified", "d/x", "d/x")),
        ("diff --git d/x d/x\n--- d/x\n+++ d/x", ("modified", "d/x", "d/x")),
        ("diff --git a/x a/x\n--- a/x\n+++ a/x", ("modified", "a/x", "a/x")),
        ("diff --git left/x y right/x y\nold mode 1", ("mode", "x y", "x y")),
        ("diff --cc d/x\n--- a/d/x\n+++ b/d/x", ("modified", "d/x", "d/x")),
        ("diff --combined d/x\nindex 1,2..3", ("modified", "d/x", "d/x")),
        ("Index: l/d/x\n===\n--- l.orig/d/x\n+++ l/d/x", ("modified", "d/x", "d/x")),
        ("--- /tmp/q/l-1/d/x\n+++ /tmp/r/l-2/d/x", ("modified", "d/x", "d/x")),
        ("--- /tmp/x\n+++ d/x", ("modified", "d/x", "d/x")),
        ("--- d/x.orig\n+++ d/x", ("modified", "d/x", "d/x")),
        ("--- x 2026-01-01 10:00:00 +0100\n+++ x 2026-01-02 10:00:00", ("modified", "x", "x")),
        ("--- x\t1970-01-01 00:00:00 +0000\n+++ x\t2026-01-02", ("added", None, "x")),
        ("--- x\t(revision 4)\n+++ x\t(nonexistent)", ("removed", "x", None)),
        ("*** l.orig/d/x\t2026\n--- l/d/x\t2026\n***************", ("modified", "d/x", "d/x")),
        ("Binary files l.orig/d/x and l/d/x differ", ("binary", "d/x", "d/x")),
        ("Binary files /dev/null and b/x differ", ("binary", None, "x")),
        ("diff -r 1f2e x\nBinary file x has changed", ("binary", "x", "x")),
        ("Submodule lib/z 1234567..89abcde:", ("modified", "lib/z", "lib/z")),
        ("Property changes on: d", ("modified", "d", "d")),
        ("diff --git a/p q r b/x\nindex 1..2", ("modified", "p q r", "x")),
        ("words", ("text", None, None)),
    ],
)
def test_names_and_changes_are_read_from_every_kind_of_header(header, expected):
    (file,) = parse(header + "\n")
    assert (file.change, file.old_path, file.new_path) == expected
    assert file.path == (expected[2] or expected[1] or "")


def test_is_binary_says_so_whatever_else_happens_to_the_file():
    files = parse("diff --git a/x b/x\nnew file mode 1\nGIT binary patch\n" + GIT.format("y"))
    assert [is_binary(file) for file in files] == [True, False]


def test_a_header_of_cvs_belongs_to_the_file_below_it():
    cvs = "Index: {0}\n=====\nRCS file: {0},v\ndiff -u -r1.1 {0}\n--- {0}\n+++ {0}\n@@ -1 +1 @@\n-x\n+y\n"
    files = parse(cvs.format("a.c") + cvs.format("b.c"))
    assert [(file.path, len(file.header), file.added) for file in files] == [
        ("a.c", 6, 1),
        ("b.c", 6, 1),
    ]


def test_words_above_the_first_file_stay_with_it():
    (words, file) = parse("A note.\n\n" + GIT.format("a") + "@@ -1 +1 @@\n-x\n+y\n")
    assert (words.change, words.header, file.path) == ("text", ["A note.", ""], "a")


def test_a_hunk_ends_where_it_has_all_its_lines():
    """Also where lines of context have lost their blank, or a mark of no newline stands between."""
    text = (
        GIT.format("a")
        + "@@ -1,3 +1,3 @@\n\n-b\n\\ No newline at end of file\n+c\n d\n"
        + GIT.format("e")
    )
    assert [file.path for file in parse(text)] == ["a", "e"]
    dashes = GIT.format("a") + "@@ -1,2 +0,0 @@\n--- x\n--- y\n--- b\n+++ b\n@@ -1 +1 @@\n-x\n+y\n"
    assert [(file.path, file.removed) for file in parse(dashes)] == [("a", 2), ("b", 1)]


def test_thousands_of_digits_are_no_line_numbers():
    hunk = "@@ -1 +1 @@\n-a\n+b\n"
    huge = f"@@ -{'9' * 5000} +1 @@\n-a\n+b\n"
    first, second = parse(GIT.format("a") + huge), parse(GIT.format("a") + hunk + "\n" + huge)
    (broken,), (whole, other) = first[0].hunks, second[0].hunks
    assert not whole.fault
    for hunk in (broken, other):
        assert hunk.fault == "its header can't be read"
        assert [(line.source_line_no, line.target_line_no) for line in hunk.lines] == [
            (None, None)
        ] * 2


def test_a_folder_whose_name_ends_like_a_prefix_is_read_whole():
    (file,) = parse("diff --git a/x b/y.c b/x b/y.c\nold mode 100644\nnew mode 100755\n")
    assert (file.old_path, file.new_path) == ("x b/y.c", "x b/y.c")
