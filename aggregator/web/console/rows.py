"""The sources as rows of the console: which are shown, in which order, and what of them.

In: standings, past polls, what the operator asked for in the address. Out: Rows that a
template prints. A filter or an order that we do not know counts as none.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from msgspec import Struct
from starlette.datastructures import QueryParams

from aggregator.fetching import cadence
from aggregator.model import PastPoll
from aggregator.web.console.advice import advice
from aggregator.web.console.drawing import Polls, Strip, strip
from aggregator.web.language import direction
from aggregator.web.lines import Time, time

ORDERS = {
    "attention": "what needs a look first",
    "name": "name",
    "success": "longest without success",
    "articles": "most articles",
    "next": "next poll",
    "failures": "most failures in a row",
}
PAGE = 50

Standing = Mapping[str, Any]
_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NUMBER = re.compile("[0-9]{1,6}")
_SMALL, _UNITS = 1000, ("kB", "MB", "GB")


class Asked(Struct, frozen=True, kw_only=True):
    """What of the list is asked for. `page` counts from 1."""

    state: str = ""
    words: str = ""
    order: str = "attention"
    page: int = 1

    @classmethod
    def of(cls, query: QueryParams) -> "Asked":
        """Return what an address asks for."""
        state, order = query.get("state", ""), query.get("sort", "")
        page = query.get("page", "")
        return cls(
            state=state if state in cadence.URGENCY else "",
            words=" ".join(query.get("q", "")[:100].split()),
            order=order if order in ORDERS else "attention",
            page=max(1, int(page)) if _NUMBER.fullmatch(page) else 1,
        )


class Row(Struct, frozen=True, kw_only=True):
    """One source. Times are None where there is none.

    `failures` is what its waits go by; `uncounted` the failed polls of the same row
    that it leaves out on purpose (see `fetching.cadence`).
    """

    id: str
    title: str
    dir: str
    url: str
    state: str
    because: str
    error: str | None
    advice: str | None
    alerts: tuple[str, ...]
    articles: int
    failures: int
    uncounted: int
    success: Time | None
    polled: Time | None
    next: str
    strip: Strip
    took: str | None
    size: str | None


def chosen(standings: Sequence[Standing], asked: Asked) -> list[Standing]:
    """Return the sources that are asked for, in the order that is asked for."""
    words = asked.words.casefold().split()
    found = [
        each
        for each in standings
        if asked.state in {"", each["state"]} and _holds(each, words)
    ]
    return sorted(found, key=lambda each: _place(each, asked.order))


def row(
    standing: Standing,
    polls: Polls,
    last: PastPoll | None,
    alerts: Sequence[str],
    *,
    language: str | None,
    now: datetime,
) -> Row:
    """Return a source, which speaks a language, as the console shows it."""
    success, polled = standing["last_success"], standing["last_polled"]
    return Row(
        id=standing["id"],
        title=standing["title"],
        dir=direction(language, standing["title"]),
        url=standing["url"],
        state=standing["state"],
        because=standing["because"],
        error=standing["error"],
        advice=advice(standing),
        alerts=tuple(alerts),
        articles=standing["articles"],
        failures=standing["failures"],
        uncounted=max(0, _failed(polls) - standing["failures"]),
        success=time(success, now, None) if success else None,
        polled=time(polled, now, None) if polled else None,
        next=coming(standing["next_poll_at"], now),
        strip=strip(polls),
        took=seconds(last.took) if last else None,
        size=size(last.wire_bytes) if last and last.wire_bytes else None,
    )


def _failed(polls: Polls) -> int:
    """Return how many of the newest polls failed, up to the first that did not."""
    return sum(1 for _ in takewhile(lambda poll: poll[1] == "failed", polls))


def coming(at: datetime | None, now: datetime) -> str:
    """Return when something is due, from now on."""
    if at is None:
        return "never by itself"
    return f"in {cadence.duration(at - now)}" if at > now else "due now"


def seconds(length: timedelta) -> str:
    """Return how long something took."""
    return f"{length.total_seconds():.2f} s"


def size(count: int) -> str:
    """Return a number of bytes as people say it, in powers of a thousand."""
    if count < _SMALL:
        return f"{count} B"
    number, unit = count / _SMALL, 0
    while number >= _SMALL and unit < len(_UNITS) - 1:
        number, unit = number / _SMALL, unit + 1
    return f"{number:.1f} {_UNITS[unit]}"


def _holds(standing: Standing, words: Sequence[str]) -> bool:
    text = f"{standing['id']} {standing['title']} {standing['url']}".casefold()
    return all(word in text for word in words)


def _place(standing: Standing, order: str) -> tuple[Any, ...]:
    name = (standing["title"].casefold(), standing["id"])
    success, due = standing["last_success"] or _EVER, standing["next_poll_at"] or _NEVER
    places: dict[str, tuple[Any, ...]] = {
        "attention": (cadence.URGENCY.index(standing["state"]), *name),
        "name": name,
        "success": (success, *name),
        "articles": (-standing["articles"], *name),
        "next": (due, *name),
        "failures": (-standing["failures"], *name),
    }
    return places[order]
