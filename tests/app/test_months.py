"""Which month a report stands in: decided once, whoever comes late."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import article

from aggregator.app.months import (
    Month,
    homes,
    is_due,
    is_open,
    long_closed,
    noted,
    put_right,
    remembered,
)

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def written(first, last):
    return Month(first=first, last=last, top=(last, "a" * 20))


MONTHS = {
    "2026-01": long_closed("2026-01"),
    "2026-03": written(MARCH + MINUTE, APRIL - MINUTE),
}


@pytest.mark.parametrize(
    ("listed", "seen", "month"),
    [
        (APRIL - MINUTE, APRIL - MINUTE, "2026-03"),
        (APRIL - MINUTE, APRIL + 5 * MINUTE, "2026-03"),
        (APRIL - MINUTE, APRIL + 11 * MINUTE, "2026-04"),
        (MARCH - MINUTE, APRIL - MINUTE, "2026-03"),  # February was never written
        (APRIL + MINUTE, APRIL + MINUTE, "2026-04"),
        (APRIL + MINUTE, APRIL + 31 * DAY, "2026-04"),  # April may still be written
    ],
)
def test_a_late_report_stands_in_its_month_until_that_is_closed(listed, seen, month):
    late = article(listed_at=listed, first_seen=seen)

    assert homes([late], MONTHS) == {month: [late]}


def test_a_month_may_change_until_ten_minutes_after_its_end():
    known = {"2026-03": written(MARCH, APRIL + 9 * MINUTE)}

    assert is_open("2026-03", known, APRIL + 9 * MINUTE)
    assert is_open("2026-03", known, APRIL + 11 * MINUTE)  # to be closed with what came
    assert not is_open(
        "2026-03", {"2026-03": written(MARCH, APRIL + 10 * MINUTE)}, APRIL + 11 * MINUTE
    )


def test_a_month_is_due_once_more_when_it_closes():
    known = MONTHS["2026-03"]

    assert not is_due("2026-03", known, (), APRIL)
    assert is_due("2026-03", known, (), APRIL + 10 * MINUTE)


def test_months_are_remembered_as_they_were_noted():
    assert remembered(noted(MONTHS)) == MONTHS


def test_what_a_clock_that_was_ahead_wrote_of_months_is_not_believed():
    now = APRIL - 10 * MINUTE
    february = written(MARCH - MINUTE, MARCH + 10 * MINUTE)
    ahead = {
        "2026-02": february,
        "2026-03": written(MARCH + MINUTE, APRIL + 11 * MINUTE),
        "2026-04": written(APRIL + MINUTE, APRIL + 20 * MINUTE),
    }

    right = put_right(ahead, now)

    assert right == {
        "2026-02": february,
        "2026-03": Month(first=MARCH + MINUTE, last=MARCH, top=(MARCH, "")),
    }
    assert put_right(right, now) == right
