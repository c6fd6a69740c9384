"""What connections keep in memory is bounded, however many there are."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import event, make_url, text

from aggregator.errors import StoreError
from aggregator.store.connecting import connect

MB = 1024 * 1024


def kept(connection):
    """Return how many bytes of pages an SQLite connection keeps at most."""
    size = connection.scalar(text("PRAGMA cache_size"))
    page = connection.scalar(text("PRAGMA page_size"))
    return -size * 1024 if size < 0 else size * page


def test_pages_kept_by_all_connections_take_at_most_4_mb(tmp_path):
    """O4: half a megabyte each, for 5 that are open."""
    engine = connect(make_url(f"sqlite:///{tmp_path}/wire.db"), "work")

    with engine.connect() as connection:
        each = kept(connection)

    assert 0 < each * engine.pool.size() <= 4 * MB
    engine.dispose()


def test_connections_of_a_burst_stay_idle_after_it(tmp_path):
    """O4: or each would fill its memory in turn."""
    engine = connect(make_url(f"sqlite:///{tmp_path}/wire.db"), "work")
    with ExitStack() as burst:
        for _ in range(5):
            burst.enter_context(engine.connect())

    used = set()
    for _ in range(5):
        with engine.connect() as connection:
            used.add(id(connection.connection.driver_connection))

    assert len(used) == 1
    engine.dispose()


def test_a_crowd_takes_turns_with_a_few_files(tmp_path):
    """O4: files that a crowd once needed would be open ever after."""
    engine = connect(make_url(f"sqlite:///{tmp_path}/wire.db"), "work")
    all_at_once = Barrier(64)

    def ask(_):
        all_at_once.wait()
        with engine.connect() as connection:
            return connection.scalar(text("SELECT count(*) FROM sqlite_master"))

    with ThreadPoolExecutor(64) as crowd:
        answers = list(crowd.map(ask, range(64)))

    held = [each.resolve() for each in Path("/proc/self/fd").iterdir()]
    assert answers == [0] * 64
    assert 0 < held.count(tmp_path.resolve() / "wire.db") <= 5
    engine.dispose()


def test_only_who_writes_keeps_more_pages_and_only_as_long(tmp_path):
    engine = connect(make_url(f"sqlite:///{tmp_path}/wire.db"), "work")

    with engine.connect() as reader:
        with engine.execution_options(writes=True).begin() as writer:
            while_reading, while_writing = kept(reader), kept(writer)
        with engine.connect() as connection:
            afterwards = kept(connection)

    assert while_reading < while_writing <= 8 * MB
    assert afterwards == while_reading
    engine.dispose()


def test_a_driver_that_is_missing_is_installed_from_where_this_program_comes(
    monkeypatch,
):
    """By its bare name it would be whatever a stranger published under it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError) as error:
        connect(make_url("postgresql+psycopg://wire:pw@db.example/wire"), "work")

    assert "pip install '.[postgres]'" in str(error.value)
    assert "pw@" not in str(error.value)


@pytest.mark.parametrize(
    ("query", "connect_timeout"), [("", "10"), ("?connect_timeout=30", "30")]
)
def test_a_server_that_is_silent_is_not_waited_for_without_end(query, connect_timeout):
    """A proxy that froze held up each tick for minutes; a URL may allow more."""
    url = f"postgresql+psycopg://wire@db.example/wire{query}"
    engine, asked = connect(make_url(url), "work"), {}

    @event.listens_for(engine, "do_connect")
    def ask(_dialect, _record, _arguments, named):
        asked.update(named)
        raise StoreError("not really")

    with pytest.raises(StoreError, match="not really"):
        engine.connect()

    assert asked["connect_timeout"] == connect_timeout
    assert asked["tcp_user_timeout"] == "30000"
    assert {name for name in asked if name.startswith("keepalives")} == {
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
    }
