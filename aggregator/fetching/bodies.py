"""Read the body of an answer: whole, decoded, and never more than the cap.

In: urllib3's response, undecoded. Out: the bytes of the document. Refused: a content
coding we do not read, a broken or truncated one, and everything beyond the cap, both
before and after decoding; a bomb is stopped when it has filled the cap, not before the
decoder has filled the memory. We ask for gzip; some servers send deflate all the same.

Why not urllib3's decoding: on a close-delimited answer it hands over half a gzip document
as if it were all (no error), and an unknown coding as if it were text.
"""

import zlib
from typing import Protocol

from aggregator.errors import FetchError
from aggregator.fetching.answers import Head

_CHUNK = 64 * 1024
# At most so much is decoded at a time: of a bomb's first 64 KB it would be all of the cap.
STEP = 1024 * 1024
_GZIP = frozenset({"gzip", "x-gzip"})
# "utf-8" and "none" are seen where a charset or nothing was meant; browsers pass both.
_PLAIN = frozenset({"", "identity", "none", "utf-8"})
_TRANSFERS = frozenset({b"", b"identity", b"chunked"})
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_DEFLATE = "deflate"
_READ = _GZIP | {"", _DEFLATE}
_ZLIB_HEADER = 2  # bytes


class Raw(Protocol):
    """What this module needs of urllib3's response."""

    def read1(self, amt: int, decode_content: bool) -> bytes: ...  # noqa: D102, FBT001


def read(raw: Raw, head: Head, *, cap: int) -> tuple[bytes, int]:
    """Return the decoded body of an answer and its length on the wire, in bytes.

    `cap` bounds both sizes. FetchError `encoding`, `protocol` or `too-large`; what the
    connection raises passes through.
    """
    coding = _coding(head)
    if coding not in _READ:
        raise FetchError(
            "the answer came in a content coding that we neither asked for nor read "
            f"({coding[:40]!a}); we asked for gzip",
            problem="encoding",
        )
    transfers = {value.lower() for value in head.values("transfer-encoding")}
    if len(transfers) > 1 or not transfers <= _TRANSFERS:
        raise FetchError(
            "the answer came in a transfer coding we did not ask for",
            problem="protocol",
        )
    length = head.text("content-length").lstrip("0")
    if length.isdecimal() and (len(length), length) > (len(str(cap)), str(cap)):
        raise _too_large(cap)
    if not coding:
        return _plain(raw, cap)
    return _inflated(raw, "gzip" if coding in _GZIP else coding, cap)


def beginning(raw: Raw, head: Head, *, most: int) -> bytes:
    """Return up to `most` bytes of the decoded body of an answer that is no document.

    For a look at what it is: a coding that is not ours, or broken, ends it early and
    refuses nothing. What the connection raises passes through.
    """
    zipped = _coding(head) in _GZIP
    member = zlib.decompressobj(_GZIP_WINDOW) if zipped else None
    body, wire_bytes = bytearray(), 0
    while len(body) < most and wire_bytes < most:
        chunk = raw.read1(_CHUNK, decode_content=False)
        if not chunk:
            break
        wire_bytes += len(chunk)
        try:
            body += member.decompress(chunk, most - len(body)) if member else chunk
        except zlib.error:
            break
    return bytes(body[:most])


def _coding(head: Head) -> str:
    """Return the coding of a body, "" for none; of several the list of them.

    Some servers list `identity` beside the one that they used.
    """
    named = head.text("content-encoding").lower().split(",")
    return ", ".join(each for each in map(str.strip, named) if each not in _PLAIN)


def _plain(raw: Raw, cap: int) -> tuple[bytes, int]:
    body = bytearray()
    while chunk := raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > cap:
            raise _too_large(cap)
    return bytes(body), len(body)


def _inflated(raw: Raw, coding: str, cap: int) -> tuple[bytes, int]:
    body = bytearray()
    wire_bytes = 0
    early = b""
    member: zlib._Decompress | None = None
    while chunk := raw.read1(_CHUNK, decode_content=False):
        wire_bytes += len(chunk)
        if wire_bytes > cap:
            raise _too_large(cap)
        if member is None:
            early += chunk
            if len(early) < _ZLIB_HEADER:
                continue
            member, chunk = zlib.decompressobj(_window(coding, early)), early
        member = _inflate(chunk, member, body, coding, cap)
    if wire_bytes and not (member and member.eof):
        raise FetchError(
            f"the answer broke off in the middle of its {coding} coding",
            problem="encoding",
        )
    return bytes(body), wire_bytes


def _window(coding: str, begin: bytes) -> int:
    """Return how zlib is to read a coding that begins so.

    Deflate is zlib's format, but some servers send it bare, and browsers read both. No
    compressor begins a bare stream with what is a header of zlib: it would be a block
    without compression and with a set bit where all write zeros.

    Source: RFC 9110 section 8.4.1.2; RFC 1950 section 2.2; RFC 1951 section 3.2.4.
    """
    if coding != _DEFLATE:
        return _GZIP_WINDOW
    method, check = begin[0] & 0x0F, int.from_bytes(begin[:_ZLIB_HEADER]) % 31
    return zlib.MAX_WBITS if (method, check) == (8, 0) else -zlib.MAX_WBITS


def _inflate(
    chunk: bytes, member: "zlib._Decompress", body: bytearray, coding: str, cap: int
) -> "zlib._Decompress":
    """Add what a chunk decodes to, and return the member it ended in.

    A gzip body may hold several members; what follows the last and does not begin one
    is padding, as gzip itself treats it. Deflate has one.
    """
    rest, is_pending = chunk, False
    while rest or is_pending:
        if member.eof:
            if coding == _DEFLATE or not rest.startswith(b"\x1f"):
                return member
            member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            made = member.decompress(rest, STEP)
        except zlib.error as error:
            raise FetchError(
                f"the answer is not the {coding} it claims to be", problem="encoding"
            ) from error
        body += made
        if len(body) > cap:
            raise _too_large(cap)
        rest = member.unused_data if member.eof else member.unconsumed_tail
        # zlib takes in the last of it before it has given out what that means.
        is_pending = not (rest or member.eof) and len(made) == STEP
    return member


def _too_large(cap: int) -> FetchError:
    return FetchError(
        f"the document is too large: more than {cap:,} bytes (fetch.max_body)",
        problem="too-large",
    )
