"""The console's page of one source: how it stands, its last polls, what can be done."""

from starlette.requests import Request
from starlette.responses import Response

from aggregator.fetching import cadence
from aggregator.model import Article
from aggregator.web.console.guarding import guarded, known_source, not_configured, shown
from aggregator.web.console.rows import row, seconds, size
from aggregator.web.language import direction
from aggregator.web.lines import time, view
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import links_of, newsroom_of

POLLS = 20
ARTICLES = 10
DONE = {
    "poll": "It is being polled; what came stands here in a moment.",
    "pause": "The pause is written into the config; it holds within seconds.",
    "resume": "The pause is taken out of the config; polling goes on within seconds.",
    "release": "It is released, and polled next.",
    "reject": "It is rejected: the pause is written into the config, and holds within "
    "seconds. What came before stays.",
}


@guarded
def source(request: Request) -> Response:
    """Return the page of one source."""
    newsroom, links = newsroom_of(request), links_of(request)
    configured, now = known_source(request), newsroom.now()
    id_, store = configured.id, newsroom.store
    standing = next((each for each in newsroom.standings() if each["id"] == id_), None)
    if standing is None:  # an edit has removed it just now
        raise not_configured()
    log = store.journal.poll_log(id_, limit=POLLS)
    state = store.state(id_)
    alerts = [alert.text for alert in newsroom.alerts() if alert.about == id_]
    polls = store.journal.recent_polls().get(id_, ())
    return shown(
        request,
        "console/source.html",
        row=row(
            standing,
            polls,
            log[0] if log else None,
            alerts,
            language=configured.language,
            now=now,
        ),
        held=state.held if state else None,
        waits=cadence.may_refresh(configured, state, now=now) if state else None,
        interval=cadence.duration(configured.interval),
        polls=[
            (
                past,
                time(past.at, now, None),
                seconds(past.took),
                size(past.wire_bytes) if past.wire_bytes else "–",
            )
            for past in log
        ],
        recent=[
            (
                article,
                direction(article.language, article.title),
                links.article(article) if leads_somewhere(newsroom, article) else None,
                time(article.listed_at, now, None),
            )
            for article in store.articles(limit=ARTICLES, source=id_)
        ],
        done=DONE.get(request.query_params.get("did", "")),
    )


def leads_somewhere(newsroom: Newsroom, article: Article) -> bool:
    """Whether an article has a page: its own, or the one that says it was taken back."""
    return bool(article.withdrawn or view(newsroom, article))
