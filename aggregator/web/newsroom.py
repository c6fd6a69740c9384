"""What the pages ask of the house: reports, sources, the time. The app provides it."""

from datetime import datetime
from typing import Any, Protocol

from aggregator.model import Article, Config, Publication, Report
from aggregator.store import Store


class Newsroom(Protocol):
    """The house as the web room sees it. Every method may be called in any thread."""

    @property
    def config(self) -> Config:
        """The config in force; another one after a reload."""

    @property
    def store(self) -> Store:
        """The store, for reading only."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""

    def reports(
        self,
        publication: Publication,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> list[Report]:
        """Return what a publication shows, newest first.

        `before` is the (`listed_at`, `id`) of the last article of the page above.
        """

    def report(self, article: Article, publication: Publication) -> Report | None:
        """Return an article as a publication shows it, None if a rule drops it."""

    def standings(self) -> list[dict[str, Any]]:
        """Return how every configured source is doing, in the order of the config.

        Keys used here: id, title, state, outcome, articles, last_success.
        """

    def unready(self) -> list[str]:
        """Return why the service is not ready, in sentences; empty if it is."""
