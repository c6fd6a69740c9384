"""Decide which article an entry is: a new one, one we hold, or one that changed.

In: what reading made of a document (every article as if it were new), what the store
knows under the same keys, and which articles the document still lists unchanged.
Out: what to insert, what to update, further names for known articles.
Pure; `now` is an argument.

An entry's own id is believed, with three exceptions:

* An id that stands on several entries of one document (with other headlines or links)
  names none of them, then or later; those entries go by their links. The same holds for
  links. Entries that the document still lists as they were count, too: a feed that gives
  all its entries one id grows by one at a time. Of those with the same headline and
  link, which are one article, the words of the latest count.
* An id that comes back with another link, another headline and another date, or other
  words where no date is told, is not the old article: nothing but the name is the same.
* A new id is an old article if that article is no longer in the document and its link
  comes with a witness (same headline, date, text, or an id that differs in form only),
  or if headline and text are the same and the date agrees, the text is long, or nearly
  all entries of the document are such. Ids that change at each build of a site are
  found this way, and are recorded as aliases.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from aggregator.corrections import corrected, is_later, speaking, taken_back, waits
from aggregator.model import (
    SHARED,
    Article,
    Document,
    Known,
    Reading,
    content_digest,
    own_credit,
)
from aggregator.reading import guid_key, named
from aggregator.recognition import is_rebuilt, matching
from aggregator.text import urls

# More new articles than this in one poll are listed by their own dates: a redesigned
# site that sends its archive again must not push everything else off the page.
FLOOD = 50
_KINDS = {"guid": "id", "link": "link", "text": "headline and text"}

_TICK = timedelta(microseconds=1)

# Stands in a document for an item that its source took back before it became an article.
_TAKEN_BACK = "0" * 20


class Reconciled(Struct, frozen=True, kw_only=True):
    """What a document changes: see `PollResult` for the fields of the same names.

    `merged` says of articles that stood more than once in the document by what the
    others were the same, and how many. `notes` name what else did not become an article.
    `waiting` says of articles whose new words have to wait (see `corrections`) until
    when: the document must be read again, although nothing in it may have changed then.
    """

    document: Document
    new: tuple[Article, ...]
    changed: tuple[Article, ...]
    aliases: tuple[tuple[str, str], ...]
    deletions: tuple[tuple[str, str], ...]
    merged: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()

    @property
    def holds_old_ones(self) -> bool:
        """Whether any article of the document was held before."""
        new = {article.id for article in self.new} | {_TAKEN_BACK}
        return any(article_id not in new for _, article_id in self.document.items)


def keys_of(reading: Reading) -> set[str]:
    """Return all keys under which the store must be asked before `reconcile`."""
    fresh = {key for _, article in reading.items if article for key in article.keys}
    shared = {SHARED + key for key in fresh if not key.startswith("text:")}
    return fresh | shared | {guid_key(deletion.ref) for deletion in reading.deletions}


def reconcile(
    reading: Reading,
    *,
    known: Mapping[str, Known],
    held: Callable[[str], Article | None],
    previous: Document | None,
    first: bool,
    now: datetime,
) -> Reconciled:
    """Return what the document makes of the articles we hold.

    `known` maps keys to stored articles, `held` gives a whole one by its id (asked only
    where the source changed one), `previous` is the source's last document, `first`
    says that the source was never read before.
    """
    before = dict(previous.items) if previous else {}
    told = _Told(known=known, held=held, before=before, now=now, reading=reading)
    for digest, said, article in told.fresh:
        told.take(digest, article)
        told.note_shared(digest, said)
    left_out = sum(article_id == _TAKEN_BACK for _, article_id in told.items())
    return Reconciled(
        document=Document(
            context=reading.context,
            items=tuple(told.items()),
            passage=None if told.waiting or left_out else reading.passage,
        ),
        new=tuple(_listed(list(told.new.values()), by_date=first, now=now)),
        changed=tuple(told.changed.values()),
        aliases=tuple(
            (key, article_id)
            for key, article_id in told.aliases.items()
            if key not in known
        ),
        deletions=tuple(
            (known[key].id, deletion.comment or "withdrawn by the source")
            for key, deletion in told.taken_back.items()
            if key in known and not known[key].withdrawn
        ),
        merged=tuple(
            (article_id, f"{count} more in the same document, with the same {what}")
            for (article_id, what), count in told.merged.items()
        ),
        notes=tuple(_notes(left_out, len(told.waiting))),
        waiting=tuple(told.late),
    )


class _Told:
    """What a document has told so far, entry by entry.

    `fresh` are the entries that the last document had not, or not with these bytes: the
    item's digest, the article as it was read, and without the keys that name none of
    several. `ids` and `waiting` go by the digest of an item: the article that it is, and
    what stands for it until its new words are taken. `new` and `changed` go by article,
    `aliases` give an article's id by key, `late` says until when what waits has to wait.
    """

    def __init__(
        self,
        *,
        known: Mapping[str, Known],
        held: Callable[[str], Article | None],
        before: Mapping[bytes, str],
        now: datetime,
        reading: Reading,
    ) -> None:
        self._known, self._held, self._now = known, held, now
        self._before, self._read = before, reading.items
        self._listed = {before[digest] for digest, item in self._read if not item}
        self._seen = set(self._listed)
        came = [(digest, item) for digest, item in self._read if item]
        standing = {key: each for key, each in known.items() if each.id in self._listed}
        self.taken_back = taken_back(
            reading.deletions, {**standing, **{item.keys[0]: item for _, item in came}}
        )
        self._shared = _shared([item for _, item in came], known, self._listed)
        articles = [_without(item, self._shared) for _, item in came]
        self._rebuilt = is_rebuilt(articles, known, self._listed)
        self.fresh = [
            (digest, item, article)
            for (digest, item), article in zip(came, articles, strict=True)
        ]
        self._speaking = speaking(
            (digest, article) for digest, _, article in self.fresh
        )
        self.ids: dict[bytes, str] = {}
        self.new: dict[str, Article] = {}
        self.changed: dict[str, Article] = {}
        self.aliases: dict[str, str] = {}
        self.waiting: dict[bytes, bytes] = {}
        self.merged: Counter[tuple[str, str]] = Counter()
        self.late: list[tuple[str, str]] = []

    def take(self, digest: bytes, article: Article) -> None:
        """Take one of the fresh entries: a new article, or one we hold."""
        match = matching(article, self._known, self._listed, rebuilt=self._rebuilt)
        if match is None:
            self.ids[digest] = self._new(article)
            return
        self.ids[digest] = match.id
        if match.id in self._seen:
            self.merged[match.id, _in_common(article, match.keys)] += 1
        self._seen.add(match.id)
        others = set(article.keys) - set(match.keys)
        self.aliases.update(dict.fromkeys(others, match.id))
        settled = match.withdrawn or match.id in self.changed
        current = match.id not in self._listed or is_later(article, match)
        if current and not settled and digest in self._speaking:
            self._correct(digest, article, match)

    def note_shared(self, digest: bytes, said: Article) -> None:
        """Remember which keys of an entry, as it was read, name none of several."""
        if self.ids[digest] != _TAKEN_BACK:
            for key in self._shared.intersection(said.keys):
                self.aliases.setdefault(SHARED + key, self.ids[digest])

    def items(self) -> Iterator[tuple[bytes, str]]:
        """Yield what the document's items are: their digests, and the articles' ids."""
        for digest, item in self._read:
            known = self.ids if item else self._before
            yield self.waiting.get(digest, digest), known[digest]

    def _new(self, article: Article) -> str:
        """Return the id of an article that we do not hold, and keep it."""
        known = self._known
        own = _without(article, known) if article.keys[0] in known else article
        if not self.taken_back.keys().isdisjoint(own.keys):
            return _TAKEN_BACK
        if other := self.new.get(own.id):
            self.merged[own.id, _in_common(own, other.keys)] += 1
            first = min(own.published, other.published)
            own = replace(own if is_later(own, other) else other, published=first)
        self.new[own.id] = own
        return own.id

    def _correct(self, digest: bytes, article: Article, match: Known) -> None:
        """Pass on what the source changed, now or later."""
        if match.url and _differ_in_tracking(article.url, match.url):
            article = replace(article, url=match.url)
        credited = own_credit(article.attribution) == own_credit(match.attribution)
        if credited and content_digest(article) == match.content_digest:
            return
        correction = corrected(article, match, self._held(match.id), now=self._now)
        if correction:
            self.changed[match.id] = correction
        else:
            self.waiting[digest] = _unread(match.id)
            self.late.append((match.id, waits(match)))


def _notes(left_out: int, waiting: int) -> Iterator[str]:
    """Yield what of a document did not become an article, or not yet."""
    if left_out:
        yield f"{left_out} entries left out: taken back by their source"
    if waiting:
        yield f"new words of {waiting} articles wait: their source changes them too often"


def _in_common(article: Article, keys: Collection[str]) -> str:
    """Return by what an entry is the same as an article with these keys."""
    kinds = (key.partition(":")[0] for key in article.keys if key in keys)
    return _KINDS[next(kinds, "text")]


def _differ_in_tracking(url: str | None, held: str) -> bool:
    """Return whether nothing but what counts readers is another in two addresses."""
    return (
        url is not None
        and url != held
        and url.partition("?")[0] == held.partition("?")[0]
        and urls.canonical(url) == urls.canonical(held)
    )


def _unread(article_id: str) -> bytes:
    """Return what stands for an item that lists an article and must be read again."""
    return blake2b(article_id.encode(), digest_size=16, person=b"unread").digest()


def _shared(
    articles: Collection[Article],
    known: Mapping[str, Known],
    listed: Collection[str],
) -> set[str]:
    """Return the keys that stand for several entries of the document, or once did."""
    keys = Counter(key for article in articles for key in article.keys)
    faces: defaultdict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for article in articles:
        for key in article.keys:
            held = known.get(key)
            if held and held.id in listed:
                faces[key] |= {_face(article, key), _face(held, key)}
            elif keys[key] > 1:
                faces[key].add(_face(article, key))
    told_apart = {key for key, seen in faces.items() if len(seen) > 1}
    return told_apart | {key for key in keys if SHARED + key in known}


def _face(entry: Article | Known, key: str) -> tuple[str | None, str]:
    """Return by what two entries with one key are told apart."""
    link = entry.url if key.startswith("guid:") else None
    return link and urls.canonical(link), entry.source_title


def _without(article: Article, keys: Container[str]) -> Article:
    """Return the article named by the keys that are left, if any are."""
    left = tuple(key for key in article.keys if key not in keys)
    return named(article, left) if left and left != article.keys else article


def _listed(
    articles: list[Article], *, by_date: bool, now: datetime
) -> Iterator[Article]:
    """Yield new articles with the time that orders them in every output.

    First seen together means listed together: within a document the later date stands
    above, then the earlier place. No two articles of a document share a time.
    """
    by_date = by_date or len(articles) > FLOOD
    placed = sorted(
        enumerate(articles),
        key=lambda place: (place[1].published, -place[0]),
        reverse=True,
    )
    above = now + _TICK
    for _, article in placed:
        own = min(article.published, now) if by_date else now
        above = min(own, above - _TICK)
        yield replace(article, listed_at=above)
