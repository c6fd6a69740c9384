"""Say which waiting source may start now without being rude to its host.

In: waiting sources, and starts and ends of polls as they happen, on a monotonic clock
in seconds. Out: the next source to start, or how long nothing may. One host gets at
most `per_host` polls at a time, `spacing` apart from start to start; hosts wait for
each other never. No threads and no clock of its own.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from heapq import heappop, heappush
from math import inf

from msgspec import Struct, field

from aggregator.model import HostLimits, SourceState


class _Host(Struct):
    limits: HostLimits
    waiting: deque[SourceState] = field(default_factory=deque)
    running: int = 0
    last_start: float = -inf
    announced: bool = False


class Manners:
    """The queue of waiting sources, in order of arrival within a host."""

    def __init__(self, limits: Callable[[str], HostLimits]) -> None:
        self._limits = limits
        self._hosts: dict[str, _Host] = {}
        self._announced: list[tuple[float, int, str]] = []
        self._turn = 0

    def add(self, state: SourceState) -> None:
        """Let a source wait for its host's next free moment."""
        host = self._hosts.get(state.host)
        if host is None:
            host = self._hosts[state.host] = _Host(self._limits(state.host))
        host.waiting.append(state)
        self._announce(state.host, host)

    def remember(self, asked: Mapping[str, timedelta], at: float) -> None:
        """Count starts that others made so long ago."""
        for name, ago in asked.items():
            host = self._hosts.setdefault(name, _Host(self._limits(name)))
            host.last_start = max(host.last_start, at - ago.total_seconds())

    def start(self, at: float) -> SourceState | None:
        """Return the next source that may start at this moment, counted as started."""
        name = self._free(at)
        if name is None:
            return None
        host = self._hosts[name]
        host.running += 1
        host.last_start = at
        state = host.waiting.popleft()
        self._announce(name, host)
        return state

    def end(self, host_name: str) -> None:
        """Note that a poll of this host has ended."""
        host = self._hosts[host_name]
        host.running -= 1
        self._announce(host_name, host)

    def pause(self, at: float) -> float | None:
        """Return the seconds until a host is free to be asked; None: nothing to say.

        None also means that every waiting source waits for a running one to end.
        """
        return max(0.0, self._announced[0][0] - at) if self._announced else None

    def clear(self) -> list[SourceState]:
        """Return all that wait, and forget them; what runs goes on."""
        left = [state for host in self._hosts.values() for state in host.waiting]
        for host in self._hosts.values():
            host.waiting.clear()
            host.announced = False
        self._announced.clear()
        return left

    def retune(self, limits: Callable[[str], HostLimits]) -> None:
        """Go by other limits from the next start on, counted from the last one."""
        self._limits = limits
        self._announced.clear()
        for name, host in self._hosts.items():
            host.limits, host.announced = limits(name), False
            self._announce(name, host)

    def _free(self, at: float) -> str | None:
        """Return the host that waited longest of those that may be asked at this moment."""
        while self._announced and self._announced[0][0] <= at:
            name = heappop(self._announced)[2]
            host = self._hosts[name]
            host.announced = False
            if self._begins(host) <= at:
                return name
            # Others asked it since it was announced.
            self._announce(name, host)
        return None

    def _begins(self, host: _Host) -> float:
        return host.last_start + host.limits.spacing.total_seconds()

    def _announce(self, name: str, host: _Host) -> None:
        free = host.running < host.limits.per_host
        if host.waiting and free and not host.announced:
            self._turn += 1
            host.announced = True
            heappush(self._announced, (self._begins(host), self._turn, name))
