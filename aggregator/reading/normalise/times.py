"""When an entry was published and last changed, as far as it can be believed."""

from datetime import UTC, datetime
from typing import NamedTuple

from aggregator.reading.normalise.scope import Scope
from aggregator.reading.parsed import Entry
from aggregator.text import dates

# A date from before there were feeds is a default value that nobody set (the epoch, year
# 1 or 26), and feed validators warn of it.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


class Times(NamedTuple):
    """`dated` is the source's word or None; `published` and `updated` always stand."""

    dated: datetime | None
    published: datetime
    updated: datetime


def times(entry: Entry, scope: Scope) -> Times:
    """Return an entry's times. A future, ancient or unreadable date is unknown.

    Where only a time of change is given it stands for both (Atom requires no more). A
    change before publication is none.
    """
    now = scope.now
    changed = _date(entry.updated, scope)
    dated = _date(entry.published, scope) or changed
    if not scope.source.trust.dates:
        dated = changed = None
    published = dated or now
    believed = changed is not None and published <= changed
    return Times(
        dated=dated,
        published=published,
        updated=changed if changed is not None and believed else published,
    )


def _date(raw: str | None, scope: Scope) -> datetime | None:
    if not raw:
        return None
    language = scope.source.language or scope.feed.language
    found = dates.parse(raw, timezone=scope.source.timezone, language=language)
    return found if found and EARLIEST <= found <= scope.now else None
