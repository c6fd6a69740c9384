"""Publishing 100 entries again after one more came, beside feedgen and gzip from nothing.

Ours goes from reports to files in place, checks included; theirs makes the same bytes of
all 100 (RSS and Atom by feedgen, JSON in one go) and compresses them.
"""

import gzip
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from aggregator.model import Publication, Source
from aggregator.publishing import Publisher, report
from aggregator.publishing.document import compose, latest, masthead
from aggregator.publishing.formats import _feedgen, atom, rss
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint
from aggregator.reading import ReadRequest, read
from tests.bench.measure import Row, cpu
from tests.bench.origin import World

BASE = "https://wire.example"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WIRE = Publication(id="wire", title="Media Wire", description="Reports", limit=100)


def measure(rounds):
    with tempfile.TemporaryDirectory(prefix="mediawire-bench-") as folder:
        publisher = Publisher(Path(folder), base_url=BASE)
        made = reports(100 + rounds)
        publisher.publish(WIRE, made[rounds:], now=NOW)
        ours, theirs = [], []
        for left in range(rounds - 1, -1, -1):
            shown = made[left : left + 100]
            ours.append(cpu(lambda new=shown: publisher.publish(WIRE, new, now=NOW)))
            theirs.append(cpu(from_nothing, shown))
            require_equal(Path(folder), from_nothing(shown))
    yield Row(
        name="republish 100 entries, RSS + Atom + JSON + gzip, 1 new",
        ours=ours,
        theirs=theirs,
        times=True,
        least=25,
        note="bytes equal",
    )


def reports(count):
    """Return reports of one source, newest first."""
    source = Source(id="agency", url="https://agency.example/feed")
    asked = ReadRequest(
        source=source, url=source.url, body=World(1, count).answer(0)[3], now=NOW
    )
    articles = [article for _, article in read(asked).items]
    return [report(article, WIRE, source.rights, now=NOW) for article in articles]


def from_nothing(shown):
    """Return the documents by name, with their gzip forms made and thrown away."""
    documents = {name: by_feedgen(name, shown) for name in ("rss", "atom")}
    pairs = [(each, fingerprint(each)) for each in shown]
    documents["json"] = compose(WIRE, "json", pairs, base_url=BASE, kept=Pieces()).body
    for document in documents.values():
        gzip.compress(document, 6)
    return documents


def by_feedgen(name, shown):
    top = masthead(WIRE, name, BASE)
    format_ = {"rss": rss, "atom": atom}[name]
    feed = _feedgen.titled(top, format_.media_type, "en", latest(shown))
    if name == "rss":
        from aggregator import __version__

        feed.generator(f"Media Wire {__version__}")
        feed.entry([rss.item(each, top) for each in shown])
        return feed.rss_str()
    feed.entry([atom.feed_entry(each, top) for each in shown])
    return feed.atom_str()


def require_equal(folder, documents):
    for name, document in documents.items():
        path = folder / "feeds" / f"wire.{name}"
        plain, packed = path.read_bytes(), Path(f"{path}.gz").read_bytes()
        if not plain == gzip.decompress(packed) == document:
            sys.exit(f"{path.name} is not what feedgen makes of the same reports")
