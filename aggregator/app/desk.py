"""What the desk decides about single articles, by command.

In: a Wire and an article. Out: the store says so, in every process that reads it; the
next publishing shows it. Ids, dates and order never change by it.
"""

from msgspec.structs import replace

from aggregator.app.wire import Wire
from aggregator.errors import MediaWireError
from aggregator.model import Article


def shown(articles: list[Article]) -> list[Article]:
    """Return those of articles that a decision can change anything about.

    MediaWireError if all of them are withdrawn: those stand nowhere, for good.
    """
    left = [each for each in articles if not each.withdrawn]
    if left:
        return left
    gone = articles[0]
    raise MediaWireError(
        f"{gone.id} is withdrawn and stands nowhere any more; nothing was changed"
    )


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
    wire.store.retitle([edited])
    return edited.title


def split(wire: Wire, article: Article) -> tuple[str, bool]:
    """Let an article stand alone; returns what became of it, and if outputs change.

    What was joined with nothing is kept apart, too, from what may come.
    """
    was_split, was_joined = _is_split(wire, article), _is_joined(wire, article)
    wire.store.twins.split(article.id)
    if was_split:
        return f"{article.id} was split before; it stays alone", False
    if not was_joined:
        sentence = f"{article.id} was joined with no other; it stays alone from now on"
        return sentence, False
    return f"{article.id} stands alone now", True


def unsplit(wire: Wire, article: Article) -> tuple[str, bool]:
    """Let an article be a duplicate again; returns as `split` does."""
    if not _is_split(wire, article):
        return f"{article.id} was not split; nothing was changed", False
    wire.store.twins.unsplit(article.id)
    return f"{article.id} may be a duplicate again", _is_joined(wire, article)


def _is_split(wire: Wire, article: Article) -> bool:
    return article.id in wire.store.twins.of([article]).split


def _is_joined(wire: Wire, article: Article) -> bool:
    """Return whether the article stands for others somewhere, or one of them for it."""
    families, now = wire.printing.shelf.families, wire.clock()
    return any(
        families.verdicts([article], publication, now)[article.id].twins
        for publication in wire.config.publications
    )
