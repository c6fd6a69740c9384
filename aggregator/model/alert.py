"""What an operator should be told without asking."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

AlertKind = Literal[
    "gone", "failing", "quiet", "moved", "held", "refused", "damaged", "disk"
]


class Alert(Struct, frozen=True, kw_only=True):
    """One matter that stands now.

    `about` is the id of a source, the path of a published document, an article, or a
    folder. `text` is a sentence: what, and what now. `since` is when it began, if that is
    known.
    """

    kind: AlertKind
    about: str
    text: str
    since: datetime | None = None

    @property
    def key(self) -> str:
        """Return what is the same for the same matter at another time."""
        return f"{self.kind} {self.about}"
