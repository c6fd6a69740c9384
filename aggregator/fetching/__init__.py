"""Fetching: from an address to a document, politely, or to a sentence that says why not.

A fetch walks through this room like this:

    targets      what a URL points at, read once for everybody
    asking       what we say: who we are, what we can read, what we already have
    guard        which addresses may be dialled; dialling resolves, asks it, connects
    deadline     one moment at which everything ends, obeyed by every socket
    connections  urllib3's, taught the three above
    answers      what comes back beside the document: validators and advice
    redirects    the next hop, by our rules
    bodies       the document itself, decoded, never more than the cap
    faults       why there is none, in one sentence
    http         conducts all of it through requests
    kinds        the kinds of sources, one file each; fetcher chooses by scheme

`cadence` decides when to come again. requests is imported when a Fetcher is first asked
for, so that commands that fetch nothing start fast.
"""

from typing import TYPE_CHECKING

from aggregator.fetching.guard import Guard

if TYPE_CHECKING:
    from aggregator.fetching.fetcher import Fetcher

__all__ = ["Fetcher", "Guard"]


def __getattr__(name: str) -> object:
    if name == "Fetcher":
        from aggregator.fetching.fetcher import Fetcher

        return Fetcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
