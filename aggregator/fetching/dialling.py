"""Turn a host and port into a connected socket: resolve once, check, connect.

The address that was checked is the address that is dialled; nothing resolves the name a
second time, so a name that changes its answer between check and connection gains nothing.

Names are resolved in a thread of their own because `getaddrinfo` knows no time limit: when
the deadline passes first, the fetch ends and the thread follows when the resolver gives up
(glibc: at most 30 s with its defaults). Addresses in any notation need no such thread.
"""

import errno
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread

from aggregator.errors import FetchError
from aggregator.fetching.deadline import Deadline, TimedSocket
from aggregator.fetching.guard import Guard
from aggregator.model import Unreached

Resolver = Callable[[str, int], Sequence[str]]

_MOST_ATTEMPTS = 8
_NO_NAME_SERVER = "the name server does not answer"
# What the kernel says when the way ends on this machine. EHOSTUNREACH is not of them: a
# router near the host says it, too.
_NO_WAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a name in the system's order; OSError if it has none."""
    return _addresses(host, port)


def _addresses(host: str, port: int, flags: socket.AddressInfo | int = 0) -> list[str]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


class Dialler:
    """Connects to what the guard allows; safe to share between threads."""

    def __init__(self, guard: Guard, resolver: Resolver = system_resolver) -> None:
        self._guard = guard
        self._resolver = resolver

    def dial(self, host: str, port: int, deadline: Deadline) -> TimedSocket:
        """Return a socket connected to one allowed address of a host.

        FetchError `dns` if the name has no address, `blocked` if it has none that may
        be dialled; if none of them answers, OSError of the last attempt that left this
        machine (a host with an IPv6 address, too, is not unreachable for the lack of
        that).
        """
        addresses = self._allowed(host, port, self._lookup(host, port, deadline))
        failures: list[OSError] = []
        for index, address in enumerate(addresses):
            try:
                left = deadline.left() / (len(addresses) - index)
                return _connect(address, port, left)
            except OSError as error:
                failures.append(error)
        raise max(reversed(failures), key=lambda error: error.errno not in _NO_WAY)

    def _lookup(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        """Return all addresses of a host, numbers in any notation included."""
        try:
            return _addresses(host, port, socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            pass  # a name, then
        answer: Future[Sequence[str]] = Future()
        Thread(
            target=_answer,
            args=(answer, self._resolver, host, port),
            name="lookup",
            daemon=True,
        ).start()
        try:
            return answer.result(timeout=deadline.left())
        except TimeoutError as error:
            raise FetchError(
                f"{host}: {_NO_NAME_SERVER} within the time allowed (fetch.timeout)",
                problem="timeout",
                unreached="network",
            ) from error
        except socket.gaierror as error:
            raise _unresolved(host, error) from error
        except (OSError, UnicodeError) as error:
            raise FetchError(
                f"{host}: the name cannot be looked up", problem="dns", unreached="host"
            ) from error

    def _allowed(self, host: str, port: int, addresses: Sequence[str]) -> Sequence[str]:
        """Return the addresses that may be dialled; FetchError if none may."""
        refusals = [self._guard.refusal(host, a, port) for a in addresses]
        allowed = [
            address
            for address, refusal in zip(addresses, refusals, strict=True)
            if refusal is None
        ]
        if allowed:
            return allowed[:_MOST_ATTEMPTS]
        if not addresses:
            raise FetchError(
                f"{host}: the name has no address", problem="dns", unreached="host"
            )
        named = f"[{host}]" if ":" in host else host
        raise FetchError(
            f"{named}:{port} is not dialled: {refusals[0]}; "
            "what is meant to be reached can be listed in fetch.allow_private",
            problem="blocked",
        )


def _answer(
    answer: Future[Sequence[str]], resolver: Resolver, host: str, port: int
) -> None:
    """Ask the resolver and keep its answer or its error for whoever waits."""
    try:
        answer.set_result(resolver(host, port))
    except Exception as error:  # noqa: BLE001 - handed over whole, raised by result()
        answer.set_exception(error)


def unreached(error: OSError) -> Unreached:
    """Return why `dial` made no connection."""
    return "network" if error.errno in _NO_WAY else "host"


def _unresolved(host: str, error: socket.gaierror) -> FetchError:
    if error.errno == socket.EAI_AGAIN:
        return FetchError(
            f"{host}: {_NO_NAME_SERVER}", problem="dns", unreached="network"
        )
    return FetchError(f"{host}: there is no such host", problem="dns", unreached="host")


def _connect(address: str, port: int, timeout: float) -> TimedSocket:
    """Return a connected socket, or raise OSError within `timeout` seconds."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = TimedSocket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout)
        sock.connect((address, port))
    except BaseException:
        sock.close()
        raise
    return sock
