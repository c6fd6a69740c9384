"""A source's state as the columns of its row, and back.

In: a SourceState, or a row of the table `sources`. Out: the other one. What a feed says of
itself is JSON text, NULL for nothing; times are as in `columns`.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from aggregator.epoch import micros, moment
from aggregator.errors import StoreDamaged
from aggregator.model import FeedInfo, Hints, Moved, SourceState, Validators
from aggregator.store.columns import AnyRow, micros_or_none, moment_or_none
from aggregator.store.rows import BROKEN

# In the order in which `state_of` takes them; all columns but those that others write.
REMEMBERED: Final = (
    "source_id",
    "gone",
    "next_poll_at",
    "because",
    "url",
    "fetch_url",
    "host",
    "shard",
    "etag",
    "last_modified",
    "validators_url",
    "body_digest",
    "first_success_at",
    "last_polled_at",
    "last_success_at",
    "last_changed_at",
    "unchanged",
    "failures",
    "outcome",
    "problem",
    "error",
    "retry_after_until",
    "advised_until",
    "gone_since",
    "held",
    "moved",
    "feed",
    "hints_warning",
)

_NOTHING_SAID = FeedInfo()
_FEED_WORDS = [name for name in FeedInfo.__struct_fields__ if name != "hints"]
# What was read of feeds, as it was read.
_MOST_TEXTS = 16_384
_texts: dict[FeedInfo, str] = {}


def row_of(state: SourceState) -> dict[str, Any]:
    """Return the columns of a state, by name, but for the id."""
    return {
        "gone": state.gone,
        "next_poll_at": micros(state.next_poll_at),
        "because": state.because,
        "url": state.url,
        "fetch_url": state.fetch_url,
        "host": state.host,
        "shard": state.shard,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "validators_url": state.validators.url,
        "body_digest": state.body_digest,
        "first_success_at": micros_or_none(state.first_success_at),
        "last_polled_at": micros_or_none(state.last_polled_at),
        "last_success_at": micros_or_none(state.last_success_at),
        "last_changed_at": micros_or_none(state.last_changed_at),
        "unchanged": state.unchanged,
        "failures": state.failures,
        "outcome": state.outcome,
        "problem": state.problem,
        "error": state.error,
        "retry_after_until": micros_or_none(state.retry_after_until),
        "advised_until": micros_or_none(state.advised_until),
        "gone_since": micros_or_none(state.gone_since),
        "held": state.held,
        "moved": _moved_text(state.moved) if state.moved else None,
        "feed": _feed_text(state.feed),
        "hints_warning": state.hints_warning,
    }


def state_of(row: AnyRow) -> SourceState:
    """Return the state that a row of the columns in `REMEMBERED` holds.

    Raises:
        StoreDamaged: for values that nobody wrote.
    """
    try:
        return _state_of(row)
    except BROKEN as error:
        raise StoreDamaged(row[0], *_unreadable(row)) from error


def _state_of(row: AnyRow) -> SourceState:
    (
        source_id,
        gone,
        next_poll_at,
        because,
        url,
        fetch_url,
        host,
        shard,
        etag,
        last_modified,
        validators_url,
        body_digest,
        first_success_at,
        last_polled_at,
        last_success_at,
        last_changed_at,
        unchanged,
        failures,
        outcome,
        problem,
        error,
        retry_after_until,
        advised_until,
        gone_since,
        held,
        moved,
        feed,
        hints_warning,
    ) = row
    return SourceState(
        source_id=source_id,
        url=url,
        fetch_url=fetch_url,
        host=host,
        shard=shard,
        validators=Validators(
            etag=etag, last_modified=last_modified, url=validators_url
        ),
        body_digest=body_digest,
        next_poll_at=moment(next_poll_at),
        because=because,
        first_success_at=moment_or_none(first_success_at),
        last_polled_at=moment_or_none(last_polled_at),
        last_success_at=moment_or_none(last_success_at),
        last_changed_at=moment_or_none(last_changed_at),
        unchanged=unchanged,
        failures=failures,
        outcome=outcome,
        problem=problem,
        error=error,
        retry_after_until=moment_or_none(retry_after_until),
        advised_until=moment_or_none(advised_until),
        gone_since=moment_or_none(gone_since),
        gone=gone,
        held=held,
        moved=_moved(moved) if moved else None,
        feed=_feed(feed),
        hints_warning=hints_warning,
    )


def _moved_text(moved: Moved) -> str:
    return json.dumps([moved.url, micros(moved.since), moved.polls])


def _moved(text: str) -> Moved:
    url, since, polls = json.loads(text)
    return Moved(url=url, since=moment(since), polls=polls)


def _feed_text(feed: FeedInfo) -> str | None:
    """Return a feed's words as JSON; those that were read as they were read.

    Nearly all are: nine of ten polls end with what the feed said before.
    """
    if feed == _NOTHING_SAID:
        return None
    text = _texts.get(feed)
    if text is None:
        words = ((name, getattr(feed, name)) for name in _FEED_WORDS)
        said: dict[str, Any] = {name: word for name, word in words if word is not None}
        text = json.dumps(said | {"hints": _hints_said(feed.hints)}, ensure_ascii=False)
    return text


@lru_cache(_MOST_TEXTS)
def _feed(text: str | None) -> FeedInfo:
    if text is None:
        return _NOTHING_SAID
    said = json.loads(text)
    hints = said.pop("hints")
    # Words of a later program, which shares this store, are for that to read.
    known = {name: said[name] for name in _FEED_WORDS if name in said}
    feed = FeedInfo(**known, hints=_hints(hints) if hints != _UNHINTED else Hints())
    if len(_texts) >= _MOST_TEXTS:
        _texts.clear()
    _texts[feed] = text
    return feed


def _hints_said(hints: Hints) -> dict[str, Any]:
    return {
        "ttl": _in_microseconds(hints.ttl),
        "period": _in_microseconds(hints.period),
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }


def _hints(said: dict[str, Any]) -> Hints:
    return Hints(
        ttl=_of_microseconds(said["ttl"]),
        # Rows of former versions have the longer of both as `ttl`.
        period=_of_microseconds(said.get("period")),
        skip_hours=frozenset(said["skip_hours"]),
        skip_days=frozenset(said["skip_days"]),
    )


def _in_microseconds(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(microseconds=1)


def _of_microseconds(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(microseconds=count)


_UNHINTED = _hints_said(Hints())
_READERS: Final[dict[str, Callable[[Any], object]]] = {
    **{
        n: moment_or_none for n in REMEMBERED if n.endswith(("_at", "_until", "_since"))
    },
    "moved": lambda text: text and _moved(text),
    "feed": _feed,
}


def _unreadable(row: AnyRow) -> Iterator[str]:
    """Yield the names of the values in a row that their readers refuse."""
    for name, read in _READERS.items():
        try:
            read(getattr(row, name))
        except BROKEN:
            yield name
