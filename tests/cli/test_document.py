"""docs/cli.md is made from the commands themselves, and is current."""

from __future__ import annotations

from generator.cli.document import document
from tests.conftest import ROOT


def test_the_document_is_current():
    assert (ROOT / "docs/cli.md").read_text("utf-8") == document(), "run `make docs`"
