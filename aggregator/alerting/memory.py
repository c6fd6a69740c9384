"""Remember who was told of what, so that nobody is told more than once a day.

In: Alerts, what was told, a channel, the time. Out: what to tell it now, or the memory
after it was told. A matter that ends and comes back within a day is the same matter.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from aggregator.model import Alert

ONCE_IN = timedelta(days=1)

# When each channel was last told of each matter: {key: {channel: time}}.
Told = Mapping[str, Mapping[str, datetime]]


def due(
    alerts: Iterable[Alert], told: Told, channel: str, *, now: datetime
) -> list[Alert]:
    """Return the alerts that a channel is to be told of now."""
    return [alert for alert in alerts if _is_due(told.get(alert.key, {}), channel, now)]


def remembering(
    told: Told, alerts: Sequence[Alert], channel: str, *, now: datetime
) -> Told:
    """Return the memory after a channel was told of alerts."""
    after = {key: dict(channels) for key, channels in told.items()}
    for alert in alerts:
        after.setdefault(alert.key, {})[channel] = now
    return after


def forgetting(told: Told, *, now: datetime) -> Told:
    """Return the memory without what nobody needs any more."""
    return {
        key: channels
        for key, channels in told.items()
        if any(at <= now < at + ONCE_IN for at in channels.values())
    }


def packed(told: Told) -> str:
    """Return the memory as text."""
    return json.dumps(
        {
            key: {channel: at.isoformat() for channel, at in channels.items()}
            for key, channels in told.items()
        },
        ensure_ascii=False,
    )


def unpacked(text: str | None) -> Told:
    """Return the memory that `packed` made a text of; empty for None."""
    return {
        key: {channel: datetime.fromisoformat(at) for channel, at in channels.items()}
        for key, channels in json.loads(text or "{}").items()
    }


def _is_due(channels: Mapping[str, datetime], channel: str, now: datetime) -> bool:
    last = channels.get(channel)
    # What a wrong clock told in the future does not silence anybody.
    return last is None or not last <= now < last + ONCE_IN
