"""One attempt on one source: what was asked, what came, what follows from it."""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from aggregator.model.article import Article
from aggregator.model.shown import repr_without

OutcomeKind = Literal["updated", "unchanged", "failed"]
StateWord = Literal["new", "ok", "failing", "throttled", "paused", "held", "gone"]

# Why no connection was made: our own network gave no way (no name server answered, or
# there was no route), or the host refused or was silent, perhaps.
Unreached = Literal["network", "host"]

# The words that status, metrics and cadence go by when a poll fails.
Problem = Literal[
    # fetching
    "dns",
    "refused",
    "timeout",
    "tls",
    "reset",
    "blocked",  # our guard: an address, scheme or port that may not be dialled
    "too-large",
    "redirect",
    "status",
    "throttled",  # 429, 503
    "gone",  # 410
    "encoding",  # a content coding we do not read, or a broken one
    "protocol",  # what answered does not speak HTTP as we know it
    "file",
    # reading
    "empty",
    "html-page",
    "captcha",
    "not-a-feed",
    "too-complex",  # the worker was killed at its deadline or memory limit
    "unreadable",
    "unexpected",  # a fault of ours
]


class Validators(Struct, frozen=True, kw_only=True):
    """The ETag and Last-Modified of a URL: opaque bytes, sent back as received.

    Source: RFC 9110 section 8.8. Values are never parsed or shortened; one that cannot
    be sent as it came is kept out whole. `url` is set only where they came from another
    address than was asked first, at the end of redirects: they go back only there.
    """

    etag: bytes | None = None
    last_modified: bytes | None = None
    url: str | None = None


class Advice(Struct, frozen=True, kw_only=True):
    """What an answer said about coming back.

    `retry_after` is a delay (RFC 9110 section 10.2.3), zero for a date in the past.
    `max_age` is what is left of the freshness lifetime: max-age less Age
    (RFC 9111 sections 4.2 and 5.2.2.1); `expires` is the same by Expires, where no
    max-age is said (section 5.3). None means nothing usable was said.
    """

    retry_after: timedelta | None = None
    max_age: timedelta | None = None
    expires: timedelta | None = None


class Hints(Struct, frozen=True, kw_only=True):
    """What a feed says in itself about its rhythm.

    `ttl` is RSS `ttl`, `period` the syndication module's time between two updates
    (a frequency below 1 makes it longer, one that is no number above zero counts as 1);
    `skip_hours` are UTC hours 0 to 23, `skip_days` are 0 (Monday) to 6.
    """

    ttl: timedelta | None = None
    period: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


class Elsewhere(Struct, frozen=True, kw_only=True):
    """A redirect led to another `host`, where a fetch goes on when it is its turn.

    `left` is what is left of its time; `hop` is for the fetching room alone.
    """

    host: str
    left: timedelta
    hop: Any


class FetchRequest(Struct, frozen=True, kw_only=True):
    """One conditional GET.

    `home` is the configured address, where `url` is one that we learned from redirects.
    `headers`, `auth` and credentials in the address go to the origin of `home` only
    (None: of `url`), and only there may `verify_tls` be off. `waited`: redirects need not
    be waited for any more. `leaves`: at one to another host LedElsewhere is raised, and
    `resumed` goes on from there.
    """

    source_id: str
    url: str
    home: str | None = None
    validators: Validators = Validators()
    headers: tuple[tuple[str, str], ...] = ()
    auth: tuple[str, str] | None = None
    verify_tls: bool = True
    waited: bool = False
    leaves: bool = False
    resumed: Elsewhere | None = None

    def __repr__(self) -> str:
        return repr_without(self, "headers", "auth")


class Fetched(Struct, frozen=True, kw_only=True):
    """A document. `url` is where it was found in the end, without fragment.

    `moved_to` is the new address if every redirect on the way was permanent (301, 308).
    `content_type` is the header's raw value. `wire_bytes` counts the body as it came
    over the wire; `body` is decoded and within `max_body`.
    """

    url: str
    body: bytes
    content_type: str | None = None
    validators: Validators = Validators()
    advice: Advice = Advice()
    moved_to: str | None = None
    status: int = 200
    wire_bytes: int = 0


class NotModified(Struct, frozen=True, kw_only=True):
    """A 304: the validators to keep (updated ones replace ours) and the advice."""

    url: str
    validators: Validators
    advice: Advice = Advice()
    moved_to: str | None = None


# Why a source is due that is asked before its interval is over. What decides goes by it,
# so it stands in rows of sources for good.
HUB_TOLD = "its hub told of news"


class FeedInfo(Struct, frozen=True, kw_only=True):
    """What a feed says of itself, as text and absolute addresses.

    `domain` is the registrable host that its last accepted document came from; `empty`,
    that this held no entry at all, and `capped`, what of it was too much to be read.
    `hub` tells of changes to `topic`, which is the feed's name there (WebSub).
    """

    title: str | None = None
    site: str | None = None
    feed_id: str | None = None
    author: str | None = None
    rights: str | None = None
    license: str | None = None
    language: str | None = None
    image: str | None = None
    version: str = ""
    domain: str | None = None
    empty: bool = False
    capped: str | None = None
    hub: str | None = None
    topic: str | None = None
    hints: Hints = Hints()


