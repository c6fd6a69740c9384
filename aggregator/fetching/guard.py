"""Which addresses may be dialled, for everything that this program asks of the network.

In: the address a connection is about to be made to. Out: None, or why it is refused.
The guard judges addresses, never the text of a URL: `2130706433`, `0x7f.1`, `[::]`, a
rebinding name and a redirect all end as an address, and only there the truth is told.

By default only public addresses on the web's ports and on unreserved ones are dialled,
without the ports of services that a stray GET can hurt. What an operator lists in
`fetch.allow_private` is allowed besides: a network in CIDR form (any port there), or one
`host:port`.

`ipaddress` alone is not enough: of Python 3.11, `is_global` accepts ::127.0.0.1,
64:ff9b::/96, 2002::/16, fec0::/10, 192.0.0.8, 192.88.99.1 and every multicast group.
Source: IANA special-purpose address registries; RFC 6890, RFC 6052, RFC 3056, RFC 4380.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this very machine"),
        ("127.0.0.0/8", "this very machine"),
        ("10.0.0.0/8", "a private network"),
        ("172.16.0.0/12", "a private network"),
        ("192.168.0.0/16", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("169.254.0.0/16", "a link-local address, where cloud metadata lives"),
        ("192.0.0.0/24", "a protocol assignment"),
        ("192.0.2.0/24", "a documentation address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("198.18.0.0/15", "a benchmark network"),
        ("224.0.0.0/4", "a multicast group"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "this very machine"),
        ("::1/128", "this very machine"),
        ("::/96", "an IPv4 address in IPv6 clothes"),
        ("64:ff9b::/96", "an IPv4 address behind NAT64"),
        ("64:ff9b:1::/48", "an IPv4 address behind NAT64"),
        ("2001::/32", "an IPv4 address behind Teredo"),
        ("2001::/23", "a protocol assignment"),
        ("2001:db8::/32", "a documentation address"),
        ("2002::/16", "an IPv4 address behind 6to4"),
        ("3fff::/20", "a documentation address"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a site-local address"),
        ("ff00::/8", "a multicast group"),
    )
)
# Everything that IANA hands out for global unicast; the rest of IPv6 is not the internet.
_GLOBAL_UNICAST = IPv6Network("2000::/3")

_WEB_PORTS = frozenset({80, 443})
_FIRST_UNRESERVED_PORT = 1024
# Above 1023, but spoken by services that take orders from whoever connects.
_SERVICE_PORTS = frozenset(
    {
        1080,  # SOCKS
        1433,  # SQL Server
        1521,  # Oracle
        2049,  # NFS
        2181,  # ZooKeeper
        2375,  # Docker
        2376,
        2379,  # etcd
        2380,
        3128,  # proxies
        3306,  # MySQL
        3389,  # remote desktop
        4369,  # Erlang
        5432,  # PostgreSQL
        5672,  # AMQP
        5900,  # VNC
        5984,  # CouchDB
        5985,  # Windows remote management
        6000,  # X11
        6379,  # Redis
        6443,  # Kubernetes
        6667,  # IRC
        9042,  # Cassandra
        9092,  # Kafka
        9200,  # Elasticsearch
        9300,
        10250,  # kubelet
        11211,  # memcached
        15672,  # RabbitMQ
        27017,  # MongoDB
    }
)


class Guard:
    """The one judge of outbound connections; safe to share between threads.

    ValueError names an entry of `allow_private` that is neither CIDR nor `host:port`.
    """

    def __init__(self, allow_private: Iterable[str] = ()) -> None:
        self._networks: list[Network] = []
        self._places: set[tuple[str, int]] = set()
        for entry in allow_private:
            self._allow(entry.strip())

    def _allow(self, entry: str) -> None:
        host, _, port = entry.rpartition(":")
        # "::1" and "fe80::/10" are networks although they hold colons.
        is_place = port.isdecimal() and (":" not in host or host.endswith("]"))
        if is_place and host:
            self._places.add((_place_name(host), int(port)))
            return
        try:
            self._networks.append(ip_network(entry, strict=False))
        except ValueError:
            raise ValueError(
                f"{entry!r} is neither a network such as 10.1.2.0/24 nor host:port"
            ) from None

    def refusal(self, host: str, address: str, port: int) -> str | None:
        """Return why `address`, which `host` resolved to, may not be dialled, or None.

        A `host:port` of `allow_private` matches the name in the URL or the address.
        """
        found = _unmapped(ip_address(address))
        if self._is_listed(host, found, port):
            return None
        kind = _kind(found)
        if kind is not None:
            return f"{address} is {kind}"
        if port in _WEB_PORTS:
            return None
        if port < _FIRST_UNRESERVED_PORT or port in _SERVICE_PORTS:
            return f"port {port} is not one the web is served on"
        return None

    def _is_listed(self, host: str, address: Address, port: int) -> bool:
        return (
            (_place_name(host), port) in self._places
            or (str(address), port) in self._places
            or any(address in network for network in self._networks)
        )


def _place_name(host: str) -> str:
    """Return a host as `allow_private` compares it: plain, lower, addresses canonical."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(plain))
    except ValueError:
        return plain


def _unmapped(address: Address) -> Address:
    """Return the IPv4 address that ::ffff:a.b.c.d connects to, else the address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _kind(address: Address) -> str | None:
    """Return what a non-public address is, or None for a public one."""
    for network, kind in _REFUSED:
        if address in network:
            return kind
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "not a public address"
    return None if address.is_global else "not a public address"
