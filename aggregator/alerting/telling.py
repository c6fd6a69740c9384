"""Alerts in words: as JSON for programs, as lines for people."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aggregator.epoch import timestamp
from aggregator.model import Alert


def as_json(alert: Alert) -> dict[str, Any]:
    """Return an alert for JSON: kind, about, text, since (ISO 8601 or None)."""
    return {
        "kind": alert.kind,
        "about": alert.about,
        "text": alert.text,
        "since": _iso(alert.since) if alert.since else None,
    }


def line(alert: Alert) -> str:
    """Return an alert on one line."""
    since = f" (since {alert.since:%Y-%m-%d %H:%M} UTC)" if alert.since else ""
    return f"{alert.about}: {alert.text}{since}"


def message(alerts: Sequence[Alert], *, base_url: str, now: datetime) -> bytes:
    """Return what a webhook gets: all alerts, and `text`, which chat programs show."""
    said = {
        "text": "\n".join([subject(alerts), *map(line, alerts)]),
        "service": base_url,
        "at": _iso(now),
        "alerts": [as_json(alert) for alert in alerts],
    }
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def subject(alerts: Sequence[Alert]) -> str:
    """Return what it is about, on one short line."""
    if len(alerts) == 1:
        return f"Media Wire: {alerts[0].about} ({alerts[0].kind})"
    return f"Media Wire: {len(alerts)} matters need a look"


def _iso(at: datetime) -> str:
    return timestamp(at.replace(microsecond=0))