class Passage(Struct, frozen=True, kw_only=True):
    """The bytes of a document from its first item to the end of the last.

    `begin` is how they begin, `size` how many they are, `first` how many of them the
    first item has, and `digest` 16 bytes that tell whether they are the same.
    """

    begin: bytes
    size: int
    first: int
    digest: bytes


class Document(Struct, frozen=True, kw_only=True):
    """What the last readable document of a source held.

    `context` is the digest of everything an item inherits: the start tags around it
    and the base URL. `items` maps the digest of each item's bytes (16 bytes) to the id
    of the article it became, in document order. `passage` is where they all stood, and
    None where there was more to say of the document than what its items are.
    """

    context: bytes
    items: tuple[tuple[bytes, str], ...]
    passage: Passage | None = None


class Deletion(Struct, frozen=True, kw_only=True):
    """A source took an entry back: `at:deleted-entry` (RFC 6721)."""

    ref: str
    at: datetime | None = None
    comment: str = ""


class Reading(Struct, frozen=True, kw_only=True):
    """What reading made of one document.

    `items` are the digests of all items, in document order, with the article that was
    read from it now, or None where the digest was known and the item was not parsed.
    Articles are as if all were new: `identity` reconciles them with what is stored.
    `notes` are sentences for the operator (caps applied, entries left out and why),
    `capped` those of them that tell what was too much to be read. `passage` is where the
    items stand, if nothing was told of them and all are known then. `entries_parsed`
    counts what reached the parser. `cut_short`: the document ended too early, so its
    answer was not all there was.
    """

    feed: FeedInfo | None
    context: bytes
    items: tuple[tuple[bytes, Article | None], ...]
    passage: Passage | None = None
    deletions: tuple[Deletion, ...] = ()
    notes: tuple[str, ...] = ()
    capped: tuple[str, ...] = ()
    entries_parsed: int = 0
    cut_short: bool = False


class Moved(Struct, frozen=True, kw_only=True):
    """A permanent redirect we are watching before we believe it."""

    url: str
    since: datetime
    polls: int


class SourceState(Struct, frozen=True, kw_only=True):
    """Everything we remember of a source between polls: one row.

    `url` is the configured address the rest belongs to; `fetch_url` the one to ask
    (another only after a permanent move was seen long enough). `failures` counts failed
    polls in a row. `retry_after_until` is a promise to the publisher: not even
    `--force` polls before it. `advised_until` is the publisher's whole advice
    (Retry-After, max-age, the wait after a 429): no change of interval brings a poll
    before it, only `--force`. `gone_since` is the time of the first 410 in a row;
    `gone` that it was confirmed and polling ended. `unchanged` counts unchanged polls
    in a row. `feed` is what the feed last said of itself. `because` explains
    `next_poll_at`.
    """

    source_id: str
    url: str
    fetch_url: str
    host: str
    shard: int
    validators: Validators = Validators()
    body_digest: bytes | None = None
    next_poll_at: datetime
    because: str = "new"
    first_success_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_changed_at: datetime | None = None
    unchanged: int = 0
    failures: int = 0
    outcome: OutcomeKind | None = None
    problem: Problem | None = None
    error: str | None = None
    retry_after_until: datetime | None = None
    advised_until: datetime | None = None
    gone_since: datetime | None = None
    gone: bool = False
    held: str | None = None
    moved: Moved | None = None
    feed: FeedInfo = FeedInfo()
    hints_warning: str | None = None


class Outcome(Struct, frozen=True, kw_only=True):
    """How a poll ended, as cadence sees it. `new` and `changed` count articles.

    `unreached` tells why nobody was asked, where no connection was made.
    """

    kind: OutcomeKind
    new: int = 0
    changed: int = 0
    status: int | None = None
    problem: Problem | None = None
    error: str | None = None
    advice: Advice = Advice()
    moved_to: str | None = None
    unreached: Unreached | None = None


class PollResult(Struct, frozen=True, kw_only=True):
    """All that one poll changes in the store; committed in one transaction.

    `state` is the source's whole new row. `document` is None where nothing was read.
    `new` and `changed` hold whole articles; `aliases` further keys for known articles
    (key, article id); `deletions` ids of articles the source took back, with reasons;
    `remarks` what else an article's life has of this poll: ids, and a sentence each.
    `took` and `wire_bytes` describe the fetch.
    """

    source_id: str
    at: datetime
    outcome: Outcome
    state: SourceState
    document: Document | None = None
    new: tuple[Article, ...] = ()
    changed: tuple[Article, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    deletions: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    took: timedelta = timedelta(0)
    wire_bytes: int = 0


class PastPoll(Struct, frozen=True, kw_only=True):
    """One line of the log: a poll that found something or failed.

    `status` is the HTTP status if there was an answer; `notes` are sentences for the
    operator (entries left out and why); `took` and `wire_bytes` describe the fetch.
    """

    source_id: str
    at: datetime
    outcome: OutcomeKind
    new: int = 0
    changed: int = 0
    status: int | None = None
    problem: Problem | None = None
    error: str | None = None
    notes: tuple[str, ...] = ()
    took: timedelta = timedelta(0)
    wire_bytes: int = 0
