"""Post to an address that is no feed: dialled, bounded and told as a fetch is.

In: an address, bytes, and what to call it. Out: nothing, if any 2xx came back before the
deadline; FetchError with a sentence otherwise. The guard is the one of feeds: a private
address must be listed. Redirects are not followed, and of the answer nothing but its
status is read. The address may be a secret, so no more of it is shown than its host.
"""

import socket
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from aggregator.errors import FetchError
from aggregator.fetching import asking, faults
from aggregator.fetching.deadline import Deadline, Exchange, running
from aggregator.fetching.dialling import Dialler, Resolver, system_resolver
from aggregator.fetching.guard import Guard
from aggregator.fetching.targets import Target, target
from aggregator.fetching.tls import tls_context
from aggregator.model import FetchLimits

LONGEST = timedelta(seconds=30)


class Poster:
    """Posts within limits; `contact` stands in the User-Agent."""

    def __init__(
        self,
        limits: FetchLimits,
        *,
        contact: str,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._timeout = min(limits.timeout, LONGEST)
        self._agent = asking.user_agent(contact)
        self._dialler = Dialler(Guard(limits.allow_private), resolver)

    def post(self, url: str, body: bytes, *, kind: str, to: str) -> None:
        """Post a body of a media type (`kind`); raises FetchError unless it was taken.

        `to` is what the address is in the error's sentence: `the webhook`.
        """
        try:
            where = target(url)
        except ValueError as error:
            raise FetchError(f"{to}: {error}", problem="blocked") from None
        place = f"{to} at {where.host}"
        deadline = Deadline(self._timeout)
        token = running.set(Exchange(deadline=deadline, path=where.path))
        try:
            status = self._status(where, body, kind, deadline)
        except (HTTPException, OSError, ValueError) as error:
            fault, cause = faults.broken(place, error)
            raise fault from cause
        finally:
            running.reset(token)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise FetchError(
                f"{place}: answered {status}", problem="status", status=status
            )

    def _status(self, where: Target, body: bytes, kind: str, deadline: Deadline) -> int:
        headers = {
            "Host": where.url.partition("://")[2].partition("/")[0],
            "User-Agent": self._agent,
            "Content-Type": kind,
            "Connection": "close",
        }
        if (credentials := asking.basic(where.userinfo)) is not None:
            headers["Authorization"] = credentials.decode("ascii")
        with closing(HTTPConnection(where.host, where.port)) as connection:
            connection.sock = self._connected(where, deadline)
            connection.request("POST", where.path, body, headers)
            return connection.getresponse().status

    def _connected(self, where: Target, deadline: Deadline) -> socket.socket:
        dialled = self._dialler.dial(where.host, where.port, deadline)
        if where.scheme == "http":
            return dialled
        context = tls_context(verified=True)
        try:
            return context.wrap_socket(dialled, server_hostname=where.host)
        except BaseException:
            dialled.close()
            raise
