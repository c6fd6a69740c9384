"""Fetch a document over HTTP: one polite, bounded, conditional GET. The door to requests.

In: a FetchRequest. Out: Fetched or NotModified, or FetchError with a sentence. Every limit
covers the whole of it, redirects included: one deadline, one cap, five hops, and an
address guard at each connection. Cookies, proxies, netrc and environment are never read.

Of requests this uses the transport adapter, not Session: Session.send reads the bodies of
redirects even when told not to follow them, and half of its CPU goes into settings we
switch off. A source's parsed address and header lines are kept between its polls: a
kept-alive 304 costs 0.27 ms of CPU against 0.59 of Session.get, a new TLS connection 1.7
against 19.9.
"""

import http.client
import logging
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.poolmanager import PoolKey, PoolManager
from urllib3.response import BaseHTTPResponse
from urllib3.util import Timeout

from aggregator.errors import FetchError
from aggregator.fetching import answers, asking, bodies, faults
from aggregator.fetching.answers import Head
from aggregator.fetching.deadline import Deadline, Exchange, running
from aggregator.fetching.dialling import Dialler, Resolver
from aggregator.fetching.guard import Guard
from aggregator.fetching.pools import pools
from aggregator.fetching.redirects import REDIRECTS, Hop, bide, leave, next_hop
from aggregator.fetching.targets import Target, target
from aggregator.fetching.tls import tls_context
from aggregator.fetching.walls import challenged
from aggregator.model import (
    Fetched,
    FetchLimits,
    FetchRequest,
    NotModified,
    Validators,
)

if TYPE_CHECKING:
    from requests.structures import CaseInsensitiveDict

# urllib3 reports each odd header of each server with a traceback. What matters of them is
# in our own answer, and said once.
logging.getLogger("urllib3").setLevel(logging.ERROR)

_BREAKS = (RequestException, HTTPError, http.client.HTTPException, OSError, ValueError)
_DOCUMENTS = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
# Of so many sources addresses and header lines are kept as they were read; those of more,
# who are polled the longest ago, are read again.
_KEPT = 8192
# Deadlines are kept by the sockets; one object for all, or requests makes one each time.
_OUR_OWN = Timeout(None)


