"""Tell when the config folder has changed and come to rest.

In: the folder, and the files beside it that secrets are kept in. Out: their digest, each
time that what `load` would read is another than before. Whether it is valid is for the
caller to find out, who refuses a bad one.

Watched is the folder, not its files, for editors and ConfigMaps rename. A change counts
once nothing was written for QUIET, so that a file written in two halves a second apart
is read whole. Every LOOK the digest is compared even if nothing was heard: network file
systems do not tell, a folder that was replaced is not the one being watched, and secrets
may be kept anywhere.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

from aggregator.config.folder import (
    PUBLICATIONS,
    SERVICE,
    SOURCES,
    content_of,
    digest_of,
    paths,
)
from aggregator.errors import Complaint, ConfigError
from aggregator.events import log

MAIN = (SERVICE, SOURCES, PUBLICATIONS)

QUIET = timedelta(milliseconds=1500)
# A valid edit is live within 10 s, however restless the folder is.
LONGEST = timedelta(seconds=5)
LOOK = timedelta(seconds=5)


def digest(folder: Path, beside: Iterable[Path] = ()) -> bytes:
    """Return 16 bytes that change when, and only when, a file's name or content does.

    What stands there and cannot be read counts as a file, too. `beside` are files that
    are read with them. Raises OSError if the folder cannot be read now.
    """
    found = []
    for path in (*paths(folder), *beside):
        try:
            found.append((path, content_of(path)))
        except FileNotFoundError:
            continue  # as if it said nothing
        except OSError as error:  # for which a config is refused, until it is gone
            found.append((path, repr(error.errno).encode()))
    return digest_of(found)


def present(folder: Path) -> frozenset[str]:
    """Return which of the three files are there."""
    return frozenset(name for name in MAIN if (folder / name).is_file())


def missing(folder: Path, before: frozenset[str]) -> ConfigError | None:
    """Return a refusal that names the files that are gone, None if none is.

    A file that is missing says nothing, which is right at a start. While we run, it is
    a folder that was unmounted, or an editor between two steps: to take that for an
    order would empty every feed.
    """
    gone = sorted(before - present(folder))
    if not gone:
        return None
    message = (
        "is gone; the config before it runs on. Put it back, or leave an empty file "
        "if it is meant to say nothing"
    )
    return ConfigError(
        tuple(
            Complaint(file=name, line=None, column=None, path="", message=message)
            for name in gone
        )
    )


def unreadable(folder: Path, error: OSError) -> ConfigError:
    """Return a refusal of a folder that cannot be read just now, whatever it says."""
    why = (error.strerror or "unreadable").lower()
    message = f"cannot be read now: {why}; it is tried again every second"
    return ConfigError(
        (Complaint(file=str(folder), line=None, column=None, path="", message=message),)
    )


def changes(
    folder: Path,
    stop: Event,
    *,
    since: bytes | None = None,
    quiet: timedelta = QUIET,
    beside: Callable[[], Iterable[Path]] = tuple,
) -> Iterator[bytes]:
    """Yield the digest after each change, until `stop` is set (seen within `quiet`).

    The first is from what it was (`since`), or else from what it is now. `beside` says
    which further files are read by now.

    A folder that cannot be read (no file descriptor is free, a network disk is away) has
    not changed as far as we know: that is said once, and it is looked at again.
    """
    before, trouble = known(folder, beside()) if since is None else since, ""
    for _ in _rests(folder, stop, quiet):
        try:
            now = digest(folder, beside())
        except OSError as error:
            if str(error) != trouble:
                trouble = str(error)
                log.warning("config folder not read", reason=trouble)
            continue
        trouble = ""
        if now != before:
            before = now
            yield now


def _rests(folder: Path, stop: Event, quiet: timedelta) -> Iterator[object]:
    """Yield whenever the folder has come to rest, and every LOOK.

    The kernel tells of what stirs in it to so many listeners of a user and no more
    (fs.inotify.max_user_instances, 128 on Debian): beyond that, we look.
    """
    from watchfiles import watch

    try:
        yield from watch(
            folder,
            watch_filter=None,
            step=_milliseconds(quiet),
            debounce=_milliseconds(LONGEST),
            rust_timeout=_milliseconds(LOOK),
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
        )
    except (OSError, RuntimeError) as error:
        log.warning(
            "config folder not watched",
            reason=str(error),
            instead=f"it is looked at every {LOOK.total_seconds():g} s",
        )
        yield from _looks(folder, stop, quiet)


def _looks(folder: Path, stop: Event, quiet: timedelta) -> Iterator[None]:
    """Yield about every LOOK, if nothing was written in the `quiet` before."""
    while not stop.wait(LOOK.total_seconds()):
        before = known(folder)
        if not stop.wait(quiet.total_seconds()) and known(folder) == before:
            yield None


def known(folder: Path, beside: Iterable[Path] = ()) -> bytes | None:
    """Return the digest of a folder, None if it cannot be read now."""
    with suppress(OSError):
        return digest(folder, beside)
    return None


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
