"""TLS: whom we believe, and sessions that go on where an earlier connection ended.

In: whether to verify; sessions that servers handed out. Out: contexts whose sockets keep
the deadline of their exchange; the session to offer to a server that is asked again.

A server that takes its session up again proves by that who it is: it sends and signs no
certificates, and we check none. That spares it its dearest computation and the way some
kilobytes at each poll, and us a sixth of the CPU of a 304 over a new connection (four
tenths of a handshake with a chain of three certificates). A server that does not, or
whose key is another by now, shows its certificate as always. How long a session may be
taken up is the server's to say: nginx hands out 5 minutes unless it is told otherwise, so
with such a server this helps its second feed, and sources polled that often.

Source: RFC 8446 sections 2.2 and 4.6.1; RFC 5077 for TLS 1.2.
"""

import ssl
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

import certifi

from aggregator.fetching.deadline import TimedTLSSocket

# A session takes 13 to 24 KB with the certificates that came with it.
MOST = 512


def tls_context(*, verified: bool) -> ssl.SSLContext:
    """Return a context whose sockets keep the deadline of their exchange."""
    context = ssl.create_default_context(cafile=certifi.where() if verified else None)
    context.sslsocket_class = TimedTLSSocket
    context.set_alpn_protocols(["http/1.1"])
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Sessions:
    """The sessions of those who were asked last; safe to share between threads.

    One is offered for as long as its server takes it up. To ask OpenSSL for a newer one
    each time costs as much CPU as is spared: Python copies it by way of its encoding.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        # None for those who are never to be offered one.
        self._kept: OrderedDict[Hashable, ssl.SSLSession | None] = OrderedDict()
        self._turn = Lock()

    def of(self, server: Hashable) -> ssl.SSLSession | None:
        """Return the session to offer to a server, None if there is none."""
        with self._turn:
            if server in self._kept:
                self._kept.move_to_end(server)
            return self._kept.get(server)

    def keep(self, server: Hashable, answered: ssl.SSLSocket) -> None:
        """Keep what a server handed out, once it has answered.

        Of TLS 1.3 that comes after the handshake, with the first words.
        """
        if answered.session_reused:
            return
        session = answered.session
        with self._turn:
            if server in self._kept and self._kept[server] is None:
                return
            if session and session.has_ticket:
                self._put(server, session)
            else:
                self._kept.pop(server, None)

    def renounce(self, server: Hashable) -> None:
        """Offer a server none from now on: it stumbled over one."""
        with self._turn:
            self._put(server, None)

    def _put(self, server: Hashable, session: ssl.SSLSession | None) -> None:
        self._kept[server] = session
        self._kept.move_to_end(server)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
