from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import InputError
from generator.sources import json_files
from generator.sources.json_arrays import elements
from tests import factories


def read(path):
    """(ids of what was found, lines of what was wrong)."""
    found = list(json_files.read(path))
    return (
        [item.value["id"] for item in found if isinstance(item, json_files.Found)],
        [str(item) for item in found if isinstance(item, InputError)],
    )


TWO = [factories.patch(1), factories.patch(2)]


@pytest.mark.parametrize(
    "text",
    [
        factories.lines(*TWO),
        json.dumps(TWO),
        json.dumps(TWO, indent=4),
        "\n\n" + json.dumps(TWO[0], indent=2) + "\n" + json.dumps(TWO[1], indent=2),
        "\ufeff" + factories.lines(*TWO),
        "[\n" + json.dumps(TWO[0]) + ",\n" + json.dumps(TWO[1]) + "\n]\n",
        "get:\nShow.\n\nGET /api/patches/?page=1\nHTTP 200 OK\nVary: Accept\n\n"
        + json.dumps(TWO, indent=4),
        "GET /api/\r\nHTTP/1.1 200 OK\r\n\r\n" + factories.lines(*TWO).replace("\n", "\r\n"),
    ],
)
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
def test_all_forms_are_read(tmp_path, text, packed):
    path = tmp_path / f"x.json{packed}"
    data = text.encode()
    if packed == ".gz":
        data = gzip.compress(data)
    elif packed == ".zst":
        half = len(data) // 2  # two frames, as appended files have
        data = zstandard.compress(data[:half]) + zstandard.compress(data[half:])
    path.write_bytes(data)
    assert read(path) == ([1, 2], [])


def test_a_saved_page_names_the_path_that_was_requested(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(
        "GET /api/patches/9/comments/\nHTTP 200 OK\n\n" + json.dumps([factories.comment()])
    )
    assert next(iter(json_files.read(path))).context == "/api/patches/9/comments/"


def test_a_saved_error_page_says_so(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text('GET /api/patches/9/\nHTTP 404 Not Found\n\n{"detail": "Not found."}')
    assert read(path) == ([], [f"{path}: a saved error page, status 404"])


def test_a_damaged_line_costs_none_of_the_others(tmp_path):
    path = tmp_path / "x.jsonl"
    whole = factories.lines(*TWO)
    cut = '{"id": 7, "name": "cut o\n'
    path.write_bytes(
        cut.encode() + whole.encode() + b'{"id": 8, "x": "\xff"}\nstray\n' + b'{"id":9}\0\n'
    )
    found, wrong = read(path)
    assert found == [1, 2]
    assert wrong[0].startswith(f"{path}:1: object 7: not JSON")
    assert wrong[1] == f"{path}:4: object 8: not UTF-8"


def test_something_below_a_good_line_does_not_spoil_it(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text(factories.lines(TWO[0]) + "stray words\n" + factories.lines(TWO[1]))
    found, wrong = read(path)
    assert found == [1, 2]
    assert wrong == [f"{path}:2: not JSON"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('{"id": 1, "name": "\\ud800"}', "object 1: a lone surrogate is not a character"),
        ('{"id": 1, "name": "a\0b"}', "object 1: not JSON: a NUL byte"),
        ('{"id": 1, "n": ' + "[" * 100_000, "nested too deeply"),
        ('{"id": 1, "n": 1e999}', "object 1: not JSON: Number out of range"),
        ("{}}", "not JSON"),
        ("hello", "no JSON object found"),
        ("", "no JSON object found"),
        ("[1, 2]", "not an object: 1"),
        ('[{"id": 1}', "truncated array"),
    ],
)
def test_bad_json_is_one_line_with_the_cause(tmp_path, text, cause):
    path = tmp_path / "x.json"
    path.write_text(text)
    _, wrong = read(path)
    assert len(wrong) == 1
    assert str(path) in wrong[0] and cause in wrong[0] and "\n" not in wrong[0]


def test_an_enormous_line_is_skipped(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "MAX_OBJECT", 10_000)
    path = tmp_path / "x.jsonl"
    huge = json.dumps(factories.patch(3, content="x" * 50_000)) + "\n"
    path.write_text(factories.lines(TWO[0]) + huge + factories.lines(TWO[1]))
    found, wrong = read(path)
    assert found == [1, 2]
    assert len(wrong) == 1 and ":2: object longer than" in wrong[0]


def test_an_object_over_endless_lines_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "MAX_OBJECT", 1000)
    path = tmp_path / "x.json"
    path.write_text(
        '{"id": 1, "x": [\n' + "1,\n" * 2000 + "1]}\n" + factories.lines(TWO[1])[:-1][:900]
    )
    _, wrong = read(path)
    assert wrong and "longer than" in wrong[0]


def test_a_gzip_bomb_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "MAX_OBJECT", 1 << 16)
    monkeypatch.setattr(json_files, "MAX_SKIPPED", 1 << 20)
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb") as file:
        file.write(b'{"id": 1, "x": "')
        for _ in range(64):
            file.write(bytes(1 << 20))
    found, wrong = read(path)
    assert found == []
    assert len(wrong) == 1 and "gave up after" in wrong[0]


