"""Which month of the archives a report stands in, and when a month closes.

In: when reports were listed and first seen, when months were written, the time. Out:
the month of each, and whether it may still change. Pure; `history` reads and writes.

A month is named `YYYY-MM`, in UTC.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from aggregator.model import Article

_GRACE = timedelta(minutes=10)  # for reports that were fetched before midnight
_NEW = timedelta(hours=1)


class Month(Struct, frozen=True):
    """When a month was first and last written, and the newest place in it then."""

    first: datetime
    last: datetime
    top: tuple[datetime, str]


class Came(NamedTuple):
    """When an article was listed and when it was first seen: what tells its month."""

    listed_at: datetime
    id: str
    first_seen: datetime


class Displaced(NamedTuple):
    """What stands in another month than that in which it is listed.

    `strays` stand in a month and are listed elsewhere; what is `away`, by ids, is listed
    in it and stands elsewhere.
    """

    strays: Sequence[Came] = ()
    away: Collection[str] = ()


def remembered(written: str) -> dict[str, Month]:
    """Return months as `noted` wrote them."""
    return {
        month: Month(
            first=datetime.fromisoformat(first),
            last=datetime.fromisoformat(last),
            top=(datetime.fromisoformat(listed_at), id_),
        )
        for month, (first, last, listed_at, id_) in json.loads(written).items()
    }


def noted(months: dict[str, Month]) -> str:
    """Return months as JSON, the same for the same months."""
    return json.dumps(
        {
            month: (
                known.first.isoformat(),
                known.last.isoformat(),
                known.top[0].isoformat(),
                known.top[1],
            )
            for month, known in sorted(months.items())
        }
    )


def long_closed(month: str) -> Month:
    """Return what is known of a month of which only the file is left."""
    start = start_of(month)
    return Month(first=start, last=end_of(month) + _GRACE, top=(start, ""))


def month_of(time: datetime) -> str:
    """Return the month of a time."""
    return f"{time.year:04}-{time.month:02}"


def months_of(article: Article) -> set[str]:
    """Return the months in one of which an article stands: by its list, or as it came."""
    return {month_of(article.listed_at), month_of(article.first_seen)}


def months_until(article: Article, then: datetime) -> set[str]:
    """Return the months in which an article may have come to stand until a time."""
    months = months_of(article)
    first = min(months)
    while first <= month_of(then):
        months.add(first)
        first = month_of(end_of(first))
    return months


def put_right(months: Mapping[str, Month], now: datetime) -> dict[str, Month]:
    """Return months as far as they are true, after a clock that was ahead wrote some.

    What was written after now was not; the month of now is to be written again, for
    what came meanwhile may stand elsewhere.
    """
    current = month_of(now)
    return {
        month: _put_right(month, known, now)
        for month, known in months.items()
        if month <= current
    }


def _put_right(month: str, known: Month, now: datetime) -> Month:
    start = start_of(month)
    if max(known.first, known.last, known.top[0]) <= now:
        return known
    if month < month_of(now):
        return replace(known, first=min(known.first, now), last=min(known.last, now))
    first = known.first if known.first <= now else start
    return Month(first=first, last=start, top=(start, ""))


@cache
def start_of(month: str) -> datetime:
    """Return the first moment of a month."""
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)


@cache
def end_of(month: str) -> datetime:
    """Return the first moment after a month."""
    return (start_of(month) + timedelta(days=32)).replace(day=1)


def place_of(article: Article) -> tuple[datetime, str]:
    """Return what orders an article among all others, newest listed last."""
    return article.listed_at, article.id


def closes(month: str, known: Month) -> datetime:
    """Return until when what comes late still stands in the month it is listed in."""
    return max(end_of(month) + _GRACE, known.first + _NEW)


def is_due(month: str, known: Month, late: Sequence[Came], now: datetime) -> bool:
    """Whether a month that was written misses something, or is to be closed."""
    closing = end_of(month) + _GRACE
    return known.last < closing <= now or any(
        each.first_seen > known.last for each in late
    )


def is_new(came: Came, month: str, months: Mapping[str, Month]) -> bool:
    """Whether an article came since the month in which it stands was written, if it was."""
    known = months.get(month)
    return known is None or came.first_seen > known.last


def homes(late: Iterable[Came], months: dict[str, Month]) -> dict[str, list[Came]]:
    """Return late articles by the month in which they stand."""
    found: dict[str, list[Came]] = {}
    for each in late:
        found.setdefault(_home(each, months), []).append(each)
    return found


def _home(late: Came, months: dict[str, Month]) -> str:
    """Return the month in which a late article stands."""
    stray = _is_stray(late, months)
    return month_of(late.first_seen if stray else late.listed_at)


def is_open(month: str, months: dict[str, Month], now: datetime) -> bool:
    """Whether a month may still change; one that was never written may begin."""
    known = months.get(month)
    if known is None:
        return not months or month >= max(months) or now < end_of(month) + _GRACE
    return now < closes(month, known) or known.last < end_of(month) + _GRACE


def _is_stray(late: Came, months: dict[str, Month]) -> bool:
    """Whether an article came when the month it is listed in was closed already."""
    month = month_of(late.listed_at)
    if month in months:
        return late.first_seen > closes(month, months[month])
    return bool(months) and month < max(months)
