"""Pages that are served alone follow the database that stands where ours did."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aggregator.app.pages import Newsroom
from aggregator.app.wire import Wire
from aggregator.model import Config
from aggregator.store import open_store
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

BBC = attribution(source_id="bbc")


def filled(path, *numbers):
    """Make a database with these reports."""
    with open_store(f"sqlite:///{path}") as store:
        store.put_states([state_of("bbc")], configured={"bbc"})
        new = tuple(article(n, attribution=BBC) for n in numbers)
        store.record([polled("bbc", at=NOON, new=new)])
    return path


@pytest.fixture
def newsroom(tmp_path):
    """Pages of a database with one report."""
    url = f"sqlite:///{filled(tmp_path / 'wire.db', 1)}"
    wire = Wire(Config(folder=Path("/nowhere"), store=url), clock=lambda: NOON)
    yield Newsroom(wire)
    wire.close()


def test_a_database_that_was_replaced_is_served_from(newsroom, tmp_path):
    """Pages went on with the old one, which nobody saw any more, and said all is well."""
    other = filled(tmp_path / "backup.db", 1, 2, 3)
    assert newsroom.store.count() == 1
    other.rename(tmp_path / "wire.db")

    with capture_logs() as events:
        newsroom.follow_store()
        newsroom.follow_store()

    assert newsroom.store.count() == 3
    assert newsroom.unready() == []
    assert [event["event"] for event in events] == ["store replaced"]


def test_a_database_that_was_removed_is_a_reason_until_one_is_there(newsroom, tmp_path):
    other = filled(tmp_path / "backup.db", 1, 2)
    (tmp_path / "wire.db").unlink()

    with capture_logs() as events:
        newsroom.follow_store()
        newsroom.follow_store()
    (reason,) = newsroom.unready()
    served = newsroom.store.count()
    other.rename(tmp_path / "wire.db")
    newsroom.follow_store()

    assert "the database was removed or replaced: " in reason
    assert [event["event"] for event in events] == ["store lost"]
    assert served == 1
    assert newsroom.store.count() == 2
    assert newsroom.unready() == []
