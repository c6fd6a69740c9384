"""Tell alerts by a webhook: one POST of JSON, through the guard that feeds go through."""

from collections.abc import Sequence
from datetime import datetime

from aggregator.alerting.telling import message
from aggregator.fetching.posting import Poster
from aggregator.model import Alert

JSON = "application/json; charset=utf-8"


def send(
    poster: Poster, url: str, alerts: Sequence[Alert], *, base_url: str, now: datetime
) -> None:
    """Post these alerts; FetchError if they were not taken."""
    said = message(alerts, base_url=base_url, now=now)
    poster.post(url, said, kind=JSON, to="the webhook")
