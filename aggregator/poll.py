"""Conduct one source through one poll: fetching, reading, identity, editing, cadence.

In: a source, what we remember of it, the rooms, the time. Out: a PollResult, which
holds everything that this poll changes; the caller commits it in one transaction, so a
crash anywhere is only a refetch. Nothing is written here.

The ladder, cheapest rung first: a 304 stops; a body we know by its digest stops; a
document whose items are all known stops; else only the unseen items are parsed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import Protocol

from aggregator.errors import FetchError, ReadError
from aggregator.fetching import cadence
from aggregator.identity import keys_of, reconcile
from aggregator.model import (
    Article,
    Document,
    Fetched,
    FetchRequest,
    Hints,
    Known,
    NotModified,
    Outcome,
    PollResult,
    Reading,
    Source,
    SourceState,
)
from aggregator.reading import ReadRequest


class Fetching(Protocol):
    """The fetching room, as a poll needs it."""

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched | NotModified:
        """Return the document, or that it did not change; raises FetchError."""
        ...


class Readers(Protocol):
    """The reading room: a document to articles; raises ReadError."""

    def read(self, request: ReadRequest) -> Reading:
        """Return what the document holds."""
        ...


class Memory(Protocol):
    """What a poll asks the store."""

    def document(self, source_id: str) -> Document | None:
        """Return the digests of the source's last document."""
        ...

    def known(self, source_id: str, keys: Collection[str]) -> Mapping[str, Known]:
        """Return the stored articles of the source under these keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms that a report walks through. `edit` is the desk's last word."""

    fetching: Fetching
    readers: Readers
    memory: Memory
    edit: Callable[[Article], Article]


def poll(
    source: Source,
    state: SourceState,
    rooms: Rooms,
    *,
    now: datetime,
    jitter: float,
) -> PollResult:
    """Return what one conditional GET of the source changes.

    `jitter` in 0..1 spreads the next poll (see `cadence.after`). A source that cannot
    be fetched or read is a failed outcome, not an exception.
    """
    began = monotonic()
    try:
        answer = rooms.fetching.fetch(_request(source, state), now=now)
    except FetchError as error:
        outcome = Outcome(
            kind="failed",
            status=error.status,
            problem=error.problem,
            error=str(error),
            advice=error.advice,
        )
        return _result(source, state, outcome, now=now, jitter=jitter, began=began)
    took = timedelta(seconds=monotonic() - began)
    try:
        result = _answered(source, state, answer, rooms, now=now, jitter=jitter)
    except ReadError as error:
        outcome = Outcome(
            kind="failed",
            status=answer.status if isinstance(answer, Fetched) else None,
            problem=error.problem,
            error=str(error),
            advice=answer.advice,
        )
        result = _result(source, state, outcome, now=now, jitter=jitter, began=began)
    return replace(result, took=took, wire_bytes=getattr(answer, "wire_bytes", 0))


def _request(source: Source, state: SourceState) -> FetchRequest:
    return FetchRequest(
        source_id=source.id,
        url=state.fetch_url,
        validators=state.validators,
        headers=source.headers,
        auth=(source.auth.username, source.auth.password) if source.auth else None,
        verify_tls=source.verify_tls,
    )


def _answered(
    source: Source,
    state: SourceState,
    answer: Fetched | NotModified,
    rooms: Rooms,
    *,
    now: datetime,
    jitter: float,
) -> PollResult:
    """Return what an answer changes; its validators are kept from here on."""
    unchanged = Outcome(
        kind="unchanged",
        status=200 if isinstance(answer, Fetched) else 304,
        advice=answer.advice,
        moved_to=answer.moved_to,
    )
    answered = replace(state, validators=answer.validators)
    if isinstance(answer, NotModified):
        return _result(source, answered, unchanged, now=now, jitter=jitter)
    digest = blake2b(answer.body, digest_size=16).digest()
    if digest == state.body_digest:
        return _result(source, answered, unchanged, now=now, jitter=jitter)
    return _read(
        source,
        replace(answered, body_digest=digest),
        answer,
        rooms,
        unchanged=unchanged,
        now=now,
        jitter=jitter,
    )


def _read(
    source: Source,
    state: SourceState,
    answer: Fetched,
    rooms: Rooms,
    *,
    unchanged: Outcome,
    now: datetime,
    jitter: float,
) -> PollResult:
    """Read the document, tell its articles apart from those we hold, edit the new."""
    previous = rooms.memory.document(source.id)
    reading = rooms.readers.read(
        ReadRequest(
            source=source,
            url=answer.url,
            body=answer.body,
            content_type=answer.content_type,
            context=previous.context if previous else None,
            known=dict(previous.items) if previous else {},
            now=now,
        )
    )
    keys = keys_of(reading)
    changes = reconcile(
        reading,
        known=rooms.memory.known(source.id, keys) if keys else {},
        previous=previous,
        first=state.first_success_at is None,
        now=now,
    )
    new = tuple(rooms.edit(article) for article in changes.new)
    changed = tuple(rooms.edit(article) for article in changes.changed)
    outcome = replace(
        unchanged,
        kind="updated" if new or changed or changes.deletions else "unchanged",
        new=len(new),
        changed=len(changed),
    )
    state = replace(state, feed=reading.feed or state.feed)
    return replace(
        _result(source, state, outcome, now=now, jitter=jitter),
        document=changes.document if changes.document != previous else None,
        new=new,
        changed=changed,
        aliases=changes.aliases,
        deletions=changes.deletions,
        notes=reading.notes,
    )


def _result(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    *,
    now: datetime,
    jitter: float,
    began: float | None = None,
) -> PollResult:
    """Return the result of a poll that changes nothing but the source's own row."""
    hints: Hints | None = state.feed.hints
    return PollResult(
        source_id=source.id,
        at=now,
        outcome=outcome,
        state=cadence.after(
            source, state, outcome, hints=hints, now=now, jitter=jitter
        ),
        took=timedelta(seconds=monotonic() - began) if began else timedelta(0),
    )
