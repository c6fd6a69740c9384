"""Tell alerts by mail.

The server is the operator's own word and often `localhost:25`, which nobody should have
to open to feeds for it; so it is dialled without the guard, unlike everything that an
address from elsewhere could lead to.

Source: RFC 5322 (the message), RFC 3834 (Auto-Submitted), RFC 3207 (STARTTLS).
"""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from aggregator.alerting.telling import line, subject
from aggregator.config.addresses import joined
from aggregator.errors import MediaWireError
from aggregator.model import Alert, MailChannel

PATIENCE = 30.0  # seconds, for each step of the conversation


def send(
    channel: MailChannel, alerts: Sequence[Alert], *, base_url: str, now: datetime
) -> None:
    """Hand a mail about these alerts to the mail server; MediaWireError if it fails."""
    mail = _written(channel, alerts, base_url, now)
    host, port = channel.server
    try:
        with _connected(channel) as server:
            if channel.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if channel.username is not None:
                server.login(channel.username, channel.password or "")
            server.send_message(mail)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        # The library's text may hold what was said to log in.
        why = ""
        if isinstance(error, smtplib.SMTPResponseException):
            why = f" ({error.smtp_code})"
        raise MediaWireError(
            f"the mail server {joined(host, port)} did not take the mail: "
            f"{type(error).__name__}{why}"
        ) from None


def _connected(channel: MailChannel) -> smtplib.SMTP:
    host, port = channel.server
    if channel.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    return smtplib.SMTP(host, port, timeout=PATIENCE)


def _written(
    channel: MailChannel, alerts: Sequence[Alert], base_url: str, now: datetime
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = channel.sender, ", ".join(channel.to)
    mail["Subject"] = " ".join(subject(alerts).split())
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=channel.sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    lines = [line(alert) for alert in alerts]
    mail.set_content("\n\n".join([*lines, f"The console: {base_url}/status/"]) + "\n")
    return mail
