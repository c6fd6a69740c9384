"""The names of an entry: how it is recognised, and the id under which it is published.

Keys stand strongest first, each with its kind in front:

`guid:`  the raw guid or id as sent, never resolved; one that is very long or holds
         characters that nothing can store is represented by its digest
`link:`  the canonical link; a link to the site's front page names no entry. Where
         there is no guid the fragment counts: some sites keep all of a day's reports
         on one page and tell them apart by it alone
`text:`  digest of headline and visible text. An entry with neither guid nor link has
         a further one before it, of headline and date as sent, so that an edit of its
         text does not make it another entry (of date and text where there is no
         headline, of headline and text where there is no date)

The first key decides the article's id, once and for ever.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b

from msgspec.structs import replace

from aggregator.model import Article
from aggregator.text import urls

_LONGEST_GUID = 500  # characters; real ones are addresses or UUIDs
_STORABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_TAG_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*")
_NO_HOST = "feed.invalid"  # RFC 2606: never anybody's


def guid_key(guid: str) -> str:
    """Return the key of a raw guid or id (also of a deletion's `ref`)."""
    raw = guid.strip()
    if len(raw) > _LONGEST_GUID or not _STORABLE.fullmatch(raw):
        return f"guid:blake2b-{_digest(raw)}"
    return f"guid:{raw}"


def keys(
    *,
    guid: str | None,
    link: str | None,
    site: str | None,
    title: str,
    text: str,
    date: str | None,
) -> tuple[str, ...]:
    """Return all keys of an entry, strongest first; none if nothing names it.

    `guid` and `date` are as sent, and None where the source's are not trusted. `text`
    is the visible text, which is on one line and needs no folding of blanks.
    """
    return tuple(
        dict.fromkeys(
            _keys(
                guid=(guid or "").strip(),
                link=link or "",
                site=site or "",
                title=_folded(title),
                text=text.casefold(),
                date=_folded(date or ""),
            )
        )
    )


def _keys(
    *, guid: str, link: str, site: str, title: str, text: str, date: str
) -> Iterator[str]:
    """Yield the keys of an entry, strongest first, from texts that may be empty.

    A link to the site itself names no entry. A fragment counts where there is no guid:
    some feeds list the parts of one page. An entry without guid and link goes by its
    headline with its date, or with its text where one of these is missing. Headline and
    text are the last key of every entry.
    """
    if guid:
        yield guid_key(guid)
    page, hash_mark, fragment = link.partition("#")
    own_part = "" if guid else hash_mark + fragment
    names_entry = link and (own_part or urls.canonical(page) != urls.canonical(site))
    if names_entry:
        yield f"link:{urls.canonical(link if guid else page)}{own_part}"
    if (title or text) and not (guid or names_entry):
        witness = f"{date} {'' if title and date else text}"
        yield f"text:{_digest(title, 'dated', witness)}"
    if title or text:
        yield f"text:{_digest(title, text)}"


def article_id(source_id: str, key: str) -> str:
    """Return our id of the article that a source's entry became: 20 hex digits."""
    return _digest(source_id, key, size=10)


def published_id(
    source_id: str, key: str, *, own_id: str, feed_url: str, now: datetime
) -> str:
    """Return the id for every output, made from the entry key; `own_id` is ours.

    The source's own id where it may serve as an IRI (RFC 4287 section 4.2.6: it must
    not change on the way). Else a `tag:` URI under the feed's host, because the id is
    that feed's entry's and must not depend on where we are served from; year, source
    and article id make it unique. It is stored, and never made again.

    Source: RFC 4151 section 2.1.
    """
    kind, _, raw = key.partition(":")
    if kind == "guid" and urls.is_published_iri(raw):
        return raw
    host = (urls.host_of(feed_url) or "").lower()
    authority = host if _TAG_HOST.fullmatch(host) else _NO_HOST
    return f"tag:{authority},{now.year}:mediawire/{source_id}/{own_id}"


def named(article: Article, keys: tuple[str, ...]) -> Article:
    """Return the article under other keys: with the ids that follow from the first."""
    own_id = article_id(article.source_id, keys[0])
    return replace(
        article,
        id=own_id,
        published_id=published_id(
            article.source_id,
            keys[0],
            own_id=own_id,
            feed_url=article.attribution.feed_url,
            now=article.first_seen,
        ),
        keys=keys,
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _digest(*parts: str, size: int = 16) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=size).hexdigest()
