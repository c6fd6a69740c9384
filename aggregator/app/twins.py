"""Let an article that several sources carried stand once, and credit all of them.

In: the newest articles of a publication. Out: those of them that stand, each with the
other sources it stands for. Who belongs together is decided over all that the
publication takes, whatever its age, so that a twin does not turn up when the one that
stood for it has grown too old for the list.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from aggregator.app.editorial import Editorial
from aggregator.model import Also, Article, Publication
from aggregator.store import Store, say_left_out

if TYPE_CHECKING:
    from aggregator.store.twins import Twins


class Verdict(Struct, frozen=True, kw_only=True):
    """What became of an article and its twins in one publication.

    `chosen` stands for all of them; `twins` are the others, the first listed first.
    """

    chosen: Article
    twins: tuple[Article, ...] = ()


class Families:
    """Who stands for whom, by the rules of this desk."""

    def __init__(self, store: Store, editorial: Editorial) -> None:
        self._store = store
        self._editorial = editorial

    def standing(
        self,
        page: Sequence[Article],
        publication: Publication,
        now: datetime,
        *,
        known: "Twins | None" = None,
        for_good: bool = False,
    ) -> Iterator[tuple[Article, tuple[Also, ...]]]:
        """Yield the articles of a page that stand, with the others they stand for.

        `known` is what `known` says of the page, if that was asked already. `for_good`:
        in an archive, where nobody stands for others whose own rights end some day.
        """
        verdicts = self._of_several(
            page, publication, now, known=known, for_good=for_good
        )
        for article in page:
            verdict = verdicts.get(article.id)
            if verdict is None:
                yield article, ()
            elif verdict.chosen.id == article.id:
                yield article, self._editorial.also(verdict.twins)

    def known(
        self, page: Sequence[Article], publication: Publication
    ) -> "Twins | None":
        """Return what is known of the articles of a page and others, None: nothing."""
        if not self._editorial.can_repeat(publication):
            return None
        return self._store.twins.of(page)

    def around(self, page: Sequence[Article], publication: Publication) -> set[str]:
        """Return the ids of all that may have to do with any article of a page."""
        known = self.known(page, publication)
        return {each.id for each in known.articles} if known else set()

    def verdicts(
        self,
        page: Sequence[Article],
        publication: Publication,
        now: datetime,
    ) -> dict[str, Verdict]:
        """Return what becomes of each article of a page, by its id."""
        alone = {each.id: Verdict(chosen=each) for each in page}
        return alone | self._of_several(page, publication, now)

    def _of_several(
        self,
        page: Sequence[Article],
        publication: Publication,
        now: datetime,
        *,
        known: "Twins | None" = None,
        for_good: bool = False,
    ) -> dict[str, Verdict]:
        """Return what becomes of the articles of a page that have twins, by id."""
        known = known or self.known(page, publication)
        if not known:
            return {}
        rule = self._editorial.duplicates(publication)
        found = self._editorial.families(known, rule)
        several = {
            each.id for family in found.values() if len(family) > 1 for each in family
        }
        taken = self._taken(several, found, publication, now) if several else {}
        if for_good:
            taken = {
                id_: each
                for id_, each in taken.items()
                if self._lasts(each, publication, now)
            }
        verdicts = {}
        for each in page if taken else ():
            family = [twin for twin in found[each.id] if twin.id in taken]
            if len(family) > 1:
                chosen = rule.chosen(family)
                others = tuple(twin for twin in family if twin.id != chosen.id)
                verdicts[each.id] = Verdict(chosen=chosen, twins=others)
        return verdicts

    def _taken(
        self,
        ids: Collection[str],
        found: Mapping[str, Sequence[Article]],
        publication: Publication,
        now: datetime,
    ) -> dict[str, Article]:
        """Return those of these members of families that the publication would show."""
        members = {twin.id: twin for id_ in ids for twin in found[id_]}
        if self._editorial.reads_text(publication):
            read = self._store.whole(list(members), leave_out=say_left_out)
            members = {each.id: each for each in read}
        return {
            id_: each
            for id_, each in members.items()
            if not self._editorial.refusal(each, publication, now)
        }

    def _lasts(self, article: Article, publication: Publication, now: datetime) -> bool:
        """Return whether the rights of an article never end."""
        terms = self._editorial.terms(article, publication, now)
        return terms is not None and terms[1].expires is None


def tied(known: "Twins | None") -> set[str]:
    """Return the ids of articles that have to do with others, or had.

    Any other one stands, whatever becomes of the rest.
    """
    return known.tied() | known.split if known else set()
