"""Bind a month of a publication: what stands in it, in order, into its volume.

In: the marks of what was found in the month, newest first. Out: a volume with a slip of
each that stands, and reports of those that have to be rendered. Only what changed since
the volume was written is read, and what has to do with others (twins, joins, splits);
what was decided of the rest is noted in the volume itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

from msgspec.structs import replace

from aggregator.app.editorial import Editorial
from aggregator.app.twins import Families, tied
from aggregator.model import Also, Article, Publication, Report, Rights
from aggregator.publishing import (
    Calm,
    Marked,
    Missing,
    Slip,
    Stretch,
    Volume,
    place_of,
    report,
    slip,
)
from aggregator.store import Mark, Store

T = TypeVar("T")

_PAGE = 100
# What of an article is read only if it has to be rendered.
_TEXTS = ("body", "source_body", "source_type", "summary", "changes", "raw")


class Binder:
    """Binds the volumes of all publications of one config."""

    def __init__(self, store: Store, editorial: Editorial) -> None:
        self._store = store
        self._editorial = editorial
        self._families = Families(store, editorial)
        self._bases: dict[str, bytes] = {}

    def basis(self, publication: Publication) -> str:
        """Return 32 digits that stand for all that decides about articles, but them."""
        said = (
            self._editorial.basis(publication) + self._editorial.grants.basis_of_all()
        )
        return blake2b(said.encode(), digest_size=16).hexdigest()

    def fill(
        self,
        volume: Volume,
        found: Iterable[Mark | Calm],
        publication: Publication,
        now: datetime,
        barred: Callable[[bytes], bool],
    ) -> None:
        """Put into a month what was found in it, newest first, in pages.

        Looks only at what changed since it was written, and at what has to do with
        others: a month that grew costs what it grew by. What was pruned from the store
        stands nowhere else, and stays, unless its entry is `barred`.
        """
        known: Iterable[Marked | Stretch] = self._with_pruned(
            volume,
            volume.compared(
                self._editorial.basis(publication), map(self._compared, found)
            ),
            barred,
        )
        if volume.is_continued:
            known = self._with_relatives(volume, list(known), publication)
        common = self._editorial.depends(publication)
        for page in _pages(known):
            marked = [each for each in page if isinstance(each, Marked)]
            ids = [each.article_id for each in marked]
            slips, reports, several = self._judged(
                ids, volume, publication, common, now
            )
            shown = {each.article_id: each for each in slips}
            volume.add(
                [
                    self._decided(each, shown.get(each.article_id), several)
                    if isinstance(each, Marked)
                    else each
                    for each in page
                ],
                reports,
            )
        self._adopt(volume, barred)

    def _adopt(self, volume: Volume, barred: Callable[[bytes], bool]) -> None:
        """Take over what was pruned, too, where the index that tells of it is lost."""
        ids = [each.published_id for each in volume.loose()]
        kept = {id_ for some in chunks(ids) for id_ in self._store.carried(some)}
        for each in () if kept.issuperset(ids) else volume.loose():
            if each.published_id not in kept and not barred(each.entry):
                volume.adopt(each)

    def _with_pruned(
        self,
        volume: Volume,
        known: Iterable[Marked | Stretch | Missing],
        barred: Callable[[bytes], bool],
    ) -> Iterator[Marked | Stretch]:
        """Yield the same, and of what is missing that which is not in the store either."""
        for each in known:
            if not isinstance(each, Missing):
                yield each
                continue
            for some in chunks(list(volume.shown(each))):
                kept = {
                    mark.id for mark in self._store.marks_of([id_ for _, id_ in some])
                }
                for number, id_ in some:
                    if id_ not in kept and not barred(volume.entry(number)):
                        yield Stretch(number, number + 1)

    def _with_relatives(
        self,
        volume: Volume,
        known: Sequence[Marked | Stretch],
        publication: Publication,
    ) -> Iterable[Marked | Stretch]:
        """Return the same, with all that what changed may have to do with."""
        changed = [each.article_id for each in known if isinstance(each, Marked)]
        around: set[str] = set()
        for some in chunks(changed):
            bare = self._store.bare(some)
            around |= self._families.around(bare, publication)
        around.difference_update(changed)
        if not around:
            return known
        again = map(self._marked, self._store.marks_of(list(around)))
        return volume.without(known, {each.article_id: each for each in again})

    def _decided(
        self, marked: Marked, shown: Slip | None, several: Collection[str]
    ) -> Marked | Slip:
        """Return what became of an article; without its mark if that may change."""
        id_, mark = marked.article_id, marked.mark
        # Time alone may show what is not shown; and others, what has to do with them.
        is_settled = shown or not self._editorial.grants.is_timed(marked.source_id)
        if not is_settled or id_ in several:
            mark = b""
        return shown._replace(mark=mark) if shown else marked._replace(mark=mark)

    def _compared(self, found: Mark | Calm) -> Marked | Calm:
        return found if isinstance(found, Calm) else self._marked(found)

    def _marked(self, mark: Mark) -> Marked:
        """Return an article with what changes with it and its source."""
        said = b""
        if mark.seals is not None:
            said = mark.seals + self._basis_of(mark.source_id)
        return Marked(place_of(mark.at, mark.id), mark.source_id, said)

    def _basis_of(self, source_id: str) -> bytes:
        """Return 8 bytes that stand for what the config says of a source."""
        if source_id not in self._bases:
            self._bases[source_id] = bytes.fromhex(
                self._editorial.grants.basis_of(source_id)
            )
        return self._bases[source_id]

    def _judged(
        self,
        ids: Sequence[str],
        volume: Volume,
        publication: Publication,
        common: bytes,
        now: datetime,
    ) -> tuple[list[Slip], dict[str, Report], set[str]]:
        """Return slips of what stands, reports of what lacks, ids of what is not alone.

        The reports, by article id, are to be rendered; the last are those that have to
        do with others. Articles are read with bodies if all of them have to be
        rendered, or rules go by them.
        """
        if not ids:
            return [], {}, set()
        bodies = volume.is_new or self._editorial.reads_text(publication)
        page = self._store.whole(ids) if bodies else self._store.bare(ids)
        slips: list[Slip] = []
        lacking: dict[str, tuple[Article, Rights, tuple[Also, ...]]] = {}
        known = self._families.known(page, publication)
        standing = self._families.standing(
            page, publication, now, known=known, for_good=True
        )
        for article, also in standing:
            terms = self._editorial.terms(article, publication, now)
            if terms is None:
                continue
            edited, rights = terms
            if rights.expires is not None:
                continue
            shown = slip(article, _digest(common, edited, rights, also))
            slips.append(shown)
            if volume.lacks(shown):
                lacking[article.id] = edited, rights, also
        reports = {}
        for edited, rights, also in self._whole(list(lacking.values())):
            shown_as = report(edited, publication, rights, now=now, also=also)
            if shown_as:
                reports[edited.id] = shown_as
        return slips, reports, tied(known)

    def _whole(
        self, lacking: Sequence[tuple[Article, Rights, tuple[Also, ...]]]
    ) -> Iterator[tuple[Article, Rights, tuple[Also, ...]]]:
        """Yield edited articles with their bodies, as far as they are still there."""
        bare = [article.id for article, *_ in lacking if not article.raw]
        read = {each.id: each for each in self._store.whole(bare)} if bare else {}
        for article, rights, also in lacking:
            if article.raw:
                yield article, rights, also
            elif whole := read.get(article.id):
                texts = {name: getattr(whole, name) for name in _TEXTS}
                yield replace(article, **texts), rights, also


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into pages."""
    return (values[at : at + _PAGE] for at in range(0, len(values), _PAGE))


def _pages(known: Iterable[Marked | Stretch]) -> Iterator[list[Marked | Stretch]]:
    """Cut what is known into pages of so many articles that have to be looked at."""
    page: list[Marked | Stretch] = []
    unknown = 0
    for each in known:
        page.append(each)
        unknown += isinstance(each, Marked)
        if unknown == _PAGE:
            yield page
            page, unknown = [], 0
    yield page


def _digest(
    common: bytes, article: Article, rights: Rights, also: Sequence[Also]
) -> str:
    """Return 32 digits that change whenever anything that an entry depends on does.

    An article without its body will do: another body is another revision.
    """
    said = (
        article.id,
        article.published_id,
        article.url,
        article.source_title,
        article.title,
        article.authors,
        article.language,
        article.published,
        article.updated,
        article.text_sha256,
        article.revision,
        article.tags,
        article.enclosures,
        article.image,
        also,
    )
    written = f"{said!r}{_repr(article.attribution)}{_repr(rights)}"
    digest = blake2b(common, digest_size=16)
    digest.update(written.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


# A source has one of each for all its articles, and it takes a while to tell.
_repr = lru_cache(maxsize=4096)(repr)
