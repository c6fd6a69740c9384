"""Change a source in the config folder: by command or from the console, one way for both.

In: the folder, a source, what is to become of it. Out: the name of the file that was
changed, comments and all other lines kept. ConfigError if the folder would not be valid
then, MediaWireError if it cannot be edited or written; nothing is changed in either case.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from aggregator.app.configuring import load_config
from aggregator.config.edit import amend, places, with_keys
from aggregator.config.written import Place
from aggregator.epoch import timestamp
from aggregator.errors import ConfigError, MediaWireError
from aggregator.model import Config, Source, repr_without


class ConfigFolder(Struct, frozen=True, kw_only=True):
    """A config folder, and the environment that its secrets may come from."""

    path: Path
    environ: Mapping[str, str]

    def __repr__(self) -> str:
        return repr_without(self, "environ")

    def load(self) -> Config:
        """Return what the folder says now; ConfigError if it is not valid."""
        return self._loaded(self.path)

    def source(self, source_id: str) -> Source | None:
        """Return a source as the folder has it now, None if it has not; raises as `load` does."""
        return self.load().source(source_id)

    def places(self) -> dict[str, Place]:
        """Return where each source stands, by its id."""
        return places(self.path)

    def pause(
        self,
        source_id: str,
        *,
        now: datetime,
        why: str = "",
        until: datetime | None = None,
    ) -> str:
        """Stop polling a source for now; its articles stay where they are.

        What a pause that still runs says holds on, but for what is said anew.
        """
        source = self.source(source_id)
        running = source.paused if source else None
        if running and not (running.until and running.until <= now):
            why, until = why or running.why, until or running.until
        return self._pause(source_id, why=why, until=until)

    def _pause(self, source_id: str, *, why: str, until: datetime | None = None) -> str:
        said = {
            "until": until and timestamp(until),
            "why": why or None,
        }
        # An empty pause would be no pause: a key without a value says nothing.
        keys = {name: text for name, text in said.items() if text} or {"why": "paused"}
        return self._set(source_id, {"paused": keys})

    def resume(self, source_id: str) -> str:
        """Go on polling a source that was paused; MediaWireError if it is not."""
        source = self.source(source_id)
        if source is None or source.paused is None:
            raise MediaWireError(f"{source_id} is not paused")
        return self._set(source_id, {"paused": None})

    def reject(self, source_id: str, held: str | None) -> str:
        """Pause a source that is held; `held` is why. MediaWireError if it is not."""
        if held is None:
            raise MediaWireError(
                f"{source_id} is not held, so there is nothing to reject; "
                f"`mediawire source pause {source_id}` stops polling it"
            )
        return self._pause(source_id, why=f"rejected by the desk: {held}")

    def change(self, source_id: str, change: Callable[[str], str]) -> str:
        """Change the file in which a source stands; return the name of that file."""
        place = self.places().get(source_id)
        if place is None:
            raise MediaWireError(f"there is no source {source_id!r} in the config")
        if place.file.endswith(".opml"):
            raise MediaWireError(
                f"{source_id} stands in the list {place}, which is not edited by program; "
                "change the list where it comes from, or import it instead: "
                "`mediawire source import` makes sources of it that can be edited"
            )
        self.write(place.file, change)
        return place.file

    def write(self, file: str, change: Callable[[str], str]) -> Config:
        """Change a file, which need not exist yet; return what holds then."""
        try:
            return amend(self.path, file, change, load=self._loaded)
        except ConfigError as error:
            # These speak of files as they would be, with lines that nobody has.
            message = "nothing was changed, for the config would not be valid then"
            said = Place(file=file).complaint((), message)
            raise ConfigError((said, *error.complaints)) from error
        except OSError as error:
            reason = (error.strerror or "no reason given").lower()
            raise MediaWireError(
                f"{file} cannot be changed: {reason}; nothing was changed"
            ) from error

    def _set(self, source_id: str, keys: Mapping[str, object]) -> str:
        return self.change(
            source_id, partial(with_keys, source_id=source_id, keys=keys)
        )

    def _loaded(self, folder: Path) -> Config:
        return load_config(folder, environ=self.environ, home=self.path)
