"""Which sources must be left alone now, for what asks them beside the schedule.

In: the config, and what its store says if there is one. Out: a reason for each source
that is paused or gone, or whose Retry-After runs. Nothing is created, and nothing
written.
"""

from collections.abc import Mapping
from contextlib import closing

from aggregator.app.clock import utc_now
from aggregator.errors import MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Config, SourceState


def spared(config: Config, *, named: bool = False) -> dict[str, str]:
    """Return why sources may not be asked now, by their ids.

    A feed that is gone may be, where the operator `named` it.
    """
    now = utc_now()
    states = cadence.configured(config.sources, _stored(config.store), now=now)
    reasons = {}
    for source in config.sources:
        state = states[source.id]
        if reason := cadence.may_force(source, state, now=now):
            reasons[source.id] = reason
        elif state.gone and not named:
            again = f"`poll --force {source.id}` asks all the same"
            reasons[source.id] = f"{state.because}; {again}"
    return reasons


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
