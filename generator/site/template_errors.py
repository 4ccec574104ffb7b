"""Faults of a theme's templates as its author needs them: file, line, cause, and the values at hand."""

from __future__ import annotations

import linecache
import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import jinja2
from jinja2.utils import missing

from generator.errors import ConfigError

#: What rendering can raise: Jinja's own errors, and those of the filters and values that a template uses.
RENDER_ERRORS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
#: The longest value in a message, in characters, and the most values.
_VALUE_LENGTH = 80
_VALUES = 3
_NAME = re.compile(r"(?<![\w.'\"])[a-z_]\w*")


class Undefined(jinja2.StrictUndefined):
    """An error wherever it is used; the message shows the value that lacks the name."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = f"{self._undefined_name!r} is undefined"
        owner = self._undefined_obj
        return name if owner is missing else f"{name} in {type_and_value(owner)}"


def type_and_value(value: Any) -> str:
    """A value for a message, on one line and cut to a readable length: `int 5`, `str 'lock: …'`."""
    shown = " ".join(repr(value).split())
    if len(shown) > _VALUE_LENGTH:
        shown = shown[: _VALUE_LENGTH - 1] + "…"
    return f"{type(value).__name__} {shown}"


def shown_path(path: str | Path) -> str:
    """A file's path for a message: relative where it lies below the working directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def syntax_error(error: jinja2.TemplateSyntaxError) -> ConfigError:
    """`FILE:LINE: what Jinja expected`."""
    file = shown_path(error.filename) if error.filename else error.name
    return ConfigError(f"{file}:{error.lineno}: {error.message}")


def missing_template(name: str, folders: Sequence[Path], where: str = "") -> ConfigError:
    """`where`: file and line of the template that wants it, with a colon after."""
    looked = ", ".join(shown_path(folder) for folder in folders)
    return ConfigError(f"{where}template {name!r} not found in {looked}")


def render_error(error: Exception, folders: Sequence[Path]) -> ConfigError | None:
    """`FILE:LINE: cause (the values on that line)`; None where no template of these folders raised it."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return syntax_error(error)
    frame = _innermost(error.__traceback__, folders)
    if not frame:
        return None
    file, line, values = frame
    where = f"{shown_path(file)}:{line}: "
    if isinstance(error, jinja2.TemplateNotFound):
        return missing_template(str(error.name), folders, where)
    if isinstance(error, jinja2.UndefinedError):
        return ConfigError(f"{where}{error.message}")
    linecache.checkcache(file)
    names = dict.fromkeys(_NAME.findall(linecache.getline(file, line)))
    shown = [
        f"{name}: {type_and_value(values[name])}"
        for name in names
        if name in values
        and not callable(values[name])
        and not isinstance(values[name], ModuleType)
    ]
    context = f" ({'; '.join(shown[:_VALUES])})" if shown else ""
    return ConfigError(f"{where}{type(error).__name__}: {error}{context}")


def _innermost(
    trace: TracebackType | None, folders: Sequence[Path]
) -> tuple[str, int, dict[str, Any]] | None:
    """File, line and variables of the last call in a template; Jinja gives these the template's own lines."""
    innermost = None
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if any(Path(file).is_relative_to(folder) for folder in folders):
            innermost = file, trace.tb_lineno, trace.tb_frame.f_locals
        trace = trace.tb_next
    return innermost
