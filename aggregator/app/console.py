"""What the operator's console may do (`aggregator.web.console.Desk`), wired to the house.

In: a Wire, the Service if this process polls, else what follows the config, and its
folder. Out: decisions, made by the same functions as those of the command line. Without
a Service the console shows and decides, and leaves polling to the process that does it.
"""

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aggregator.app import deciding
from aggregator.app.amending import ConfigFolder
from aggregator.app.following import Following
from aggregator.app.prospect import address_of, described, prospect
from aggregator.app.service import Service
from aggregator.app.sparing import why_spared
from aggregator.app.wire import Wire
from aggregator.errors import Complaint, ConfigError, MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Source
from aggregator.text.urls import host_of

# How soon the same address may be tested again, as with polls by hand.
TEST_AGAIN_AFTER = timedelta(minutes=1)


class OperatorsDesk:
    """The desk of one process. Every method may be called in any thread."""

    def __init__(
        self,
        wire: Wire,
        service: Service | None,
        folder: ConfigFolder,
        following: Following | None = None,
    ) -> None:
        self._wire = wire
        self._service = service
        self._folder = folder
        self._following = following
        self._editing = threading.Lock()
        self._testing = threading.Lock()
        self._tested: dict[str, datetime] = {}

    def lag(self) -> timedelta:
        """Return for how long the longest due source has been waiting."""
        due = self._wire.store.next_due()
        return max(self._wire.clock() - due, timedelta(0)) if due else timedelta(0)

    def complaints(self) -> tuple[Complaint, ...]:
        """Return what is wrong with the config folder, if an edit of it was refused."""
        error = self._service.config_error if self._service else None
        if self._following:
            error = self._following.error
        return error.complaints if error else ()

    def poll(self, source_id: str) -> None:
        """Poll a source now, as far as its publisher and the one-minute brake allow."""
        if self._service is None:
            raise MediaWireError(
                f"this process only serves; `mediawire poll --force {source_id}` polls, or "
                "the console of `mediawire run`"
            )
        now = self._wire.clock()
        state = self._wire.schedule.states()[source_id]
        if reason := cadence.may_refresh(self._written(source_id), state, now=now):
            raise MediaWireError(f"{source_id} is not polled: {reason}")
        self._service.polling.poll_now(state)

    def pause(self, source_id: str, *, why: str) -> None:
        """Stop polling a source, in the config folder."""
        with self._editing:
            self._folder.pause(source_id, now=self._wire.clock(), why=why)
        self._taken_up()

    def resume(self, source_id: str) -> None:
        """Go on polling a paused source, in the config folder."""
        with self._editing:
            self._folder.resume(source_id)
        self._taken_up()

    def release(self, source_id: str) -> None:
        """Believe a held source."""
        deciding.release(self._wire, source_id)

    def reject(self, source_id: str) -> None:
        """Do not believe a held source: pause it, with what it is held for."""
        held = self._wire.schedule.states()[source_id].held
        with self._editing:
            self._folder.reject(source_id, held)
        self._taken_up()

    def test(self, url: str) -> dict[str, Any]:
        """Return what is behind an address, as `source test --json` prints it.

        One test at a time, and none of the same address twice a minute.
        """
        config = self._wire.config
        try:
            address = address_of(url, config)
        except ValueError as error:
            raise MediaWireError(str(error)) from error
        if address.startswith("file:"):
            raise MediaWireError(
                "files are tested by `mediawire source test`, not here"
            )
        if not self._testing.acquire(blocking=False):
            raise MediaWireError(
                "another address is being tested; try again in a moment"
            )
        try:
            self._brake(address)
            found = prospect(
                config, address, clock=self._wire.clock, before=self._spare
            )
            return described(config, found)
        finally:
            self._testing.release()

    def withdraw(self, ref: str, *, reason: str) -> list[str]:
        """Take an article back, by id or address; the ids of what is gone now."""
        return deciding.withdraw(self._wire, ref, reason=reason)

    def _written(self, source_id: str) -> Source:
        """Return a source as the folder has it: it may have been paused a moment ago.

        Where the folder is not valid, the source is as it is polled.
        """
        with suppress(ConfigError):
            if found := self._folder.source(source_id):
                return found
        return self._wire.sources[source_id]

    def _brake(self, address: str) -> None:
        """Refuse to ask a publisher again so soon, or while it wants to be left alone."""
        self._spare(address)
        now = self._wire.clock()
        self._tested = {
            tested: at
            for tested, at in self._tested.items()
            if at <= now < at + TEST_AGAIN_AFTER
        }
        host = host_of(address) or ""
        spacing = self._wire.config.host_limits(host).spacing
        waits = [
            spacing - (now - at)
            for tested, at in self._tested.items()
            if host_of(tested) == host
        ]
        if address in self._tested:
            waits.append(TEST_AGAIN_AFTER - (now - self._tested[address]))
        wait = max(waits, default=timedelta(0))
        if wait > timedelta(0):
            left = cadence.duration(wait + timedelta(seconds=1))
            raise MediaWireError(f"this was tested just now; wait {left} more")
        self._tested[address] = now

    def _spare(self, address: str) -> None:
        """Refuse to ask a source that is paused, or wants to be left alone."""
        config, rows = self._wire.config, self._wire.store.states()
        if why := why_spared(config, address, rows, now=self._wire.clock()):
            raise MediaWireError(why)

    def _taken_up(self) -> None:
        """Let the config be read again at once, by this process."""
        if self._service:
            self._service.reload()
        elif self._following:
            self._following.call()
