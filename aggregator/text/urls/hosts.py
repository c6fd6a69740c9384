"""Say whose an address is: its host, the host that was registered, and its shard.

One registrable host is always in one shard, so manners towards a publisher hold
wherever that shard is worked.
"""

import threading
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from aggregator.text.urls.resolve import address_of

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

SHARDS = 4096
# Ten threads that needed the list at once each read its 16,000 lines, 25 ms of CPU.
_loading = threading.Lock()


def host_of(url: str) -> str:
    """Return the host of an http(s) address, lower case; empty if there is none."""
    address = address_of(None, url)
    return "" if address is None else address.host.rstrip(".")


def registrable_host(host: str) -> str:
    """Return the part of a host name that somebody registered: `bbc.co.uk`.

    IP addresses, single labels and names that are a public suffix themselves are
    returned as they are. Source: publicsuffix.org, the copy in `publicsuffixlist`.
    """
    name = host.lower().rstrip(".")
    if ":" in name or name.rpartition(".")[2].isdecimal():
        return name
    with _loading:
        suffixes = _suffixes()
    return suffixes.privatesuffix(name) or name


def shard(host: str) -> int:
    """Return 0 to 4095 for a registrable host: the same on every machine, for ever."""
    digest = blake2b(host.lower().encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % SHARDS


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
