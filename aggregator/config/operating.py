"""The keys of mediawire.yaml about whoever runs the service: console and alerts.

Validated like the rest of `schema`, which takes them in.
"""

from typing import Annotated, get_args

from pydantic import BaseModel, Field, WithJsonSchema

from aggregator import model
from aggregator.config.fields import (
    Listen,
    MailAddress,
    Secret,
    Token,
    WebhookAddress,
    one_of,
)

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
