"""Find near-duplicates: an agency's copy in several papers, under other headlines.

In: the store. Out: sketches and joins in it, for articles that came or were reworded
since it was asked last, and for those that were like a reworded one; what the desk split
stays split. Runs only where a rule of kind `duplicates` says `near`, before publishing.

Candidates come from bands: two texts that share four fifths of their groups of words
share one of 16 bands with a probability of 0.9998, those that share half with 0.64. Of
what came before, the store looks for these: to index 51,000 sketches for one article
took 2.7 s of CPU. A headline with nothing in common lets only nearly equal texts pass.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from aggregator.editing.rules.duplicates import LEAST_LIKENESS
from aggregator.epoch import micros
from aggregator.model import Article
from aggregator.store import Store, say_left_out
from aggregator.store.comparing import Sketched
from aggregator.store.twins import Join
from aggregator.text import markup
from aggregator.text.likeness import PACKED_SIZE, likeness, numbers, sketch

# Papers print agency copy within days; a yearly report is another report.
WINDOW = timedelta(days=3)
# A correction of an old report makes it no copy of the news.
APART = 2 * WINDOW
BANDS = 16
# Of 100: how much of the words of one headline the other must have.
TITLE_GATE = 40
NEARLY_EQUAL = 0.9
PAGE = 500

_APART = APART // timedelta(microseconds=1)
_WIDTH = PACKED_SIZE // BANDS  # bytes


def find_near(store: Store, now: datetime) -> int:
    """Sketch what came lately, join what is nearly alike; returns how many joins."""
    waiting = store.twins.undecided(now - WINDOW)
    if not waiting:
        return 0
    since = now - APART
    if len(waiting) <= PAGE:
        made = _sketches(store, waiting)
        sharing = {band for _, packed in made for band in _bands(packed)}
        return _join(store, made, Index(store.twins.sketched(since, sharing)))
    # So many may be like anything: all is read, and once.
    index = Index(store.twins.sketched(since))
    pages = (waiting[at : at + PAGE] for at in range(0, len(waiting), PAGE))
    return sum(_join(store, _sketches(store, page), index) for page in pages)


def _sketches(store: Store, article_ids: Sequence[str]) -> list[tuple[Article, bytes]]:
    """Return articles with their sketches; what cannot be read is left out."""
    articles = store.whole(article_ids, leave_out=say_left_out)
    return [(a, sketch(markup.visible_text(a.body)) or b"") for a in articles]


def _join(store: Store, made: Sequence[tuple[Article, bytes]], index: "Index") -> int:
    """Write what is new, and what it is like in the index; returns how many joins."""
    joins = [join for a, packed in made if (join := index.add(a, packed))]
    store.twins.put(made, joins)
    return len(joins)


class Index:
    """What came before, by the bands of its sketches."""

    def __init__(self, before: Sequence[Sketched]) -> None:
        self._bands: defaultdict[tuple[int, bytes], list[str]] = defaultdict(list)
        self._known: dict[str, Sketched] = {}
        for each in before:
            self._keep(each)

    def add(self, article: Article, packed: bytes) -> Join | None:
        """Keep an article, and return what it is most like among those before it."""
        new = Sketched(
            article_id=article.id,
            source_id=article.source_id,
            source_title=article.source_title,
            listed_at=micros(article.listed_at),
            sketch=packed,
        )
        found = max(self._alike(new), key=lambda join: join.likeness, default=None)
        self._keep(new)
        return found

    def _keep(self, each: Sketched) -> None:
        self._known[each.article_id] = each
        for band in _bands(each.sketch):
            self._bands[band].append(each.article_id)

    def _alike(self, new: Sketched) -> Iterator[Join]:
        near = {id_ for band in _bands(new.sketch) for id_ in self._bands[band]}
        sketched = numbers(new.sketch)
        for id_ in sorted(near):
            known = self._known[id_]
            apart = abs(new.listed_at - known.listed_at)
            if new.source_id == known.source_id or apart > _APART:
                continue
            alike = likeness(sketched, numbers(known.sketch))
            titles = fuzz.token_set_ratio(new.source_title, known.source_title)
            if alike >= NEARLY_EQUAL or (
                alike >= LEAST_LIKENESS and titles >= TITLE_GATE
            ):
                yield Join(new.article_id, id_, alike)


def _bands(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the bands of a sketch, as they are stored: few of them are ever compared."""
    for at in range(0, len(packed), _WIDTH):
        yield at, packed[at : at + _WIDTH]
