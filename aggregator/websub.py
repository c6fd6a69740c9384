"""Speak WebSub: what a hub is asked for, what it may tell us, and when it is believed.

In: a subscription as we keep it, what a hub says, the time. Out: the subscription as it
is then, or None for what nobody asked for. What a hub sends is never taken in: a message
that is signed by it only says that the feed is worth asking for now. No clock, no store
and no randomness.

Source: W3C Recommendation WebSub, of 2018: sections 5 (subscribing and verification of
intent), 7 (content distribution) and 8 (signatures).
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

# Below the public address, before the id of a source and a token.
ROOT: Final = "/websub/"
FORM: Final = "application/x-www-form-urlencoded"
# Of a callback's address and of a secret: nobody guesses 256 bits.
SECRET_BYTES: Final = 32
LEASE: Final = timedelta(days=10)
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(days=365)
# A hub that does not confirm is asked again, and ever more seldom.
_PATIENCE, _MOST_PATIENCE = timedelta(hours=1), timedelta(days=7)
# What hubs may sign with; of SHA-1 collisions are made (section 8, and FIPS 180-4).
_METHODS = frozenset({"sha256", "sha384", "sha512"})
_SKEW = timedelta(minutes=1)  # of clocks of machines that share a store
_REMEMBERED = 100  # signatures of one subscription
_WORDS = 200  # of a hub that says why not
_SECONDS = re.compile("[0-9]{1,9}")


class Subscription(Struct, frozen=True, kw_only=True):
    """What we asked one hub to tell us of, and under which address of ours.

    `base` is the public address below which that is, `token` the secret part of it, and
    `secret` what the hub signs with. `tries` counts requests since it confirmed last.
    `renew_at` is None until then; `denied` is why it does not want to. `heard` are the
    last signatures that were believed.
    """

    hub: str
    topic: str
    base: str
    token: str
    secret: str
    asked_at: datetime
    tries: int = 1
    renew_at: datetime | None = None
    denied: str | None = None
    heard: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Subscription(hub={self.hub!r}, topic={self.topic!r})"

    def is_of(self, hub: str, topic: str) -> bool:
        """Whether it is of this topic at this hub."""
        return self.hub == hub and self.topic == topic

    @property
    def state(self) -> str:
        """How it stands: `subscribed`, `denied`, or `asked` and not confirmed yet."""
        if self.denied:
            return "denied"
        return "subscribed" if self.renew_at and not self.tries else "asked"


def is_due(
    known: Subscription | None, hub: str, topic: str, *, base: str, now: datetime
) -> bool:
    """Whether a hub is to be asked, for the first time or again."""
    if known is None or now < known.asked_at - _SKEW:  # a wrong clock asked
        return True
    if not known.is_of(hub, topic) or known.base != base:
        return now >= known.asked_at + _PATIENCE
    if known.renew_at and not known.tries:
        return now >= known.renew_at
    wait = _PATIENCE * (1 << min(known.tries, 8))
    return now >= known.asked_at + min(wait, _MOST_PATIENCE)


def asked(
    known: Subscription | None,
    hub: str,
    topic: str,
    *,
    base: str,
    now: datetime,
    token: str,
    secret: str,
) -> Subscription:
    """Return the subscription that is asked for now: the known one, or a new one.

    One that is renewed keeps its address and its secret, or what the hub has sent by
    then would not be believed.
    """
    if known and known.is_of(hub, topic):
        return replace(known, base=base, asked_at=now, tries=known.tries + 1)
    return Subscription(
        hub=hub, topic=topic, base=base, token=token, secret=secret, asked_at=now
    )


def request(wanted: Subscription, callback: str) -> bytes:
    """Return the form by which a hub is asked (section 5.1)."""
    said = {
        "hub.mode": "subscribe",
        "hub.topic": wanted.topic,
        "hub.callback": callback,
        "hub.secret": wanted.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    return urlencode(said).encode("ascii")


def confirmed(
    known: Subscription, said: Mapping[str, str], *, now: datetime
) -> Subscription | None:
    """Return what a hub confirms (5.3) or denies (5.2); None: nobody asked for that.

    `said` are its parameters. It is renewed when two thirds of the lease are over.
    """
    mode, lease = said.get("hub.mode", ""), said.get("hub.lease_seconds", "")
    if said.get("hub.topic") != known.topic or mode not in {"subscribe", "denied"}:
        return None
    if mode == "denied":
        why = _seen(said.get("hub.reason", "")) or "no reason given"
        return replace(known, renew_at=None, denied=why)
    whole = timedelta(seconds=int(lease)) if _SECONDS.fullmatch(lease) else LEASE
    lasting = min(max(whole, _SHORTEST), _LONGEST)
    return replace(known, renew_at=now + lasting * 2 / 3, tries=0, denied=None)


def _seen(reason: str) -> str:
    """Return what a stranger says, on one short line and without what cannot be seen."""
    printed = "".join(c if c.isprintable() else " " for c in reason)
    return " ".join(printed.split())[:_WORDS]


class Seal:
    """Tells whether a message that comes in parts is signed by who knows a secret."""

    def __init__(self, secret: str, header: str | None) -> None:
        """Begin with the header `X-Hub-Signature` as it came: `method=hex`."""
        method, _, said = (header or "").lower().partition("=")
        method, self.signature = method.strip(), said.strip()
        self._sum = (
            hmac.new(secret.encode(), digestmod=method) if method in _METHODS else None
        )

    def add(self, part: bytes) -> None:
        """Take in a part of the message."""
        if self._sum:
            self._sum.update(part)

    def holds(self) -> bool:
        """Whether all of it is what was signed, by a method that is good enough."""
        return self._sum is not None and hmac.compare_digest(
            self._sum.hexdigest().encode(), self.signature.encode()
        )


def heard(known: Subscription, signature: str) -> Subscription | None:
    """Return the subscription with a message more; None for one that came before.

    Whoever recorded one of the last hundred cannot make us ask again with it.
    """
    if signature in known.heard:
        return None
    return replace(known, heard=(*known.heard, signature)[-_REMEMBERED:])
