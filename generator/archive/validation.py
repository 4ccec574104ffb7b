"""Whether objects from outside are what they should be; lines that say what isn't."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import ValidationError

from generator.archive.patch_bundles import is_own
from generator.archive.worked_out_series import is_worked_out
from generator.errors import InputError
from generator.model import KINDS, Cover, Object, Patch


def validate(kind: str, value: dict[str, Any]) -> Object:
    """An object (decoded JSON) as its type; raises InputError with the object, the field and the cause."""
    try:
        return msgspec.convert(value, KINDS[kind])
    except ValidationError as error:
        cause, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".")
        invalid = _at(value, field)
        if "datetime" in cause or "RFC3339" in cause:
            cause = f"{shown(invalid)} is not a valid date"
        elif field and invalid is not None:
            cause = f"{shown(invalid)}: {cause[:1].lower()}{cause[1:]}"
        raise InputError(f"{label(kind, value)}: {field} {cause}".replace(":  ", ": ")) from error


def check_number(kind: str, value: dict[str, Any], item: Object) -> None:
    """Raise InputError for a number that series or bundles have which were made here."""
    if kind == "bundle" and is_own(item.id):
        raise InputError(f"{label(kind, value)}: this number is reserved")
    stubs = item.series if isinstance(item, Patch | Cover) else [item] if kind == "series" else []
    for stub in stubs:
        if is_worked_out(stub.id):
            raise InputError(f"{label(kind, value)}: series number {stub.id} is reserved")


def has_nul(value: Any) -> bool:
    """Whether a text somewhere in a value has a NUL, which SQLite would end it at."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(held) for key, held in value.items())
    return isinstance(value, list) and any(has_nul(held) for held in value)


def label(kind: str, value: dict[str, Any]) -> str:
    """What an error line calls an object."""
    number = value.get("id")
    # JSON has integers of any length; a line shows none that no server could have given.
    return f"{kind} {number}" if type(number) is int and abs(number) < 1 << 53 else kind


def _at(value: Any, path: str) -> Any:
    for part in re.findall(r"[^.\[\]]+", path):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def shown(value: Any) -> str:
    """A value for an error line: short, on one line, harmless on a terminal."""
    try:
        text = msgspec.json.encode(value).decode("ascii", "backslashreplace")
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 60 else f"{text[:57]}..."
