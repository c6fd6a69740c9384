"""Write what the desk decides about stored articles: headlines, tags, withdrawals.

Each changes where an article is listed, so each compares the entries of `listing`
before and after.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from aggregator.model import Article, Withdrawn
from aggregator.store.articles import (
    ids_of_source,
    retitle_articles,
    rows_of,
    tag_articles,
    withdraw_article,
)
from aggregator.store.leaving import note_leaving
from aggregator.store.listing import listed, relist
from aggregator.store.search import headlines, index_again
from aggregator.store.succession import pass_on


def retitle(connection: Connection, edited: Sequence[Article]) -> list[str]:
    """Write what the rules now make of articles: `title` and `rules`, `dropped`, `taken_by`.

    Returns the ids of those that stay as they are: they have other words, of their source
    or of the desk, than they had when they were read.
    """
    stored = rows_of(connection, [article.id for article in edited])
    others = [
        each.id
        for each in edited
        if (row := stored.get(each.id))
        and (row.revision, row.override) != (each.revision, each.override)
    ]
    edited = [article for article in edited if article.id not in others]
    ids = [article.id for article in edited]
    before, said = listed(connection, ids), headlines(connection, ids)
    retitle_articles(connection, edited)
    relist(connection, before, ids)
    says = headlines(connection, ids)
    index_again(connection, [id_ for id_ in says if says[id_] != said[id_]])
    return others


def retag(connection: Connection, source_id: str, tags: tuple[str, ...]) -> None:
    """Replace the desk's tags of all articles of a source."""
    ids = ids_of_source(connection, source_id)
    before = listed(connection, ids)
    tag_articles(connection, ids, tags)
    relist(connection, before, ids)


def withdraw(
    connection: Connection, taken_back: Mapping[str, Withdrawn], now: datetime
) -> int:
    """Take articles back, by id; returns how many were not taken back before."""
    note_leaving(connection, taken_back, now)
    before = listed(connection, taken_back)
    withdrawn = {
        id_: why
        for id_, why in taken_back.items()
        if withdraw_article(connection, id_, why)
    }
    relist(connection, before, taken_back)
    pass_on(connection, withdrawn)
    return len(withdrawn)
