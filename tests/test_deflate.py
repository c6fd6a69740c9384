"""What we compress, any inflater takes."""

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from aggregator.deflate import (
    QUICK,
    SMALLEST,
    Deflating,
    crc32,
    deflated,
    gzip_form,
    zlib_form,
)

# Repeated, so that there is something to find, also beyond the window of 32 KB.
bodies = st.builds(lambda part, times: part * times, st.binary(), st.integers(0, 2000))
levels = st.sampled_from([QUICK, SMALLEST])
LAST_BLOCK = b"\x03\x00"


@given(pieces=st.lists(bodies, max_size=5), level=levels)
def test_deflated_pieces_may_be_joined_in_any_order(pieces, level):
    parts = {piece: deflated(piece, level) for piece in pieces}
    for order in (pieces, pieces[::-1]):
        joined = b"".join(parts[piece] for piece in order) + LAST_BLOCK
        assert zlib.decompress(joined, -zlib.MAX_WBITS) == b"".join(order)


@given(parts=st.lists(bodies, max_size=5), level=levels)
def test_what_comes_in_parts_is_deflated_as_one(parts, level):
    raw = Deflating(level)
    packed = b"".join([raw.next(part) for part in parts]) + raw.end()
    assert zlib.decompress(packed + LAST_BLOCK, -zlib.MAX_WBITS) == b"".join(parts)


@given(body=bodies)
def test_both_envelopes_are_the_standard_ones(body):
    assert zlib.decompress(zlib_form(body)) == body
    assert gzip.decompress(gzip_form(body)) == body


@given(body=bodies)
def test_the_gzip_form_says_nothing_of_when_and_where_it_was_made(body):
    """RFC 1952, section 2.3: no flags, no time."""
    assert gzip_form(body)[:8] == b"\x1f\x8b\x08\x00" + bytes(4)


@given(body=bodies, before=st.integers(0, 2**32 - 1))
def test_checksums_are_those_of_zlib(body, before):
    assert crc32(body, before) == zlib.crc32(body, before)
