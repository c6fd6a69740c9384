"""Tell whoever started us how we are: ready, alive, stopping.

systemd (and what speaks its protocol) names a socket in NOTIFY_SOCKET; without one,
nobody asked and nothing is told. Losing a message is no fault of the service.

Source: sd_notify(3); a unit with Type=notify and WatchdogSec restarts a service that has
not said ALIVE for so long. A tick that the store let down says it, too: a new start would
not bring the store back, and pages and feeds are served meanwhile. A tick beside a part
that has ended (dispatcher, recorder, press) does not. `/-/healthy` tells of all.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"

Tell = Callable[[str], None]


def nobody(_state: str) -> None:
    """Tell nobody."""


def supervisor(environ: Mapping[str, str]) -> Tell:
    """Return what tells the supervisor that the environment names."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return nobody
    # A name in the abstract namespace begins with a zero byte.
    path = address.replace("@", "\0", 1) if address.startswith("@") else address

    def tell(state: str) -> None:
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        ):
            sender.settimeout(0.0)  # a full queue is not waited for
            sender.sendto(state.encode(), path)

    return tell
