"""Decide whether an entry is an article that we hold, by what the two have in common.

In: an article as if it were new, what is known under its names, which articles the
document still lists. Out: the one that it is, or None. Pure. When an id is believed, and
when not, is said in `identity`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import time

from aggregator.model import Article, Known
from aggregator.text import markup, urls

# Headline and text alone identify an article from this many visible characters on;
# below it ("Weather: sunny") two days can look alike.
TELLING_TEXT = 200
# Headline and few words identify articles, too, if so many come again at once, and are
# such a share of what is new.
TELLING_CROWD = 10
NEARLY_ALL = 0.9


def matching(
    article: Article, known: Mapping[str, Known], listed: set[str], *, rebuilt: bool
) -> Known | None:
    """Return the stored article that this one is, strongest evidence first.

    `rebuilt` is what `is_rebuilt` says of the document.
    """
    matches = [(key, known[key]) for key in article.keys if key in known]
    for key, match in matches:
        still_listed = match.id in listed
        if _is_same(article, match, key, still_listed=still_listed, rebuilt=rebuilt):
            return match
    has_no_name_left = len(matches) == len(article.keys)
    return matches[0][1] if has_no_name_left else None


def is_rebuilt(
    articles: Collection[Article], known: Mapping[str, Known], listed: Collection[str]
) -> bool:
    """Return whether a site was built anew, so that all its entries have other names.

    One report with the headline and the few words of another may be tomorrow's weather;
    when nearly all of a document's are so at once, they are the old ones.
    """
    found = {
        known[key].id
        for article in articles
        for key in article.keys
        if key.startswith("text:") and key in known
    }
    again = len(found.difference(listed))
    return again >= TELLING_CROWD and again >= NEARLY_ALL * len(articles)


def _is_same(
    article: Article, known: Known, key: str, *, still_listed: bool, rebuilt: bool
) -> bool:
    """Return whether two that share a key are one article.

    An id is believed, unless nothing else agrees although dates or links could, or the
    document lists the article beside it. A link needs a witness where either has an id;
    headline and text need the date, or to be long, or a site that was built anew.
    """
    kind = key.partition(":")[0]
    witnesses = set(_witnesses(article, known)) - {kind}
    if kind == "guid":
        # A day is shared by all that came on it.
        if article.dated and article.dated.time() == time():
            witnesses.discard("date")
        dates_differ = known.dated and article.dated
        links_differ = known.url and article.url
        return bool(witnesses) or not (still_listed or dates_differ or links_differ)
    if still_listed:
        return False
    if kind == "link":
        nameless = not any(k.startswith("guid:") for k in (*article.keys, *known.keys))
        return nameless or bool(witnesses)
    return "date" in witnesses or rebuilt or _is_long(article.body)


def _is_long(body: str) -> bool:
    """Return whether a body shows enough to be told from others by its words."""
    return len(body) >= TELLING_TEXT <= len(markup.visible_text(body))


def _witnesses(article: Article, known: Known) -> Iterator[str]:
    """Yield what beside the key in question the two have in common."""
    links = {urls.canonical(url) for url in (article.url, known.url) if url}
    if (article.url and known.url and len(links) == 1) or _links(article) & _links(
        known
    ):
        yield "link"
    if article.source_title and article.source_title == known.source_title:
        yield "headline"
    if article.dated and article.dated == known.dated:
        yield "date"
    if article.text_sha256 == known.text_sha256 and article.body:
        yield "text"
    if _bare_guids(article.keys) & _bare_guids(known.keys):
        yield "guid"


def _links(entry: Article | Known) -> set[str]:
    """Return the keys that are addresses: without a page of its own, that of its file."""
    return {key for key in entry.keys if key.startswith("link:")}


def _bare_guids(keys: Iterable[str]) -> set[str]:
    """Return the ids that are addresses, without what a rebuilt site changes in them."""
    guids = (key.removeprefix("guid:") for key in keys if key.startswith("guid:http"))
    return {urls.canonical(guid) for guid in guids}
