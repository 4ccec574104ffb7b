"""Numbers in queries: `size:>1000`, `n:2..5`, `v:3`. `number_ranges.js` reads the same."""

from __future__ import annotations

import re

from generator.errors import SearchError
from generator.search.query_nodes import NumberRange

_COMPARED = re.compile(r"([<>]?)(=?)([0-9]{1,9})", re.ASCII)
_RANGE = re.compile(r"([0-9]{0,9})\.\.([0-9]{0,9})", re.ASCII)


def number_range(field: str, text: str) -> NumberRange:
    """Read a number, a comparison, or a range with both ends included, either of which may be open.

    Raises SearchError.
    """
    if match := _COMPARED.fullmatch(text):
        sign, equal, number = match[1], bool(match[2]), int(match[3])
        if sign == ">":
            return NumberRange(field, number + (not equal), None)
        if sign == "<":
            return NumberRange(field, None, number - (not equal))
        return NumberRange(field, number, number)
    match = _RANGE.fullmatch(text)
    if not match or text == "..":
        raise SearchError(
            f"{field}: takes a number or a range such as 10..50, 10.. or >50, not {text}"
        )
    lowest, highest = (int(end) if end else None for end in match.groups())
    return NumberRange(field, lowest, highest)
