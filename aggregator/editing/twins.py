"""Find which articles are one article, carried by several sources.

In: articles, which of them are nearly alike, and which stand alone whatever they are
like. Out: families. Pure.

Articles of two sources are one if they have the same published id, or the same
canonical link, or are alike enough. A link under which one source has several articles
(a live page, a front page) names none of them. Two articles of one source are never
twins: `identity` has told them apart.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from aggregator.model import Article
from aggregator.text import urls


def families(
    articles: Sequence[Article],
    *,
    alike: Iterable[tuple[str, str]] = (),
    alone: Collection[str] = (),
) -> dict[str, tuple[Article, ...]]:
    """Return for each article's id the family it belongs to, itself included.

    `alike` are pairs of ids of near-duplicates, `alone` ids that join no family. Who is
    like one that is alone, or not given (it was taken back), stays one with the others.
    """
    by_id = {each.id: each for each in articles if each.id not in alone}
    found: dict[str, tuple[Article, ...]] = {each.id: (each,) for each in articles}
    head: dict[str, str] = {}

    def root(id_: str) -> str:
        while (above := head.setdefault(id_, id_)) != id_:
            id_ = above
        return id_

    for one, other in (*_same(by_id.values()), *alike):
        head[root(one)] = root(other)
    members = defaultdict(list)
    for id_, each in by_id.items():
        if id_ in head:
            members[root(id_)].append(each)
    for relatives in members.values():
        family = tuple(_one_each(relatives))
        found |= {each.id: family for each in family}
    return found


def _same(articles: Iterable[Article]) -> Iterator[tuple[str, str]]:
    """Yield pairs of ids that have their published id or a telling link in common."""
    first: dict[str, Article] = {}
    several: dict[str, list[Article]] = {}
    for article in articles:
        for name in _names(article):
            other = first.setdefault(name, article)
            if other is not article:
                several.setdefault(name, [other]).append(article)
    for sharing in several.values():
        sources = {each.source_id for each in sharing}
        if len(sharing) == len(sources):
            yield from ((sharing[0].id, each.id) for each in sharing[1:])


def _names(article: Article) -> Iterator[str]:
    yield f"id {article.published_id}"
    if article.url:
        yield f"link {urls.canonical_by(article.keys, article.url)}"


def _one_each(family: Sequence[Article]) -> Iterator[Article]:
    """Yield the article of each source in a family that was listed first."""
    seen = set[str]()
    for article in sorted(family, key=lambda each: (each.listed_at, each.id)):
        if article.source_id not in seen:
            seen.add(article.source_id)
            yield article
