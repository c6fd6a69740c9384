"""Tell that our own network is down from hosts that are down.

In: how polls ended, in the order in which they did, and seconds on a clock that never
jumps. Out: which failures count against a source, and whom to ask meanwhile. No threads
and no clock of its own.

Of polls that made no connection two kinds are told apart (`Outcome.unreached`):
`network`, where no name server answered or there was no route, and `host`, where a host
refused or was silent, which may be its own trouble. Any answer, be it a 500, shows that
our network is up. It counts as down once there was no answer since

- a `network` failure of two publishers, or of one if nobody answered for a minute;
- or failures of three publishers who used to answer.

While it is down a failure is not held against its source: the row stays due. One due
source after the other is asked, those first that were asked least, and with the first
answer all of them are due again. A source that stays silent while others answer had
trouble of its own: from then on its failures count until it answers. Neither are more
than SPARED failures of kind `host` in a row overlooked, so a host that is down is asked
only so many times more.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.model import Outcome, PollResult, SourceState

# In seconds. At first each of the due ones is asked every PROBE, but no more than one
# each second. After AGE * PROBE the pauses grow, until each of the due ones is asked
# every RARELY, but some one every minute.
PROBE = 15.0
FASTEST = 1.0
SLOWEST = 60.0
RARELY = 300.0
AGE = 30.0
# Without an answer for so long, one publisher's word is enough.
QUIET = 60.0
SPARED = 2
_LOCAL_TROUBLES = 2
_SILENT_HOSTS = 3

# What the row of such a source says.
WAITS = "our own network is down: asked again once it is back"

# These polls asked nobody.
_NOBODY = frozenset({"blocked", "file", "unexpected"})


class Judged(NamedTuple):
    """Results that count, and results that say nothing of their sources."""

    counted: list[PollResult]
    spared: list[PollResult]


class Network:
    """What polls tell of our own network, and what follows from it."""

    def __init__(self) -> None:
        self._down_since: float | None = None
        self._is_back = False
        self._answered: float | None = None
        self._next_probe = 0.0
        # By source: the kind of its failure since the last answer, its row before that.
        self._silent: dict[str, tuple[str, SourceState]] = {}
        self._spared: dict[str, int] = {}
        self._doubted: set[str] = set()
        self._wronged: list[SourceState] = []

    @property
    def is_down(self) -> bool:
        """Whether failures say nothing of their sources."""
        return self._down_since is not None

    def judged(
        self,
        results: Sequence[PollResult],
        before: Mapping[str, SourceState],
        *,
        at: float,
    ) -> Judged:
        """Return which results count.

        `before` are the rows as they were when their polls began.
        """
        judged = Judged([], [])
        for result in results:
            row = before.get(result.source_id)
            counts = row is None or self._counts(row, result.outcome, at)
            (judged.counted if counts else judged.spared).append(result)
        return judged

    def waiting(
        self, spared: Sequence[PollResult], before: Mapping[str, SourceState]
    ) -> list[SourceState]:
        """Return the rows of sources that nothing is held against: due as they were."""
        return [replace(before[result.source_id], because=WAITS) for result in spared]

    def wronged(self) -> list[SourceState]:
        """Return the rows of sources whose failures were counted in error, until righted."""
        return list(self._wronged)

    def righted(self) -> None:
        """Take note that the store has these rows again."""
        self._wronged.clear()

    def choice(self, due: Sequence[SourceState], *, at: float) -> list[SourceState]:
        """Return which of the due sources to ask now: all of them, unless it is down."""
        if self._is_back:
            return []
        if self._down_since is None or not due:
            return list(due)
        if at < self._next_probe:
            return []
        in_doubt = any(kind == "host" for kind, _ in self._silent.values())
        self._next_probe = at + _pause(at - self._down_since, len(due), doubt=in_doubt)
        return [min(due, key=self._turn)]

    def came_back(self) -> bool:
        """Whether it has come back since this was asked last; until then none is asked."""
        is_back, self._is_back = self._is_back, False
        return is_back

    def _counts(self, row: SourceState, outcome: Outcome, at: float) -> bool:
        if outcome.problem in _NOBODY or not _is_far(row):
            return True
        if outcome.unreached is None:
            self._hear(row.source_id, at)
            return True
        if self._down_since is None:
            if self._is_evidence(row, outcome):
                self._silent[row.source_id] = (outcome.unreached, row)
            if not self._is_convincing(at):
                return True
            self._begin(row.source_id, at)
        spared = self._spared.get(row.source_id, 0) + 1
        if outcome.unreached == "host" and spared > SPARED:
            return True
        self._spared[row.source_id] = spared
        self._silent.setdefault(row.source_id, (outcome.unreached, row))
        return False

    def _hear(self, source_id: str, at: float) -> None:
        """Take note that somebody answered."""
        self._answered = at
        if self._down_since is not None:
            self._doubted |= self._silent.keys()
            self._down_since, self._is_back = None, True
        self._silent.clear()
        self._doubted.discard(source_id)
        self._spared.pop(source_id, None)

    def _is_evidence(self, row: SourceState, outcome: Outcome) -> bool:
        if row.source_id in self._doubted:
            return False
        return outcome.unreached == "network" or bool(
            row.last_success_at and not row.failures
        )

    def _is_convincing(self, at: float) -> bool:
        kinds = {kind for kind, _ in self._silent.values()}
        publishers = len({row.shard for _, row in self._silent.values()})
        if kinds == {"network"}:
            quiet = self._answered is None or at - self._answered > QUIET
            return quiet or publishers >= _LOCAL_TROUBLES
        return publishers >= _SILENT_HOSTS

    def _begin(self, convinced_by: str, at: float) -> None:
        self._down_since, self._is_back = at, False
        self._next_probe = at
        for id_, (_, row) in self._silent.items():
            if id_ != convinced_by:
                self._wronged.append(row)
                self._spared[id_] = self._spared.get(id_, 0) + 1

    def _turn(self, state: SourceState) -> tuple[object, ...]:
        id_ = state.source_id
        silent = id_ in self._silent or id_ in self._doubted
        return self._spared.get(id_, 0), silent, state.next_poll_at, id_


def _is_far(row: SourceState) -> bool:
    """Whether it takes a network to reach a source: not a file, not this machine."""
    return bool(row.host) and not row.host.startswith(("localhost", "127.", "[::1]"))


def _pause(age: float, due: int, *, doubt: bool) -> float:
    """Return the seconds from one probe to the next, in an outage of an age.

    In doubt hosts may be reached after all, and are asked as rarely from the start.
    """
    if doubt:
        return min(max(FASTEST, RARELY / due), SLOWEST)
    at_first = max(FASTEST, PROBE / due)
    at_last = max(SLOWEST, RARELY / due)
    return min(max(at_first, age / AGE), at_last)
