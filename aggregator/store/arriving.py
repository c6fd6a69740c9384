"""Say when it was that something came, so that whoever writes months misses nothing.

In: a transaction that writes, and what time it is for whoever writes. Out: that time, or
a later one. Months are read by a time, which is noted before; one process writes at a
time. So what was recorded until then is read, and all that follows is later than that,
however long ago it was polled and whatever the clock of its machine says. Nor is it
listed below what was listed before it: there, it would be in no month, and perhaps in no
live document either.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from aggregator.epoch import micros, moment
from aggregator.model import Article, PollResult
from aggregator.store.articles import CAME_LATE, articles
from aggregator.store.meta import fact, put_fact

# The reports of one document are listed microseconds apart.
_AT_ONCE = timedelta(seconds=1)
# More than the document takes that comes after.
_NEXT = timedelta(milliseconds=1)
# Clocks of machines that work together differ by less.
_CLOCKS_DIFFER = timedelta(minutes=1)
# One that is put back by no more than this is doubted (see `timekeeping`), and what was
# seen ahead of it stays there.
_PUT_BACK = timedelta(days=1)
_READ = "months read"
_newest = select(
    select(func.max(articles.c.listed_at)).scalar_subquery(),
    select(func.max(articles.c.first_seen)).where(CAME_LATE).scalar_subquery(),
)


def note_reading(connection: Connection, now: datetime) -> None:
    """Note that months are read by this time: what is recorded from now on is later."""
    put_fact(connection, _READ, str(micros(coming(connection, now)) + 1))


def coming(connection: Connection, now: datetime) -> datetime:
    """Return when that came which is recorded now."""
    read = moment(int(fact(connection, _READ) or 0))
    newest = moment(max(time or 0 for time in connection.execute(_newest).one()))
    before = max(read, newest)
    bearable = _PUT_BACK if newest > now else _CLOCKS_DIFFER
    return before + _NEXT if now < before <= now + bearable else now


def arrived(result: PollResult, now: datetime) -> PollResult:
    """Return what a poll brought, as first seen when it is recorded.

    What is listed as it came is listed then, too; what is listed by its own date comes
    into months that were written before it was seen.
    """
    return replace(result, new=tuple(_arrived(each, now) for each in result.new))


def _arrived(article: Article, now: datetime) -> Article:
    waited = now - article.first_seen
    if waited <= timedelta(0):
        return article
    as_it_came = article.first_seen - article.listed_at <= _AT_ONCE
    listed_at = article.listed_at + waited if as_it_came else article.listed_at
    return replace(article, first_seen=now, listed_at=listed_at)
