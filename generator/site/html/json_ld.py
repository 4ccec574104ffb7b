"""Data about a page in its head, for search engines: JSON-LD with the terms of schema.org."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

#: What could end the element, or begin another one within it (HTML §4.12.1.3); JSON may escape any character.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def script(data: Mapping[str, Any]) -> Markup:
    """The element with data about a page; no text can end it. Browsers run nothing of this type."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return Markup(f'<script type="application/ld+json">{text}</script>')
