"""What a row of `articles` says as an Article, and an Article as a row.

Rows are taken apart by place and made by name. What many articles say alike is written
and read once: attributions, a source's categories, its writers, the time of a poll.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from aggregator.epoch import micros, moment
from aggregator.errors import StoreDamaged, StoreError
from aggregator.model import (
    Article,
    Attribution,
    Dropped,
    Enclosure,
    Image,
    Tag,
    Via,
    Withdrawn,
    content_digest,
)
from aggregator.store import seals
from aggregator.store.columns import (
    AnyRow,
    micros_or_none,
    moment_or_none,
    packed,
    packed_texts,
    unpacked,
    unpacked_texts,
)

# A field that many articles have alike is read once: writers, tags of the desk, rules.
texts_alike = lru_cache(maxsize=4096)(unpacked_texts)
_time_of_poll = lru_cache(maxsize=1024)(moment)

# What values that nobody wrote make their readers raise.
BROKEN = (TypeError, ValueError, LookupError, AttributeError, OverflowError)


def article(row: Sequence[Any], **texts: Any) -> Article:  # noqa: ANN401 - fields of Article
    """Return the article of a row; `texts` are its fields from `bodies`, if read.

    The row has the columns of `articles` in their order, with or without the seals, and
    is taken apart by their places: by their names that takes 7 us, and so 0.5.

    Raises:
        StoreDamaged: for values that nobody wrote.
    """
    try:
        (
            article_id,
            source_id,
            published_id,
            keys,
            url,
            source_title,
            title,
            rules,
            authors,
            tags,
            desk_tags,
            language,
            enclosures,
            image,
            attribution,
            dated,
            published,
            updated,
            first_seen,
            listed_at,
            text_sha256,
            _content_digest,
            revision,
            dropped,
            withdrawn,
            _shown,
            override,
            stand_in,
            taken_by,
            *_,
        ) = row
        published_at = moment(published)
        return Article(
            id=article_id,
            published_id=published_id,
            source_id=source_id,
            keys=unpacked_texts(keys),
            url=url,
            source_title=source_title,
            title=title,
            rules=texts_alike(rules),
            authors=texts_alike(authors),
            tags=_tags(tags),
            desk_tags=texts_alike(desk_tags),
            language=language,
            enclosures=_enclosures(enclosures),
            image=_image(image) if image else None,
            attribution=attribution_of(attribution),
            dated=published_at if dated == published else moment_or_none(dated),
            published=published_at,
            updated=published_at if updated == published else moment(updated),
            first_seen=_time_of_poll(first_seen),
            listed_at=moment(listed_at),
            text_sha256=text_sha256,
            revision=revision,
            dropped=_dropped(dropped) if dropped else None,
            withdrawn=_withdrawn(withdrawn) if withdrawn else None,
            override=override,
            stand_in=stand_in or "",
            taken_by=texts_alike(taken_by),
            **texts,
        )
    except BROKEN as error:
        raise StoreDamaged(row[0], *_unreadable(row)) from error


def column_of_texts(row: AnyRow, name: str) -> tuple[str, ...]:
    """Return a column of texts (`desk_tags`, `taken_by`) of a row; raises StoreDamaged."""
    try:
        return texts_alike(getattr(row, name))
    except BROKEN as error:
        raise StoreDamaged(row.article_id, name) from error


def new_row(article: Article) -> dict[str, Any]:
    """Return the whole row of an article, sealed."""
    withdrawn = article.withdrawn
    row = row_said(article)
    row["source_id"] = article.source_id
    row["published_id"] = article.published_id
    row["desk_tags"] = packed_texts(article.desk_tags)
    row["first_seen"] = micros(article.first_seen)
    row["listed_at"] = micros(article.listed_at)
    row["withdrawn"] = withdrawn_text(withdrawn) if withdrawn else None
    row["shown"] = article.dropped is None and withdrawn is None
    row["override"] = article.override
    return sealed(article.id, row, *seals.OF_ARTICLES)


def row_said(article: Article) -> dict[str, Any]:
    """Return what a source and the rules said, without seals.

    Raises StoreError if it holds U+0000.
    """
    row = {
        "article_id": article.id,
        "keys": packed_texts(article.keys),
        "url": article.url,
        "source_title": article.source_title,
        "title": article.title,
        "stand_in": article.stand_in or None,
        "rules": packed_texts(article.rules),
        "authors": packed_texts(article.authors),
        "tags": _tags_text(article.tags),
        "language": article.language,
        "enclosures": packed(article.enclosures),
        "image": packed(article.image),
        "attribution": _attribution_text(article.attribution),
        "dated": micros_or_none(article.dated),
        "published": micros(article.published),
        "updated": micros(article.updated),
        "text_sha256": article.text_sha256,
        "content_digest": content_digest(article),
        "revision": article.revision,
        "dropped": packed(article.dropped),
        "taken_by": packed_texts(article.taken_by),
    }
    # PostgreSQL refuses U+0000, SQLite takes it and loses what follows: refuse it here.
    for name, value in row.items():
        if type(value) is str and "\0" in value:
            raise StoreError(f"article {article.id}: U+0000 in its {name}")
    return row


def sealed(article_id: str, row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return what is about to be written with the seals of these names."""
    return row | seals.seals(article_id, row, names)


@lru_cache(maxsize=4096)
def _tags_text(tags: tuple[Tag, ...]) -> str | None:
    return packed(tags)


@lru_cache(maxsize=4096)
def _tags(text: str | None) -> tuple[Tag, ...]:
    return tuple([Tag(**tag) for tag in unpacked(text)])


def _enclosures(text: str | None) -> tuple[Enclosure, ...]:
    return tuple([Enclosure(**each) for each in unpacked(text)])


def _image(text: str) -> Image:
    return Image(**unpacked(text))


def _dropped(text: str) -> Dropped:
    return Dropped(**unpacked(text))


@lru_cache(maxsize=4096)
def _attribution_text(attribution: Attribution) -> str | None:
    return packed(attribution)


@lru_cache(maxsize=4096)
def attribution_of(text: str) -> Attribution:
    """Return the attribution that a row holds as text."""
    said = json.loads(text)
    via = said.pop("via", None)
    return Attribution(**said, via=Via(**via) if via else None)


def withdrawn_text(why: Withdrawn) -> str:
    """Return when, why and by whom an article was taken back, as it is stored."""
    return json.dumps([micros(why.at), why.reason, why.by], ensure_ascii=False)


def _withdrawn(text: str) -> Withdrawn:
    at, reason, by = json.loads(text)
    return Withdrawn(at=moment(at), reason=reason, by=by)


# By place in a row: what is read, and by whom.
_READERS: dict[int, tuple[str, Callable[[Any], object]]] = {
    3: ("keys", unpacked_texts),
    7: ("rules", unpacked_texts),
    8: ("authors", unpacked_texts),
    9: ("tags", _tags),
    10: ("desk_tags", unpacked_texts),
    12: ("enclosures", _enclosures),
    13: ("image", _image),
    14: ("attribution", attribution_of),
    15: ("dated", moment),
    16: ("published", moment),
    17: ("updated", moment),
    18: ("first_seen", moment),
    19: ("listed_at", moment),
    23: ("dropped", _dropped),
    24: ("withdrawn", _withdrawn),
    28: ("taken_by", unpacked_texts),
}


def _unreadable(row: Sequence[Any]) -> Iterator[str]:
    """Yield the names of the values in a row that their readers refuse."""
    for place, (name, read) in _READERS.items():
        if row[place] is not None:
            try:
                read(row[place])
            except BROKEN:
                yield name
