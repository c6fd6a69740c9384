"""Make articles of entries: named, dated, credited, cleaned, or rejected with a reason.

In: a Feed as parsed, the Source it was read for, the address it was found at, the time.
Out: what the feed says of itself, and one Article or Rejected for every entry, in
document order. Pure: no clock, no store. Every article is made as if it were new;
`identity` finds out whether it is. Never raises, whatever a source says: what cannot be
believed is left out, and the entry stays.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from aggregator.model import Article, Deletion, FeedInfo, Source
from aggregator.reading import address
from aggregator.reading.keys import article_id, keys, published_id
from aggregator.reading.normalise import caps, credit, media
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.normalise.people import language, people, tags
from aggregator.reading.normalise.scope import Scope
from aggregator.reading.normalise.times import times
from aggregator.reading.normalise.words import words
from aggregator.reading.parsed import Entry, Feed
from aggregator.text import markup

_SAYS_NOTHING: Final = "say nothing"  # neither id nor link, title or text
# A publisher that still writes them says so (RFC 5023 section 13.1.1).
_IS_DRAFT: Final = "are drafts that their source does not show yet (app:draft)"


class Rejected(Struct, frozen=True, kw_only=True):
    """An entry that is not published, and what several such entries do."""

    reason: str


class Normalised(Struct, frozen=True, kw_only=True):
    """`articles` stand one to one with the entries; `notes` are for the operator."""

    feed: FeedInfo
    articles: tuple[Article | Rejected, ...]
    deletions: tuple[Deletion, ...] = ()
    notes: tuple[str, ...] = ()


def articles(feed: Feed, source: Source, *, url: str, now: datetime) -> Normalised:
    """Return the articles of a document found at `url`, as if all were new."""
    found = address.public(url)
    scope = _scope(feed, source, url=found, now=now)
    made = tuple(_article(entry, scope) for entry in feed.entries)
    reasons = Counter(one.reason for one in made if isinstance(one, Rejected))
    left_out = (f"{n} entries {reason}: left out" for reason, n in reasons.items())
    return Normalised(
        feed=scope.feed,
        articles=made,
        deletions=tuple(_deletion(one, scope.caps) for one in feed.deletions),
        notes=(
            *feed.notes,
            *credit.farewells(feed, url=found, asked=source.url, tally=scope.caps),
            *left_out,
            *scope.caps.notes(),
        ),
    )


def _scope(feed: Feed, source: Source, *, url: str, now: datetime) -> Scope:
    tally = Caps()
    info = credit.feed_info(feed, url=url, asked=source.url, tally=tally)
    own_url = credit.self_url(feed, url=url, tally=tally)
    return Scope(
        source=source,
        feed=info,
        url=url,
        by_document=feed.version.startswith(("atom", "json")),
        self_url=own_url,
        credit=credit.attribution(source, info, url=url, own_url=own_url),
        now=now,
        language=language(source.language, info.language),
        caps=tally,
    )


def _article(entry: Entry, scope: Scope) -> Article | Rejected:
    if entry.draft:
        return Rejected(reason=_IS_DRAFT)
    source, tally = scope.source, scope.caps
    link = _link(entry, scope)
    base = entry.base or (scope.url if scope.by_document else link or scope.link_base)
    said = words(
        entry,
        base=base,
        version=scope.feed.version,
        fallback=scope.credit.title,
        tally=tally,
    )
    when = times(entry, scope)
    pictures = media.pictures(entry, base=base, tally=tally)
    files = media.enclosures(entry, pictures, base=base, tally=tally)
    names = keys(
        guid=entry.guid if source.trust.ids else None,
        link=link or (files[0].url if files else None),
        site=scope.credit.site_url,
        title=said.source_title,
        text=said.text,
        date=(entry.published or entry.updated) if source.trust.dates else None,
    )
    if not names:
        return Rejected(reason=_SAYS_NOTHING)
    credited = credit.entry_credit(entry, scope)
    own_id = article_id(source.id, names[0])
    return Article(
        id=own_id,
        published_id=published_id(
            source.id,
            names[0],
            own_id=own_id,
            feed_url=scope.credit.feed_url,
            now=scope.now,
        ),
        source_id=source.id,
        keys=names,
        url=link,
        source_title=said.source_title,
        title=said.source_title or said.stand_in,
        stand_in=said.stand_in,
        authors=people(credit.signed(entry), tally) if source.trust.authors else (),
        tags=tags(entry.categories, tally),
        desk_tags=source.tags,
        language=language(entry.language, said.language) or scope.language,
        source_body=said.source_body,
        source_type=said.source_type,
        body=said.body,
        summary=said.summary,
        enclosures=files,
        image=media.image(pictures, files),
        attribution=credited,
        dated=when.dated,
        published=when.published,
        updated=when.updated,
        first_seen=scope.now,
        listed_at=scope.now,
        raw=entry.raw,
        text_sha256=said.text_sha256,
        changes=said.changes,
    )


def _deletion(said: Deletion, tally: Caps) -> Deletion:
    """Return a deletion with its reason as readers may be told it: one line of text."""
    reason = tally.text(markup.plain(said.comment), caps.NOTICE, "reasons of deletions")
    return replace(said, comment=reason)


def _link(entry: Entry, scope: Scope) -> str | None:
    """Return where the article stands; a guid that is an address may speak for it."""
    base = entry.base or scope.link_base
    if found := scope.caps.url(base, entry.link, "links"):
        return found
    guid = (entry.guid or "").strip()
    if entry.guid_is_permalink and guid.lower().startswith(("http://", "https://")):
        return scope.caps.url(base, guid, "links")
    return None
