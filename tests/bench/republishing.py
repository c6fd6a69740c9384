"""Publishing 100 entries again after one more came, beside feedgen and gzip from nothing.

Ours goes from reports to files in place: read back, and flushed to disk before they take
the places of the old ones. Theirs makes the same bytes of all 100 (RSS and Atom by
feedgen, JSON in one go), compresses them and writes six files over the old ones, as
feedgen's `rss_file` does. Of ours, most is the kernel's work for files that are flushed;
what it takes without a disk stands in a row of its own.

The entries are the origin's invented ones, and real full texts (1,000 characters or more)
from the corpus beside the project, where that is present.
"""

import gzip
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from aggregator.errors import ReadError
from aggregator.model import Publication, Source
from aggregator.publishing import Publisher, report
from aggregator.publishing.document import common_language, latest, masthead
from aggregator.publishing.formats import _feedgen, atom, json, rss
from aggregator.reading import ReadRequest, read
from tests import corpus
from tests.bench.measure import Row, cpu
from tests.bench.origin import World

BASE = "https://wire.example"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Source(id="agency", url="https://agency.example/feed")
WIRE = Publication(id="wire", title="Media Wire", description="Reports", limit=100)


MEMORY = Path("/dev/shm")
FULL_TEXT = 1000


def measure(rounds):
    yield republishing("invented", invented(100 + rounds), None, least=25)
    shown = real(100 + rounds)
    if shown:
        yield republishing("real", shown, None, least=25)
    if MEMORY.is_dir():
        yield republishing("invented", invented(100 + rounds), MEMORY)
        if shown:
            yield republishing("real", shown, MEMORY)


def republishing(kind, made, disk, least=None):
    rounds = len(made) - 100
    with tempfile.TemporaryDirectory(prefix="mediawire-bench-", dir=disk) as folder:
        publisher = Publisher(Path(folder), base_url=BASE)
        beside = Path(folder) / "theirs"
        beside.mkdir()
        publisher.publish(WIRE, made[rounds:], now=NOW)
        ours, theirs = [], []
        for left in range(rounds - 1, -1, -1):
            shown = made[left : left + 100]
            ours.append(cpu(lambda new=shown: publisher.publish(WIRE, new, now=NOW)))
            theirs.append(cpu(from_nothing, shown, beside))
            require_equal(Path(folder), beside)
        size = sum(file.stat().st_size for file in beside.iterdir()) / 1e6
    return Row(
        name=f"republish 100 {kind} entries, 1 new{', no disk' if disk else ''}",
        ours=ours,
        theirs=theirs,
        times=True,
        least=least,
        note=f"RSS, Atom, JSON and gzip of each, {size:.1f} MB, bytes equal",
    )


def invented(count):
    """Return reports of one source, newest first."""
    return [shown(article) for article in articles(World(1, count).answer(0)[3])]


def real(count):
    """Return reports with a full text from all over the corpus, fewer if it has fewer."""
    if not corpus.FOLDER.is_dir():
        return []
    found = {}
    for path in corpus.files("snapshots")[::3]:
        with suppress(ReadError):
            found |= {a.published_id: a for a in articles(path.read_bytes())}
    full = [a for a in found.values() if len(a.body) >= FULL_TEXT]
    return [shown(article) for article in full[:: max(1, len(full) // count)][:count]]


def articles(body):
    asked = ReadRequest(source=SOURCE, url=SOURCE.url, body=body, now=NOW)
    return [article for _, article in read(asked).items]


def shown(article):
    return report(article, WIRE, SOURCE.rights, now=NOW)


def from_nothing(shown, folder):
    """Make the documents and their gzip forms, and write them over the old ones."""
    documents = {name: by_feedgen(name, shown) for name in ("rss", "atom")}
    documents["json"] = in_one_go(shown)
    for name, document in documents.items():
        (folder / f"wire.{name}").write_bytes(document)
        (folder / f"wire.{name}.gz").write_bytes(gzip.compress(document, 6))


def by_feedgen(name, shown):
    top = masthead(WIRE, name, BASE)
    format_ = {"rss": rss, "atom": atom}[name]
    feed = _feedgen.titled(
        top, format_.media_type, common_language(shown), latest(shown)
    )
    if name == "rss":
        from aggregator import __version__

        feed.generator(f"Media Wire {__version__}")
        feed.entry([rss.item(each, top) for each in shown])
        return feed.rss_str()
    feed.entry([atom.feed_entry(each, top) for each in shown])
    return feed.atom_str()


def in_one_go(shown):
    """Return the JSON document: its head and what each report comes to, neither checked."""
    top = masthead(WIRE, "json", BASE)
    language, updated = common_language(shown), latest(shown)
    head = json.head(top, language=language, updated=updated)
    return b"".join(head.parts([json.entry(each, top) for each in shown]))


def require_equal(folder, theirs):
    for meant in theirs.glob("*[!z]"):
        path = folder / "feeds" / meant.name
        plain, packed = path.read_bytes(), Path(f"{path}.gz").read_bytes()
        if not plain == gzip.decompress(packed) == meant.read_bytes():
            sys.exit(f"{path.name} is not what feedgen makes of the same reports")
