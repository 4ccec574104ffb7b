from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search import encoding
from generator.search.encoding import Cursor


def test_numbers_have_these_bytes():
    assert encoding.varints([0, 1, 127, 128, 300]).hex() == "00017f8001ac02"


def test_postings_have_these_bytes():
    assert encoding.postings([3, 4, 300], [1, 1, 1]).hex() == "0300a70202"
    assert encoding.postings([3, 4, 300], [1, 2, 3]).hex() == "0300a702030203"


def test_positions_have_these_bytes():
    assert (encoding.positions([2, 9]) + encoding.positions([0])).hex() == "0202070100"


_docs = st.lists(st.integers(0, 10_000), min_size=1, unique=True).map(sorted)


@given(_docs, st.data())
def test_postings_are_read_as_they_were_written(docs, data):
    masks = data.draw(st.lists(st.integers(1, 2047), min_size=len(docs), max_size=len(docs)))
    assert encoding.read_postings(Cursor(encoding.postings(docs, masks)), len(docs)) == (
        docs,
        masks,
    )


@given(
    st.dictionaries(
        st.sampled_from([1, 2, 8]),
        st.lists(st.integers(0, 9999), min_size=1, unique=True).map(sorted),
        min_size=1,
    )
)
def test_positions_are_read_as_they_were_written(places):
    encoded = b"".join(encoding.positions(places[field]) for field in sorted(places))
    assert encoding.read_positions(Cursor(encoded), sum(places) | 64, 1 | 2 | 8) == places


@given(st.binary(max_size=2000))
def test_files_are_raw_deflate(data):
    assert encoding.unpack(encoding.pack(data)) == data


def test_a_file_that_is_cut_off_is_refused():
    with pytest.raises(zlib.error):
        encoding.unpack(encoding.pack(b"some content, long enough" * 9)[:-4])
