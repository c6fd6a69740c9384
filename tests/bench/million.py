"""Lists of the newest 100 at a million articles on SQLite, in ms of CPU.

The store is built once, in half a minute, and kept in the temporary folder. What is
measured is the walk to the ids; the rows of 100 articles are read besides.
"""

import tempfile
from datetime import timedelta
from pathlib import Path

from aggregator.epoch import micros
from aggregator.model import Selection
from aggregator.store import listing, migrations, open_store
from aggregator.store.articles import articles
from aggregator.store.listing import listing as listed
from tests.bench.measure import Row, cpu
from tests.store.newsroom import NOW, id_of, source

ARTICLES = 1_000_000
SOURCES = 500
TAGS = 20
BATCH = 50_000


def measure(rounds):
    with open_store(f"sqlite:///{built()}") as store:
        for name, selection, most in (
            ("latest 100 of a million", Selection(), 0.3),
            ("latest 100 of a million with a tag", Selection(tags=("tag3",)), 0.3),
            (
                "latest 100 of a million of 20 sources",
                Selection(sources=tuple(f"s{n}" for n in range(20))),
                2,
            ),
        ):

            def ask(selection=selection):
                with store._reading() as connection:
                    found = listing.latest(
                        connection, selection, now=NOW, limit=100, before=None
                    )
                    assert len(found) == 100

            def whole(selection=selection):
                store.latest(selection, now=NOW, limit=100, bodies=False)

            ask(), whole()
            walks = [cpu(ask, times=50) * 1000 for _ in range(rounds)]
            rows = min(cpu(whole, times=20) * 1000 for _ in range(rounds))
            yield Row(
                name=name,
                ours=walks,
                unit="ms",
                most=most,
                note=f"with the rows {rows:.2g} ms",
            )


def built():
    """Return the path of a store with a million articles, built if it is not there."""
    name = f"mediawire-bench-million-{migrations.HEAD}.db"
    path = Path(tempfile.gettempdir()) / name
    if path.exists():
        return path
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open_store(f"sqlite:///{unfinished}") as store:
        ids = [f"s{n}" for n in range(SOURCES)]
        store.put_states([source(id_) for id_ in ids], configured=set(ids))
        for start in range(0, ARTICLES, BATCH):
            numbers = range(start, start + BATCH)
            with store._writing() as connection:
                connection.execute(articles.insert(), [row(n) for n in numbers])
                connection.execute(
                    listed.insert(),
                    [
                        {
                            "scope": scope,
                            "listed_at": at(n),
                            "article_id": id_of(str(n)),
                        }
                        for n in numbers
                        for scope in (f"tag:tag{n % TAGS}", "lang:en")
                    ],
                )
    unfinished.rename(path)
    return path


def at(number):
    return micros(NOW - timedelta(seconds=number * 7))


def row(number):
    id_ = id_of(str(number))
    names = ("published_id", "source_title", "title", "text_sha256")
    times = ("published", "updated", "first_seen", "listed_at")
    return {
        **dict.fromkeys(names, id_),
        **dict.fromkeys(times, at(number)),
        "article_id": id_,
        "source_id": f"s{number * 7919 % SOURCES}",
        "attribution": '{"source_id":"s","title":"t","feed_url":"u"}',
        "content_digest": b"",
        "revision": 0,
        "shown": True,
    }
