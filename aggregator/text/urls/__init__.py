"""Addresses: made absolute and legal, compared, and traced to whose they are.

resolve   what a feed wrote → an absolute http(s) address, or None
identity  two addresses → the same report or not; an id fit to be published or not
hosts     an address → its host, its registrable host, its shard
"""

from aggregator.text.urls.hosts import host_of, registrable_host, shard
from aggregator.text.urls.identity import canonical, canonical_by, is_published_iri
from aggregator.text.urls.resolve import resolve, resolve_content

__all__ = [
    "canonical",
    "canonical_by",
    "host_of",
    "is_published_iri",
    "registrable_host",
    "resolve",
    "resolve_content",
    "shard",
]
