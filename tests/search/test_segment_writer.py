from __future__ import annotations

from pathlib import Path

import pytest

from generator.search import segment_writer
from generator.search.encoding import Layout
from generator.search.index_reader import Index
from generator.search.runs import PostingPart
from tests.search import corpus

#: Terms with long beginnings in common, and one that isn't like them.
ALIKE = [f"dfpost:00000{number:05}" for number in range(40)]
LAYOUT = Layout(leaf=(200, 200), leaf_share=0)


def first_terms(terms: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The beginnings that the entry file would list for the leaves of a segment with these terms."""
    entries = [(term, [PostingPart([0], [1024], b"")]) for term in sorted(terms)]
    monkeypatch.setattr(segment_writer, "merged", lambda *_: iter(entries))
    return segment_writer.write_terms([], folder, LAYOUT, docs=1, share=0)


def test_a_leaf_ends_where_a_short_beginning_tells_its_terms_from_the_next(tmp_path, monkeypatch):
    middle = [f"lock{number:05}" for number in range(40)]
    found = first_terms([*ALIKE, *middle], tmp_path, monkeypatch)
    assert found[0] == "d" or found[0] == ""
    assert "l" in found


def test_leaves_of_terms_that_are_all_alike_end_too(tmp_path, monkeypatch):
    terms = [f"dfpost:00000{number:05}" for number in range(2000)]
    assert len(first_terms(terms, tmp_path, monkeypatch)) > 10


def test_the_newest_postings_of_a_long_term_lie_in_the_directory(tmp_path):
    corpus.fill(tmp_path / "a.db", corpus.patches(200))
    corpus.build(tmp_path / "a.db", tmp_path / "out")
    segment = Index(tmp_path / "out").segments[0]
    ((_, posting),) = segment.postings("lock")
    assert len(posting.chunks) > 2
    assert [window for window, chunk in posting.chunks.items() if not chunk.place] == [0]
    for path in (tmp_path / "out").rglob("c*"):
        path.unlink()
    docs = segment.window(posting, 0)
    assert len(docs) == posting.chunks[0].count
    assert max(docs) < segment.window_size
