"""Times as whole numbers are as exact, and in the same order, as what they stand for."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from aggregator.epoch import HOUR, micros, moment, timestamp

# From 1653 to 5138.
numbers = st.integers(-(10**16), 10**17)
zones = st.builds(timezone, st.timedeltas(timedelta(hours=-14), timedelta(hours=14)))


@given(numbers, zones)
def test_a_number_comes_back_from_its_time_in_any_zone(number, zone):
    assert micros(moment(number).astimezone(zone)) == number


@given(numbers, numbers)
def test_times_are_in_the_order_of_their_numbers(one, other):
    assert (moment(one) < moment(other)) == (one < other)


def test_they_count_from_1970_in_utc():
    assert moment(HOUR) == datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert moment(0).tzinfo is UTC


def test_a_time_for_programs_ends_in_z():
    assert timestamp(moment(HOUR)) == "1970-01-01T01:00:00Z"