class HttpFetcher:
    """Fetches documents within limits; one is shared by all threads.

    `contact` stands in the User-Agent. `resolver` answers names with addresses.
    ValueError if `limits.allow_private` cannot be read.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        contact: str,
        resolver: Resolver,
    ) -> None:
        self._limits = limits
        self._agent = asking.user_agent(contact)
        dialler = Dialler(Guard(limits.allow_private), resolver)
        self._adapter = _Adapter(dialler, hosts=2 * limits.workers)

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched | NotModified:
        """Return the document or that it did not change; FetchError if neither came.

        `now` is what a Retry-After date counts from.
        """
        left = request.resumed.left if request.resumed else self._limits.timeout
        return self._follow(request, Deadline(left), now)

    def close(self) -> None:
        """Close the connections that were kept alive."""
        self._adapter.close()

    def _follow(
        self, request: FetchRequest, deadline: Deadline, now: datetime
    ) -> Fetched | NotModified:
        hop = _first_hop(request.url, request.home or request.url)
        credentials = hop.at_home and bool(
            request.headers or request.auth or hop.target.userinfo
        )
        if request.resumed:
            hop = request.resumed.hop
        for turn in range(len(hop.seen), self._limits.redirects + 1):
            held = _held(request, hop)
            try:
                with self._asked(request, hop, held, deadline) as (raw, head):
                    if raw.status not in REDIRECTS:
                        return self._answer(hop, held, raw, head, now)
            except FetchError as fault:
                if turn:  # somebody was reached
                    fault.unreached = None
                raise
            hop = next_hop(hop, raw.status, head, credentials=credentials, now=now)
            if (wait := answers.retry_after(head, now)) and not request.waited:
                bide(hop, wait, deadline)
            if request.leaves:
                leave(hop, deadline)
        raise FetchError(
            f"{hop.target.shown}: more than {self._limits.redirects} redirects in a row",
            problem="redirect",
        )

    def _answer(
        self,
        hop: Hop,
        held: Validators,
        raw: BaseHTTPResponse,
        head: Head,
        now: datetime,
    ) -> Fetched | NotModified:
        """Return what the last answer of a chain means; FetchError if no document."""
        advice = answers.advice(head, now)
        fresh = answers.validators(head)
        if raw.status == HTTPStatus.NOT_MODIFIED and held != Validators():
            raw.drain_conn()  # nothing to read; hands the connection back
            return NotModified(
                url=hop.target.url,
                validators=answers.merged(held, fresh),
                advice=advice,
                moved_to=hop.moved_to,
            )
        if raw.status not in _DOCUMENTS:
            is_check = challenged(raw, head, status=raw.status)
            raise faults.status(hop.target.shown, raw.status, advice, is_check=is_check)
        body, wire_bytes = bodies.read(raw, head, cap=self._limits.max_body)
        return Fetched(
            url=hop.target.url,
            body=body,
            content_type=head.last("content-type"),
            validators=fresh if hop.is_first else replace(fresh, url=hop.target.url),
            advice=advice,
            moved_to=hop.moved_to,
            status=raw.status,
            wire_bytes=wire_bytes,
        )

    @contextmanager
    def _asked(
        self, request: FetchRequest, hop: Hop, held: Validators, deadline: Deadline
    ) -> Iterator[tuple[BaseHTTPResponse, Head]]:
        """Send one request; inside the block its answer may be read.

        Afterwards the connection is kept alive if the answer was read to its end, else
        closed. Whatever breaks, here or in the block, becomes a FetchError.
        """
        exchange = Exchange(deadline=deadline, path=hop.target.path)
        token = running.set(exchange)
        raw = None
        try:
            verify = request.verify_tls or not hop.at_home
            raw = self._send(
                self._prepared(request, hop, held), exchange, verify=verify
            )
            yield raw, Head(exchange.head)
        except _BREAKS as error:
            fault, cause = faults.broken(hop.target.shown, error)
            fault.unreached = exchange.unreached
        else:
            return
        finally:
            if raw is not None:
                raw.close()
            running.reset(token)
        raise fault from cause

    def _send(
        self, prepared: "_Request", exchange: Exchange, *, verify: bool
    ) -> BaseHTTPResponse:
        """Return the answer to a request.

        A server may close a kept-alive connection at the moment we use it again. That is
        no failure of the source: such a request, and only such, is sent once more
        (RFC 9112 section 9.3.1).
        """
        while True:
            try:
                response = self._adapter.send(
                    prepared,
                    stream=True,
                    verify=verify,
                    timeout=_OUR_OWN,  # type: ignore[arg-type] # may be urllib3's
                )
            except RequestException:
                if exchange.reused and not exchange.head:
                    exchange.deadline.left()  # raises when there is none
                    continue
                raise
            return response.raw

    def _prepared(
        self, request: FetchRequest, hop: Hop, held: Validators
    ) -> "_Request":
        if hop.at_home:
            lines = _personal(
                self._agent, request.headers, request.auth, hop.target.userinfo
            )
        else:
            lines = asking.anonymous(self._agent)
        return _Request(hop.target, asking.conditional(lines, held))


_target = lru_cache(_KEPT)(target)
_personal = lru_cache(_KEPT)(asking.personal)


@lru_cache(_KEPT)
def _first_hop(url: str, home_url: str) -> Hop:
    try:
        first, home = _target(url), _target(home_url)
        if first.origin != home.origin:
            return Hop(target=first, at_home=False)
        if first.userinfo != home.userinfo:
            first = replace(first, userinfo=home.userinfo)
        return Hop(target=first)
    except ValueError as error:
        raise FetchError(
            f"the address of the feed is not one we go to: {error}", problem="blocked"
        ) from None


def _held(request: FetchRequest, hop: Hop) -> Validators:
    """Return the validators that a hop may be shown: those of its own document.

    Behind an address that redirects to this month's, last month's may have had the same.
    The query is not looked at: of a signed address it is another at each poll.
    """
    held = request.validators
    if held.url is None and hop.is_first:
        return held
    came_from = held.url or (request.url if hop.at_home else None)
    is_its_own = came_from and _target(came_from).shown == hop.target.shown
    return held if is_its_own else Validators()


class _Request(PreparedRequest):
    """A request as the adapter sends it: nothing left to prepare.

    `url` is the shown one, because requests and urllib3 put it into their exceptions.
    """

    def __init__(self, target: Target, headers: asking.Lines) -> None:
        super().__init__()
        self.method = "GET"
        self.target = target
        self.url = target.shown
        # A plain dict: nobody looks anything up, and the careful one costs 10 µs.
        self.headers = cast("CaseInsensitiveDict[str]", headers)


class _Adapter(HTTPAdapter):
    """requests' transport over guarded connections, with TLS contexts made once.

    A TLS context costs 19-33 ms of CPU, nearly all of it for loading the authorities; a
    connection with one at hand costs 2.
    """

    def __init__(self, dialler: Dialler, *, hosts: int) -> None:
        self._dialler = dialler
        self._contexts: dict[bool, ssl.SSLContext] = {}
        self._making = threading.Lock()
        # Finding a pool by a key at hand takes 2 µs, making the key 15.
        self._pool_key = lru_cache(_KEPT)(self._made_key)
        super().__init__(pool_connections=hosts)

    def init_poolmanager(self, connections: int, *_: object, **__: object) -> None:
        """Pool connections that go through the guard."""
        self.poolmanager = pools(self._dialler, hosts=connections)

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: object, *_: object, **__: object
    ) -> HTTPConnectionPool:
        """Return the pool of a request's origin; no proxy is ever looked for."""
        where = cast("_Request", request).target
        is_secure = where.scheme == "https"
        tls = self._context(verified=bool(verify)) if is_secure else None
        key, context = self._pool_key(where.origin, tls)
        manager: PoolManager = self.poolmanager
        # A copy: a pool that is made takes out what it is named by, and a host whose
        # pool had to go for others' is made one again.
        return manager.connection_from_pool_key(key, context.copy())

    def close(self) -> None:
        """Close idle connections now, not when their pools are collected as garbage."""
        for key in self.poolmanager.pools.keys():  # noqa: SIM118 - it cannot be iterated
            if pool := self.poolmanager.pools.get(key):
                pool.close()
        super().close()

    def cert_verify(self, *_: object) -> None:
        """Leave verification to the TLS context."""

    def request_url(self, *_: object) -> str:
        """Return a stand-in: the connection sends the exchange's own path."""
        return "/"

    def build_response(self, req: PreparedRequest, resp: object) -> Response:
        """Return an answer of which only `raw` is looked at.

        A jar for cookies and the like, which `Response()` makes, is 10 µs.
        """
        response = Response.__new__(Response)
        response.request = req
        response.raw = resp
        return response

    def _made_key(
        self, origin: tuple[str, str, int], tls: ssl.SSLContext | None
    ) -> tuple[PoolKey, dict[str, Any]]:
        """Return the name of an origin's pool, and what one is made with."""
        scheme, host, port = origin
        manager: PoolManager = self.poolmanager
        context = dict(manager.connection_pool_kw)
        context |= {"scheme": scheme, "host": host, "port": port}
        if tls:
            context["ssl_context"] = tls
        return manager.key_fn_by_scheme[scheme](context), context

    def _context(self, *, verified: bool) -> ssl.SSLContext:
        with self._making:
            if verified not in self._contexts:
                self._contexts[verified] = tls_context(verified=verified)
            return self._contexts[verified]
