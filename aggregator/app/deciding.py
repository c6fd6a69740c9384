"""What the desk decides about sources and articles: by command or from the console.

In: a Wire and what is meant. Out: the store says so, and whoever polls and publishes
from it does it next, in this process or another. MediaWireError if there is nothing to
be decided. Ids, dates and order never change by it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from aggregator.app.twins import Families
from aggregator.app.wire import Wire
from aggregator.errors import MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Article, Source, SourceState
from aggregator.suspicion import RELEASED_FOR


def release(wire: Wire, source_id: str) -> None:
    """Believe a held source: take in what it sends from the next poll on.

    That is at once, unless a Retry-After of the publisher runs.
    """
    state = wire.schedule.states()[source_id]
    if state.held is None:
        raise MediaWireError(f"{source_id} is not held, so there is nothing to release")
    now = wire.clock()
    wire.store.release(source_id, state.held, until=now + RELEASED_FOR)
    due = partial(_due, wire.sources[source_id], now=now)
    wire.store.revise(due, among=[source_id])


def _due(
    source: Source, stored: Mapping[str, SourceState], *, now: datetime
) -> list[SourceState]:
    """Return the row of a source that is due at once, none if it may not be, or is gone."""
    state = stored.get(source.id)
    if state is None or cadence.may_force(source, state, now=now):
        return []
    return [
        replace(
            state,
            next_poll_at=now,
            last_polled_at=None,
            because="released by the desk",
        )
    ]


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


def decidable(articles: list[Article]) -> list[Article]:
    """Return those of articles that a decision can change anything about.

    MediaWireError if all of them are withdrawn: those stand nowhere, for good.
    """
    left = [each for each in articles if not each.withdrawn]
    if left:
        return left
    gone = articles[0]
    raise MediaWireError(
        f"{gone.id} is withdrawn and stands nowhere any more; nothing was changed"
    )


def retitle(wire: Wire, article: Article, title: str | None) -> str:
    """Publish an article under a headline of the desk's own; returns the headline.

    It stays whatever rules say, and whatever they say later. None takes it back: the
    rules decide again. The source's own headline is published beside it all the time.
    """
    wire.store.override(article.id, title)
    edited = _edited(wire, replace(article, override=title))
    while wire.store.retitle([edited]):
        # Its source has changed it since it was found.
        for found in wire.store.whole([article.id]):
            edited = _edited(wire, found)
    return edited.title


def _edited(wire: Wire, article: Article) -> Article:
    """Return an article as the desk lists it, also one of a former source."""
    if article.source_id in wire.sources:
        return wire.editorial.edit(article)
    return replace(article, title=article.override or article.headline)


def split(wire: Wire, article: Article) -> tuple[str, bool]:
    """Let an article stand alone; returns what became of it, and if outputs change.

    What was joined with nothing is kept apart, too, from what may come.
    """
    was_split, was_joined = _is_split(wire, article), _is_joined(wire, article)
    wire.store.twins.split(article.id, now=wire.clock())
    if was_split:
        return f"{article.id} was split before; it stays alone", False
    if not was_joined:
        sentence = f"{article.id} was joined with no other; it stays alone from now on"
        return sentence, False
    return f"{article.id} stands alone now", True


def unsplit(wire: Wire, article: Article) -> tuple[str, bool]:
    """Let an article be a duplicate again; returns as `split` does."""
    if not _is_split(wire, article):
        return f"{article.id} was not split; nothing was changed", False
    wire.store.twins.unsplit(article.id)
    return f"{article.id} may be a duplicate again", _is_joined(wire, article)


def _is_split(wire: Wire, article: Article) -> bool:
    return article.id in wire.store.twins.of([article]).split


def _is_joined(wire: Wire, article: Article) -> bool:
    """Return whether the article stands for others somewhere, or one of them for it."""
    families, now = wire.printing.shelf.families, wire.clock()
    return any(
        families.verdicts([article], publication, now)[article.id].twins
        for publication in wire.config.publications
    )
