"""Syntax colours: which texts are comments, strings, words … in the languages that diffs are of."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from generator.site.scripts import minified
from tests.conftest import ROOT, tool

SOURCE = ROOT / "themes/default/static/js/syntax.js"

# (file, text, what is coloured and as what)
CASES = [
    ("a/b.c", "int f(void) /* a\nb */", [("int", "word"), ("void", "word"), ("/* a\nb */", "comment")]),
    ("b.h", "#include <x.h>\n# define A 0x1fUL", [("#include <x.h>", "directive"), ("# define", "directive"), ("0x1fUL", "number")]),
    ("b.c", ' * of a comment\n */\nreturn "a\\"b";', [(" * of a comment\n */", "comment"), ("return", "word"), ('"a\\"b"', "string")]),
    ("b.c", '"open\nint', [('"open', "string"), ("int", "word")]),
    ("b.cc", "x /* open", [("/* open", "comment")]),
    ("a.py", '"""a\nb""" # c\n@x.y\ndef f', [('"""a\nb"""', "string"), ("# c", "comment"), ("@x.y", "directive"), ("def", "word")]),
    ("a.py", "'''open\nend", [("'''open\nend", "string")]),
    ("a.sh", "if [ $# = ${a} ]; # it's", [("if", "word"), ("$#", "directive"), ("${a}", "directive"), ("# it's", "comment")]),
    ("t/t1.sh", "echo a#b 'x\\'", [("'x\\'", "string")]),
    ("a.rs", "fn f<'a>(x: &'a str) { 'b' }", [("fn", "word"), ("str", "word"), ("'b'", "string")]),
    ("Makefile", "ifdef A\nx: $(B) # c", [("ifdef", "word"), ("x", "directive"), ("$(B)", "directive"), ("# c", "comment")]),
    ("drivers/Kconfig", "config A\n\tbool \"b\"", [("config", "word"), ("bool", "word"), ('"b"', "string")]),
    ("a.dts", "/dts-v1/;\n&uart { reg = <0x1>; };", [("/dts-v1/", "directive"), ("&uart", "directive"), ("0x1", "number")]),
    ("a.S", ".text\nmain: mov r0 // c", [(".text", "directive"), ("main:", "directive"), ("// c", "comment")]),
    ("a.json", '{"a": true}', [('"a"', "string"), ("true", "word")]),
    ("a.yaml", "a-b: yes # c", [("a-b", "directive"), ("yes", "word"), ("# c", "comment")]),
    ("a.go", "func f() { return `a\nb` }", [("func", "word"), ("return", "word"), ("`a\nb`", "string")]),
    ("a.pl", "my $x = 'a';", [("my", "word"), ("$x", "directive"), ("'a'", "string")]),
    ("a.txt", "int", None), ("README", "int", None), ("constructor", "int", None), ("a.constructor", "int", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> list[list[tuple[str, str]] | None]:
    """What is coloured in each of the cases."""
    with TemporaryDirectory() as folder:
        Path(folder, "syntax.mjs").write_bytes(minified(SOURCE.read_text("utf-8")))
        script = (
            'import { languageOf, tokens } from "./syntax.mjs";\n'
            f"for (const [path, text] of {json.dumps([case[:2] for case in CASES])}) {{\n"
            "  const language = languageOf(path);\n"
            "  console.log(JSON.stringify(language ? [...tokens(text, language)] : null));\n}\n"
        )
        Path(folder, "run.mjs").write_text(script)
        run = subprocess.run(
            [tool("node"), f"{folder}/run.mjs"], capture_output=True, text=True, check=True
        )
    found = map(json.loads, run.stdout.splitlines())
    return [
        None if spans is None else [(text[start:end], kind) for start, end, kind in spans]
        for spans, (_, text, _) in zip(found, CASES, strict=True)
    ]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_is_coloured(answers: list[list[tuple[str, str]] | None], number: int) -> None:
    assert answers[number] == CASES[number][2]
