"""The console's first page: is everything well, and if not, what, since when, what now."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.fetching import cadence
from aggregator.model import Alert, PublicationStatus
from aggregator.web.console.drawing import bars
from aggregator.web.console.guarding import desk_of, guarded, shown
from aggregator.web.console.rows import (
    ORDERS,
    PAGE,
    Asked,
    Row,
    Standing,
    chosen,
    row,
)
from aggregator.web.lines import Time, time
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import links_of, newsroom_of, no_such_page

HOURS = 48
# A tick is a second, and hosts are `spacing` apart: less than this is no delay.
ON_TIME = timedelta(seconds=10)
DONE = {
    "withdraw": "The article is withdrawn; it leaves every output with the next publishing.",
}


def moved(request: Request) -> Response:
    """Lead from `/status` to `/status/`."""
    return RedirectResponse(links_of(request).to("/status/"), status_code=308)


@guarded
def overview(request: Request) -> Response:
    """Return the first page."""
    newsroom, desk = newsroom_of(request), desk_of(request)
    now, asked = newsroom.now(), Asked.of(request.query_params)
    standings = newsroom.standings()
    found = chosen(standings, asked)
    first = (asked.page - 1) * PAGE
    if first and first >= len(found):
        raise no_such_page()
    page = found[first : first + PAGE]
    alerts = newsroom.alerts()
    lag = desk.lag()
    hours = newsroom.store.journal.by_hour(now - timedelta(hours=HOURS))
    return shown(
        request,
        "console/overview.html",
        now=time(now, now, None),
        asked=asked,
        orders=ORDERS,
        states=cadence.URGENCY,
        counts=Counter(each["state"] for each in standings),
        total=len(standings),
        rows=_rows(newsroom, page, alerts, now),
        alerts=[
            (alert, time(alert.since, now, None) if alert.since else None)
            for alert in alerts
        ],
        ids={each["id"] for each in standings},
        lag=cadence.duration(lag) if lag > ON_TIME else None,
        unready=newsroom.unready(),
        hourly=bars(hours, now, hours=HOURS),
        hours=HOURS,
        documents=_documents(newsroom, now),
        complaints=desk.complaints(),
        config=newsroom.config,
        articles=sum(each["articles"] for each in standings),
        earlier=_to_page(asked, asked.page - 1) if asked.page > 1 else None,
        later=_to_page(asked, asked.page + 1) if first + PAGE < len(found) else None,
        done=DONE.get(request.query_params.get("did", "")),
    )


def _rows(
    newsroom: Newsroom, page: Sequence[Standing], alerts: Sequence[Alert], now: datetime
) -> list[Row]:
    """Return these sources with their last polls and what is alerted of them."""
    strips = newsroom.store.journal.recent_polls()
    last = newsroom.store.journal.last_polls([each["id"] for each in page])
    of_source: dict[str, list[str]] = {}
    for alert in alerts:
        of_source.setdefault(alert.about, []).append(alert.text)
    languages = {source.id: source.language for source in newsroom.config.sources}
    return [
        row(
            each,
            strips.get(each["id"], ()),
            last.get(each["id"]),
            of_source.get(each["id"], ()),
            language=languages[each["id"]],
            now=now,
        )
        for each in page
    ]


def _documents(
    newsroom: Newsroom, now: datetime
) -> list[tuple[PublicationStatus, Time | None, Time]]:
    """Return how each document of the config fared: with its age and last check."""
    configured = {
        path
        for publication in newsroom.config.publications
        for path in (*publication.paths.values(), publication.archive)
    }
    return [
        (
            status,
            time(status.written_at, now, None) if status.written_at else None,
            time(status.checked_at, now, None),
        )
        for status in newsroom.store.publication_status()
        if status.path in configured
    ]


def _to_page(asked: Asked, page: int) -> str:
    said = {"state": asked.state, "q": asked.words, "sort": asked.order, "page": page}
    return urlencode({name: value for name, value in said.items() if value})
