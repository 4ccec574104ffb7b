"""Every regular expression of the project takes linear time; a new one is found and tried by itself."""

from __future__ import annotations

import math
import re
import time

import pytest

from generator.limits import LimitError, ceiling
from tests.conftest import ROOT
from tests.hostile import regexes
from tests.hostile.regexes import Pattern

#: Letters of each text, and the CPU seconds that it may take: linear patterns take one in a hundred of these,
#: quadratic ones five times as many.
SIZE, BUDGET = 1 << 14, 0.12

IN_PYTHON, MADE = regexes.in_python()
PATTERNS = [*IN_PYTHON, *regexes.in_scripts(), *regexes.of_servers()]
#: Made when the program runs: for each, why it is linear.
KNOWN = {
    "rules.py: pattern": "those of the table, which are tried here",
    "patterns.py: translate(name)": "of the standard library, with atomic groups",
    "texts.py: translate(a.pattern.lower())": "of the standard library, with atomic groups",
    "texts.py: f\"(?<!\\\\w)(?:{'|'.join(spelled)})(?!\\\\w)\"": "words with possessive blanks between",
    "texts.py: f'{before}({re.escape(local)}){at}{dots}(?![\\\\w-]|\\\\.\\\\w)'": "nothing in it repeats",
}
#: The same in scripts.
KNOWN_IN_SCRIPTS = {
    "advice.js": "the names of fields, none repeated",
    "identifiers.js": "a pattern that is tried here, of a whole text; hexadecimal digits, bounded",
    "marks.js": "words of the query, none repeated",
    "page.js": "one of two letters, and digits",
    "pasted_commits.js": "hexadecimal digits, bounded; their twins in Python are tried here",
    "pasted_mail.js": "hexadecimal digits, bounded",
    "pasted_tools.js": "hexadecimal digits, bounded; their twins in Python are tried here",
    "pasted_traces.js": "names of functions; its twin in Python is tried here",
    "pasted_urls.js": "hexadecimal digits, bounded; a pattern that is tried here, of a whole text",
    "plain.js": "words between single blanks, of a text of at most 500 letters",
    "query_values.js": "hexadecimal digits, bounded",
    "query_parser.js": "the names of fields, none repeated; hexadecimal digits, bounded",
    "syntax.js": "patterns that are tried here, one or the other",
    "tokenizer.js": "one of some letters",
}


def takes_too_long(pattern: Pattern) -> str:
    """The text that costs a pattern too much; empty where there is none."""
    for text in regexes.attacks(pattern, SIZE):
        if all(seconds(pattern, text) >= BUDGET for _ in range(3)):  # a busy machine slows one run
            return f"{text[:20]!r} … {text[-20:]!r}"
    return ""


def seconds(pattern: Pattern, text: str) -> float:
    """The CPU time of a pattern; without end where it takes longer than any linear one would."""
    start = time.process_time()
    try:
        with ceiling(1, 4096):
            regexes.run(pattern, text)
    except LimitError:
        return math.inf
    return time.process_time() - start


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_no_text_costs_a_pattern_more_than_its_length_warrants(pattern: Pattern):
    assert not takes_too_long(pattern)


@pytest.mark.parametrize(
    "text", [r"\s+$", r"(a+)+$", r"(\d+) of (\d+)", r"a*a*b", r"(?:a|a)*b", r"(?:\w+\s?)+$", r"\[a\]*b$", r"<.*>",
             r"\"(?:[^\"\\]|\\.)*\"", r"(?:x|\s*)*y"]
)  # fmt: skip
def test_patterns_that_are_not_linear_are_found(text: str):
    is_slow = takes_too_long(Pattern("here", text, 0, frozenset({"search"})))
    assert bool(is_slow) is (text != r"\[a\]*b$")


def test_all_patterns_are_found():
    assert len(IN_PYTHON) > 90
    assert len(regexes.in_scripts()) > 60
    assert {pattern.text for pattern in PATTERNS} >= {r"\w+", rb'[{}\[\]"]', r"^0+", r"\.html$"}


def test_patterns_that_are_made_by_the_program_are_known():
    assert set(MADE) == KNOWN.keys()
    made = {
        path.name
        for path in (ROOT / "themes/default").rglob("*.js")
        if re.search(r"\bRegExp\(", path.read_text("utf-8"))
    }
    assert made == KNOWN_IN_SCRIPTS.keys()
