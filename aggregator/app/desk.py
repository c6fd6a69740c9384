"""What the desk decides about single articles, by command.

In: a Wire and an article. Out: the store says so, in every process that reads it; the
next publishing shows it. Ids, dates and order never change by it.
"""

from msgspec.structs import replace

from aggregator.app.wire import Wire
from aggregator.model import Article


def retitle(wire: Wire, article: Article, title: str | None) -> str:
    """Publish an article under a headline of the desk's own; returns the headline.

    It stays whatever rules say, and whatever they say later. None takes it back: the
    rules decide again. The source's own headline is published beside it all the time.
    """
    wire.store.override(article.id, title)
    edited = replace(article, override=title)
    if article.source_id in wire.sources:
        edited = wire.editorial.edit(edited)
    elif title:
        edited = replace(edited, title=title)
    wire.store.retitle([(edited.id, edited.title, edited.rules, edited.dropped)])
    return edited.title
