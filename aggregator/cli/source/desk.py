"""The config folder as a desk that changes it: what stands where, and valid changes."""

from collections.abc import Callable
from pathlib import Path

from aggregator.app.configuring import load_config
from aggregator.cli import Invocation
from aggregator.cli.opening import configured, no_such_source
from aggregator.config.edit import amend, places
from aggregator.config.written import Place
from aggregator.errors import MediaWireError
from aggregator.model import Config, Source


class Desk:
    """One config folder, read and valid; raises ConfigError if it is not."""

    def __init__(self, invocation: Invocation) -> None:
        self.config: Config = configured(invocation)
        self._folder = invocation.folder
        self._environ = invocation.environ

    def places(self) -> dict[str, Place]:
        """Return where each source stands, by its id."""
        return places(self._folder)

    def source(self, source_id: str) -> Source:
        """Return a source of the config; UsageError if there is none of this id."""
        for source in self.config.sources:
            if source.id == source_id:
                return source
        raise no_such_source(source_id, [source.id for source in self.config.sources])

    def change(self, source_id: str, change: Callable[[str], str]) -> str:
        """Change the file in which a source stands; return the name of that file.

        ConfigError if the folder would not be valid then; nothing is changed.
        """
        self.source(source_id)
        place = self.places()[source_id]
        if place.file.endswith(".opml"):
            raise MediaWireError(
                f"{source_id} stands in the list {place}, which is not edited by program; "
                "change the list where it comes from, or import it instead: "
                "`mediawire source import` makes sources of it that can be edited"
            )
        self.write(place.file, change)
        return place.file

    def write(self, file: str, change: Callable[[str], str]) -> Config:
        """Change a file, which need not exist yet; ConfigError as `change`."""
        return amend(self._folder, file, change, load=self._loaded)

    def _loaded(self, folder: Path) -> Config:
        return load_config(folder, environ=self._environ)
