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
    def has_news(self) -> bool:
        """Return whether any source brought something."""
        return any(result.outcome.kind == "updated" for result in self.results)

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
    answers = _Answers(wire, states, polled)
    if states:
        _poll_all(
            wire, states, answers, partial(wire.poll, forced=forced, leaves=True), begun
        )
    summary = Summary(results=answers.results)
    # What has to stand in a month is there before it is pruned.
    summary.statuses = wire.publish_news(has_news=summary.has_news)
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
    answers: "_Answers",
    poll: Poll,
    begun: Callable[[LocalEngine], None],
) -> None:
    """Poll these sources; who is asked in vain, or not at all, is due as before."""
    wire.open_rooms()
    asked = wire.schedule.asked_lately(wire.config.longest_spacing)
    wire.schedule.ask(states)
    engine = LocalEngine(
        poll,
        answers.record,
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
    answers.settle()


class _Answers:
    """What the polls of a round came to. Failures wait while our own network may be down."""

    def __init__(
        self,
        wire: Wire,
        states: Sequence[SourceState],
        polled: Callable[[PollResult], None],
    ) -> None:
        self.results: list[PollResult] = []
        self._wire = wire
        self._polled = polled
        self._unanswered = {state.source_id: state for state in states}
        self._network = Network()
        self._spared: list[PollResult] = []
        self._recording = Lock()

    def record(self, results: Sequence[PollResult]) -> None:
        """Record polls that ended, and tell of each."""
        with self._recording:
            judged = self._network.judged(results, self._unanswered, at=monotonic())
            self._spared.extend(judged.spared)
            for result in [*self._wire.record(judged.counted), *judged.spared]:
                # Without what it brought: of 400 new sources with 30 entries 70 MB.
                slim = replace(result, document=None, new=(), changed=())
                self.results.append(slim)
                self._polled(result)
            for result in judged.counted:
                del self._unanswered[result.source_id]

    def settle(self) -> None:
        """Decide about failures that wait, and let the unanswered be due as before."""
        # Not while one is recorded, which is answered then.
        with self._recording:
            if self._network.is_down:
                self._put_back()
            elif self._spared:
                # Others answered: what was silent has trouble of its own.
                for result in self._wire.record(self._spared):
                    del self._unanswered[result.source_id]
            self._wire.schedule.unask(self._unanswered.values())

    def _put_back(self) -> None:
        """Hold against nobody what our own network lost."""
        log.warning("network down", reason=self._spared[0].outcome.error)
        self._wire.schedule.put_back(self._network.wronged())
        rows = self._network.waiting(self._spared, self._unanswered)
        self._unanswered |= {row.source_id: row for row in rows}
