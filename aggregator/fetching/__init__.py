"""Fetching: from an address to a document, politely, or to a sentence that says why not.

A fetch walks through this room like this:

    targets      what a URL points at, read once for everybody
    asking       what we say: who we are, what we can read, what we already have
    guard        which addresses may be dialled; `dialling` resolves, asks it, connects
    deadline     one moment at which everything ends, obeyed by every socket
    tls          whom we believe, and sessions that servers take up again
    connections  urllib3's, taught the four above; `pools` keeps them alive
    framing      where an answer ends, of the header lines that say so
    answers      what comes back beside the document: validators and advice
    redirects    the next hop, by our rules
    bodies       the document itself, decoded, never more than the cap
    faults       why there is none, in one sentence
    http         conducts all of it through requests
    walls        whether a robot check stands where a status refuses us
    kinds        the kinds of sources, one file each; `fetcher` chooses by scheme
    posting      sends a document of ours through the same guard

`cadence` decides when to come again. Fetcher is imported when it is first asked for, and
requests with the first address that takes it, so that commands that fetch nothing start
fast.
"""

from typing import TYPE_CHECKING

from aggregator.doors import opening_late
from aggregator.fetching.guard import Guard

if TYPE_CHECKING:
    from aggregator.fetching.fetcher import Fetcher

__all__ = ["Fetcher", "Guard"]

__getattr__ = opening_late(__name__, {"Fetcher": "fetcher"})
