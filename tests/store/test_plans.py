"""Every list and every question for what is due is answered by walking an index."""

import random
import zlib
from contextlib import ExitStack
from datetime import timedelta

import pytest
from databases import DATABASES, schema
from msgspec.structs import replace
from newsroom import HOUR, MINUTE, NOW, id_of, source
from sqlalchemy import event, insert, text

from aggregator.epoch import micros
from aggregator.model import Selection
from aggregator.store import open_store
from aggregator.store.articles import articles
from aggregator.store.bodies import bodies
from aggregator.store.listing import listing

EMPTY_TEXTS = zlib.compress(bytes(8))
TAGS = ("world", "iran", "sport")
SOURCES = [f"s{n:02}" for n in range(40)]


@pytest.fixture(scope="module", params=DATABASES)
def archive(request, tmp_path_factory):
    """20,000 articles of 40 sources, under three tags and in two languages."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('archive')}/mediawire.db"
        else:
            url = stack.enter_context(schema())
        store = stack.enter_context(open_store(url))
        fill(store)
        yield store


def fill(store):
    dice = random.Random(1)
    rows, texts, entries = [], [], []
    for n in range(20_000):
        id_, listed_at = id_of(str(n)), micros(NOW - timedelta(seconds=n * 37))
        row = dict.fromkeys(
            ("published", "updated", "first_seen", "listed_at"), listed_at
        )
        row |= dict.fromkeys(
            ("published_id", "source_title", "title", "text_sha256"), id_
        )
        row |= {
            "article_id": id_,
            "source_id": dice.choice(SOURCES),
            "attribution": '{"source_id":"s","title":"t","feed_url":"u"}',
            "content_digest": b"",
            "revision": 0,
            "shown": dice.random() < 0.9,
        }
        rows.append(row)
        texts.append(
            {"article_id": id_, "source_type": "text/html", "texts": EMPTY_TEXTS}
        )
        entries += [
            {"scope": scope, "listed_at": listed_at, "article_id": id_}
            for scope in (
                f"tag:{dice.choice(TAGS)}",
                f"lang:{dice.choice(['en', 'fa'])}",
            )
        ]
    store.put_states([source(id_) for id_ in SOURCES], configured=set(SOURCES))
    with store._writing() as connection:
        connection.execute(insert(articles), rows)
        connection.execute(insert(bodies), texts)
        connection.execute(insert(listing), entries)
    analyze(store)


def analyze(store):
    """Let the database count what it has, as it does by itself in time."""
    outside = store._engine.execution_options(isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(
            text(
                "VACUUM ANALYZE"
                if store._engine.dialect.name == "postgresql"
                else "ANALYZE"
            )
        )


def plans(store, ask):
    """Return the database's own account of every query that `ask` makes."""
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", note)
    ask()
    event.remove(store._engine, "before_cursor_execute", note)
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
    with store._reading() as connection:
        return "\n".join(
            str(row[-1])
            for statement, parameters in asked
            for row in connection.exec_driver_sql(
                explain[connection.dialect.name] + statement, parameters
            )
        )


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(max_age=timedelta(days=2)),
        Selection(tags=("world",)),
        Selection(tags=("world", "iran")),
        Selection(languages=("en",)),
        Selection(sources=("s07",)),
        Selection(sources=tuple(f"s{n:02}" for n in range(20))),
        Selection(
            sources=("s01", "s02", "s03"), tags=("world",), languages=("en", "fa")
        ),
        Selection(tags=("world",), languages=("en",)),
    ],
    ids=str,
)
def test_a_list_is_a_walk_down_an_index_and_nothing_is_sorted(archive, selection):
    plan = plans(archive, lambda: archive.latest(selection, now=NOW, limit=100))

    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan.replace("Sort Key", "")
    assert "SCAN articles" not in plan.replace("SCAN articles USING COVERING INDEX", "")
    assert "Seq Scan" not in plan


def test_the_latest_below_a_place_is_found_by_index_too(archive):
    page = archive.latest(Selection(), now=NOW, limit=3)
    place = (page[-1].listed_at, page[-1].id)

    plan = plans(
        archive, lambda: archive.latest(Selection(), now=NOW, limit=3, before=place)
    )

    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert "SCAN" not in plan.upper().replace("INDEX ONLY SCAN", "").replace(
        "INDEX SCAN", ""
    )


def test_articles_are_counted_by_the_hour_from_indexes_alone(archive):
    plan = plans(archive, lambda: archive.journal.by_hour(NOW - 48 * HOUR))

    assert "ix_articles_late" in plan
    assert "SCAN articles" not in plan
    assert "Seq Scan" not in plan


def test_due_sources_are_found_by_index_and_nothing_is_sorted(store):
    states = [
        replace(source(f"s{n:04}"), next_poll_at=NOW + n * MINUTE) for n in range(3_000)
    ]
    store.put_states(states, configured={state.source_id for state in states})
    analyze(store)

    plan = plans(store, lambda: (store.due(NOW + HOUR, 50), store.next_due()))

    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
    assert "ix_sources_configured_gone_next_poll_at_source_id" in plan
