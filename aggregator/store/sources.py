"""The table `sources`: one row for each source, which is also the schedule.

In: whole `SourceState`s. Out: the same, and which of them are due.
A row is never deleted: a source that left the config is only no longer `configured`,
so that its validators and articles are there when it comes back.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    false,
    func,
    select,
    true,
    update,
)

from aggregator.model import (
    FeedInfo,
    Hints,
    Moved,
    NextPoll,
    OutcomeKind,
    PollResult,
    SourceState,
    Validators,
)
from aggregator.store.columns import (
    AnyRow,
    Bytes,
    Moment,
    Name,
    execute_each,
    metadata,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    upsert,
)
from aggregator.store.polls import STRIP_CHARACTERS, strip_mark, strip_polls

sources = Table(
    "sources",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("configured", Boolean, nullable=False, server_default=false()),
    Column("gone", Boolean, nullable=False),
    Column("next_poll_at", Moment, nullable=False),
    Column("because", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("fetch_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("etag", Bytes),
    Column("last_modified", Bytes),
    Column("validators_url", Text),
    Column("body_digest", Bytes),
    Column("first_success_at", Moment),
    Column("last_polled_at", Moment),
    Column("last_success_at", Moment),
    Column("last_changed_at", Moment),
    Column("unchanged", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("outcome", Text),
    Column("problem", Text),
    Column("error", Text),
    Column("retry_after_until", Moment),
    Column("advised_until", Moment),
    Column("gone_since", Moment),
    Column("held", Text),
    Column("moved", Text),
    Column("feed", Text),
    Column("hints_warning", Text),
    Column("strip", Text, nullable=False, server_default=""),
    Index(None, "configured", "gone", "next_poll_at", "source_id"),
)

_FEED_WORDS = [field.name for field in fields(FeedInfo) if field.name != "hints"]
_REMEMBERED = [c.name for c in sources.c if c.name not in {"configured", "strip"}]
_columns = [sources.c[name] for name in _REMEMBERED]

_NOTHING_SAID = FeedInfo()
# What was read of feeds, as it was read.
_MOST_TEXTS = 16_384
_texts: dict[FeedInfo, str] = {}

_put = upsert(sources, keep={"configured", "strip"})
_configure = (
    update(sources)
    .where(sources.c.source_id == bindparam("which"))
    .values(configured=bindparam("wanted"))
)
# A poll that was under way while the operator gave the source another address must not
# leave that poll's validators with the new address: hence the second condition.
_polled = (
    update(sources)
    .where(
        sources.c.source_id == bindparam("which"), sources.c.url == bindparam("asked")
    )
    .values(
        {
            name: bindparam(name)
            for name in _REMEMBERED
            if name not in {"source_id", "url"}
        }
        | {
            "strip": func.substr(
                bindparam("mark") + sources.c.strip, 1, STRIP_CHARACTERS
            )
        }
    )
)
_scheduled = (
    update(sources)
    .where(sources.c.source_id == bindparam("which"))
    .values(
        {
            name: bindparam(name)
            for name in ("next_poll_at", "because", "last_polled_at")
        }
    )
)
_strips = select(sources.c.source_id, sources.c.strip)
_all = select(*_columns).order_by(sources.c.source_id)
_one = select(*_columns).where(sources.c.source_id == bindparam("which"))
_pollable = (sources.c.configured == true(), sources.c.gone == false())
_due = (
    select(*_columns)
    .where(*_pollable, sources.c.next_poll_at <= bindparam("now"))
    .order_by(sources.c.next_poll_at, sources.c.source_id)
    .limit(bindparam("rows"))
)
_next_due = select(func.min(sources.c.next_poll_at)).where(*_pollable)
_configured = select(sources.c.source_id).where(sources.c.configured == true())


def put_states(
    connection: Connection, states: Sequence[SourceState], wanted: Collection[str]
) -> None:
    """Write whole rows, and mark exactly the `wanted` sources as configured."""
    rows = [_row(state) | {"source_id": state.source_id} for state in states]
    execute_each(connection, _put, rows)
    marked = configured(connection)
    differing = sorted(marked.symmetric_difference(wanted))
    marks = [{"which": id_, "wanted": id_ not in marked} for id_ in differing]
    execute_each(connection, _configure, marks)


def record_states(connection: Connection, results: Sequence[PollResult]) -> None:
    """Write the rows of polled sources: one UPDATE, executed for all of them at once.

    In order of id, so that two writers on PostgreSQL cannot wait for each other.
    """
    rows = [
        _row(result.state)
        | {
            "which": result.source_id,
            "asked": result.state.url,
            "mark": strip_mark(result.at, result.outcome.kind),
        }
        for result in sorted(results, key=lambda result: result.source_id)
    ]
    execute_each(connection, _polled, rows)


def reschedule(
    connection: Connection, states: Sequence[SourceState | NextPoll]
) -> None:
    """Write when these sources were polled last and are next, and why; no more."""
    rows = [
        {
            "which": state.source_id,
            "next_poll_at": micros(state.next_poll_at),
            "because": state.because,
            "last_polled_at": micros_or_none(state.last_polled_at),
        }
        for state in sorted(states, key=lambda state: state.source_id)
    ]
    execute_each(connection, _scheduled, rows)


def states(connection: Connection) -> dict[str, SourceState]:
    """Return every source ever configured, by id."""
    return {row.source_id: _state(row) for row in connection.execute(_all)}


def state(connection: Connection, source_id: str) -> SourceState | None:
    """Return one source, or None if it was never configured."""
    row = connection.execute(_one, {"which": source_id}).first()
    return _state(row) if row else None


def configured(connection: Connection) -> set[str]:
    """Return the ids of the sources that stand in the config."""
    return set(connection.scalars(_configured))


def due(
    connection: Connection, now: datetime, limit: int, exclude: Collection[str]
) -> list[SourceState]:
    """Return at most `limit` due sources that are not in `exclude`, oldest first."""
    bounds = {"now": micros(now), "rows": limit + len(exclude)}
    rows = connection.execute(_due, bounds)
    wanted = [_state(row) for row in rows if row.source_id not in exclude]
    return wanted[:limit]


def next_due(connection: Connection) -> datetime | None:
    """Return when the next source falls due (may be past), None if none ever will."""
    return moment_or_none(connection.scalar(_next_due))


def strips(
    connection: Connection,
) -> dict[str, tuple[tuple[datetime, OutcomeKind], ...]]:
    """Return the last 50 polls of every source, newest first, to the minute."""
    rows = connection.execute(_strips)
    return {source_id: strip_polls(strip) for source_id, strip in rows}


def _row(state: SourceState) -> dict[str, Any]:
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


def _state(row: AnyRow) -> SourceState:
    """Return the state that a row of all remembered columns holds, by their places."""
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
    feed = FeedInfo(**said, hints=_hints(hints) if hints != _UNHINTED else Hints())
    if len(_texts) >= _MOST_TEXTS:
        _texts.clear()
    _texts[feed] = text
    return feed


def _hints_said(hints: Hints) -> dict[str, Any]:
    return {
        "ttl": hints.ttl // timedelta(microseconds=1)
        if hints.ttl is not None
        else None,
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }


def _hints(said: dict[str, Any]) -> Hints:
    ttl = said["ttl"]
    return Hints(
        ttl=timedelta(microseconds=ttl) if ttl is not None else None,
        skip_hours=frozenset(said["skip_hours"]),
        skip_days=frozenset(said["skip_days"]),
    )


_UNHINTED = _hints_said(Hints())
