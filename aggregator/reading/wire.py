"""What goes between a reading worker and its parent: messages, each behind its length.

Both ends are our own code on one socket pair.
"""

import socket
import struct
from time import monotonic
from typing import Final

_LENGTH: Final = struct.Struct(">Q")
_CHUNK: Final = 1_048_576


class Gone(Exception):  # noqa: N818 - a fact, and what follows from it is not ours
    """The other end is closed."""


def send(end: socket.socket, message: bytes, *, deadline: float | None = None) -> None:
    """Send one message.

    Raises:
        Gone: the other end is closed.
        TimeoutError: it was not taken by the deadline (in the time of `monotonic`).
    """
    _allow_until(end, deadline)
    try:
        end.sendall(_LENGTH.pack(len(message)) + message)
    except TimeoutError:
        raise
    except OSError as error:
        raise Gone from error


def receive(end: socket.socket, *, deadline: float | None = None) -> bytes:
    """Return the next message; raises as `send` does."""
    (length,) = _LENGTH.unpack(_read(end, _LENGTH.size, deadline))
    return _read(end, length, deadline)


def _read(end: socket.socket, length: int, deadline: float | None) -> bytes:
    message = bytearray()
    while len(message) < length:
        _allow_until(end, deadline)
        try:
            chunk = end.recv(min(length - len(message), _CHUNK))
        except TimeoutError:
            raise
        except OSError as error:
            raise Gone from error
        if not chunk:
            raise Gone
        message += chunk
    return bytes(message)


def _allow_until(end: socket.socket, deadline: float | None) -> None:
    if deadline is not None:
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        end.settimeout(left)
