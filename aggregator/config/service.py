"""The keys of mediawire.yaml; see `schema`."""

from datetime import timedelta
from typing import Annotated, get_args

from pydantic import BaseModel, Field, WithJsonSchema

from aggregator import model
from aggregator.config.fields import (
    BaseAddress,
    Contact,
    Count,
    Database,
    Dialled,
    Duration,
    Flag,
    Folder,
    HostPattern,
    Line,
    Listen,
    MailAddress,
    Memory,
    Pause,
    Secret,
    Size,
    Token,
    Wait,
    WebhookAddress,
    one_of,
)

EXAMPLE_CONTACT = "https://example.org/about"

_FETCH = model.FetchLimits()
_READING = model.ReadingLimits()
_MANNERS = model.HostLimits()
_MAIL = model.MailChannel(sender="", to=())

MailTls = Annotated[
    model.MailTls,
    one_of(get_args(model.MailTls)),
    WithJsonSchema({"enum": [*get_args(model.MailTls)]}),
]


class Console(BaseModel, extra="forbid", frozen=True):
    """Who may open the operator's console."""

    token: Token | None = Field(
        default=None,
        description="What opens /status/ from anywhere, at least 16 characters; may be "
        "env:NAME or file:PATH. Without it the console opens on this machine only.",
    )


class Mail(BaseModel, extra="forbid", frozen=True):
    """Alerts by mail."""

    sender: MailAddress = Field(description="From whom.")
    to: tuple[MailAddress, ...] = Field(min_length=1, description="To whom.")
    server: Listen = Field(
        default=_MAIL.server, description="The mail server that takes them."
    )
    tls: MailTls = Field(
        default=_MAIL.tls,
        description="How the connection is protected: none, starttls or tls.",
    )
    username: Secret | None = Field(
        default=None, description="May be env:NAME or file:PATH."
    )
    password: Secret | None = Field(
        default=None, description="May be env:NAME or file:PATH."
    )


class Alerts(BaseModel, extra="forbid", frozen=True):
    """Where alerts are told, beside `status`, the console and the metrics."""

    webhook: WebhookAddress | None = Field(
        default=None,
        description="An address that gets each alert as JSON (POST). May be env:NAME or "
        "file:PATH. A private one must be listed in fetch.allow_private.",
    )
    mail: Mail | None = Field(default=None, description="Alerts by mail.")


class Host(BaseModel, extra="forbid", frozen=True):
    """Manners towards hosts of one pattern, where they differ from `fetch`."""

    per_host: Count = Field(
        default=_MANNERS.per_host, description="Requests at a time."
    )
    spacing: Pause = Field(default=_MANNERS.spacing, description="Time between starts.")


class Fetch(BaseModel, extra="forbid", frozen=True):
    """How sources are asked."""

    timeout: Wait = Field(
        default=_FETCH.timeout, description="The whole fetch, not each read."
    )
    max_body: Size = Field(
        default=_FETCH.max_body,
        description="The largest document, after decompression.",
    )
    workers: Count = Field(
        default=_FETCH.workers, description="Fetches at a time, in all."
    )
    per_host: Count = Field(
        default=_MANNERS.per_host, description="Requests at a time to one host."
    )
    spacing: Pause = Field(
        default=_MANNERS.spacing,
        description="Time between starts on one host, redirects to it included.",
    )
    allow_private: tuple[Dialled, ...] = Field(
        default=(),
        description="What may be dialled although it is private or on an odd port: "
        "networks (10.1.2.0/24, any port there) or host:port.",
    )


class Reading(BaseModel, extra="forbid", frozen=True):
    """Bounds of the processes that read documents."""

    timeout: Duration = Field(
        default=_READING.timeout, description="After this a document is too complex."
    )
    max_memory: Memory = Field(
        default=_READING.max_memory,
        description="The most memory one document may take, at least 64MB.",
    )
    workers: Count = Field(default=_READING.workers, description="Processes that read.")


class ServiceFile(BaseModel, extra="forbid", frozen=True, title="mediawire.yaml"):
    """The service; every key has a default."""

    title: Line = Field(
        default="Media Wire",
        description="How the site names itself, on its pages and in lists of feeds.",
    )
    base_url: BaseAddress = Field(
        default="http://127.0.0.1:8080",
        description="The public address: all ids, links and self references start here.",
    )
    contact: Contact = Field(
        default=EXAMPLE_CONTACT,
        description="Where publishers reach you; stands in the User-Agent.",
    )
    store: Database = Field(
        default="sqlite:///data/mediawire.db",
        validate_default=True,
        description="The database: sqlite:///PATH or postgresql+psycopg://user@host/db. "
        "May be env:NAME or file:PATH.",
    )
    listen: Listen = Field(
        default=("127.0.0.1", 8080), description="Where pages and feeds are served."
    )
    output: Folder = Field(
        default="data/public",
        description="Every representation is also a file here, atomically written.",
    )
    keep: Duration = Field(
        default=timedelta(days=90),
        description="How long articles are kept. One that its source lists again within a "
        "year does not come as new.",
    )
    fetch: Fetch = Field(default=Fetch(), description="How sources are asked.")
    reading: Reading = Field(
        default=Reading(), description="Bounds of the processes that read documents."
    )
    hosts: dict[HostPattern, Host] = Field(
        default={},
        description="Manners for hosts of a pattern; the first that fits counts.",
    )
    websub: Flag = Field(
        default=False,
        description="Whether hubs that feeds name are asked to tell of news at once "
        "(WebSub). They have to reach base_url.",
    )
    console: Console = Field(
        default=Console(), description="Who may open the operator's console."
    )
    alerts: Alerts = Field(default=Alerts(), description="Where alerts are told.")
