"""`kind: duplicates`: which of several sources stands for an article they all carry.

    one-each:
      kind: duplicates
      prefer: [un-news, bbc]              # the first of these that carried it stands
      near: 0.8                           # also join what is nearly the same text

Articles of several sources with the same id or the same canonical link stand once in a
publication, with or without a rule. The one of the preferred source stands, else one
whose address is on its own source's host (who copies a name does not take its place),
else the one that we saw first: a source that is added later, and is listed by its own
dates then, takes the place of nothing that readers have already. Near-duplicates (an
agency's copy under another headline) are joined only where a rule says from which
likeness on: 0.8 means that four fifths of all groups of words are in both.
"""

from collections.abc import Sequence

from msgspec import Struct

from aggregator.editing.options import Options
from aggregator.editing.subject import Subject
from aggregator.model import Article
from aggregator.text import urls

# Less alike are no copies; so near-duplicates of less are not even looked for.
LEAST_LIKENESS = 0.5


class Duplicates(Struct, frozen=True, kw_only=True):
    """Chooses among twins. As a rule for a single article it changes nothing."""

    id: str
    prefer: tuple[str, ...] = ()
    near: float | None = None

    def __call__(self, subject: Subject) -> Subject:
        """Return the subject unchanged."""
        return subject

    def chosen(self, twins: Sequence[Article]) -> Article:
        """Return the one that stands for all of them."""
        return min(
            twins,
            key=lambda each: (
                self._rank(each),
                not _at_home(each),
                each.first_seen,
                each.listed_at,
                each.id,
            ),
        )

    def _rank(self, article: Article) -> int:
        if article.source_id in self.prefer:
            return self.prefer.index(article.source_id)
        return len(self.prefer)


def _at_home(article: Article) -> bool:
    """Return whether the article's address is on a host of the source it came from."""
    credit = article.attribution
    own = {_house(url) for url in (credit.feed_url, credit.site_url) if url}
    return article.url is not None and _house(article.url) in own


def _house(url: str) -> str:
    return urls.registrable_host(urls.host_of(url))


def read(rule_id: str, options: Options) -> Duplicates:
    """Return the rule these options describe."""
    options.only({"prefer", "near"})
    return Duplicates(
        id=rule_id,
        prefer=options.words("prefer"),
        near=options.number("near", low=LEAST_LIKENESS, high=1.0),
    )
