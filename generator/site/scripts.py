"""Scripts: a theme's ES modules as they are published, in one file with the modules that they import.

A page's script would otherwise cost a request for each module, one after the other. A module that is
imported only when it is needed (`import("./x.js")`) is published as a file of its own, a *part*, without
what the script that imports it has already. What modules export is kept in one table in the page, so
that no module runs twice.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import rjsmin

from generator.errors import ConfigError
from generator.site.template_errors import shown_path

# Imports and exports as our style has them: statements that begin a line.
_IMPORT = re.compile(
    r"^import\s*(?:(?:\{([^{}]*)\}|\*\s*as\s+([\w$]+))\s*from\s*)?([\"'])(\.{1,2}/[^\"'\n]+)\3[ \t]*;?",
    re.MULTILINE,
)
_PART = re.compile(r"\bimport\(\s*([\"'])(\.{1,2}/[^\"'\n]+)\1\s*\)")
_DECLARED = re.compile(
    r"^export\s+(?=(?:async\s+function|function|class|const)\b[\s*]*([\w$]+))", re.MULTILINE
)
_LISTED = re.compile(r"^export\s*\{([^{}]*)\}[ \t]*;?", re.MULTILINE)
_NAME = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")
# What is left of these statements, in forms that can't be bundled.
_OTHER_IMPORT = re.compile(r"^import\b(?!\s*[(.]).*", re.MULTILINE)
_OTHER_EXPORT = re.compile(
    r"^(?:export\b|(?:(?:const|let|var)\s[^\n=]*=\s*)?await\b).*", re.MULTILINE
)
_OWN_URL = re.compile(r"\bimport\.meta\.url\b")


@dataclass(frozen=True)
class _Module:
    """A module. imports: (pattern of the names that it binds, path); body: the rest, line by line."""

    path: str
    imports: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    body: str


def bundled(files: Mapping[str, Path]) -> dict[str, bytes]:
    """The scripts of a theme by path, from all its files by path; a module that others import is in theirs.

    Files named `.min.js` are imported as they are. Raises ConfigError, which names file and line, for an
    import of a file that does not exist, for modules that import each other, and for a form of `import` or
    `export` that can't be bundled.
    """
    scripts = _Bundle(files).scripts
    return {path: scripts[path] for path in sorted(scripts)}


def is_module(path: str) -> bool:
    """Whether a file of a theme is a module, as opposed to a file that is published as it is."""
    return path.endswith(".js") and not path.endswith(".min.js")


class _Bundle:
    """The modules of a theme, and the scripts made of them."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._modules = {path: self._parsed(path) for path in sorted(filter(is_module, files))}
        self.scripts: dict[str, bytes] = {}
        closures = {path: self._closure(path) for path in self._modules}
        imported = {to for module in self._modules.values() for _, to in module.imports}
        parts = {part for module in self._modules.values() for part in module.parts}
        starts = [path for path in self._modules if path in parts or path not in imported]
        self._importers = {
            part: [start for start in starts if any(part in m.parts for m in closures[start])]
            for part in parts
        }
        for start in starts:
            if len(self._importers.get(start, ())) != 1:  # of several, none is surely there before
                self._publish(start)

    def _publish(self, start: str, at_hand: frozenset[str] = frozenset()) -> None:
        """Make the script of a module, and those of its parts. `at_hand`: modules that the page has."""
        added = [module for module in self._closure(start) if module.path not in at_hand]
        self.scripts[start] = self._script(start, added)
        known = at_hand.union(module.path for module in added) - {start}
        for module in added:
            for part in module.parts:
                if part in known:
                    raise self._fault(
                        module.path, 0, f"{part} is imported by a statement as well as when needed"
                    )
                if (
                    self._importers[part] == [start]
                    and part not in self.scripts
                    and is_module(part)
                ):
                    self._publish(part, known)

    def _closure(self, path: str) -> list[_Module]:
        """A module after all that it imports, in the order in which they run."""
        order: dict[str, _Module] = {}
        self._follow(path, order, ())
        return list(order.values())

    def _follow(self, path: str, order: dict[str, _Module], importing: tuple[str, ...]) -> None:
        if path in importing:
            circle = " → ".join([*importing[importing.index(path) :], path])
            raise self._fault(path, 0, f"modules import each other: {circle}")
        if path in order or not is_module(path):
            return
        for _, to in self._modules[path].imports:
            self._follow(to, order, (*importing, path))
        order[path] = self._modules[path]

    def _script(self, start: str, added: Sequence[_Module]) -> bytes:
        """Modules in the order in which they run, as functions that give their exports; the start last."""
        *others, last = added
        if not others and not last.imports:
            return minified(last.body)
        ready = sorted({to for module in added for _, to in module.imports if not is_module(to)})
        lines = [
            f"import * as $ready{n} from {_link(start, path)};" for n, path in enumerate(ready)
        ]
        lines.append("const $modules = globalThis.stillworkModules ??= {};")
        lines += [f"$modules[{_quoted(path)}] = $ready{n};" for n, path in enumerate(ready)]
        for module in others:
            name = re.sub(r"\W", "_", posixpath.basename(module.path))  # what a stack trace shows
            body, exports = self._inner(module)
            lines.append(
                f"$modules[{_quoted(module.path)}] ??= (function ${name}() {{\n"
                f"{_linked(module, body, start)}\nreturn {{ {', '.join(exports)} }};\n}})();"
            )
        return minified("\n".join([*lines, _linked(last, last.body, start)]))

    def _inner(self, module: _Module) -> tuple[str, list[str]]:
        """The body of a module that is not the start of a script, and its exports, as in an object."""
        exports: list[str] = []

        def listed(match: re.Match[str]) -> str:
            exports.extend(f"{other or name}: {name}" for name, other in _NAME.findall(match[1]))
            return "\n" * match[0].count("\n")

        def declared(match: re.Match[str]) -> str:
            exports.append(match[1])
            return ""

        body = _LISTED.sub(listed, _DECLARED.sub(declared, module.body))
        if other := _OTHER_EXPORT.search(body):
            raise self._fault(
                module.path, body.count("\n", 0, other.start()), f"can't be bundled: {other[0]}"
            )
        return body, exports

    def _parsed(self, path: str) -> _Module:
        try:
            source = self._files[path].read_text("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{shown_path(self._files[path])}: not UTF-8: {error}") from error
        imports: list[tuple[str, str]] = []

        def target(name: str, at: int) -> str:
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if to not in self._files:
                raise self._fault(
                    path, source.count("\n", 0, at), f"imports {name}, which does not exist"
                )
            return to

        def imported(match: re.Match[str]) -> str:
            names = [
                f"{name}: {other}" if other else name
                for name, other in _NAME.findall(match[1] or "")
            ]
            imports.append(
                (match[2] or f"{{ {', '.join(names)} }}", target(match[4], match.start()))
            )
            return "\n" * match[0].count("\n")

        parts = tuple(target(match[2], match.start()) for match in _PART.finditer(source))
        body = _IMPORT.sub(imported, source)
        if other := _OTHER_IMPORT.search(body):
            raise self._fault(
                path, body.count("\n", 0, other.start()), f"can't be bundled: {other[0]}"
            )
        return _Module(path, tuple(imports), parts, body)

    def _fault(self, path: str, lines_before: int, text: str) -> ConfigError:
        return ConfigError(f"{shown_path(self._files[path])}:{lines_before + 1}: {text}")


def minified(source: str) -> bytes:
    """A script without comments and superfluous blanks."""
    smaller: str = rjsmin.jsmin(source)
    return smaller.encode() + b"\n"


def _linked(module: _Module, body: str, start: str) -> str:
    """A module's body after what it imports, with addresses as they are from the script's own place."""
    bound = "".join(f"const {names} = $modules[{_quoted(to)}];" for names, to in module.imports)
    folder = posixpath.dirname(module.path)
    if folder != posixpath.dirname(start):
        body = _PART.sub(
            lambda match: (
                f"import({_link(start, posixpath.normpath(posixpath.join(folder, match[2])))})"
            ),
            body,
        )
    if module.path != start:
        body = _OWN_URL.sub(
            lambda _: f"new URL({_link(start, module.path)}, import.meta.url).href", body
        )
    return bound + body


def _link(start: str, path: str) -> str:
    """The path from one file to another as a string of JavaScript."""
    relative = posixpath.relpath(path, posixpath.dirname(start) or ".")
    return _quoted(relative if relative.startswith("../") else f"./{relative}")


def _quoted(text: str) -> str:
    return json.dumps(text)
