"""The config files for commands about sources: what stands where, and valid changes."""

from aggregator.app.amending import ConfigFolder
from aggregator.cli import Invocation, no_such
from aggregator.cli.opening import configured
from aggregator.model import Config, Source


class SourceFiles:
    """One config folder, read and valid; raises ConfigError if it is not."""

    def __init__(self, invocation: Invocation) -> None:
        self.config: Config = configured(invocation)
        self.folder = ConfigFolder(path=invocation.folder, environ=invocation.environ)

    def source(self, source_id: str) -> Source:
        """Return a source of the config; UsageError if there is none of this id."""
        if source := self.config.source(source_id):
            return source
        raise no_such("source", source_id, [each.id for each in self.config.sources])
