"""Seal rows when they are written, so that a character that flips later is found.

In: a row as it is written or as it was read. Out: 8 bytes for each group of columns
that are always written together, or which groups no longer agree with theirs.
A seal covers the id of the article too: rows that trade places are found. A group that
is empty has none, since most articles have a headline and are never dropped, tagged or
taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from aggregator.store.columns import values_of

Row = Mapping[str, Any]

# Which columns each seal covers, by the column it stands in.
OF_ARTICLES: Final[Mapping[str, tuple[str, ...]]] = {
    "seal_origin": ("source_id", "published_id", "first_seen", "listed_at"),
    "seal_face": ("url", "source_title", "updated", "text_sha256", "revision"),
    "seal_said": (
        "keys", "authors", "tags", "language", "enclosures", "image", "attribution",
        "dated", "published", "content_digest",
    ),
    "seal_headline": ("title", "rules"),
    "seal_dropped": ("dropped",),
    "seal_tags": ("desk_tags",),
    "seal_withdrawn": ("withdrawn",),
    "seal_override": ("override",),
    "seal_stand_in": ("stand_in",),
    "seal_taken_by": ("taken_by",),
}  # fmt: skip
OF_BODIES: Final[Mapping[str, tuple[str, ...]]] = {
    "seal_words": ("source_type", "summary", "changes", "texts"),
}
OF_REVISIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: OF_ARTICLES[name] for name in ("seal_face", "seal_headline")},
    **OF_BODIES,
}

_ALL = {**OF_ARTICLES, **OF_BODIES}
_BYTES = 8


# To look the columns of each group up for every row took a tenth of storing it.
_VALUES = {name: values_of(columns) for name, columns in _ALL.items()}


def seals(article_id: str, row: Row, names: Iterable[str]) -> dict[str, bytes | None]:
    """Return the seals of these names for a row that is about to be written."""
    return {name: _seal(article_id, _VALUES[name](row)) for name in names}


def broken(article_id: str, row: Row, names: Iterable[str]) -> Iterator[str]:
    """Yield the columns of each group that does not agree with its seal."""
    for name in names:
        if row[name] != _seal(article_id, _VALUES[name](row)):
            yield ", ".join(_ALL[name])


def _seal(article_id: str, values: Sequence[Any]) -> bytes | None:
    if values.count(None) == len(values):
        return None
    written = repr((article_id, *values)).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=_BYTES).digest()
