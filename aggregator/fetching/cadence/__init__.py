"""Cadence: when a source is polled next, and because of what.

Pure decisions: no clock, no store, no randomness; time and jitter are handed in, so
every decision can be replayed.

    pace       what speaks for staying away, and until when; the latest reason decides
    rows       the row after a poll: counters, back-off, throttling, gone, moved
    schedule   rows kept true to config edits, clock jumps and long downtimes
    network    whether our own network is down, and whom to ask meanwhile
    status     the word and the sentence that an operator reads
    phrases    lengths and moments in text

The interval is the operator's and a floor. Whatever a publisher advises (max-age,
Retry-After, ttl, skipHours) can only make us come later, and jitter only adds.
"""

from aggregator.fetching.cadence.network import Judged, Network
from aggregator.fetching.cadence.pace import NEVER, is_doubtful, skips
from aggregator.fetching.cadence.phrases import duration, span, to_the_minute
from aggregator.fetching.cadence.rows import after, asked, initial
from aggregator.fetching.cadence.schedule import (
    configured,
    hastened,
    put_off,
    rebase,
    reconfigured,
    spread,
)
from aggregator.fetching.cadence.status import (
    URGENCY,
    may_force,
    may_refresh,
    next_step,
    not_due,
    word,
)

__all__ = [
    "NEVER",
    "URGENCY",
    "Judged",
    "Network",
    "after",
    "asked",
    "configured",
    "duration",
    "hastened",
    "initial",
    "is_doubtful",
    "may_force",
    "may_refresh",
    "next_step",
    "not_due",
    "put_off",
    "rebase",
    "reconfigured",
    "skips",
    "span",
    "spread",
    "to_the_minute",
    "word",
]
