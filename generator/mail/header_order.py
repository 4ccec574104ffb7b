"""The order of a mail's headers, as far as the API's JSON lets it be told.

There all values of a repeated header stand at its first place. What one program writes together, each time
that it comes by, is taken apart again, and so is what Postfix adds when it forwards a mail. Anything else
stays where the JSON has it: where lines of a virus scanner stood between `Received` lines can't be told.
"""

from __future__ import annotations

import re

#: Headers that are written together, once by each program that handles a mail.
_TOGETHER = (
    ("in-reply-to", "references"),  # git send-email
    ("x-original-to", "delivered-to"),  # Postfix, local(8)
    ("arc-seal", "arc-message-signature", "arc-authentication-results"),  # RFC 8617 §5.1
    ("x-spam-checker-version", "x-spam-level", "x-spam-status"),  # SpamAssassin
)
_MEMBERS = {name: group for group in _TOGETHER for name in group}
#: The trace of a mail that Postfix's local(8) forwards: it has no sender. The address stands below it.
_FORWARDED = re.compile(r"by \S{1,255} \(Postfix[^()]{0,100}\)\s")

_Pairs = list[tuple[str, str]]


def in_likely_order(repeated: list[tuple[str, list[str]]]) -> _Pairs:
    """Headers as (name, value) in the order that they most likely had, from (name, all values) of each."""
    if all(len(values) == 1 for _, values in repeated):
        return [(name, values[0]) for name, values in repeated]
    names = [name.lower() for name, _ in repeated]
    pairs: _Pairs = []
    at = 0
    while at < len(repeated):
        name, own = repeated[at]
        if len(own) == 1:  # as most have
            pairs.append((name, own[0]))
            at += 1
            continue
        run = _run(repeated, names, at)
        for values in zip(*(values for _, values in repeated[at : at + run]), strict=True):
            pairs += zip((name for name, _ in repeated[at : at + run]), values, strict=True)
        at += run
    return _below_their_traces(pairs) if names.count("delivered-to") == 1 else pairs


def _run(repeated: list[tuple[str, list[str]]], names: list[str], at: int) -> int:
    """How many headers from an index on are written together, as often as each other."""
    group, count = _MEMBERS.get(names[at], ()), len(repeated[at][1])
    end = at + 1
    if count > 1:
        while end < len(names) and names[end] in group and len(repeated[end][1]) == count:
            end += 1
    return end - at


def _below_their_traces(pairs: _Pairs) -> _Pairs:
    """The same, where each address but the first may belong below the trace of a forwarded mail."""
    addresses = [n for n, (name, _) in enumerate(pairs) if name.lower() == "delivered-to"]
    traces = [
        n
        for n, (name, value) in enumerate(pairs)
        if name.lower() == "received" and _FORWARDED.match(value)
    ]
    is_one_run = addresses[-1] - addresses[0] == len(addresses) - 1
    if (
        len(addresses) != len(traces) + 1
        or not is_one_run
        or not traces
        or traces[0] < addresses[-1]
    ):
        return pairs
    below = dict(zip(traces, addresses[1:], strict=True))
    moved = {*below.values()}
    ordered: _Pairs = []
    for n, pair in enumerate(pairs):
        if n not in moved:
            ordered.append(pair)
        if n in below:
            ordered.append(pairs[below[n]])
    return ordered
