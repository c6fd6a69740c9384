"""A config folder to write in, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from aggregator.config import Checker, Loaded, load_files
from aggregator.errors import ConfigError
from aggregator.model import Config, Source

FORMATS = ("rss", "atom", "json")


def shouting(options: Mapping[str, object]) -> list[tuple[str, str]]:
    """A kind of rule that takes nothing but `words`, none of them in capitals."""
    unknown = [(name, "unknown option") for name in options if name != "words"]
    words = options.get("words", [])
    assert isinstance(words, list)
    loud = [
        (f"words.{i}", "too loud") for i, word in enumerate(words) if word.isupper()
    ]
    return [*unknown, *loud]


@dataclass
class Desk:
    """One folder; `writes` puts a file in it, `reads` loads it all."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Checker] = field(default_factory=lambda: {"shouting": shouting})

    def writes(self, file: str, text: str | bytes) -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def loaded(self) -> Loaded:
        return load_files(
            self.folder,
            environ=self.environ,
            flags=self.flags,
            kinds=self.kinds,
            formats=FORMATS,
        )

    def reads(self) -> Config:
        return self.loaded().config

    def reads_in(self, folder: Path) -> Config:
        """Another folder, read as this one is."""
        return replace(self, folder=folder).reads()

    def source(self, id_: str) -> Source:
        return next(source for source in self.reads().sources if source.id == id_)

    def complaints(self) -> list[str]:
        """Everything wrong with the folder, a line each; none if it can be read."""
        try:
            self.loaded()
        except ConfigError as error:
            return [str(complaint) for complaint in error.complaints]
        return []

    def complaint(self) -> str:
        [only] = self.complaints()
        return only
