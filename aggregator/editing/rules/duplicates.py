"""`kind: duplicates`: which of several sources stands for an article they all carry.

    one-each:
      kind: duplicates
      prefer: [un-news, bbc]              # the first of these that carried it stands
      near: 0.8                           # also join what is nearly the same text

Articles of several sources with the same id or the same canonical link stand once in a
publication, with or without a rule, and the one listed first stands. Near-duplicates
(an agency's copy under another headline) are joined only where a rule says from which
likeness on: 0.8 means that four fifths of all groups of words are in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.editing.options import Options
from aggregator.editing.subject import Subject
from aggregator.model import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Chooses among twins. As a rule for a single article it changes nothing."""

    id: str
    prefer: tuple[str, ...] = ()
    near: float | None = None

    def __call__(self, subject: Subject) -> Subject:
        """Return the subject unchanged."""
        return subject

    def chosen(self, twins: Sequence[Article]) -> Article:
        """Return the one that stands: of the preferred source, else listed first."""
        return min(twins, key=lambda each: (self._rank(each), each.listed_at, each.id))

    def _rank(self, article: Article) -> int:
        if article.source_id in self.prefer:
            return self.prefer.index(article.source_id)
        return len(self.prefer)


def read(rule_id: str, options: Options) -> Duplicates:
    """Return the rule these options describe."""
    options.only({"prefer", "near"})
    return Duplicates(
        id=rule_id,
        prefer=options.words("prefer"),
        near=options.number("near", low=0.5, high=1.0),
    )
