"""Conduct one source through one poll: fetching, reading, identity, editing, cadence.

In: a source, what we remember of it, the rooms, the time. Out: a PollResult, which
holds everything that this poll changes; the caller commits it in one transaction, so a
crash anywhere is only a refetch. Nothing is written here.

The ladder, cheapest rung first: a 304 stops; a body we know by its digest stops; a
document whose items are all known stops; else only the unseen items are parsed.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from aggregator.discretion import discreet
from aggregator.errors import FetchError, ReadError
from aggregator.fetching import cadence
from aggregator.identity import Reconciled, keys_of, reconcile
from aggregator.model import (
    Article,
    Document,
    Elsewhere,
    Fetched,
    FetchRequest,
    Known,
    NotModified,
    Outcome,
    PollResult,
    Reading,
    Source,
    SourceState,
    Validators,
)
from aggregator.reading import ReadRequest
from aggregator.returned import without_returned, worth_asking
from aggregator.suspicion import suspicion
from aggregator.text.urls import host_of, registrable_host


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

    def pruned(self, source_id: str, keys: Collection[str]) -> Mapping[str, datetime]:
        """Return when articles of the source under these keys were listed, now pruned."""
        ...

    def article(self, article_id: str) -> Article | None:
        """Return a stored article, whole."""
        ...

    def released(self, source_id: str, doubt: str, *, now: datetime) -> bool:
        """Whether the operator believes what looks suspicious about a source."""
        ...


class Rooms(Struct, frozen=True, kw_only=True):
    """The rooms that a report walks through. `edit` is the desk's last word.

    `max_body` bounds a document that is unpacked by its reader, in bytes.
    """

    fetching: Fetching
    readers: Readers
    memory: Memory
    edit: Callable[[Article], Article]
    max_body: int


class _Attempt(Struct, frozen=True, kw_only=True):
    """One poll on its way: who is asked, what we remember, and the time.

    `before` is the row as it was; `took` is how long the answer took.
    """

    source: Source
    before: SourceState
    rooms: Rooms
    now: datetime
    jitter: float
    took: timedelta


def poll(
    source: Source,
    state: SourceState,
    rooms: Rooms,
    *,
    now: datetime,
    jitter: float,
    resumed: Elsewhere | None = None,
    leaves: bool = False,
) -> PollResult:
    """Return what one conditional GET of the source changes.

    `now` is when the poll begins; what an answer advises counts from when it came.
    `jitter` in 0..1 spreads the next poll (see `cadence.after`). A source that cannot
    be fetched or read is a failed outcome, not an exception; one that `leaves` for
    another host is LedElsewhere, and `resumed` when it is its turn there.
    """
    began = monotonic()
    answer: Fetched | NotModified | FetchError
    try:
        request = _request(source, state, now, resumed=resumed, leaves=leaves)
        answer = rooms.fetching.fetch(request, now=now)
    except FetchError as error:
        # Its frames hold what had come of a body, and this one would hold it.
        answer = error.with_traceback(None)
    attempt = _Attempt(
        source=source,
        before=state,
        rooms=rooms,
        now=now,
        jitter=jitter,
        took=timedelta(seconds=monotonic() - began),
    )
    if isinstance(answer, FetchError):
        return _ended(attempt, state, _failed(source, answer, answer))
    try:
        return _answered(attempt, answer)
    except ReadError as error:
        return _ended(attempt, state, _failed(source, error, answer))


def _failed(
    source: Source,
    error: FetchError | ReadError,
    answer: Fetched | NotModified | FetchError,
) -> Outcome:
    """Return how a poll ended that brought an error: of an answer, or instead of one."""
    return Outcome(
        kind="failed",
        status=_status(answer),
        problem=error.problem,
        error=discreet(str(error), source),
        advice=answer.advice,
        unreached=error.unreached if isinstance(error, FetchError) else None,
    )


def _status(answer: Fetched | NotModified | FetchError) -> int | None:
    return 304 if isinstance(answer, NotModified) else answer.status


def _request(
    source: Source,
    state: SourceState,
    now: datetime,
    *,
    resumed: Elsewhere | None,
    leaves: bool,
) -> FetchRequest:
    doubtful = cadence.is_doubtful(state, now=now)
    return FetchRequest(
        source_id=source.id,
        url=state.fetch_url,
        home=state.url,
        validators=Validators() if doubtful else state.validators,
        headers=source.headers,
        auth=(source.auth.username, source.auth.password) if source.auth else None,
        verify_tls=source.verify_tls,
        waited=state.problem == "throttled" and state.retry_after_until is not None,
        leaves=leaves,
        resumed=resumed,
    )


def _answered(attempt: _Attempt, answer: Fetched | NotModified) -> PollResult:
    """Return what an answer changes; its validators are kept from here on.

    A held source that says what it said before is itself again.
    """
    state = attempt.before
    unchanged = Outcome(
        kind="unchanged",
        status=_status(answer),
        advice=answer.advice,
        moved_to=answer.moved_to,
    )
    if state.held or state.validators != answer.validators:
        state = replace(state, validators=answer.validators, held=None)
    if isinstance(answer, NotModified):
        return _ended(attempt, state, unchanged)
    digest = blake2b(answer.body, digest_size=16).digest()
    if digest == state.body_digest:
        return _ended(attempt, state, unchanged)
    return _read(attempt, replace(state, body_digest=digest), answer, unchanged)


def _read(
    attempt: _Attempt, state: SourceState, answer: Fetched, unchanged: Outcome
) -> PollResult:
    """Read the document, tell its articles apart from those we hold, edit the new."""
    rooms = attempt.rooms
    previous = rooms.memory.document(attempt.source.id)
    reading = _reading(attempt, answer, previous)
    changes = _changes(attempt, reading, previous)
    feed = replace(
        reading.feed or state.feed,
        domain=registrable_host(host_of(answer.url)) or None,
        empty=not reading.items,
        capped="; ".join(reading.capped) or None,
    )
    doubt = suspicion(
        attempt.before, feed, changes.new, familiar=changes.holds_old_ones
    )
    believed = doubt and rooms.memory.released(
        attempt.source.id, doubt, now=attempt.now
    )
    if doubt and not believed:
        return _held(attempt, state, doubt, unchanged)
    new = tuple(rooms.edit(article) for article in changes.new)
    changed = tuple(rooms.edit(article) for article in changes.changed)
    outcome = replace(
        unchanged,
        kind="updated" if new or changed or changes.deletions else "unchanged",
        new=len(new),
        changed=len(changed),
    )
    state = _to_ask_again(attempt.before, replace(state, feed=feed), reading, changes)
    return replace(
        _ended(attempt, state, outcome),
        wire_bytes=answer.wire_bytes,
        document=changes.document if changes.document != previous else None,
        new=new,
        changed=changed,
        aliases=changes.aliases,
        deletions=changes.deletions,
        remarks=(*changes.merged, *changes.waiting),
        notes=(*reading.notes, *changes.notes),
    )


def _reading(attempt: _Attempt, answer: Fetched, previous: Document | None) -> Reading:
    """Return what the document holds: of what it held before only that it still does."""
    return attempt.rooms.readers.read(
        ReadRequest(
            source=attempt.source,
            url=answer.url,
            body=answer.body,
            content_type=answer.content_type,
            context=previous.context if previous else None,
            known=dict(previous.items) if previous else {},
            passage=previous.passage if previous else None,
            now=attempt.now,
            max_bytes=attempt.rooms.max_body,
        )
    )


def _changes(
    attempt: _Attempt, reading: Reading, previous: Document | None
) -> Reconciled:
    """Return what the document changes of the articles we hold, or held."""
    memory, keys = attempt.rooms.memory, keys_of(reading)
    first = attempt.before.first_success_at is None
    changes = reconcile(
        reading,
        known=memory.known(attempt.source.id, keys) if keys else {},
        held=memory.article,
        previous=previous,
        first=first,
        now=attempt.now,
    )
    doubtful = [] if first else worth_asking(changes.new, now=attempt.now)
    if not doubtful:
        return changes
    asked = {key for article in doubtful for key in article.keys}
    return without_returned(changes, memory.pruned(attempt.source.id, asked))


def _to_ask_again(
    before: SourceState, state: SourceState, reading: Reading, changes: Reconciled
) -> SourceState:
    """Return the row with the validators of a document that was taken in whole.

    What must wait is asked for again, as if this answer had never come. Half an answer
    must not be confirmed by a 304; if the same bytes come again, that is all there is,
    and their validators are kept then.
    """
    if changes.waiting:
        return replace(state, validators=before.validators, body_digest=None)
    if reading.cut_short:
        return replace(state, validators=before.validators)
    return state


def _held(
    attempt: _Attempt, state: SourceState, doubt: str, unchanged: Outcome
) -> PollResult:
    """Return the result of a poll of which nothing is taken in, so that it can be later."""
    before = attempt.before
    state = replace(
        state,
        validators=before.validators,
        body_digest=before.body_digest,
        held=doubt,
    )
    result = _ended(attempt, state, replace(unchanged, moved_to=None))
    note = f"held: {doubt}; `mediawire source release {before.source_id}`"
    return replace(result, notes=(note,) if before.held != doubt else ())


def _ended(attempt: _Attempt, state: SourceState, outcome: Outcome) -> PollResult:
    """Return the result of a poll that changes nothing but the source's own row."""
    after = cadence.after(
        attempt.source,
        state,
        outcome,
        now=attempt.now + attempt.took,
        jitter=attempt.jitter,
    )
    return PollResult(
        source_id=attempt.source.id,
        at=attempt.now,
        outcome=outcome,
        state=after,
        took=attempt.took,
    )
