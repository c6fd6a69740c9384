"""Once a day at most each, also across restarts."""

from datetime import timedelta
from itertools import pairwise

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from aggregator.alerting import due, forgetting, remembering
from aggregator.alerting.memory import packed, unpacked
from aggregator.model import Alert

HELD = Alert(kind="held", about="a", text="held: its title was another")
GONE = Alert(kind="gone", about="b", text="gone")
DAY = timedelta(days=1)


def test_a_matter_is_told_once_a_day_to_each_channel():
    told = remembering({}, [HELD], "mail", now=NOON)

    assert due([HELD], told, "mail", now=NOON + DAY - timedelta(seconds=1)) == []
    assert due([HELD], told, "mail", now=NOON + DAY) == [HELD]
    assert due([HELD, GONE], told, "mail", now=NOON) == [GONE]
    assert due([HELD], told, "webhook", now=NOON) == [HELD]


def test_other_words_are_not_another_matter():
    told = remembering({}, [HELD], "mail", now=NOON)
    other = Alert(kind="held", about="a", text="held: something else", since=NOON)

    assert due([other], told, "mail", now=NOON) == []


def test_what_a_wrong_clock_told_in_the_future_silences_nobody():
    told = remembering({}, [HELD], "mail", now=NOON + 400 * DAY)

    assert due([HELD], told, "mail", now=NOON) == [HELD]


def test_a_memory_can_be_put_away_and_forgets_what_is_over():
    told = remembering({}, [HELD], "mail", now=NOON)
    told = remembering(told, [GONE], "mail", now=NOON + timedelta(hours=20))

    assert unpacked(packed(told)) == told
    assert unpacked(None) == {}
    assert set(forgetting(told, now=NOON + DAY)) == {GONE.key}


@given(st.lists(st.integers(0, 600), max_size=60))
def test_nobody_is_told_twice_within_a_day_however_often_one_looks(minutes):
    """Issue 6, point 6: never once a poll."""
    told, heard = {}, []
    for minute in sorted(minutes):
        now = NOON + timedelta(minutes=10 * minute)
        if news := due([HELD], told, "mail", now=now):
            heard.append(now)
            told = forgetting(remembering(told, news, "mail", now=now), now=now)

    assert all(later - earlier >= DAY for earlier, later in pairwise(heard))
