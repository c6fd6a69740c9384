"""One full round: poll what is due, once, then publish what changed.

In: a wire, which begins the round: the store is made to agree with the config and with
the clock. Out: a Summary in the form that `poll --json` prints. Once a day it prunes.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from aggregator.app.upkeep import is_due, prune
from aggregator.app.wire import Wire
from aggregator.engines.local import LocalEngine, Poll
from aggregator.errors import MediaWireError
from aggregator.events import log
from aggregator.fetching.cadence import Network
from aggregator.model import PollResult, PublicationStatus, SourceState

GRACE = timedelta(seconds=10)


class Summary(Struct):
    """What a round did: counts of sources by outcome, of articles new and changed."""

    results: list[PollResult] = field(default_factory=list)
    statuses: list[PublicationStatus] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Return how many sources failed."""
        return sum(result.outcome.kind == "failed" for result in self.results)

    @property
    def refused(self) -> list[PublicationStatus]:
        """Return the documents that were not fit to replace the last good ones."""
        return [status for status in self.statuses if status.refused]

    def as_json(self) -> dict[str, Any]:
        """Return the counts and one object per source, in the order of their ids."""
        outcomes = [result.outcome for result in self.results]
        return {
            "polled": len(outcomes),
            "unchanged": sum(outcome.kind == "unchanged" for outcome in outcomes),
            "updated": sum(outcome.kind == "updated" for outcome in outcomes),
            "failed": self.failed,
            "new": sum(outcome.new for outcome in outcomes),
            "changed": sum(outcome.changed for outcome in outcomes),
            "sources": [
                {
                    "id": result.source_id,
                    "outcome": result.outcome.kind,
                    "new": result.outcome.new,
                    "changed": result.outcome.changed,
                    "error": result.outcome.error,
                }
                for result in sorted(self.results, key=lambda r: r.source_id)
            ],
        }


class Begun(NamedTuple):
    """What a round found: the rows of all sources, and whether it ends with pruning."""

    stored: Mapping[str, SourceState]
    prunes: bool


def begin_round(wire: Wire) -> Begun:
    """Make the store agree with the config, and with a clock that was put right."""
    stored = wire.enlist()
    wire.schedule.bring_back()
    return Begun(stored, is_due(wire, stored.values()))


def poll_round(
    wire: Wire,
    states: Sequence[SourceState],
    *,
    forced: bool = False,
    prunes: bool = False,
    polled: Callable[[PollResult], None] = lambda _: None,
    begun: Callable[[LocalEngine], None] = lambda _: None,
) -> Summary:
    """Poll these sources once each, record and publish; raises StoreError.

    `forced`: also those that their feeds ask us not to poll at this hour. `prunes`:
    what is older than anybody keeps is deleted at the end.

    `polled` is called with each result once it is recorded, `begun` with the engine,
    so that the caller can stop it.
    """
    summary = Summary()
    if states:
        poll = partial(wire.poll, forced=forced)
        _poll_all(wire, states, summary, poll, polled=polled, begun=begun)
    # What has to stand in a month is there before it is pruned.
    summary.statuses = wire.publish_news()
    if prunes and _pruned(wire):
        summary.statuses = wire.publish_news() or summary.statuses
    return summary


def _pruned(wire: Wire) -> bool:
    """Delete what is older than anybody keeps; return whether anything was."""
    try:
        return prune(wire, wire.clock()) > 0
    except MediaWireError as error:
        log.error("not pruned", reason=str(error))  # noqa: TRY400 - a sentence
        return False


def _poll_all(
    wire: Wire,
    states: Sequence[SourceState],
    summary: Summary,
    poll: Poll,
    *,
    polled: Callable[[PollResult], None],
    begun: Callable[[LocalEngine], None],
) -> None:
    """Poll these sources; who is asked in vain, or not at all, is due as before."""
    unanswered = {state.source_id: state for state in states}
    network = Network()
    spared: list[PollResult] = []
    recording = Lock()
    wire.open_rooms()
    asked = wire.schedule.asked_lately(wire.config.longest_spacing)
    wire.schedule.ask(states)

    def record(results: Sequence[PollResult]) -> None:
        with recording:
            judged = network.judged(results, unanswered, at=monotonic())
            spared.extend(judged.spared)
            for result in [*wire.record(judged.counted), *judged.spared]:
                # Without what it brought: of 400 new sources with 30 entries 70 MB.
                slim = replace(result, document=None, new=(), changed=())
                summary.results.append(slim)
                polled(result)
            for result in judged.counted:
                del unanswered[result.source_id]

    engine = LocalEngine(
        poll,
        record,
        limits=wire.config.host_limits,
        workers=wire.config.fetch.workers,
        insist=False,
    )
    begun(engine)
    engine.remember(asked)
    engine.submit(states)
    engine.drain()
    engine.stop(GRACE)
    if engine.broken:
        raise engine.broken
    # Not while one is recorded, which is answered then.
    with recording:
        if network.is_down:
            log.warning("network down", reason=spared[0].outcome.error)
            wire.schedule.put_back(network.wronged())
            rows = network.waiting(spared, unanswered)
            unanswered |= {row.source_id: row for row in rows}
        elif spared:
            # Others answered: what was silent has trouble of its own.
            for result in wire.record(spared):
                del unanswered[result.source_id]
        wire.schedule.unask(unanswered.values())
