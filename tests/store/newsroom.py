"""A small newsroom: sources, articles and polls with one line each."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from msgspec import NODEFAULT
from msgspec.structs import fields, replace

from aggregator.model import (
    Article,
    Attribution,
    Document,
    Outcome,
    Passage,
    PollResult,
    SourceState,
    Validators,
)

NOW = datetime(2026, 3, 14, 9, 26, 53, 589793, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def id_of(name: str) -> str:
    """Return the 20 hex digits that stand for a name."""
    return blake2b(name.encode(), digest_size=10).hexdigest()


def source(source_id: str = "bbc", **changes) -> SourceState:
    url = f"https://{source_id}.example/feed"
    state = SourceState(
        source_id=source_id,
        url=url,
        fetch_url=url,
        host=f"{source_id}.example",
        shard=7,
        next_poll_at=NOW,
    )
    return replace(state, **changes)


def article(name: str = "flood", source_id: str = "bbc", **changes) -> Article:
    url = f"https://{source_id}.example/{name}"
    plain = Article(
        id=id_of(f"{source_id} {name}"),
        published_id=f"tag:{source_id}.example,2026:{name}",
        source_id=source_id,
        keys=(f"guid:{name}", f"link:{url}", f"text:{name}"),
        url=url,
        source_title=f"Headline of {name}",
        title=f"Headline of {name}",
        body=f"<p>Words of {name}.</p>",
        source_body=f"<p>Words of {name}.</p>",
        raw=f"<item><guid>{name}</guid></item>".encode(),
        attribution=Attribution(
            source_id=source_id,
            title=source_id,
            feed_url=f"https://{source_id}.example/feed",
        ),
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        listed_at=NOW,
    )
    return replace(plain, **changes)


def document(*articles: Article) -> Document:
    return Document(
        context=b"rss",
        items=tuple((blake2b(a.raw, digest_size=16).digest(), a.id) for a in articles),
        passage=Passage(begin=b"<item>", size=2_000_000, first=900, digest=b"d" * 16),
    )


def polled(source_id: str = "bbc", at: datetime = NOW, **changes) -> PollResult:
    """Return a poll that found the articles given as `new`, or nothing new."""
    new = changes.get("new", ())
    result = PollResult(
        source_id=source_id,
        at=at,
        outcome=Outcome(kind="updated" if new else "unchanged", new=len(new)),
        state=source(
            source_id, validators=Validators(etag=b'"1"'), next_poll_at=at + HOUR
        ),
    )
    return replace(result, **changes)


def left_at_default(value) -> set[str]:
    """Return the fields of a noun that a sample forgot to set."""
    return {
        f.name
        for f in fields(value)
        if f.default is not NODEFAULT and getattr(value, f.name) == f.default
    }
