"""Whose rules the articles of a store were edited by, and editing them by others.

In: a store, the desk of a config. Out: whether what stands in the store with each
article (headline, dropped or not, who takes it) is what this desk makes of it; or all
articles edited again, and the digest of the desk beside them. While that goes on, and
after a crash in the middle, nobody's digest stands there.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from aggregator.app.editorial import Editorial
from aggregator.store import Store

T = TypeVar("T")

_DIGEST = "rules"
# Articles of one transaction: polls are recorded in between.
_SOME = 500


def is_ruled_by(store: Store, editorial: Editorial) -> bool:
    """Return whether the articles of a store stand there as this desk edits them."""
    return store.meta(_DIGEST) == editorial.digest


def edit_again(store: Store, editorial: Editorial) -> None:
    """Let changed rules and tags go over what is stored, unless they did."""
    if is_ruled_by(store, editorial):
        return
    store.put_meta(_DIGEST, "")
    bodies = editorial.reads_text()
    tags: dict[str, tuple[str, ...]] = {}
    for some in _batches(editorial.edits(store.articles(bodies=bodies))):
        store.retitle([new for _, new in some])
        tags |= {
            new.source_id: new.desk_tags
            for old, new in some
            if new.desk_tags != old.desk_tags
        }
    for source_id, desk_tags in tags.items():
        store.retag(source_id, desk_tags)
    store.put_meta(_DIGEST, editorial.digest)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    remaining = iter(values)
    while some := list(islice(remaining, _SOME)):
        yield some
