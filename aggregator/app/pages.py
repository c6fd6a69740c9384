"""Serve the pages and feeds of a Wire with uvicorn, in a thread."""

import os
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import uvicorn

from aggregator.app.alarm import Alarm
from aggregator.app.amending import ConfigFolder
from aggregator.app.callers import bounded, most_connections
from aggregator.app.console import OperatorsDesk
from aggregator.app.following import Following
from aggregator.app.hubs import Hubs
from aggregator.app.service import HEED, Service
from aggregator.app.standing import standings
from aggregator.app.wire import Wire
from aggregator.config.addresses import joined
from aggregator.errors import MediaWireError, StoreError
from aggregator.events import log
from aggregator.model import Alert, Article, Config, Publication, Report
from aggregator.store import Store
from aggregator.web import application
from aggregator.web.newsroom import AtWork

# How long open answers may take to end; those of slow readers are broken off.
LINGER = 5  # seconds


class Newsroom:
    """What the web room may ask of the house (`aggregator.web.Newsroom`)."""

    def __init__(self, wire: Wire, service: Service | None = None) -> None:
        self._wire = wire
        self._service = service
        self._alarm = service.alarm if service else Alarm(wire)
        self._hubs = service.hubs if service else Hubs(wire)
        self._astray: str | None = None

    @property
    def config(self) -> Config:
        """Return the config in force."""
        return self._wire.config

    @property
    def store(self) -> Store:
        """Return the store, for reading."""
        return self._wire.store

    @property
    def hubs(self) -> Hubs:
        """Return the subscriptions."""
        return self._hubs

    def now(self) -> datetime:
        """Return the time."""
        return self._wire.clock()

    def reports(
        self,
        publication: Publication,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> list[Report]:
        """Return what a publication shows, newest first, from before a place on."""
        return self._wire.printing.shelf.reports(
            publication, self.now(), limit=limit, before=before
        )

    def report(self, article: Article, publication: Publication) -> Report | None:
        """Return an article as a publication shows it, None if a rule drops it."""
        return self._wire.printing.shelf.report(article, publication, self.now())

    def standings(self) -> list[dict[str, Any]]:
        """Return how every source is doing."""
        return standings(self._wire)

    def service(self) -> AtWork | None:
        """Return how the service does, None if another process polls."""
        service = self._service
        if service is None:
            return None
        return AtWork(
            polls=service.polling.tally.polls(),
            last_tick=service.last_tick,
            config_valid=service.config_error is None,
        )

    def alerts(self) -> list[Alert]:
        """Return what stands now that an operator should know."""
        return self._alarm.standing()

    def unready(self) -> list[str]:
        """Return why the service is not well, in sentences; empty if it is."""
        if self._service:
            return self._service.ailments()
        return [self._astray] if self._astray else []

    def follow_store(self) -> None:
        """Serve from the database that was put in the place of the one we opened."""
        try:
            if self._wire.follow_store():
                log.warning("store replaced", now="pages show what stands there now")
            self._astray = None
        except (MediaWireError, OSError) as error:
            why = f"the database was removed or replaced: {error}"
            if why != self._astray:
                log.error("store lost", reason=why)  # noqa: TRY400 - a sentence
            self._astray = why


class WebServer:
    """An HTTP server on the configured address.

    One that is alone follows the config folder by itself.
    """

    def __init__(
        self,
        wire: Wire,
        service: Service | None = None,
        *,
        following: Following | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        folder = ConfigFolder(path=wire.config.folder, environ=environ)
        desk = OperatorsDesk(wire, service, folder, following)
        self._following = following
        self._newsroom = Newsroom(wire, service)
        self._socket = _listening(*wire.config.listen)
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(self._newsroom, desk),
                http=bounded(most_connections()),
                ws="none",
                # Who asks is who connects: what headers say of it may be made up.
                proxy_headers=False,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=LINGER,
                lifespan="off",
            )
        )
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Serve in a thread of its own; the signals are ours by then."""
        self._thread.start()
        log.info("serving", listen=joined(*self._socket.getsockname()[:2]))

    def wait(self) -> None:
        """Return when `stop` was called and all ended; signals are heard meanwhile.

        For a server that is alone: where a service runs, it sees to the store itself.
        """
        while self._thread.is_alive():
            self._thread.join(HEED)
            self._newsroom.follow_store()
            if self._following:
                with suppress(StoreError):  # pages say so, and it is tried again
                    self._following.follow()

    def retire(self) -> None:
        """Stop accepting, and let open answers end."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop accepting, let open answers end, and return soon."""
        self.retire()
        if self._thread.is_alive():
            self._thread.join(timeout=LINGER + 1)

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that no request is refused from here on."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise MediaWireError(
            f"cannot listen on {joined(host, port)}: {error.strerror or error}; "
            "set another `listen` in mediawire.yaml"
        ) from error
