"""Where reports come from: the sources an operator configured, and their rights."""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from aggregator.model.shown import repr_without

BodyMode = Literal["full", "excerpt", "headline"]
# From the least that may be shown to the most.
BODY_MODES: Final[tuple[BodyMode, ...]] = ("headline", "excerpt", "full")
IndexPolicy = Literal["noindex", "canonical", "index"]
# What a request says on behalf of the program: a header of a source's own would break it.
RESERVED_HEADERS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "if-modified-since",
        "if-none-match",
        "range",
        "transfer-encoding",
    }
)


class Rights(Struct, frozen=True, kw_only=True):
    """What a source allows us to show, and whose it is.

    `body` bounds what any publication may show: a publication can lower it, never raise
    it. `words` is the length of an excerpt in words (None: 50). `index` is what pages
    tell search engines. `license` is an absolute URL. A report may be shown from
    `embargo` after it was published until `expires` after it was published.
    """

    holder: str | None = None
    notice: str | None = None
    license: str | None = None
    body: BodyMode = "full"
    words: int | None = None
    images: bool = True
    index: IndexPolicy = "noindex"
    embargo: timedelta | None = None
    expires: timedelta | None = None


class Grant(Struct, frozen=True, kw_only=True):
    """What the operator says of a source's reports: it holds when the source is gone, too.

    `title` and `site` are how it is credited, None for what its feed says; `rules` are
    its own, in their order.
    """

    title: str | None = None
    site: str | None = None
    rights: Rights = Rights()
    rules: tuple[str, ...] = ()


class Auth(Struct, frozen=True, kw_only=True):
    """Basic credentials of one source (RFC 7617). Never printed: repr is masked."""

    username: str
    password: str

    def __repr__(self) -> str:
        return repr_without(self, "username", "password")


class Pause(Struct, frozen=True, kw_only=True):
    """An operator's pause: until when (None: until lifted), and why."""

    until: datetime | None = None
    why: str = ""


class Trust(Struct, frozen=True, kw_only=True):
    """Which of a source's own statements we believe."""

    ids: bool = True
    dates: bool = True
    authors: bool = True


class Source(Struct, frozen=True, kw_only=True):
    """A feed an operator configured, with group and defaults already folded in.

    `id` never changes: it stands in addresses and article ids. `url` is http, https or
    an absolute file URL. `title` is how we credit the source; None means the feed's own
    title. `timezone` is an IANA name for dates that name no zone. `interval` is the
    shortest time between two polls.
    """

    id: str
    url: str
    title: str | None = None
    site: str | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    timezone: str | None = None
    interval: timedelta = timedelta(hours=1)
    headers: tuple[tuple[str, str], ...] = ()
    auth: Auth | None = None
    verify_tls: bool = True
    paused: Pause | None = None
    trust: Trust = Trust()
    rules: tuple[str, ...] = ()
    rights: Rights = Rights()

    def __repr__(self) -> str:
        return repr_without(self, "headers")
