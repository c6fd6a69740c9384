"""A row of the schedule that cannot be read is left out, and no other source waits."""

import pytest
from msgspec.structs import replace
from newsroom import HOUR, NOW, polled, source
from sqlalchemy import text
from structlog.testing import capture_logs

# No JSON, JSON of another form, and a time that no calendar has.
DAMAGES = [("feed", "{"), ("feed", "{}"), ("moved", "[]"), ("next_poll_at", -(2**62))]
FLIPPED = ["url", "host", "because", "feed", "error"]


@pytest.fixture
def desk(store):
    return two_sources(store)


@pytest.fixture
def sqlite_desk(sqlite_store):
    """PostgreSQL takes no text that nobody can decode."""
    return two_sources(sqlite_store)


def two_sources(store):
    """Return the store with two sources that were polled and are due in an hour."""
    store.put_states([source("bbc"), source("rai")], configured={"bbc", "rai"})
    store.record([asked(each) for each in ("bbc", "rai")])
    return store


def asked(source_id):
    result = polled(source_id)
    return replace(result, state=replace(result.state, last_polled_at=NOW))


def spoil(store, column, value):
    with store._writing() as connection:
        connection.execute(
            text(f"UPDATE sources SET {column} = {value} WHERE source_id = 'bbc'")
        )


def require_left_out(store, column):
    with capture_logs() as logs:
        due = store.due(NOW + HOUR, 9)
        revised = store.revise(lambda _rows: ())
    assert [each.source_id for each in due] == ["rai"]
    assert list(store.states()) == list(revised) == ["rai"]
    assert store.state("bbc") is None
    assert store.revise(lambda _rows: (), among=["bbc"]) == {}
    (told,) = store.evidence.unreadable_sources()
    assert told[0] == "bbc"
    assert told[1].startswith(f"its {column} cannot be read")
    assert {each["event"] for each in logs} <= {"row left out"}


@pytest.mark.parametrize(("column", "value"), DAMAGES)
def test_a_value_that_nobody_wrote_leaves_its_source_out(desk, column, value):
    spoil(desk, column, f"'{value}'" if isinstance(value, str) else value)

    require_left_out(desk, column)


@pytest.mark.parametrize("column", FLIPPED)
def test_a_text_that_nobody_can_decode_leaves_its_source_out(sqlite_desk, column):
    spoil(sqlite_desk, column, "cast(x'd241' as text)")

    require_left_out(sqlite_desk, column)


@pytest.mark.parametrize("value", ["'zzzzzzzu'", "cast(x'd241' as text)"])
def test_a_strip_that_nobody_wrote_is_drawn_empty(sqlite_desk, value):
    spoil(sqlite_desk, "strip", value)

    strips = sqlite_desk.journal.recent_polls()

    assert strips.get("bbc", ()) == ()
    assert len(strips["rai"]) == 1
    assert set(sqlite_desk.states()) == {"bbc", "rai"}


def test_when_hosts_were_asked_is_known_of_those_that_can_be_read(sqlite_desk):
    spoil(sqlite_desk, "host", "cast(x'd241' as text)")

    assert list(sqlite_desk.asked_since(NOW - 9 * HOUR)) == ["rai.example"]


def test_what_is_written_anew_can_be_read(desk):
    spoil(desk, "feed", "'{'")

    desk.put_states([source("bbc")], configured={"bbc", "rai"})

    assert set(desk.states()) == {"bbc", "rai"}
    assert desk.evidence.unreadable_sources() == []
