"""Decide what becomes of an article that its source changed.

In: the article as the source has it now, what identity knows of it, its words as we hold
them, the time. Out: the article to store, or None: not now, look again at the next poll.
Pure. Three cases:

* Words changed. They are passed on: a revision more, the old words are kept, `updated`
  moves. So it is too when a source goes back to what it said before.
* Nothing a reader would read again changed: markup, or only digits below an unchanged
  headline, as a view counter does. The new text is passed on all the same (it may be a
  number of casualties), but `updated` stays and no revision is kept, unless the source
  itself says that it updated the article.
* Words change at every poll. After FREE revisions the next has to wait, twice as long
  each time and a day at most; what the source says then is passed on. A report that is
  kept up to date by hour is far from that.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from aggregator.model import Article, Deletion, Known
from aggregator.reading import guid_key
from aggregator.text import markup

FREE = 12
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(days=1)
# FIRST_WAIT doubled so often is longer than LONGEST_WAIT, and no power of two yet that
# no time holds.
_DOUBLINGS = 10

# Numbers with what groups their digits: 1,234 and 1.234 and 1 234, in any script.
_NUMBER = re.compile(r"\d(?:[\d.,'\u066b\u066c\u00a0\u202f ]*\d)?")


def corrected(
    article: Article, match: Known, held: Article | None, *, now: datetime
) -> Article | None:
    """Return the article under its old names, at its old place, with its new words.

    `held` is the article as it is stored, with its body. The source's own time of change
    is believed if it lies between ours and now.
    """
    dated = match.updated < article.updated <= now
    told = dated or held is None or not _reads_the_same(article, held)
    if told and now < match.updated + wait(match.revision):
        return None
    updated = match.updated
    if told:
        updated = max(updated, article.updated if dated else now)
    return replace(
        article,
        id=match.id,
        published_id=match.published_id,
        keys=match.keys,
        published=match.published,
        first_seen=match.first_seen,
        listed_at=match.listed_at,
        updated=updated,
        revision=match.revision + 1 if told else match.revision,
        override=match.override,
    )


def waits(match: Known) -> str:
    """Return since when and until when the next words of an article have to wait."""
    until = match.updated + wait(match.revision)
    return (
        f"changed again: after {match.revision} revisions, the new words wait until "
        f"{until:%Y-%m-%d %H:%M} UTC"
    )


def wait(revision: int) -> timedelta:
    """Return how long words must have stood before they may change once more."""
    if revision < FREE:
        return timedelta(0)
    doubled: int = 2 ** min(revision - FREE, _DOUBLINGS)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def speaking(fresh: Iterable[tuple[bytes, Article]]) -> set[bytes]:
    """Return the entries that speak for their names: of several the latest, or first.

    Source: RFC 4287 section 4.1.1 (a feed may hold several versions of an entry).
    """
    latest: dict[str, tuple[bytes, Article]] = {}
    for digest, article in fresh:
        other = latest.get(article.id)
        if other is None or is_later(article, other[1]):
            latest[article.id] = digest, article
    return {digest for digest, _ in latest.values()}


def is_later(article: Article, other: Article | Known) -> bool:
    """Return whether the source says that it changed one after the other."""
    told = article.dated and other.dated
    return bool(told) and article.updated > other.updated


def taken_back(
    deletions: Iterable[Deletion], standing: Mapping[str, Article | Known]
) -> dict[str, Deletion]:
    """Return what a source takes back, by key; `standing` is what its document holds.

    An entry that was changed since is there again, and the deletion to be ignored.

    Source: RFC 6721 section 3.
    """
    keys = [(guid_key(each.ref), each) for each in deletions]
    return {
        key: each for key, each in keys if not _outlives(standing.get(key), each.at)
    }


def _outlives(entry: Article | Known | None, at: datetime | None) -> bool:
    if entry is None or entry.dated is None or at is None:
        return False
    return entry.updated >= at


def _reads_the_same(article: Article, held: Article) -> bool:
    """Whether a reader would find at most other numbers below the headline."""
    return _heads(article) == _heads(held) and _words(article) == _words(held)


def _heads(article: Article) -> tuple[object, ...]:
    pictures = [each.url for each in article.enclosures]
    if article.image:
        pictures.append(article.image.url)
    return (
        article.source_title,
        article.url,
        article.authors,
        article.tags,
        [_NUMBER.sub("0", url) for url in pictures],
    )


def _words(article: Article) -> tuple[str, str]:
    body = markup.visible_text(article.body)
    return _NUMBER.sub("0", body), _NUMBER.sub("0", article.summary or "")
