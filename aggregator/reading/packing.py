"""Messages between a reading worker and its parent as bytes, and back.

Pickles; nothing from outside is ever unpickled. An article crosses as the tuple of its
fields: pickle asks a frozen dataclass for them one by one, through `fields` at each end,
which took 17 us an article, both ends together; so it takes 10 (30 articles of 6 KB).
"""

import io
import pickle
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from aggregator.model import Article, Attribution, Enclosure, Image, Tag

_Reduced = tuple[Callable[..., object], tuple[object, ...]]
_KINDS: tuple[type[Any], ...] = (Article, Attribution, Enclosure, Image, Tag)
_TAKE = {kind: attrgetter(*(f.name for f in fields(kind))) for kind in _KINDS}
_PUT = {
    kind: tuple(getattr(kind, f.name).__set__ for f in fields(kind)) for kind in _KINDS
}


def packed(message: object) -> bytes:
    """Return a message as bytes."""
    written = io.BytesIO()
    packer = pickle.Pickler(written, pickle.HIGHEST_PROTOCOL)
    packer.dispatch_table = _REDUCERS
    packer.dump(message)
    return written.getvalue()


def unpacked(message: bytes) -> object:
    """Return the message that became these bytes."""
    return pickle.loads(message)  # noqa: S301 - see the module


def _reduced(one: object) -> _Reduced:
    kind = type(one)
    return _made, (kind, *_TAKE[kind](one))


def _made(kind: type[Any], *values: object) -> object:
    """Return what had these values, all of its fields in order; it is frozen, too."""
    one: object = object.__new__(kind)
    for put, value in zip(_PUT[kind], values, strict=True):
        put(one, value)
    return one


_REDUCERS = dict.fromkeys(_KINDS, _reduced)
