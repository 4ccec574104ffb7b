"""Mutants of a module: each is its source with one small change, made in the text so that a diff stays short."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_SWAPPED = {
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", ">="), ast.LtE: ("<=", ">"),
    ast.Gt: (">", "<="), ast.GtE: (">=", "<"), ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
}  # fmt: skip
_BOUNDARY = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}
#: What a function returns instead, by the beginning of its annotation; None for any other.
_EMPTY = {"str": '""', "bytes": 'b""', "int": "0", "float": "0.0", "bool": "False", "list": "[]",
          "dict": "{}", "set": "set()", "tuple": "()"}  # fmt: skip
_TEXT = (ast.Constant, ast.JoinedStr)


@dataclass(frozen=True)
class Mutant:
    """One change: bytes `start` to `end` of the module's `source` become `text`.

    module: its path below generator/. function: the innermost function around the change, or "".
    """

    module: str
    function: str
    operator: str
    source: bytes
    start: int
    end: int
    text: str

    @property
    def mutated(self) -> bytes:
        return self.source[: self.start] + self.text.encode() + self.source[self.end :]

    def differs(self) -> bool:
        """Whether this is Python, and means something else than the source."""
        try:
            return ast.dump(ast.parse(self.mutated)) != ast.dump(ast.parse(self.source))
        except SyntaxError:
            return False

    @cached_property
    def lines(self) -> tuple[str, str]:
        """The lines around the change, before and after it, without their indent."""
        first = self.source.rfind(b"\n", 0, self.start) + 1
        last = self.source.find(b"\n", self.end)
        before, after = self.source[first : self.start], self.source[self.end : last]
        old = before + self.source[self.start : self.end] + after
        return old.decode().strip(), (before + self.text.encode() + after).decode().strip()

    @property
    def key(self) -> tuple[str, ...]:
        """What names a mutant as long as its line stays as it is."""
        return (self.module, self.function, self.operator, *self.lines)

    def diff(self) -> str:
        number = self.source.count(b"\n", 0, self.start) + 1
        old, new = (text.replace("\n", "\n  ") for text in self.lines)
        where = f"generator/{self.module}:{number} {self.function}"
        return f"{where} ({self.operator})\n- {old}\n+ {new}"


def mutants(module: str, source: bytes) -> list[Mutant]:
    """All mutants of a module, in the order of its lines; some may be no Python, or no change to it."""
    starts = [0]
    for line in source.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    found = set()
    for function, operator, region, text in _changes(ast.parse(source), ""):
        first, column, last, end_column = region
        start, end = starts[first - 1] + column, starts[last - 1] + end_column
        old = source[start:end].decode()
        new = text(old) if callable(text) else str(text)
        found.add(Mutant(module, function, operator, source, start, end, new))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.text))


Region = tuple[int, int, int, int]
Change = tuple[str, str, Region, object]


def _changes(node: ast.AST, function: str, returns: str = "") -> Iterator[Change]:
    """(function, operator, region, new text or a function of the old one) below a node."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function, returns = node.name, ast.unparse(node.returns) if node.returns else ""
    for operator, region, text in _changes_of(node, returns):
        yield function, operator, region, text
    for child in _executed(node):
        yield from _changes(child, function, returns)


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node, without docstrings, annotations, decorators, texts with fields, assertions."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            left_out = text or isinstance(child, ast.JoinedStr | ast.Assert)
            if isinstance(child, ast.AST) and not left_out:
                yield child


def _changes_of(node: ast.AST, returns: str) -> Iterator[tuple[str, Region, object]]:
    match node:
        case ast.Compare():
            operands = [node.left, *node.comparators]
            for at, kind in enumerate(type(op) for op in node.ops):
                between = _between(operands[at], operands[at + 1])
                yield "comparison swapped", between, _replace(*_SWAPPED[kind])
                if kind in _BOUNDARY:
                    yield "boundary moved", between, _replace(*_BOUNDARY[kind])
        case ast.BoolOp():
            swap = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:], strict=False):
                yield "and/or swapped", _between(left, right), _replace(*swap)
        case ast.UnaryOp(op=ast.Not()):
            yield "not removed", _region(node), lambda old: re.sub(r"^not\s+", "", old)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            if not isinstance(node.left, _TEXT) and not isinstance(node.right, ast.JoinedStr):
                signs = ("+", "-") if isinstance(node.op, ast.Add) else ("-", "+")
                yield "+/- swapped", _between(node.left, node.right), _replace(*signs)
        case ast.AugAssign(op=ast.Add() | ast.Sub()):
            signs = ("+=", "-=") if isinstance(node.op, ast.Add) else ("-=", "+=")
            yield "+/- swapped", _between(node.target, node.value), _replace(*signs)
        case ast.Constant(value=bool()):
            yield "constant changed", _region(node), str(not node.value)
        case ast.Constant(value=int() | float()):
            yield "constant changed", _region(node), lambda old: f"({old} + 1)"
            yield "constant changed", _region(node), lambda old: f"({old} - 1)"
        case ast.Constant(value=str()) if node.value:
            yield "string emptied", _region(node), '""'
        case ast.Return(value=ast.expr()):
            empty = _EMPTY.get(re.split(r"\W", returns)[0], "None")
            yield "return value replaced", _region(node.value), empty
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield "call removed", _region(node), "pass"
        case ast.Break():
            yield "break/continue swapped", _region(node), "continue"
        case ast.Continue():
            yield "break/continue swapped", _region(node), "break"


def _replace(old: str, new: str) -> object:
    """A function that replaces the operator `old`, which stands between two operands."""
    pattern = (
        r"\b" + re.escape(old).replace(r"\ ", r"\s+") + r"\b" if old.isalpha() else re.escape(old)
    )
    return lambda text: re.sub(pattern, new, text, count=1)


def _region(node: ast.stmt | ast.expr) -> Region:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _between(left: ast.expr, right: ast.expr) -> Region:
    return (*_region(left)[2:], *_region(right)[:2])
