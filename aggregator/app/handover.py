"""Hand the answer that `source add` got to the source's first poll.

In: an answer, as a fact in the store. Out: the same, once, for the first poll of a source
with that address. A publisher is asked once for a feed that is added, not once to see
what it is and again to take it in (miniflux #2128).

An answer that is older than the source's interval is no news any more, and one that came
without its own headers and credentials may be another than it gets: then the source is
asked. So it is where the answer could not be handed over.
"""

import zlib
from base64 import b85decode, b85encode
from datetime import datetime, timedelta

from msgspec import MsgspecError, Struct, msgpack
from msgspec.structs import replace

from aggregator.deflate import zlib_form
from aggregator.model import Fetched, FetchRequest, Source, SourceState
from aggregator.store import Store


class _Left(Struct, frozen=True, kw_only=True):
    """An answer, when it was asked for, and the address under which it was added."""

    url: str
    at: datetime
    answer: Fetched


_left = msgpack.Decoder(_Left).decode


class Handed:
    """The fetching room of one poll whose answer has come already."""

    def __init__(self, answer: Fetched) -> None:
        self._answer = answer

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched:  # noqa: ARG002 - the door of the room
        """Return the answer."""
        return self._answer


def hand_over(
    store: Store, source_id: str, url: str, answer: Fetched, *, at: datetime
) -> None:
    """Leave an answer for the first poll of a source that is added with this address."""
    # The address is what permanent redirects led to: nothing is left to be learnt of it.
    left = _Left(url=url, at=at, answer=replace(answer, moved_to=None))
    packed = zlib_form(msgpack.encode(left))
    store.put_meta(_fact(source_id), b85encode(packed).decode())


def take_back(store: Store, source_id: str) -> None:
    """Leave no answer after all: the source was not added."""
    store.forget_meta(_fact(source_id))


def pick_up(
    store: Store, source: Source, state: SourceState, *, now: datetime
) -> Handed | None:
    """Return the answer that was left for a source, once; None: it has to be asked."""
    if state.last_polled_at is not None:
        return None
    text = store.meta(_fact(source.id))
    if text is None:
        return None
    store.forget_meta(_fact(source.id))
    try:
        left = _left(zlib.decompress(b85decode(text)))
    except (ValueError, zlib.error, MsgspecError):  # by another version of ours
        return None
    is_as_asked = not (source.headers or source.auth) and source.verify_tls
    is_fresh = timedelta(0) <= now - left.at < source.interval
    is_its_own = is_as_asked and is_fresh and left.url == source.url
    return Handed(left.answer) if is_its_own else None


def _fact(source_id: str) -> str:
    return f"answer {source_id}"
