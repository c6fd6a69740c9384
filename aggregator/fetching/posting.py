"""Post JSON to an address of the operator's: dialled, bounded and told as a fetch is.

In: an address, bytes. Out: nothing, if any 2xx came back before the deadline; FetchError
with a sentence otherwise. The guard is the one of feeds: a private address must be
listed. Redirects are not followed, and of the answer nothing but its status is read. The
address may be a secret, so no more of it is shown than its host.
"""

from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPException

from urllib3.exceptions import HTTPError

from aggregator.errors import FetchError
from aggregator.fetching import asking, faults
from aggregator.fetching.connections import pools
from aggregator.fetching.deadline import Deadline, Exchange, running
from aggregator.fetching.dialling import Dialler, Resolver, system_resolver
from aggregator.fetching.guard import Guard
from aggregator.fetching.http import tls_context
from aggregator.fetching.targets import Target, target
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
        self._pools = pools(Dialler(Guard(limits.allow_private), resolver), hosts=1)

    def post(self, url: str, body: bytes) -> None:
        """Post JSON; raises FetchError unless it was taken."""
        try:
            where = target(url)
        except ValueError as error:
            raise FetchError(f"the webhook: {error}", problem="blocked") from None
        place = f"the webhook at {where.host}"
        exchange = Exchange(deadline=Deadline(self._timeout), path=where.path)
        token = running.set(exchange)
        try:
            status = self._status(where, body)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            fault, cause = faults.broken(place, error)
            raise fault from cause
        finally:
            running.reset(token)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise FetchError(
                f"{place}: answered {status}", problem="status", status=status
            )

    def close(self) -> None:
        """Close what was kept open."""
        self._pools.clear()

    def _status(self, where: Target, body: bytes) -> int:
        tls = {"ssl_context": tls_context(verified=True)}
        pool = self._pools.connection_from_host(
            where.host,
            where.port,
            where.scheme,
            pool_kwargs=tls if where.scheme == "https" else None,
        )
        headers = {
            "User-Agent": self._agent,
            "Content-Type": "application/json; charset=utf-8",
            "Connection": "close",
        }
        if (credentials := asking.basic(where.userinfo)) is not None:
            headers["Authorization"] = credentials.decode("ascii")
        answer = pool.urlopen(
            "POST",
            "/",
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        answer.close()
        return answer.status
