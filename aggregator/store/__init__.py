"""Where everything is kept: sources with their schedule, articles, and their history.

In: PollResults, decisions of the desk. Out: what is due, what is known, what a
publication shows. One `Store` serves all threads of a process, on SQLite or
PostgreSQL, with the same answers.

    opening       find, create, migrate or refuse a database     → open_store, migrate
    holding       one process at a time works with a store       → hold
    shards        several share its schedule, on PostgreSQL      → open_shards
    store         the door: each method is one transaction       → Store
    catalogue     what of it can be asked about articles; `transactions` below
    evidence, journal, twinship
                  doors within the door: for `verify`, of what happened when, of twins
    recording     what a poll changes, across the tables below; `arriving`: when it came
    desk          what the desk decides about stored articles
    leaving       which articles are left by a twin, and may begin to stand
    comparing     which articles nobody compared yet, and what they may be like
    succession    what carries on an id that another source took back
    redating      articles that a wrong clock saw in the future, brought back
    proving       every row read back; `seals`: what tells that one flipped
    pruning, backup

    sources, grants, documents, polls, articles, bodies, keys, listing, hours, search,
    publications, meta, twins, sightings, pruned
                  one family of tables each: its rows from and to our nouns
    rows, states  a row of articles as an Article, of sources as a SourceState, and back
    marks         what tells whether an article is as it was; `aside`: what lists pass by
    readable      the articles of a list, without those that cannot be read; `isolating`:
                  which of many rows it is that cannot be decoded
    columns       how our values become columns, on both databases alike

    connecting    to SQLite or PostgreSQL; `sessions`: what is locked while one lasts
    files         what a database file needs of the file system
    migrations/   every schema there ever was                    → HEAD

To add a table: a family module, a migration beside the others in `migrations/` with its
number in `VERSIONS`, and its method on Store. SQLAlchemy is loaded when a store is first opened, not before:
it costs 0.2 s, and many commands need none.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late

if TYPE_CHECKING:
    from aggregator.store.connecting import file_of_store
    from aggregator.store.holding import hold
    from aggregator.store.isolating import LeaveOut
    from aggregator.store.leaving import LEFT
    from aggregator.store.marks import Mark
    from aggregator.store.migrations import HEAD
    from aggregator.store.opening import migrate, open_store, schema_version
    from aggregator.store.readable import say_left_out
    from aggregator.store.shards import Shards, open_shards
    from aggregator.store.store import Store

__all__ = [
    "HEAD",
    "LEFT",
    "LeaveOut",
    "Mark",
    "Shards",
    "Store",
    "file_of_store",
    "hold",
    "migrate",
    "open_shards",
    "open_store",
    "say_left_out",
    "schema_version",
]

__getattr__ = opening_late(
    __name__,
    {
        "HEAD": "migrations",
        "LEFT": "leaving",
        "LeaveOut": "isolating",
        "Mark": "marks",
        "Shards": "shards",
        "Store": "store",
        "file_of_store": "connecting",
        "hold": "holding",
        "migrate": "opening",
        "open_shards": "shards",
        "open_store": "opening",
        "say_left_out": "readable",
        "schema_version": "opening",
    },
)
