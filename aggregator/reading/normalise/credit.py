"""Whose words: what a feed says of itself, and the attribution of its entries.

The operator's configuration is believed before the feed, and the entry before both
where the entry comes from somewhere else.
"""

from collections.abc import Set as AbstractSet
from urllib.parse import quote

from msgspec.structs import replace

from aggregator.model import INVENTED, Attribution, FeedInfo, Source, Via
from aggregator.reading import address
from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.normalise.people import language, person
from aggregator.reading.normalise.scope import Scope
from aggregator.reading.normalise.words import title_line
from aggregator.reading.parsed import Entry, Feed, Origin
from aggregator.text import markup, urls


def feed_info(feed: Feed, *, url: str, asked: str, tally: Caps) -> FeedInfo:
    """Return what a feed says of itself, as text and absolute addresses.

    `url` is the public address of the document, `asked` the configured one: of what is
    secret in that, nothing is taken over from a feed that repeats it.
    """
    base, kept = feed.base or url, address.credentials(asked)
    site = tally.url(base, feed.site, "feed links")
    image = tally.url(base, feed.image, "feed pictures")
    feed_id = (feed.feed_id or "").strip()
    if feed_id and not urls.is_published_iri(feed_id):
        feed_id = ""
    if feed_id and address.untold(feed_id, kept) != feed_id:
        feed_id = ""
    hub, topic = hub_and_topic(feed, url=url, kept=kept, tally=tally)
    return FeedInfo(
        title=_capped(title_line(feed.title, feed.version)) if feed.title else None,
        site=site and address.untold(site, kept),
        feed_id=feed_id or None,
        author=person(feed.author) if feed.author else None,
        rights=_line(feed.rights) if feed.rights else None,
        license=tally.url(base, feed.license, "licences"),
        language=language(feed.language),
        image=image and address.untold(image, kept),
        version=feed.version,
        hub=hub,
        topic=topic,
        hints=feed.hints,
    )


def farewells(feed: Feed, *, url: str, asked: str, tally: Caps) -> tuple[str, ...]:
    """Return what a feed says of its own future, in sentences for the operator.

    `url` and `asked` are those of `feed_info`. Nobody is believed who says it is
    elsewhere now: a redirect proves it, and the operator may look.

    Source: Apple, "A Podcaster's Guide to RSS" (itunes:new-feed-url, itunes:complete);
    JSON Feed 1.1, "expired".
    """
    said = ["the feed says that nothing new will come"] if feed.finished else []
    written = tally.url(feed.base or url, feed.moved_to, "feed links")
    moved = written and address.public(written)
    if moved:
        moved = address.untold(moved, address.credentials(asked))
        here = {urls.canonical(address.public(each)) for each in (url, asked)}
        if urls.canonical(moved) not in here:
            said.append(f"the feed says that it has moved to {moved}")
    return tuple(said)


def hub_and_topic(
    feed: Feed, *, url: str, kept: AbstractSet[str], tally: Caps
) -> tuple[str, str] | tuple[None, None]:
    """Return the hub that a feed names, and the feed's name there, as it writes it.

    That is where it says it lives, else where it was found. A name that repeats what
    is secret (`kept`) is told to nobody, and makes no difference to us.

    Source: W3C WebSub, section 4.
    """
    named = {link.rel: link.href for link in reversed(feed.links)}
    base = feed.base or url
    hub = tally.url(base, named.get("hub"), "feed links")
    topic = (named.get("self") or url).strip()
    if not topic.startswith(("https://", "http://")):
        topic = tally.url(base, topic, "feed links") or ""
    if not hub or len(topic) > caps.URL or not urls.resolve(None, topic):
        return None, None
    return (hub, topic) if address.untold(topic, kept) == topic else (None, None)


def self_url(feed: Feed, *, url: str, tally: Caps) -> str | None:
    """Return where the feed says it lives (`rel=self`), in public form."""
    for link in feed.links:
        if link.rel != "self":
            continue
        if found := tally.url(feed.base or url, link.href, "feed links"):
            return address.public(found)
    return None


