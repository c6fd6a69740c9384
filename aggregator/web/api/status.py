"""How the service is doing, as far as everybody may know it."""

from collections import Counter
from typing import Any

from starlette.requests import Request

from aggregator.epoch import timestamp
from aggregator.web.api.description import Asked
from aggregator.web.figures import STATE_WORDS
from aggregator.web.health import unready
from aggregator.web.rendering import newsroom_of, standings_of


def status(request: Request, _asked: Asked) -> dict[str, Any]:
    """Return whether the service is ready, and its sources and documents in numbers."""
    newsroom = newsroom_of(request)
    states = Counter(row["state"] for row in standings_of(request).rows())
    reasons = unready(newsroom)
    return {
        "ready": not reasons,
        "reasons": reasons,
        "articles": newsroom.store.count(),
        "sources": {word: states[word] for word in STATE_WORDS},
        "documents": [
            {
                "path": each.path,
                "entries": each.entries,
                "written_at": timestamp(each.written_at) if each.written_at else None,
                "refused": each.refused is not None,
            }
            for each in newsroom.store.publication_status()
        ],
    }
