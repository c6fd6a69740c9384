"""Notice that a source may not be itself any more, before anything of it is published.

In: what we remember of a source, what its document says now, the articles that would be
new. Out: why it is suspicious, or None. Pure. A domain that was sold, a hijacked account
or a broken export looks like one of these:

* the document comes from another registrable domain than it always did, and holds
  nothing that we know: who moves house brings some of the old reports along;
* the feed has another title, another home and nearly all new links lead elsewhere;
* hundreds of reports come at once that are older than our last visit.

What a source says the first time is believed. The operator releases a source for a day
(`RELEASED_FOR`) from one such sentence, which therefore counts nothing; what was taken
in then is the source's own self from there on.
"""

from collections.abc import Sequence
from datetime import timedelta

from aggregator.model import Article, FeedInfo, SourceState
from aggregator.text import urls

# A source that we did not poll for a week sends 100 new reports, not hundreds.
FLOOD = 200
# Reports dated so long before our last visit had their chance to come then.
OLD = timedelta(days=2)
NEARLY_ALL = 0.8
RELEASED_FOR = timedelta(days=1)


def suspicion(
    before: SourceState, feed: FeedInfo, new: Sequence[Article], *, familiar: bool
) -> str | None:
    """Return what is suspicious about a document, None for nothing.

    `familiar`: it holds some article of the source that we hold, too.
    """
    # The operator gave it another address. One that was released is asked like that,
    # too, and believed in what it was released from alone.
    is_readdressed = before.last_polled_at is None and before.held is None
    if before.first_success_at is None or is_readdressed:
        return None
    elsewhere = None if familiar else _elsewhere(before, feed)
    return elsewhere or _other(before, feed, new) or _flood(before, new)


def _elsewhere(before: SourceState, feed: FeedInfo) -> str | None:
    if feed.domain is None or feed.domain == before.feed.domain:
        return None
    if feed.domain in {_domain(url) for url in (before.url, before.fetch_url)}:
        return None
    return f"it suddenly leads to another domain, {feed.domain}"


def _other(before: SourceState, feed: FeedInfo, new: Sequence[Article]) -> str | None:
    old = before.feed
    if not (old.title and feed.title and feed.site) or feed.title == old.title:
        return None
    home = _domain(old.site)
    if not home or _domain(feed.site) == home:
        return None
    links = [_domain(article.url) for article in new if article.url]
    away = sum(link != home for link in links)
    if not links or away < NEARLY_ALL * len(links):
        return None
    return (
        f"title, home and links changed at once: {old.title!r} of {home} is now "
        f"{feed.title!r} of {_domain(feed.site)}"
    )


def _flood(before: SourceState, new: Sequence[Article]) -> str | None:
    last = before.last_success_at
    if last is None or len(new) < FLOOD:
        return None
    old = sum(
        article.dated is not None and article.dated < last - OLD for article in new
    )
    if old < FLOOD:
        return None
    return "it delivers hundreds of old reports at once"


def _domain(url: str | None) -> str:
    return urls.registrable_host(urls.host_of(url)) if url else ""
