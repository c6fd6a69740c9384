"""Follow redirects one hop at a time, by our rules instead of requests'.

In: the hop we are on, and the status and Location of its answer. Out: the next hop.
Refused: a Location that leads nowhere we go, a circle, and a step from https to http with
credentials in hand. Bodies of redirects are never read: requests reads them whole, even
with redirects off (a 1 MB gzip bomb cost 2.1 GB and 20 s), and raises a plain
UnicodeDecodeError on a Location with the byte E9.

Who asks to wait before that (RFC 9110 section 10.2.3: Retry-After with any redirect) is
waited for within the fetch, or else until the next poll, which goes on at once: asked a
second time, they would say the same again, and their feed would never be read.

Credentials, own headers and validators stay with the origin they belong to. Once a chain
has left the first origin it has left it, even if it comes back.
"""

import re
from datetime import datetime, timedelta
from time import sleep
from urllib.parse import quote_from_bytes, urljoin

from msgspec import Struct
from msgspec.structs import replace

from aggregator.errors import FetchError, LedElsewhere
from aggregator.fetching.answers import Head, advice
from aggregator.fetching.deadline import Deadline
from aggregator.fetching.targets import Target, shown, target
from aggregator.model import Advice, Elsewhere

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})

_LONGEST_LOCATION = 8000
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


class Hop(Struct, frozen=True, kw_only=True):
    """One request in a chain. `at_home`: no hop so far left the first origin.

    `permanent`: every step so far was a 301 or 308; True where there was no step.
    `seen` are the addresses before this one.
    """

    target: Target
    at_home: bool = True
    permanent: bool = True
    seen: tuple[str, ...] = ()

    @property
    def is_first(self) -> bool:
        """Whether this is the address asked first, and on its own origin."""
        return self.at_home and not self.seen

    @property
    def moved_to(self) -> str | None:
        """The new address of the feed if the whole chain says that it moved for good."""
        return self.target.url if self.seen and self.permanent else None


def next_hop(
    hop: Hop, status: int, head: Head, *, credentials: bool, now: datetime
) -> Hop:
    """Return where a redirect leads; FetchError `redirect` where it must not.

    What it advises holds also then: `now` is what a Retry-After date counts from.
    """
    location = next(iter(head.values("location")), b"")
    try:
        return _next_hop(hop, status, location, credentials=credentials)
    except FetchError as refused:
        refused.advice = advice(head, now)
        raise


def _next_hop(hop: Hop, status: int, location: bytes, *, credentials: bool) -> Hop:
    """Return where a redirect leads; FetchError where it must not.

    `location` is the header's raw value: bytes beyond ASCII and blanks are percent-encoded
    as they are, a relative reference is resolved (RFC 9110 section 10.2.2), backslashes
    count as slashes as they do for browsers.
    """
    here = hop.target
    there = _resolved(here, location)
    seen = (*hop.seen, here.url)
    if there.url in seen:
        raise _refused(here, f"it redirects in a circle, back to {there.shown}")
    at_home = hop.at_home and there.origin == here.origin
    if credentials and hop.at_home and (here.scheme, there.scheme) == ("https", "http"):
        raise _refused(here, "it redirects from https to http, and we hold credentials")
    return Hop(
        # What a publisher writes into a Location is never used as credentials.
        target=replace(there, userinfo=here.userinfo if at_home else None),
        at_home=at_home,
        permanent=hop.permanent and status in _PERMANENT,
        seen=seen,
    )


def bide(hop: Hop, wait: timedelta, deadline: Deadline) -> None:
    """Wait before a hop as long as was asked; FetchError `throttled` if that is long."""
    if deadline.allows(wait):
        sleep(wait.total_seconds())
        return
    raise FetchError(
        f"{shown(hop.seen[-1])}: it redirects, and asks to wait before we go there",
        problem="throttled",
        advice=Advice(retry_after=wait),
    )


def leave(hop: Hop, deadline: Deadline) -> None:
    """Raise LedElsewhere if a hop is the first at its host."""
    host = hop.target.host
    if target(hop.seen[-1]).host != host:
        left = timedelta(seconds=deadline.rest())
        raise LedElsewhere(Elsewhere(host=host.rstrip("."), left=left, hop=hop))


def _resolved(here: Target, location: bytes) -> Target:
    if not location:
        raise _refused(here, "it redirects without saying where to")
    if len(location) > _LONGEST_LOCATION:
        raise _refused(here, "it redirects to an address that is too long")
    if _CONTROL.search(location):
        raise _refused(here, "it redirects to an address with control characters")
    # A percent-encoded host is decoded again by target().
    href = quote_from_bytes(location, safe=_PRINTABLE)
    path, mark, query = href.partition("?")
    try:
        return target(urljoin(here.url, path.replace("\\", "/") + mark + query))
    except ValueError as error:
        raise _refused(
            here, f"it redirects to an address we do not go to: {error}"
        ) from None


def _refused(here: Target, reason: str) -> FetchError:
    return FetchError(f"{here.shown}: {reason}", problem="redirect")
