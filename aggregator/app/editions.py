"""What a publication shows at this moment, known before any of it is read whole.

In: the store, the desk, a publication, the time. Out: an Edition: the articles without
their bodies (another body is another revision, so these tell all), and a digest of
everything that the documents are made of. An edition that was printed need not be
printed again; of one that was not, only articles that are new in it are read whole.
What cannot be read is left out, and an older article takes its place.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b

from msgspec import Struct

from aggregator import __version__
from aggregator.app.candidates import Candidates
from aggregator.app.editorial import Editorial
from aggregator.errors import StoreDamaged
from aggregator.model import Also, Article, Publication, Report, Rights
from aggregator.store import Store


class Unreadable(dict[str, str]):
    """What is wrong with articles that cannot be read, by id."""

    def note(self, damaged: StoreDamaged) -> None:
        """Leave one out."""
        self[damaged.id] = damaged.what


NOTHING: Mapping[str, str] = {}


class Edition(Struct, frozen=True, kw_only=True):
    """The articles of a publication, newest first, without bodies; and their digest.

    `also` are the other sources that some of them stand for, by id; `at` is the time.
    `left_out` says of articles that cannot be read, by id, what is wrong with them.
    """

    articles: tuple[Article, ...]
    also: Mapping[str, tuple[Also, ...]]
    digest: str
    at: datetime
    left_out: Mapping[str, str] = NOTHING


# What an entry depends on: an article as edited, its rights, who else carried it.
Told = tuple[tuple[Article, Rights], tuple[Also, ...]]


class Editions:
    """The editions of one config. Keeps the reports of the last one of each."""

    def __init__(self, store: Store, editorial: Editorial, *, base_url: str) -> None:
        self._store = store
        self._editorial = editorial
        self._candidates = Candidates(store, editorial)
        self._base_url = base_url
        self._kept: dict[str, dict[str, tuple[Article, Report]]] = {}
        self._digests: dict[str, dict[str, tuple[Told, bytes]]] = {}

    def of(
        self,
        publication: Publication,
        now: datetime,
        *,
        without: Mapping[str, str] = NOTHING,
    ) -> Edition:
        """Return what a publication shows now.

        It is shown `without` articles whose bodies turned out to be unreadable.
        """
        articles: list[Article] = []
        left_out = Unreadable(without)
        others: dict[str, tuple[Also, ...]] = {}
        digest = blake2b(digest_size=16)
        digest.update(repr((__version__, self._base_url, publication)).encode())
        known, digests = self._digests.get(publication.id, {}), {}
        candidates = self._candidates.of(
            publication,
            now,
            limit=publication.limit,
            bodies=self._editorial.reads_text(publication),
            leave_out=left_out.note,
        )
        for article, also in candidates:
            terms = self._editorial.terms(article, publication, now)
            if terms is None or article.id in without:
                continue
            told = (terms, also)
            same = known.get(article.id)
            # To compare takes a tenth of telling anew.
            its_own = same[1] if same and same[0] == told else _digest(told)
            digests[article.id] = told, its_own
            digest.update(its_own)
            articles.append(article)
            others[article.id] = also
            if len(articles) == publication.limit:
                break
        self._digests[publication.id] = digests
        return Edition(
            articles=tuple(articles),
            also=others,
            digest=digest.hexdigest(),
            at=now,
            left_out=left_out,
        )

    def read(
        self, publication: Publication, edition: Edition
    ) -> tuple[Edition, list[Report]]:
        """Return an edition with its articles as its publication shows them.

        It is another one if some of its articles cannot be read whole.
        """
        while True:
            unreadable = Unreadable(edition.left_out)
            reports = self._reports(publication, edition, unreadable)
            if len(unreadable) == len(edition.left_out):
                return edition, reports
            edition = self.of(publication, edition.at, without=unreadable)

    def _reports(
        self, publication: Publication, edition: Edition, unreadable: Unreadable
    ) -> list[Report]:
        """Return reports of what can be read."""
        kept = self._kept.get(publication.id, {})
        same = {
            article.id: kept[article.id]
            for article in edition.articles
            if article.id in kept
            and kept[article.id][0] == article
            and kept[article.id][1].also == edition.also[article.id]
        }
        unread = [a for a in edition.articles if a.id not in same]
        asked = [a.id for a in unread]
        read = self._store.whole(asked, leave_out=unreadable.note)
        whole = {a.id: a for a in read}
        for bare in unread:
            # It may have been pruned since, or dropped by a rule of another process.
            found = whole.get(bare.id)
            shown = found and self._editorial.report(
                found, publication, now=edition.at, also=edition.also[bare.id]
            )
            if shown:
                same[bare.id] = (bare, shown)
        self._kept[publication.id] = same
        return [same[a.id][1] for a in edition.articles if a.id in same]


def _digest(told: Told) -> bytes:
    written = repr(told).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=16).digest()
