"""Reading a document again with nothing or one entry new, beside feedparser on the whole.

The documents are all real ones with 30 entries from the corpus beside the project; where
that is absent, one of the origin's. Both read in this process, from the same bytes.
"""

import json
from datetime import UTC, datetime

import feedparser
from msgspec.structs import replace

from aggregator.model import Source
from aggregator.reading import ReadRequest, read
from aggregator.reading.jsonfeed import JsonFeed
from aggregator.reading.passage import unread
from tests import corpus
from tests.bench.measure import Row, cpu
from tests.bench.origin import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://agency.example/feed.xml"
MOST = 12  # documents


def measure(rounds):
    bodies = documents()
    reads = [refetches(body) for body in bodies]
    whole = [sum(cpu(feedparser.parse, b) for b in bodies) for _ in range(rounds)]
    for new, least in ((0, 100), (1, 15)):
        ours = [
            sum(cpu(answered, pair[new], times=5) for pair in reads)
            for _ in range(rounds)
        ]
        yield Row(
            name=f"re-fetch of a real 30-entry document, {new} new",
            ours=ours,
            theirs=whole,
            times=True,
            least=least,
            note=f"{len(bodies)} documents",
        )
    ours = [sum(cpu(read, first(b)) for b in bodies) for _ in range(rounds)]
    yield Row(
        name="first fetch of a real 30-entry document",
        ours=ours,
        theirs=whole,
        note="against feedparser alone; ours cleans, credits and names, too",
    )


def documents():
    """Return the bytes of documents with 30 entries that can be cut."""
    if not corpus.FOLDER.is_dir():
        return [World(1, 30).answer(0)[3]]
    bodies = [
        (corpus.FOLDER / row["path"]).read_bytes()
        for row in corpus.manifest()
        if row["entries"] == "30" and row["path"].startswith("snapshots")
    ]
    fit = [
        b for b in bodies if not json.dumps(read(first(b)).notes).count("read whole")
    ]
    return fit[:MOST]


def answered(request):
    """Return the reading of a document as `Workers` do, but in this process."""
    return unread(request) or read(request)


def first(body):
    return ReadRequest(source=Source(id="agency", url=URL), url=URL, body=body, now=NOW)


def refetches(body):
    """Return the questions when no entry is new, and when the newest one is."""
    return asked(body, body), asked(body, without_newest(body))


def asked(body, before):
    """Return the question about a body where another was read last."""
    seen = read(first(before))
    return replace(
        first(body),
        known={digest: "0" * 20 for digest, _ in seen.items},
        context=seen.context,
        passage=seen.passage,
    )


def without_newest(body):
    """Return the document as it was before its first entry came."""
    if body.lstrip().startswith(b"{"):
        said = JsonFeed(said=json.loads(body), url=URL, document=body)
        behind = body[said.extent.after_first :].lstrip(b", \t\r\n")
        return body[: said.extent.start] + behind
    (_, newest), *_ = read(first(body)).items
    return body.replace(newest.raw, b"", 1)
