"""Everything configured, as the rooms see it: frozen, typed, with defaults applied."""

from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from msgspec import Struct

from aggregator.model.publication import Publication, RuleSpec
from aggregator.model.shown import repr_without
from aggregator.model.source import Source


class HostLimits(Struct, frozen=True, kw_only=True):
    """Manners towards one host: requests at a time, and time between starts."""

    per_host: int = 1
    spacing: timedelta = timedelta(seconds=2)


# Files on this machine are no publisher's trouble.
AT_HOME = HostLimits(per_host=64, spacing=timedelta(0))


class FetchLimits(Struct, frozen=True, kw_only=True):
    """Bounds of one fetch. `timeout` covers all of it; `max_body` is decoded bytes.

    `allow_private` lists what may be dialled although it is private or on an odd port:
    networks in CIDR form (any port there) or `host:port`.
    """

    timeout: timedelta = timedelta(seconds=30)
    max_body: int = 10 * 1024 * 1024
    workers: int = 64
    allow_private: tuple[str, ...] = ()
    redirects: int = 5


class ReadingLimits(Struct, frozen=True, kw_only=True):
    """Bounds of reading one document: wall time, address space in bytes, processes."""

    timeout: timedelta = timedelta(seconds=10)
    max_memory: int = 512 * 1024 * 1024
    workers: int = 2


MailTls = Literal["none", "starttls", "tls"]


class ConsoleAccess(Struct, frozen=True, kw_only=True):
    """What opens the operator's console: the SHA-256 of the token, which is not kept.

    None: no token is configured, and the console opens on this machine only.
    """

    token_digest: bytes | None = None

    def __repr__(self) -> str:
        return repr_without(self, "token_digest")


class MailChannel(Struct, frozen=True, kw_only=True):
    """How alerts are mailed. `server` is (host, port)."""

    sender: str
    to: tuple[str, ...]
    server: tuple[str, int] = ("localhost", 25)
    tls: MailTls = "none"
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return repr_without(self, "username", "password")


class AlertChannels(Struct, frozen=True, kw_only=True):
    """Where alerts are told, beside `status`, the console and the metrics."""

    webhook: str | None = None
    mail: MailChannel | None = None

    def __repr__(self) -> str:
        return repr_without(self, "webhook")


class Config(Struct, frozen=True, kw_only=True):
    """The whole config folder, read and checked.

    `title` is how the site names itself; a publication has its own. `base_url` has no
    trailing slash. `store` is an SQLAlchemy URL. `listen` is (host, port). `output` and
    `folder` are absolute. `hosts` are (pattern, limits), first match wins,
    `default_host` otherwise. `websub` is whether hubs are asked to tell of news.
    `secret_files` are those in which secrets of it are kept (`file:PATH`), and other
    values (`MEDIAWIRE_..._FILE`).
    """

    folder: Path
    title: str = "Media Wire"
    base_url: str = "http://127.0.0.1:8080"
    contact: str = "https://example.org/about"
    store: str = "sqlite:///data/mediawire.db"
    listen: tuple[str, int] = ("127.0.0.1", 8080)
    output: Path = Path("data/public")
    keep: timedelta = timedelta(days=90)
    fetch: FetchLimits = FetchLimits()
    reading: ReadingLimits = ReadingLimits()
    default_host: HostLimits = HostLimits()
    hosts: tuple[tuple[str, HostLimits], ...] = ()
    websub: bool = False
    sources: tuple[Source, ...] = ()
    publications: tuple[Publication, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    console: ConsoleAccess = ConsoleAccess()
    alerts: AlertChannels = AlertChannels()
    warnings: tuple[str, ...] = ()
    secret_files: tuple[Path, ...] = ()

    @property
    def longest_spacing(self) -> timedelta:
        """Return the longest time that any host wants between two starts."""
        limits = [self.default_host, *(limits for _, limits in self.hosts)]
        return max(each.spacing for each in limits)

    def source(self, source_id: str) -> Source | None:
        """Return the source of an id, None if there is none."""
        return next((each for each in self.sources if each.id == source_id), None)

    def publication(self, publication_id: str) -> Publication | None:
        """Return the publication of an id, None if there is none."""
        offered = self.publications
        return next((each for each in offered if each.id == publication_id), None)

    def host_limits(self, host: str) -> HostLimits:
        """Return the manners towards a host: the first pattern that fits.

        Sources that are files have none, and wait for nobody.
        """
        if not host:
            return AT_HOME
        for pattern, limits in self.hosts:
            if fnmatchcase(host.strip("[]"), pattern):
                return limits
        return self.default_host
