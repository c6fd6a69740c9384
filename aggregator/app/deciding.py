"""What the desk decides about what stands in the store: by command or from the console.

In: a Wire and what is meant. Out: the store says so, and whoever polls and publishes
from it does it next, in this process or another. MediaWireError if there is nothing to
be decided.
"""

import re

from msgspec.structs import replace

from aggregator.app.twins import Families
from aggregator.app.wire import Wire
from aggregator.errors import MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Article
from aggregator.suspicion import RELEASED_FOR


def release(wire: Wire, source_id: str) -> None:
    """Believe a held source: take in what it sends from the next poll on.

    That is at once, unless a Retry-After of the publisher runs.
    """
    state = wire.states()[source_id]
    if state.held is None:
        raise MediaWireError(f"{source_id} is not held, so there is nothing to release")
    now = wire.clock()
    wire.store.release(source_id, state.held, until=now + RELEASED_FOR)
    if not cadence.may_force(wire.sources[source_id], state, now=now):
        due = replace(
            state,
            next_poll_at=now,
            last_polled_at=None,
            because="released by the desk",
        )
        wire.store.reschedule([due])


def named(wire: Wire, ref: str) -> list[Article]:
    """Return the articles of an id or address; MediaWireError if there is none.

    The address of its page here names an article, too, whatever a reader's browser or
    a mailing put behind it.
    """
    if found := wire.store.find(ref):
        return found
    ours = f"{wire.config.base_url}/articles/"
    if ref.startswith(ours) and (
        found := wire.store.find(re.split(r"[/?#]", ref.removeprefix(ours))[0])
    ):
        return found
    raise MediaWireError(
        f"no article has the id or address {ref}; `mediawire search` finds articles by "
        "their words, and `mediawire article list` names all"
    )


def copies(wire: Wire, ref: str) -> list[Article]:
    """Return what other sources carried of an article, and would stand without it."""
    found = named(wire, ref)
    families = Families(wire.store, wire.editorial)
    around = {
        each.id: each
        for publication in wire.config.publications
        for verdict in families.verdicts(found, publication, wire.clock()).values()
        for each in (verdict.chosen, *verdict.twins)
    }
    taken = {each.id for each in found}
    return [each for id_, each in sorted(around.items()) if id_ not in taken]


def withdraw(wire: Wire, ref: str, *, reason: str) -> list[str]:
    """Take an article back, by id or address; returns the ids of what is gone now.

    It leaves every output with the next publishing and never returns. Empty if it was
    taken back before.
    """
    found = named(wire, ref)
    now = wire.clock()
    taken_back = [
        each.id
        for each in found
        if wire.store.withdraw(each.id, at=now, reason=reason, by="desk")
    ]
    wire.call_press()
    return taken_back
