"""Small pictures of what happened: shapes for SVG, no colours and no text.

In: polls or counts. Out: paths and sizes, in user units, that templates put into an
`<svg>`; how they look is said by the style sheet, for a strict policy allows no style
in the page.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from aggregator.model import OutcomeKind

Polls = Sequence[tuple[datetime, OutcomeKind]]

STRIP = 50  # polls
_STEP, _BAR, _HEIGHT = 4, 3, 20
# A poll that found nothing is low, one that brought news is high, a failed one is high
# and notched, so that nobody needs the colour to tell them apart.
_HEIGHTS: dict[OutcomeKind, int] = {"unchanged": 6, "updated": 20, "failed": 20}


class Strip(Struct, frozen=True, kw_only=True):
    """The last polls of a source, oldest first from the left."""

    width: int
    height: int
    paths: dict[OutcomeKind, str]
    label: str


def strip(polls: Polls) -> Strip:
    """Return the drawing of polls that come newest first."""
    paths: dict[OutcomeKind, list[str]] = {}
    first = STRIP - min(len(polls), STRIP)
    for place, (_, kind) in enumerate(reversed(polls[:STRIP])):
        x = (first + place) * _STEP
        high = _HEIGHTS[kind]
        bar = f"M{x} {_HEIGHT - high}h{_BAR}v{high}h-{_BAR}z"
        if kind == "failed":  # notched
            bar = f"M{x} 0h{_BAR}v8h-{_BAR}zM{x} 12h{_BAR}v8h-{_BAR}z"
        paths.setdefault(kind, []).append(bar)
    return Strip(
        width=STRIP * _STEP,
        height=_HEIGHT,
        paths={kind: "".join(drawn) for kind, drawn in paths.items()},
        label=_label([kind for _, kind in polls[:STRIP]]),
    )


def _label(kinds: Sequence[OutcomeKind]) -> str:
    if not kinds:
        return "No polls yet"
    if len(kinds) == 1:
        return f"Last poll: {kinds[0]}"
    counts = Counter(kinds)
    said = [f"{counts[kind]} {kind}" for kind in _HEIGHTS if counts[kind]]
    return f"Last {len(kinds)} polls: {', '.join(said)}"


class Bars(Struct, frozen=True, kw_only=True):
    """Counts of hours, the last one is the one that runs now."""

    width: int
    height: int
    path: str
    most: int
    total: int


def bars(counts: Mapping[datetime, int], now: datetime, *, hours: int) -> Bars:
    """Return the drawing of counts by the start of their hour."""
    this = now.replace(minute=0, second=0, microsecond=0)
    shown = [
        counts.get(this - timedelta(hours=back), 0) for back in range(hours - 1, -1, -1)
    ]
    most, height, step = max(shown), 48, 8
    path = "".join(
        f"M{place * step} {height}h{step - 2}v-{max(1, round(count * height / most))}"
        f"h-{step - 2}z"
        for place, count in enumerate(shown)
        if count
    )
    return Bars(
        width=hours * step - 2, height=height, path=path, most=most, total=sum(shown)
    )
