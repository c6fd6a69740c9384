"""Walk down a list of articles and keep what may be shown.

In: how to look at a list, from a place on. Out: as many reports as fit on a page, and
the article behind which the next page begins. Where most of a list may not be shown, a
page is shorter than it could be: no page costs more than so many looks.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from aggregator.model import Article, Publication, Report
from aggregator.web.links import Place

# How many times more articles are looked at than fit on a page.
PATIENCE = 5

Seen = tuple[Publication, Report]
# Of (limit, before): each article with what is shown of it, the newest listed first.
Look = Callable[[int, Place | None], Iterable[tuple[Article, Seen | None]]]


def page_of(
    look: Look,
    *,
    limit: int,
    before: Place | None,
    since: datetime | None = None,
) -> tuple[list[Seen], Article | None]:
    """Return what is shown from a place on, and the last article of the page.

    None where nothing comes behind it. Nothing listed before `since` is shown.
    """
    shown: list[Seen] = []
    last: Article | None = None
    for number, (article, seen) in enumerate(_walked(look, limit + 1, before)):
        if since and article.listed_at < since:
            break
        if last and (len(shown) == limit or number == limit * PATIENCE):
            return shown, last
        last = article
        if seen:
            shown.append(seen)
    return shown, None


def _walked(
    look: Look, size: int, before: Place | None
) -> Iterator[tuple[Article, Seen | None]]:
    """Yield a list from the place on, asked for in steps of a size."""
    while True:
        met = 0
        for article, seen in look(size, before):
            met += 1
            before = article.listed_at, article.id
            yield article, seen
        if met < size:
            return
