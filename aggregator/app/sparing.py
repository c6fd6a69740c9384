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
    now = clock()
    states = cadence.configured(config.sources, _stored(config.store), now=now)
    reasons = {
        source.id: cadence.may_force(source, states[source.id], now=now)
        for source in config.sources
    }
    return {id_: reason for id_, reason in reasons.items() if reason}


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