def attribution(
    source: Source, info: FeedInfo, *, url: str, own_url: str | None
) -> Attribution:
    """Return the credit for an entry that is the feed's own.

    `title` is the operator's word, else the feed's, else the host. `feed_url` is the
    configured address without credentials. A `file:` source has no public one: there
    the feed's own word counts, then its site, then an address in `.invalid`
    (RFC 2606), which says that there is none and never leads anywhere.
    """
    site = source.site or info.site
    feed_url = urls.resolve(None, address.public(source.url)) or own_url or site
    return Attribution(
        source_id=source.id,
        title=source.title or info.title or urls.host_of(url) or source.id,
        feed_url=feed_url or f"{INVENTED}{quote(source.id)}",
        site_url=site,
        feed_id=info.feed_id,
        author=info.author,
        rights=source.rights.notice or info.rights,
        license=source.rights.license or info.license,
    )


def entry_credit(entry: Entry, scope: Scope) -> Attribution:
    """Return the credit for one entry.

    An entry that came through an aggregate keeps its first source as `via`, and takes
    over neither author nor rights nor licence of the aggregate
    (RFC 4287 sections 4.2.1 and 4.2.11). One whose author is not published, because
    only an address was given, does not get the feed's author for it.
    """
    source, credit = scope.source, scope.credit
    own_notice = _line(entry.rights) if entry.rights else None
    own_licence = scope.caps.url(entry.base or scope.url, entry.license, "licences")
    first = via(entry.origin, scope) if entry.origin else None
    author, theirs, licence = _taken_over(entry.origin if first else None, credit)
    notice = source.rights.notice or own_notice or theirs
    licence = source.rights.license or own_licence or licence
    by = signed(entry)
    nameless = bool(by) and not any(map(person, by))
    if nameless or not source.trust.authors:
        author = None
    feed = (credit.author, credit.rights, credit.license, credit.via)
    if (author, notice, licence, first) == feed:
        return credit
    return replace(
        credit,
        author=author,
        rights=notice,
        feed_rights=_if_other(credit.rights, notice),
        license=licence,
        via=first and replace(first, rights=_if_other(theirs, notice)),
    )


def _taken_over(
    origin: Origin | None, credit: Attribution
) -> tuple[str | None, str | None, str | None]:
    """Return the author, notice and licence that an entry takes over where it has none.

    `origin` is its first source where it came through an aggregate, else None.
    """
    if origin is None:
        return credit.author, credit.rights, credit.license
    author = person(origin.author) if origin.author else None
    return author, _line(origin.rights) if origin.rights else None, None


def _if_other(theirs: str | None, notice: str | None) -> str | None:
    """Return a feed's notice where the article has another one: empty for none."""
    return None if theirs == notice else theirs or ""


def signed(entry: Entry) -> tuple[str, ...]:
    """Return the names in an entry; without any, the author of its first source."""
    if entry.authors or not entry.origin or not entry.origin.author:
        return entry.authors
    return (entry.origin.author,)


def via(origin: Origin, scope: Scope) -> Via | None:
    """Return the first source of an entry, None if it is the feed itself or nobody."""
    base = origin.base or scope.url
    feed_url = scope.caps.url(base, origin.feed_url, "source addresses")
    site_url = scope.caps.url(base, origin.site_url, "source addresses")
    feed_id = (origin.id or "").strip() or None
    title = _line(origin.title) if origin.title else None
    name = title or urls.host_of(site_url or feed_url or "")
    if not name or _is_ours(scope, (feed_url, site_url), feed_id, title):
        return None
    return Via(
        title=name,
        feed_url=address.public(feed_url) if feed_url else None,
        site_url=site_url,
        id=feed_id if feed_id and urls.is_published_iri(feed_id) else None,
    )


def _is_ours(
    scope: Scope,
    addresses: tuple[str | None, ...],
    feed_id: str | None,
    title: str | None,
) -> bool:
    if feed_id and feed_id == scope.feed.feed_id:
        return True
    credit = scope.credit
    ours = {
        urls.canonical(url)
        for url in (credit.feed_url, credit.site_url, scope.url, scope.self_url)
        if url
    }
    if any(url and urls.canonical(url) in ours for url in addresses):
        return True
    names = {name.casefold() for name in (credit.title, scope.feed.title) if name}
    return title is not None and title.casefold() in names


def _line(raw: str) -> str | None:
    return _capped(markup.plain(raw[: 4 * caps.NOTICE]))


def _capped(text: str) -> str | None:
    return markup.cap(text, caps.NOTICE) or None
