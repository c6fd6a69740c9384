"""Fetch a document, whatever kind of source it comes from.

In: a FetchRequest. Out: Fetched or NotModified, or FetchError with a sentence. A kind is
opened when the first address with one of its schemes is asked for, or before (`open`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock
from weakref import finalize

from aggregator.errors import FetchError
from aggregator.fetching.dialling import Resolver, system_resolver
from aggregator.fetching.guard import Guard
from aggregator.fetching.kinds import Kind, Module, by_scheme
from aggregator.model import Fetched, FetchLimits, FetchRequest, NotModified


class Fetcher:
    """Fetches documents within limits; one is shared by all threads.

    `contact` stands in the User-Agent. `resolver` answers names with addresses, and is
    the system's by default. What it keeps open is closed with it, or when nobody holds
    it any more. ValueError if `limits.allow_private` cannot be read, MediaWireError if
    no kind of source can be.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        contact: str,
        resolver: Resolver = system_resolver,
    ) -> None:
        # These complain now, not at the first poll.
        Guard(limits.allow_private)
        by_scheme()
        self._limits = limits
        self._contact = contact
        self._resolver = resolver
        self._opened: dict[Module, Kind] = {}
        self._opening = Lock()
        finalize(self, _close, self._opened).atexit = False

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched | NotModified:
        """Return the document or that it did not change; FetchError if neither came.

        `now` is what a Retry-After date counts from.
        """
        scheme = request.url.partition(":")[0].lower()
        module = by_scheme().get(scheme)
        if module is None:
            raise FetchError(
                f'"{scheme[:20]}" is no scheme that can be fetched; an address begins '
                f"with one of {', '.join(sorted(by_scheme()))}",
                problem="blocked",
            )
        return self._kind(module).fetch(request, now=now)

    def open(self, urls: Iterable[str]) -> None:
        """Open the kinds of these addresses now, so that the first fetch begins at once."""
        schemes = {url.partition(":")[0].lower() for url in urls}
        for scheme in schemes & by_scheme().keys():
            self._kind(by_scheme()[scheme])

    def close(self) -> None:
        """Close what was kept open."""
        _close(self._opened)

    def _kind(self, module: Module) -> Kind:
        kind = self._opened.get(module)
        if kind is None:
            with self._opening:
                kind = self._opened.get(module) or module.opened(
                    self._limits, contact=self._contact, resolver=self._resolver
                )
                self._opened[module] = kind
        return kind


def _close(opened: Mapping[Module, Kind]) -> None:
    for kind in opened.values():
        kind.close()
