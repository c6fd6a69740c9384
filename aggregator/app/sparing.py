"""Which sources must be left alone now, for what asks them beside the schedule.

In: the config, and what its store says if there is one. Out: a reason for each source
that is paused, or whose Retry-After runs. Nothing is created, and nothing written.
"""

from collections.abc import Mapping
from contextlib import closing

from aggregator.app.clock import Clock, utc_now
from aggregator.errors import MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Config, SourceState


def spared(config: Config, *, clock: Clock = utc_now) -> dict[str, str]:
    """Return why sources may not be asked now, by their ids."""
    now, stored = clock(), _stored(config.store)
    found = {}
    for source in config.sources:
        state = cadence.initial(source, now=now)
        if source.id in stored:
            state = cadence.reconfigured(source, stored[source.id], now=now)
        if reason := cadence.may_force(source, state, now=now):
            found[source.id] = reason
    return found


def _stored(url: str) -> Mapping[str, SourceState]:
    """Return the rows of a store, none if it cannot be read: then nothing is known."""
    from aggregator.store import open_store, schema_version

    try:
        if schema_version(url) is None:
            return {}
        with closing(open_store(url, read_only=True)) as store:
            return store.states()
    except MediaWireError:
        return {}
