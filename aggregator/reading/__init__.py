"""The reading room: from the bytes of an answer to articles, in a process that may die.

decode      bytes → UTF-8, and what kind of document it is
labels      what a declared encoding is read with
western     whether bytes that are no UTF-8 read like windows-1252
opening     where the feed begins in it, or what it is instead of a feed
entities    named entities resolved before any parser sees them
split       a document → its items by their bytes, with digests
parts       what `conductor` asks of a document; xmlfeed and jsonfeed provide it
parse       XML → Feed; the only importer of feedparser, with `tree` beside it
parsed      Feed and Entry: what both kinds of documents become
buffered    how feedparser is given text; `said`: what its dictionaries hold
normalise   Feed + Source → articles
address     what may be shown of where a feed was found
keys        how an entry is recognised, and the ids that follow
request     the question of a poll                                → ReadRequest
conductor   `read` conducts all of it: ReadRequest → Reading
passage     tells that every item is as it was, without any process
workers     runs `read` in processes that can be killed; `worker`: the life of one
wire        messages to and from them; `packing`: what is in these
discovery   the feeds that a web page names as its own
provenance  whether the words of a stored article are those of its raw item

A poll needs `ReadRequest` and `Workers`; the parsers load in the workers only. `read`
is the same function without a process, for tests and for trying a source out.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late
from aggregator.reading.keys import guid_key, named
from aggregator.reading.request import ReadRequest

if TYPE_CHECKING:
    from aggregator.reading.conductor import read
    from aggregator.reading.provenance import carries_id, doubts
    from aggregator.reading.workers import Workers

__all__ = [
    "ReadRequest",
    "Workers",
    "carries_id",
    "doubts",
    "guid_key",
    "named",
    "read",
]

# What needs parsers or processes.
__getattr__ = opening_late(
    __name__,
    {
        "Workers": "workers",
        "carries_id": "provenance",
        "doubts": "provenance",
        "read": "conductor",
    },
)
