"""Try sources without a store: one polite fetch each, read to the end, nothing kept."""

from collections.abc import Collection
from contextlib import closing
from datetime import datetime, timedelta

from aggregator.app.clock import utc_now
from aggregator.engines.local import LocalEngine
from aggregator.fetching import Fetcher, cadence
from aggregator.model import (
    Article,
    Config,
    Document,
    Known,
    PollResult,
    SourceState,
)
from aggregator.poll import Rooms, poll
from aggregator.reading import Workers


class _NothingKnown:
    """A memory without anything in it: every source is new."""

    def document(self, source_id: str) -> Document | None:
        del source_id
        return None

    def known(self, source_id: str, asked: Collection[str]) -> dict[str, Known]:
        del source_id, asked
        return {}

    def pruned(self, source_id: str, asked: Collection[str]) -> dict[str, datetime]:
        del source_id, asked
        return {}

    def article(self, article_id: str) -> Article | None:
        del article_id
        return None

    def released(self, source_id: str, doubt: str, *, now: datetime) -> bool:
        del source_id, doubt, now
        return False


def try_sources(config: Config, *, but: Collection[str]) -> list[PollResult]:
    """Return what a first poll of every configured source would bring, `but` some.

    Hosts are treated as by a real poll. Nothing is written anywhere.
    """
    sources = {source.id: source for source in config.sources if source.id not in but}
    results: list[PollResult] = []
    with (
        closing(Fetcher(config.fetch, contact=config.contact)) as fetcher,
        closing(Workers(config.reading)) as workers,
    ):
        rooms = Rooms(
            fetching=fetcher,
            readers=workers,
            memory=_NothingKnown(),
            edit=lambda article: article,
            max_body=config.fetch.max_body,
        )

        def attempt(state: SourceState) -> PollResult:
            source = sources[state.source_id]
            return poll(source, state, rooms, now=utc_now(), jitter=0.0)

        engine = LocalEngine(
            attempt,
            results.extend,
            limits=config.host_limits,
            workers=config.fetch.workers,
            insist=False,
        )
        try:
            now = utc_now()
            engine.submit(
                cadence.initial(source, now=now) for source in sources.values()
            )
            engine.drain()
        finally:
            # Broken off (Ctrl-C), it asks nobody any more.
            engine.stop(timedelta(0))
    return results
