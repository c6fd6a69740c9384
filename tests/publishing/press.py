"""What tests of publishing say often: some reports, the files, a masthead."""

from builders import ANY_RIGHTS, article, publication, report

from aggregator.model import Report
from aggregator.publishing.document import masthead

NAMES = ["wire.atom", "wire.json", "wire.rss"]


def reports(*numbers, **said) -> list[Report]:
    """Reports by number, as the publication `wire` shows them."""
    return [report(article(n), publication(**said), ANY_RIGHTS) for n in numbers]


def contents(output) -> dict[str, bytes]:
    """Every published file by its name."""
    return {path.name: path.read_bytes() for path in (output / "feeds").iterdir()}


def publisher_top():
    """The masthead of `wire.json`."""
    return masthead(publication(), "json", "https://wire.example")
