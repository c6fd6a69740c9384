"""Look whether what surrounds the service is fit for it: libraries, clock, folders.

In: what was found (`Found`, from `examined`). Out: sentences, one for each thing that is
wrong; none if all is well. Nothing that stays is written, nobody is asked.
"""

import errno
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from pyexpat import EXPAT_VERSION
from tempfile import TemporaryFile, gettempdir

from msgspec import Struct, field

import aggregator
from aggregator.app.timekeeping import JUMP
from aggregator.errors import StoreError
from aggregator.model import Config
from aggregator.store import file_of_store, open_shards, open_store

# What goes wrong with an older one; the floors stand in the package's requirements.
WATCHED = {
    "urllib3": "small bodies can unpack to any size",
    "requests": "it may send credentials to another host",
    "nh3": "its ammonia lets scripts through",
    "lxml": "its libxml2 has known holes",
    "feedparser": "some feeds make it crash",
    "pyyaml": "brackets without end in a config crash it",
}
# Since then a document of a few hundred bytes cannot grow to gigabytes by entities.
EXPAT = "2.4.1"
# A clock that is so far behind needs an operator. With less, which clocks of machines that
# share a store may differ by, polling copes by itself (`fetching.cadence.schedule`).
SKEW = timedelta(minutes=5)


class Found(Struct, frozen=True, kw_only=True):
    """What was found.

    `versions` and `floors` by package; `installed` is when this program was put here,
    `newest` when the newest article was first seen, `server` what the clock of the
    database server says, where there is one; `hindered` is why nothing can be
    written to a folder, and what to do.
    """

    versions: Mapping[str, str]
    floors: Mapping[str, str]
    expat: str
    has_libxml2_driver: bool
    now: datetime
    installed: datetime
    newest: datetime | None = None
    server: datetime | None = None
    hindered: Mapping[str, str] = field(default_factory=dict)
    has_temporary: bool = True
    store: str | None = None


def complaints(found: Found) -> list[str]:
    """Return what is wrong, and what to do about it."""
    wrong = [
        f"{name} {held} is too old: {WATCHED[name]}; install {name}>={floor}"
        for name, floor in found.floors.items()
        if _parts(held := found.versions.get(name, "0")) < _parts(floor)
    ]
    if _parts(found.expat) < _parts(EXPAT):
        wrong.append(
            f"expat {found.expat} is too old: a small document can fill the memory; "
            f"use a Python with expat {EXPAT} or later"
        )
    if found.has_libxml2_driver:
        wrong.append(
            "libxml2's SAX driver (drv_libxml2) is installed: other programs' feedparser "
            "prefers it, and it opens files that a feed names; remove it from this Python"
        )
    if found.now < found.installed - SKEW:
        wrong.append(
            f"the clock says {found.now:%Y-%m-%d %H:%M} UTC, but this program was "
            f"installed at {found.installed:%Y-%m-%d %H:%M}; set the clock"
        )
    if found.newest and found.now < found.newest - SKEW:
        wrong.append(
            f"the clock says {found.now:%Y-%m-%d %H:%M} UTC, but the newest article was "
            f"seen at {found.newest:%Y-%m-%d %H:%M}; set the clock"
        )
    if found.server and abs(found.now - found.server) > JUMP:
        wrong.append(
            f"the clock says {found.now:%Y-%m-%d %H:%M:%S} UTC, that of the database "
            f"server {found.server:%H:%M:%S}; set whichever is wrong"
        )
    wrong += [f"{folder}: {why}" for folder, why in found.hindered.items()]
    if not found.has_temporary:
        wrong.append(
            "no folder for temporary files can be written to, and a new store and edits "
            "of the config need one: let /tmp be writable, or name another in TMPDIR"
        )
    return [*wrong, *([found.store] if found.store else [])]


def examined(config: Config, *, now: datetime) -> Found:
    """Look at this installation."""
    store, newest = _store(config)
    path = file_of_store(config.store)
    folders = [config.output, *([path.parent] if path else [])]
    return Found(
        versions={name: _version(name) for name in WATCHED},
        floors=_floors(),
        expat=EXPAT_VERSION.removeprefix("expat_"),
        has_libxml2_driver=find_spec("drv_libxml2") is not None,
        now=now,
        installed=datetime.fromtimestamp(
            Path(aggregator.__file__).stat().st_mtime, UTC
        ),
        newest=newest,
        server=_server_time(config, now),
        hindered={str(each): why for each in folders if (why := _hindrance(each))},
        has_temporary=_has_temporary(),
        store=store,
    )


def _store(config: Config) -> tuple[str | None, datetime | None]:
    """Return what is wrong with the store, and when its newest article was seen."""
    path = file_of_store(config.store)
    if path and not _is_there(path):
        return None, None
    try:
        with open_store(config.store, create=False, read_only=True) as store:
            newest = next(iter(store.articles(limit=1)), None)
    except StoreError as error:
        return str(error), None
    return None, newest.first_seen if newest else None


def _server_time(config: Config, now: datetime) -> datetime | None:
    """Return what the database server's clock says, None if there is none, or it is away."""
    shards = open_shards(config.store, "doctor", now=now)
    if shards is None:
        return None
    try:
        return shards.time()
    except StoreError:  # told of the store
        return None
    finally:
        shards.close()


def _hindrance(folder: Path) -> str | None:
    """Return why nothing can be written to a folder, or the first above it that exists.

    It is tried, with a byte in a file that is gone at once: of root, `os.access` says
    that it may write everywhere, also below `/proc`; and a full disk takes empty files.
    """
    place = next(filter(_is_there, (folder, *folder.absolute().parents)))
    try:
        with TemporaryFile(dir=place, buffering=0) as probe:
            probe.write(b"?")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return "the disk is full; free some space"
        return "cannot be written to; let the service's user own it"
    return None


def _is_there(path: Path) -> bool:
    """Whether something is at a path, as far as this user may look."""
    with suppress(PermissionError):
        return path.exists()
    return False


def _has_temporary() -> bool:
    """Whether there is a folder for temporary files; SQLite looks at the same ones."""
    try:
        gettempdir()
    except FileNotFoundError:
        return False
    return True


def _floors() -> dict[str, str]:
    """Return the oldest versions that the package's own requirements allow."""
    try:
        wanted = requires("mediawire") or []
    except PackageNotFoundError:  # it runs from a checkout
        return {}
    found = (re.match(r"([\w-]+)[^;]*>=([\d.]+)", each) for each in wanted)
    return {match[1]: match[2] for match in found if match and match[1] in WATCHED}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
