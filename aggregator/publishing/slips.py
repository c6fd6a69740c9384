"""Know an entry of a month before it is rendered.

In: an article, and a digest of all that its entry depends on. Out: a slip, by which a
volume tells whether the entry that stands on disk is still the one that is meant.
"""

from datetime import datetime
from typing import NamedTuple

from aggregator.epoch import micros
from aggregator.model import Article
from aggregator.publishing import index


class Slip(NamedTuple):
    """What is known of an entry before it is rendered.

    `place` orders the entries of a month. `digest` stands for everything that the entry
    depends on. `latest` is when it was published or changed last. `mark` is as in
    `Marked`; without one, the article is looked at again when the month is next written.
    """

    article_id: str
    published_id: str
    place: bytes
    digest: str
    language: str | None
    latest: datetime
    mark: bytes = b""


def slip(article: Article, digest: str) -> Slip:
    """Return the slip of an article, whose entry depends on what `digest` stands for."""
    return Slip(
        article.id,
        article.published_id,
        index.place_of(micros(article.listed_at), article.id),
        digest,
        article.language,
        max(article.updated, article.published),
    )
