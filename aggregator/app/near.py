"""Find near-duplicates: an agency's copy in several papers, under other headlines.

In: the store. Out: sketches and joins in it, for articles that came since it was asked
last; nothing is decided twice, so a join that the desk split stays split. Runs only
where a rule of kind `duplicates` says `near`, before publishing.

Candidates come from bands: two texts that share four fifths of their groups of words
share one of 16 bands with a probability of 0.9998, those that share half with 0.64. A
headline with nothing in common lets only nearly equal texts pass.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from aggregator.editing.rules.duplicates import LEAST_LIKENESS
from aggregator.model import Article
from aggregator.store import Store, say_left_out
from aggregator.store.twins import Join, Sketched
from aggregator.text import markup
from aggregator.text.likeness import SIZE, likeness, numbers, sketch

# Papers print agency copy within days; a yearly report is another report.
WINDOW = timedelta(days=3)
BANDS = 16
ROWS = SIZE // BANDS
# Of 100: how much of the words of one headline the other must have.
TITLE_GATE = 40
NEARLY_EQUAL = 0.9
PAGE = 500

Numbers = tuple[int, ...]


def find_near(store: Store, now: datetime) -> int:
    """Sketch what came lately, join what is nearly alike; returns how many joins."""
    waiting = store.twins.unsketched(now - WINDOW)
    if not waiting:
        return 0
    index = Index(store.twins.sketched(now - 2 * WINDOW))
    found = 0
    for at in range(0, len(waiting), PAGE):
        some = waiting[at : at + PAGE]
        articles = store.whole(some, leave_out=say_left_out)
        made = [(a, sketch(markup.visible_text(a.body)) or b"") for a in articles]
        joins = [join for a, packed in made if (join := index.add(a, packed))]
        store.twins.put(made, joins)
        found += len(joins)
    return found


class Index:
    """What came before, by the bands of its sketches."""

    def __init__(self, before: Sequence[Sketched]) -> None:
        self._bands: defaultdict[tuple[int, Numbers], list[str]] = defaultdict(list)
        self._known: dict[str, tuple[str, str, Numbers]] = {}
        for each in before:
            self._keep(each.article_id, each.source_id, each.source_title, each.sketch)

    def add(self, article: Article, packed: bytes) -> Join | None:
        """Keep an article, and return what it is most like among those before it."""
        found = max(
            self._alike(article, numbers(packed)),
            key=lambda join: join.likeness,
            default=None,
        )
        self._keep(article.id, article.source_id, article.source_title, packed)
        return found

    def _keep(self, id_: str, source_id: str, title: str, packed: bytes) -> None:
        sketched = numbers(packed)
        self._known[id_] = (source_id, title, sketched)
        for band in _bands(sketched):
            self._bands[band].append(id_)

    def _alike(self, article: Article, sketched: Numbers) -> Iterator[Join]:
        near = {id_ for band in _bands(sketched) for id_ in self._bands[band]}
        for id_ in sorted(near):
            source_id, title, other = self._known[id_]
            if source_id == article.source_id:
                continue
            alike = likeness(sketched, other)
            titles = fuzz.token_set_ratio(article.source_title, title)
            if alike >= NEARLY_EQUAL or (
                alike >= LEAST_LIKENESS and titles >= TITLE_GATE
            ):
                yield Join(article.id, id_, alike)


def _bands(sketched: Numbers) -> Iterator[tuple[int, Numbers]]:
    for at in range(0, len(sketched), ROWS):
        yield at, sketched[at : at + ROWS]
