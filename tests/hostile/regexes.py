"""Every regular expression of the project, and for each the texts that cost a backtracking engine most.

A pattern takes more than linear time where a text can be cut into its repeats in many ways, and none of them
matches. So the texts are made from the pattern itself: what leads to a repeat, what that repeats, many times,
and an end that fits nothing.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from re import _constants as op
from re import _parser as parser
from typing import Any, NamedTuple

from generator.servers import rules
from tests.conftest import ROOT

_FUNCTIONS = {
    "compile",
    "search",
    "match",
    "fullmatch",
    "split",
    "findall",
    "finditer",
    "sub",
    "subn",
}
#: These look at one position only.
_ANCHORED = {"match", "fullmatch"}
#: Repeats of fewer are no danger.
_MANY = 64
#: What stands for the members of a class that is described by what it lacks.
_LETTERS = "aZ1_ -.,:;/\\<>()[]{}\"'@=+*#&%!?|~^$`\n\t\r\0é中"
_ENDS = ("", "\0", "!", "\n\n", "a b")


class Pattern(NamedTuple):
    """A pattern, where it stands, and the methods by which it is used."""

    where: str
    text: str | bytes
    flags: int
    methods: frozenset[str]

    def __str__(self) -> str:
        return f"{self.where}: {self.text!r}"


def in_python() -> tuple[list[Pattern], list[str]]:
    """The patterns in the program, and the places where one is made of something else than a constant."""
    found, unknown, uses = [], [], _uses()
    for path in sorted([*(ROOT / "generator").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            node.value: target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if not (isinstance(call, ast.Call) and _is_of_re(call.func)):
                continue
            where = f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
            method = call.func.attr
            try:
                text = _evaluated(path, call.args[0])
            except NameError:
                unknown.append(f"{path.name}: {ast.unparse(call.args[0])}")
                continue
            methods = uses[names.get(call, "")] if method == "compile" else {method}
            found.append(Pattern(where, text, _flags(call), frozenset(methods or {"search"})))
    return found, unknown


def _evaluated(path: Path, argument: ast.expr) -> Any:
    """What a pattern is made of constants of its module; raises NameError where it isn't."""
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return eval(ast.unparse(argument), dict(vars(module)))


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in _FUNCTIONS
    )


