"""`http:` and `https:`: see `aggregator.fetching.http`, the door to requests."""

from aggregator.fetching.dialling import Resolver
from aggregator.fetching.kinds import Kind
from aggregator.model import FetchLimits

schemes = ("http", "https")


def opened(limits: FetchLimits, *, contact: str, resolver: Resolver) -> Kind:
    """Return the fetcher of documents on the web."""
    from aggregator.fetching.http import HttpFetcher

    return HttpFetcher(limits, contact=contact, resolver=resolver)
