"""Repeated headers, which JSON has in one place, where they most likely stood."""

from __future__ import annotations

import pytest

from generator.mail.headers import all_headers

FROM = "from a.example (a.example [192.0.2.1]) by b.example (Postfix) with ESMTP id A1; Sun, 1 Mar 2026"
FORWARDED = "by b.example (Postfix, from userid 65534)\n\tid B2; Sun, 1 Mar 2026"
RELAYED = "by c.example (8.14) id C3; Sun, 1 Mar 2026"

CASES: dict[str, tuple[dict[str, str | list[str] | None], str]] = {
    "git send-email that was told twice what to answer": (
        {"Subject": "x", "In-Reply-To": ["1", "2"], "References": ["3", "4"], "To": "y"},
        "Subject=x In-Reply-To=1 References=3 In-Reply-To=2 References=4 To=y"),
    "not as often as each other": (
        {"In-Reply-To": ["1", "2"], "References": ["3", "4", "5"]},
        "In-Reply-To=1 In-Reply-To=2 References=3 References=4 References=5"),
    "apart from each other": (
        {"In-Reply-To": ["1", "2"], "X": "-", "References": ["3", "4"]},
        "In-Reply-To=1 In-Reply-To=2 X=- References=3 References=4"),
    "each once": ({"In-Reply-To": "1", "References": "3"}, "In-Reply-To=1 References=3"),
    "lists of one": ({"In-Reply-To": ["1"], "References": ["3"]}, "In-Reply-To=1 References=3"),
    "two mailboxes of Postfix": (
        {"X-Original-To": ["1", "2"], "Delivered-To": ["3", "4"]},
        "X-Original-To=1 Delivered-To=3 X-Original-To=2 Delivered-To=4"),
    "two sealed chains, in any case of the letters": (
        {"ARC-SEAL": ["1", "2"], "arc-message-signature": ["3", "4"], "ARC-Authentication-Results": ["5", "6"]},
        "ARC-SEAL=1 arc-message-signature=3 ARC-Authentication-Results=5 "
        "ARC-SEAL=2 arc-message-signature=4 ARC-Authentication-Results=6"),
    "others that are repeated": (
        {"Received": ["1", "2"], "DKIM-Signature": ["3", "4"]},
        "Received=1 Received=2 DKIM-Signature=3 DKIM-Signature=4"),
    "forwarded by Postfix": (
        {"Delivered-To": ["1", "2"], "Received": [FROM, FORWARDED, FROM]},
        f"Delivered-To=1 Received={FROM} Received={FORWARDED} Delivered-To=2 Received={FROM}"),
    "two addresses, but not forwarded": (
        {"Delivered-To": ["1", "2"], "Received": [FROM, RELAYED]},
        f"Delivered-To=1 Delivered-To=2 Received={FROM} Received={RELAYED}"),
    "forwarded more often than there are addresses": (
        {"Delivered-To": ["1", "2"], "Received": [FORWARDED, FORWARDED]},
        f"Delivered-To=1 Delivered-To=2 Received={FORWARDED} Received={FORWARDED}"),
    "forwarded before it came to an address": (
        {"Received": [FORWARDED, FROM], "Delivered-To": ["1", "2"]},
        f"Received={FORWARDED} Received={FROM} Delivered-To=1 Delivered-To=2"),
    "null, and no value at all": ({"A": None, "B": [], "C": "1"}, "A= C=1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_order_of_headers(case: str):
    headers, expected = CASES[case]
    assert " ".join(f"{name}={value}" for name, value in all_headers(headers)) == expected
