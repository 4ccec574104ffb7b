"""Data about a page in its head, for search engines: JSON-LD with the terms of schema.org."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from generator.site.html.escape import UNPRINTABLE

#: What could end the element, or begin another one within it (HTML §4.12.1.3); JSON may escape any character.
_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


def script(data: Mapping[str, Any]) -> Markup:
    """The element with data about a page; no text can end it. Browsers run nothing of this type."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_MARKUP)
    text = UNPRINTABLE.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return Markup(f'<script type="application/ld+json">{text}</script>')
