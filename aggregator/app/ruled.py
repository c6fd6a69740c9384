"""Whose rules the articles of a store were edited by, and editing them by others.

In: a store, the desk of a config. Out: whether what stands in the store with each
article (headline, dropped or not, who takes it) is what this desk makes of it; or all
articles edited again, and the digest of the desk beside them. While that goes on, and
after a crash in the middle, nobody's digest stands there. An article that cannot be read
stays as it is.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from aggregator.app.editorial import Editorial
from aggregator.errors import StoreDamaged
from aggregator.events import log
from aggregator.model import Article
from aggregator.store import Store

T = TypeVar("T")

_DIGEST = "rules"
# Articles of one transaction: polls are recorded in between.
_SOME = 500


def sign_of(editorial: Editorial) -> tuple[str, str]:
    """Return the fact by which a store is known to be ruled by this desk."""
    return _DIGEST, editorial.digest


def is_ruled_by(store: Store, editorial: Editorial) -> bool:
    """Return whether the articles of a store stand there as this desk edits them."""
    name, digest = sign_of(editorial)
    return store.meta(name) == digest


def is_ruled(store: Store) -> bool:
    """Return whether all articles of a store stand there as some desk edits them."""
    return bool(store.meta(_DIGEST))


def edit_again(store: Store, editorial: Editorial) -> None:
    """Let changed rules and tags go over what is stored, unless they did."""
    if is_ruled_by(store, editorial):
        return
    store.put_meta(_DIGEST, "")
    bodies = editorial.reads_text()
    tags: dict[str, tuple[str, ...]] = {}
    stored = store.articles(bodies=bodies, leave_out=_tell)
    for some in _batches(editorial.edits(stored)):
        _retitle(store, editorial, [new for _, new in some])
        tags |= {
            new.source_id: new.desk_tags
            for old, new in some
            if new.desk_tags != old.desk_tags
        }
    for source_id, desk_tags in tags.items():
        store.retag(source_id, desk_tags)
    store.put_meta(*sign_of(editorial))


def _retitle(store: Store, editorial: Editorial, edited: list[Article]) -> None:
    """Write what was edited; what a poll or the desk changed meanwhile is edited again."""
    while others := store.retitle(edited):
        edited = [new for _, new in editorial.edits(store.whole(others))]


def _tell(damaged: StoreDamaged) -> None:
    """Say which article stays as it is: it is no reason not to poll."""
    log.error("not edited", article_id=damaged.id, reason=str(damaged))


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SOME)):
        yield some
