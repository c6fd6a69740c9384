"""Everything that can go wrong, as one tree.

    MediaWireError               a sentence for a person: what, where, what now
    ├── ConfigError              the config folder, with file, line and column  (exit 78)
    ├── FetchError               no document came: one source, one poll
    ├── ReadError                a document came and is not readable: one source, one poll
    ├── StoreError               the database
    │   ├── StoreAway            it cannot work now, whatever is asked of it
    │   ├── StoreDamaged         a row of it is not what was written
    │   ├── StoreHeld            another process holds it                       (exit 75)
    │   ├── StoreLost            it is not the one any more that we opened
    │   └── SchemaMismatch       it is newer, older or somebody else's
    └── PublishError             a document was not fit to replace the last good one

What is expected is a value (not modified, dropped, nothing new), never one of these.
LedElsewhere is no fault, but carries a fetch out of a poll that goes on later.
FetchError and ReadError end a poll, never the service: `poll` turns them into a failed
outcome of that source.
"""

from msgspec import Struct

from aggregator.model import Advice, Elsewhere, Problem, Unreached


class MediaWireError(Exception):
    """Base of all errors that this program raises on purpose."""


class Complaint(Struct, frozen=True, kw_only=True):
    """One thing wrong in the config, with the place where it stands.

    `file` is relative to the config folder; `line` and `column` count from 1, and are
    None where there is no text to point at (an environment variable, a missing file).
    `path` is the dotted way to the value (`sources.2.interval`).
    """

    file: str
    line: int | None
    column: int | None
    path: str
    message: str

    def __str__(self) -> str:
        """Return `file:line:column: path: message`, as editors and greps like it."""
        place = ":".join(str(p) for p in (self.file, self.line, self.column) if p)
        return ": ".join(p for p in (place, self.path, self.message) if p)


class ConfigError(MediaWireError):
    """The config folder is not usable; `complaints` lists everything wrong with it."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(c) for c in complaints))
        self.complaints = complaints


class FetchError(MediaWireError):
    """No usable document came back from a source.

    `problem` is the short word that cadence and status go by; `status` the HTTP status
    if there was one; `advice` what the answer said about coming back (429 and 503 carry
    a Retry-After); `unreached` why no connection was made, None if one was. The text
    never contains credentials or a query.
    """

    def __init__(
        self,
        message: str,
        *,
        problem: Problem,
        status: int | None = None,
        advice: Advice | None = None,
        unreached: Unreached | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.status = status
        self.advice = advice or Advice()
        self.unreached = unreached


class LedElsewhere(Exception):  # noqa: N818 - it is none
    """A fetch waits for its turn at another host; only who asks for that hears of it."""

    def __init__(self, elsewhere: Elsewhere) -> None:
        super().__init__(f"redirected to {elsewhere.host}")
        self.elsewhere = elsewhere


class ReadError(MediaWireError):
    """A document came, but no articles can be read from it."""

    def __init__(self, message: str, *, problem: Problem) -> None:
        super().__init__(message)
        self.problem = problem


class StoreError(MediaWireError):
    """The database cannot be opened, read or written."""


class StoreAway(StoreError):  # noqa: N818 - reads as the sentence it is
    """No connection, a full disk, another writer: the next try may succeed."""


class StoreDamaged(StoreError):  # noqa: N818 - reads as the sentence it is
    """A row holds values that nobody wrote; `what` names them, the text all.

    `id` is that of its article, or of the source whose row it is.
    """

    remedy = "restore the last backup (`mediawire verify` names all that is damaged)"

    def __init__(self, id_: str, *names: str) -> None:
        self.id = id_
        self.what = f"its {', '.join(names) or 'row'} cannot be read"
        super().__init__(f"article {id_}: {self.what}; {self.remedy}")


class StoreHeld(StoreError):  # noqa: N818 - reads as the sentence it is
    """Another process holds the store; the text names it."""


class StoreLost(StoreError):  # noqa: N818 - reads as the sentence it is
    """The database was removed or replaced while it was in use."""


class SchemaMismatch(StoreError):  # noqa: N818 - reads as the sentence it is
    """The database has another schema than this program speaks."""


class PublishError(MediaWireError):
    """A rendered document failed its check, so the last good one stays."""