def test_a_zstandard_bomb_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "MAX_OBJECT", 1 << 16)
    monkeypatch.setattr(json_files, "MAX_SKIPPED", 1 << 20)
    path = tmp_path / "bomb.json.zst"
    path.write_bytes(zstandard.compress(bytes(64 << 20)))
    found, wrong = read(path)
    assert found == []
    assert len(wrong) == 1 and "gave up after" in wrong[0]


@pytest.mark.parametrize("packed", [gzip.compress, zstandard.compress])
def test_a_cut_off_compressed_file_gives_what_it_has(tmp_path, packed):
    lines = factories.lines(
        *(factories.patch(n, content=os.urandom(2000).hex()) for n in range(1, 80))
    )
    path = tmp_path / "x.jsonl"
    path.write_bytes(packed(lines.encode())[:-2000])
    found, wrong = read(path)
    assert found[:5] == [1, 2, 3, 4, 5]
    assert "damaged or truncated" in wrong[-1]


def test_a_file_that_is_not_what_its_name_says(tmp_path):
    path = tmp_path / "x.json.gz"
    path.write_text("{}")
    assert "not a gzip file despite its name" in read(path)[1][0]


def test_folders_are_read_in_order_of_names_and_other_files_ignored(tmp_path):
    for name in ("b.json", "a/z.jsonl.gz", "a/.hidden.json", "notes.md", "c.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    names = [path.relative_to(tmp_path).as_posix() for path in json_files.walk(tmp_path)]
    assert names == ["b.json", "c.txt", "a/z.jsonl.gz"]


@pytest.mark.parametrize("other", ["7", '"a string"', "null"])
def test_a_value_that_is_not_an_object_is_reported_however_many_objects_surround_it(other):
    objects = b",".join([b"{}"] * 1000)
    text = b"[" + objects + b", " + other.encode() + b"," + objects + b"]"
    found = list(elements(text[:1], io.BytesIO(text[1:]), 1 << 20))
    assert found[:-1] == [b"{}"] * 2000
    assert str(found[-1]) == f"not an object: {other}"


@pytest.mark.slow
def test_a_long_string_is_read_in_linear_time():
    text = b'[{"x": "' + b"x" * (24 << 20) + b'"}]'

    class Counting(io.BytesIO):
        reads = 0

        def read(self, size=-1):
            self.reads += 1
            return super().read(size)

    stream = Counting(text[1:])
    assert list(elements(text[:1], stream, 64 << 20)) == [text[1:-1]]
    assert stream.reads < 12


@given(
    st.lists(st.dictionaries(st.text(max_size=6), st.text(max_size=20), max_size=3), max_size=6),
    st.integers(1, 40),
)
def test_an_array_is_cut_right_wherever_the_reads_end(objects, size):
    text = json.dumps(objects, ensure_ascii=False).encode()

    class Dribble(io.BytesIO):
        def read(self, _=-1):
            return super().read(size)

    found = list(elements(text[:1], Dribble(text[1:]), 1 << 20))
    assert [json.loads(element) for element in found] == objects


def test_each_object_is_told_with_its_place(tmp_path):
    path = tmp_path / "x.json"
    one, two = (json.dumps({"id": n}) for n in (1, 2))
    for text, places in (
        (f"\n{one}\n\n{two}\n", [f"{path}:2", f"{path}:4"]),
        (f"[{one}, {two}]", [f"{path}: element 1", f"{path}: element 2"]),
        ('{"id":\n1}\n{"id": 2}', [f"{path}:1", f"{path}:3"]),
    ):
        path.write_text(text)
        assert [(item.where, item.context) for item in json_files.read(path)] == [
            (p, "") for p in places
        ]


def test_a_bad_element_of_an_array_costs_none_of_the_others(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('[{"id": 1}, {"id": 2, "x": 01}, {"id": 3}]')
    found, wrong = read(path)
    assert found == [1, 3]
    assert len(wrong) == 1 and wrong[0].startswith(f"{path}: element 2: object 2: not JSON")


def test_a_preamble_may_have_a_thousand_lines(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("words\n" * 1000 + '{"id": 1}')
    assert read(path) == ([1], [])
    path.write_text("words\n" * 1002 + '{"id": 1}')
    assert read(path) == ([], [f"{path}: no JSON object found"])


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "folder.json").mkdir()
    assert read(tmp_path / "folder.json")[1] == [f"{tmp_path}/folder.json: Is a directory"]
    assert read(tmp_path / "none.json")[1] == [f"{tmp_path}/none.json: No such file or directory"]


def test_a_file_is_walked_whatever_its_name_and_a_folder_by_suffix(tmp_path):
    names = [
        "a.json",
        "b.jsonl",
        "c.ndjson",
        "d.txt",
        "e.json.gz",
        "f.txt.zst",
        "g.jsonl.zst.gz",
        "h.mbox",
        "i.gz",
    ]
    for name in names:
        (tmp_path / name).write_text("")
    assert [path.name for path in json_files.walk(tmp_path)] == names[:7]
    assert list(json_files.walk(tmp_path / "h.mbox")) == [tmp_path / "h.mbox"]


def test_a_line_as_long_as_the_limit_is_read(tmp_path, monkeypatch):
    line = json.dumps({"id": 1, "x": "y" * 100}) + "\n"
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": 2}\n' + line)
    monkeypatch.setattr(json_files, "MAX_OBJECT", len(line))
    assert read(path) == ([2, 1], [])
    monkeypatch.setattr(json_files, "MAX_OBJECT", len(line) - 1)
    assert read(path)[0] == [2]


def test_standard_input_is_a_file(monkeypatch):
    class Input:
        buffer = io.BytesIO(b'{"id": 5}')

    monkeypatch.setattr("sys.stdin", Input)
    assert read(json_files.Path("-")) == ([5], [])


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b'{"id": 12, "a": "\xff"}', "object 12: not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (
            b'{"id": 7, "a": ' + b"[" * 600 + b"]" * 600 + b"}",
            "object 7: nested deeper than 100 levels",
        ),
        (b'{"a": "\\uD800"}', "a lone surrogate is not a character"),
        (b'{"a": "\\uD800"', "not JSON: "),
        (b'\0{"a": 1}', "not JSON: a NUL byte"),
        (b'{"id": 1', "object 1: not JSON: "),
    ],
)
def test_the_cause_is_told(data, cause):
    with pytest.raises(InputError) as caught:
        json_files.decode(data)
    assert str(caught.value).startswith(cause)


def test_standard_input_may_be_closed(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert [str(item) for item in json_files.read(Path("-"))] == ["-: standard input is closed"]