def _uses() -> dict[str, set[str]]:
    """The methods that are called on each name, or taken from it, anywhere."""
    uses: dict[str, set[str]] = defaultdict(set)
    for path in [*(ROOT / "generator").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS:
                name = ast.unparse(node.value).rpartition(".")[2]
                uses[name].add(node.attr)
    return uses


def _flags(call: ast.Call) -> int:
    named = {getattr(re, n.attr) for n in ast.walk(call) if isinstance(n, ast.Attribute) and n.attr.isupper()
             and hasattr(re, n.attr)}  # fmt: skip
    return sum(named)


#: A literal: after what no value ends with, or at the start of a line.
_LITERAL = re.compile(
    r"(?:^|[=(,:!&|?{;+\[]|=>|return)\s*/((?![*/])(?:\[(?:[^\]\\\n]|\\.)*\]|\\.|[^/\\\[\n])+)/([dgimsuyv]*)", re.MULTILINE
)  # fmt: skip


def in_scripts() -> list[Pattern]:
    """The patterns of the scripts, as Python writes them."""
    found = []
    for path in sorted((ROOT / "themes/default").rglob("*.js")):
        text = path.read_text("utf-8")
        for literal in _LITERAL.finditer(text):
            where = f"{path.name}:{text.count(chr(10), 0, literal.start(1)) + 1}"
            flags = sum(getattr(re, flag.upper()) for flag in literal[2] if flag in "ims")
            found.append(Pattern(where, _as_python(literal[1]), flags, frozenset({"search"})))
    return found


def _as_python(literal: str) -> str:
    """\\p{L} and \\p{N} are what Python's \\w has without the underscore."""
    for written, meant in ((r"[^\p{L}\p{N}_]", r"\W"), (r"\p{L}\p{N}_", r"\w"), (r"\p{L}\p{N}", "a-z0-9"), (r"\p{Mn}", "[\u0300-\u036f]"),
                           (r"\/", "/"), ("(?<", "(?P<")):  # fmt: skip
        literal = literal.replace(written, meant)
    literal = re.sub(
        r"\\u\{([0-9a-f]+)\}",
        lambda match: f"\\U{int(match[1], 16):08x}",
        literal,
        flags=re.IGNORECASE,
    )
    return literal.replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")


def of_servers() -> list[Pattern]:
    """The patterns of the server rules, which all servers and the preview use."""
    texts = [
        *(kind.pattern for kind in rules.KINDS),
        rules.PACKED,
        rules.API_PATHS,
        rules.NUMBERED,
        rules.HIDDEN,
    ]
    for route in rules.routes(["a", "b"]):
        texts += [route.pattern, *(pattern for pattern, _ in route.pages)]
    texts += [variant.pattern for variant in rules.VARIANTS]
    return [Pattern("rules.py", text, re.ASCII, frozenset({"search"})) for text in texts]


def attacks(pattern: Pattern, size: int) -> Iterator[str]:
    """Texts of about so many characters."""
    text = pattern.text.decode("latin-1") if isinstance(pattern.text, bytes) else pattern.text
    tree = parser.parse(text, pattern.flags)
    pumps = dict.fromkeys(_pumps(list(tree), ""))
    # What leads to the repeat, as a part of it: the next search begins within the last one.
    pumps |= dict.fromkeys((before, unit[:-1] + before[-1]) for before, unit in [*pumps] if before)
    for letter in list(_alphabet(tree))[:40] if pumps else ():
        pumps |= dict.fromkeys([("", letter), *((before, letter) for before, _ in [*pumps][:8])])
    for before, unit in pumps:
        for end in _ENDS:
            yield before + unit * (size // len(unit)) + end


def _pumps(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """For each repeat that may be long: what leads to it, and what it repeats."""
    for code, value in nodes:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            low, high, body = value
            for variant in range(4) if high >= _MANY else ():
                if unit := _sample(body, variant):
                    yield before, unit
            yield from _pumps(list(body), before)
            before += _sample(body, 0) * low
        else:
            for inner in _bodies(code, value):
                yield from _pumps(list(inner), before)
            before += _sample([(code, value)], 0)


def _bodies(code: Any, value: Any) -> list[Any]:
    if code is op.BRANCH:
        return list(value[1])
    if code is op.SUBPATTERN:
        return [value[3]]
    if code is op.ATOMIC_GROUP:
        return [value]
    return [value[1]] if code in (op.ASSERT, op.ASSERT_NOT) else []


def _sample(nodes: Iterable[Any], variant: int) -> str:
    """A text that matches; another one for each variant."""
    text = ""
    for code, value in nodes:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            low, high, body = value
            text += _sample(body, variant) * max(low, min(high, variant % 3))
        elif code in (op.ASSERT, op.ASSERT_NOT, op.AT, op.GROUPREF):
            continue
        elif bodies := _bodies(code, value):
            text += _sample(bodies[variant % len(bodies)], variant)
        else:
            letters = _members(code, value)
            text += letters[variant % len(letters)] if letters else ""
    return text


def _members(code: Any, value: Any) -> list[str]:
    """Some of the characters that a node of one character matches."""
    if code is op.LITERAL:
        return [chr(value)]
    if code is op.ANY:
        return list("a x")
    if code is op.NOT_LITERAL:
        return [letter for letter in _LETTERS if ord(letter) != value]
    if code is not op.IN:
        return []
    listed: list[str] = []
    for kind, item in value:
        if kind is op.LITERAL:
            listed.append(chr(item))
        elif kind is op.RANGE:
            listed += {chr(item[0]): 1, chr(item[1]): 1}
        elif kind is op.CATEGORY:
            listed += _OF_CATEGORY[item]
    if value and value[0][0] is op.NEGATE:
        test = re.compile(f"[{''.join(map(re.escape, listed))}]") if listed else None
        return [letter for letter in _LETTERS if not (test and test.match(letter))]
    return listed


_OF_CATEGORY = {
    op.CATEGORY_DIGIT: list("19"), op.CATEGORY_NOT_DIGIT: list("a -"), op.CATEGORY_SPACE: list(" \t\n"),
    op.CATEGORY_NOT_SPACE: list("a1<-"), op.CATEGORY_WORD: list("a1_"), op.CATEGORY_NOT_WORD: list(" -/<"),
}  # fmt: skip


def _alphabet(nodes: Iterable[Any]) -> dict[str, None]:
    """A few characters of each class and literal of a pattern."""
    letters: dict[str, None] = {}
    for code, value in nodes:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            letters |= _alphabet(value[2])
        for body in _bodies(code, value):
            letters |= _alphabet(body)
        letters |= dict.fromkeys(_members(code, value)[:4])
    return letters


def run(pattern: Pattern, text: str) -> None:
    """Apply a pattern as the program does."""
    compiled = re.compile(pattern.text, pattern.flags)
    content: Any = text.encode("utf-8") if isinstance(pattern.text, bytes) else text
    if pattern.methods <= _ANCHORED:
        compiled.match(content)
        compiled.fullmatch(content)
    else:
        for _ in compiled.finditer(content):
            pass
