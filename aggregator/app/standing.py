"""How every source is doing: what `status`, the console and the API show."""

from collections import defaultdict
from typing import Any

from aggregator.app.wire import Wire
from aggregator.config import masked
from aggregator.fetching import cadence


def standings(wire: Wire) -> list[dict[str, Any]]:
    """Return one object per configured source, in the order of the config.

    Keys: id, url (without credentials), title, site (its home page, None if neither the
    config nor the feed says), state (new, ok, failing, throttled, paused, held, gone),
    outcome, problem, error, articles, last_success, last_polled, failures, next_poll_at
    (None: never by itself), because. Times are datetimes in UTC or None.
    """
    counts = wire.store.counts()
    now = wire.clock()
    rows = []
    # Of one config, whatever is adopted meanwhile.
    schedule = wire.schedule
    states = schedule.states()
    askers = defaultdict(list)
    for source_id, state in states.items():
        askers[state.fetch_url].append(source_id)
    for source_id, state in states.items():
        source = schedule.sources[source_id]
        rows.append(
            {
                "id": source_id,
                "url": masked(source.url),
                "title": source.title or state.feed.title or source_id,
                "site": source.site or state.feed.site,
                "state": cadence.word(source, state, now=now),
                "outcome": state.outcome,
                "error": state.error,
                "articles": counts.get(source_id, 0),
                "last_success": state.last_success_at,
                "last_polled": state.last_polled_at,
                "failures": state.failures,
                "problem": state.problem,
                "next_poll_at": None
                if state.next_poll_at >= cadence.NEVER
                else state.next_poll_at,
                "because": cadence.next_step(
                    source,
                    state,
                    now=now,
                    others=[id_ for id_ in askers[state.fetch_url] if id_ != source_id],
                ),
            }
        )
    return rows
