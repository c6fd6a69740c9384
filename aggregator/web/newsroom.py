"""What the pages ask of the house: reports, sources, the time. The app provides it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from aggregator.model import Alert, Article, Config, Publication, Report
from aggregator.store import Store
from aggregator.websub import Seal


class Polls(Struct, frozen=True, kw_only=True):
    """Sums of all polls since the service started.

    `outcomes` and `problems` count polls by word, `new` and `changed` articles.
    `seconds` and `wire_bytes` are of fetches; `within` says how many fetches took at
    most so many seconds: ("0.5", 17), ..., ("+Inf", all).
    """

    outcomes: Mapping[str, int]
    problems: Mapping[str, int]
    new: int
    changed: int
    wire_bytes: int
    seconds: float
    within: tuple[tuple[str, int], ...]


class AtWork(Struct, frozen=True, kw_only=True):
    """How the service does that polls in this process."""

    polls: Polls
    last_tick: datetime | None
    config_valid: bool


class Hubs(Protocol):
    """The subscriptions at hubs, as those call us: by the id of a source and a token."""

    def seal(self, source_id: str, token: str, header: str | None) -> Seal | None:
        """Return what a message with this `X-Hub-Signature` is judged by, None: 404."""

    def confirm(self, source_id: str, token: str, said: Mapping[str, str]) -> bool:
        """Hear what a hub asks to be sure of; False: 404."""

    def heard(self, source_id: str, token: str, signature: str) -> None:
        """Hear a message that holds."""


class Newsroom(Protocol):
    """The house as the web room sees it. Every method may be called in any thread."""

    @property
    def config(self) -> Config:
        """The config in force; another one after a reload."""

    @property
    def store(self) -> Store:
        """The store, for reading only."""

    @property
    def hubs(self) -> Hubs:
        """The subscriptions."""

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

        Keys used here: id, title, site, url, state, because, outcome, problem, error,
        articles, failures, last_success, last_polled, next_poll_at.
        """

    def service(self) -> AtWork | None:
        """Return how the service does, None if another process polls."""

    def alerts(self) -> list[Alert]:
        """Return what stands now that an operator should know."""

    def unready(self) -> list[str]:
        """Return which part of the service does not work; empty if all do, or none runs.

        Sentences; the store is not asked, so the answer comes at once.
        """
