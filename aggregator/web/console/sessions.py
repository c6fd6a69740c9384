"""Passes that a browser carries: a session in a cookie, and a seal in every form.

In: the digest of the token. Out: texts that nobody makes who does not know it. Nothing is
stored: a session names its own end and is signed, so that it holds in every process that
serves the same config, and ends for all when the token is changed. The token itself is
in neither.

Source: RFC 2104 (HMAC); the comparison takes the same time wherever two texts differ.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=12)


def session(digest: bytes, *, now: datetime) -> str:
    """Return a session that begins now, as it stands in the cookie."""
    ends = int((now + LASTS).timestamp())
    said = f"{ends}.{secrets.token_hex(16)}"
    return f"{said}.{_signed(digest, f'session {said}')}"


def is_session(digest: bytes, text: str, *, now: datetime) -> bool:
    """Whether a cookie holds a session of this token that has not ended."""
    said, _, signature = text.rpartition(".")
    if not _same(signature, _signed(digest, f"session {said}")):
        return False
    ends = datetime.fromtimestamp(int(said.partition(".")[0]), tz=UTC)
    return now < ends <= now + LASTS


def seal(key: bytes, of: str) -> str:
    """Return what every form carries that was made for one session."""
    return _signed(key, f"form {of}")


def is_seal(key: bytes, of: str, text: str) -> bool:
    """Whether a form was made for this session."""
    return _same(text, seal(key, of))


def _signed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "replace"), "sha256").hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
