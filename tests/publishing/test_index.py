"""The index of a month: any line is found by its place."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aggregator.publishing.index import Line, Preface, opened, place_of, written
from aggregator.publishing.ranges import Standing

PREFACE = Preface(
    basis="", body=(0, 0), gzip=(0, 0), start=0, end=0, packed_start=0, rest=0,
    languages=(),
)  # fmt: skip
PLACES = st.integers(0, 40).map(lambda at: place_of(at, "ab" * 10))


@given(st.sets(PLACES), st.lists(PLACES))
def test_a_line_is_found_in_whatever_order_lines_are_asked_for(places, asked):
    lines = sorted(places, reverse=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pieces"
        said = written(PREFACE, [Line(place, bytes(16)).written() for place in lines])
        file.write_bytes(b"".join(said))
        index = opened(Standing(file))

        found = [index.find(place) for place in asked]

    assert found == [lines.index(p) if p in places else None for p in asked]


def test_what_came_since_is_not_looked_for_all_over_the_index(tmp_path):
    """A month of 30,000 entries has 15 steps to any of them."""
    lines = [Line(place_of(at, "ab" * 10), bytes(16)) for at in range(5_000, 0, -1)]
    said = written(PREFACE, [line.written() for line in lines])
    (tmp_path / "pieces").write_bytes(b"".join(said))
    file = Standing(tmp_path / "pieces")
    index = opened(file)
    read, real = [], file.read
    file.read = lambda *range_: read.append(range_) or real(*range_)

    for at in range(6_000, 5_900, -1):
        assert index.find(place_of(at, "ab" * 10)) is None

    assert len(read) == 100 * 2
