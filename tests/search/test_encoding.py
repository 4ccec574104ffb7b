from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.search import encoding
from generator.search.encoding import Cursor
from generator.search.fields import FIELDS


def test_numbers_have_these_bytes():
    assert encoding.varints([0, 1, 127, 128, 300]).hex() == "00017f8001ac02"


def test_postings_have_these_bytes():
    assert encoding.postings([3, 4, 300], [2, 2, 2]).hex() == "0300a70202"
    assert encoding.postings([3, 4, 300], [2, 64, 66]).hex() == "0300a702030203"


def test_each_field_has_its_place_in_the_files():
    assert sorted(encoding.FIELD_ORDER) == sorted(field.bit for field in FIELDS)


def test_positions_have_these_bytes():
    assert (encoding.positions([2, 9]) + encoding.positions([0])).hex() == "05000700"
    assert encoding.positions([2, 9, 300]).hex() == "050107a302"


_docs = st.lists(st.integers(0, 10_000), min_size=1, unique=True).map(sorted)


@given(_docs, st.data())
def test_postings_are_read_as_they_were_written(docs, data):
    masks = data.draw(st.lists(st.integers(1, 32767), min_size=len(docs), max_size=len(docs)))
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


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4))
def test_files_are_raw_deflate(parts):
    assert encoding.unpack(encoding.pack(*parts)) == b"".join(parts)


def test_a_file_that_is_cut_off_is_refused():
    with pytest.raises(zlib.error):
        encoding.unpack(encoding.pack(b"some content, long enough" * 9)[:-4])
