"""Data about a page for search engines, whatever its texts hold."""

from __future__ import annotations

import json
from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from generator.site.html import json_ld
from generator.site.html.escape import UNPRINTABLE


class Scripts(HTMLParser):
    """The texts of the script elements of a page, and how many other tags it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.others = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.others += tag != "script"

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@given(st.text())
@example("</script><script>alert(1)</script>")
@example("<!--<script>")
@example("]]>\u2028&lt;")
@example("\u202eevil\U000e0001")
def test_a_text_stays_within_its_element_and_is_read_as_it_was(text: str):
    found = Scripts(f"{json_ld.script({'headline': text})}<p>")
    assert found.others == 1
    assert not UNPRINTABLE.search("".join(found.texts))
    assert json.loads("".join(found.texts)) == {"headline": text}
