"""Let an article that several sources carried stand once, and credit all of them.

In: the newest articles of a publication. Out: those of them that stand, each with the
other sources it stands for. Who belongs together is decided over all that the
publication takes, whatever its age, so that a twin does not turn up when the one that
stood for it has grown too old for the list.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.app.editorial import Editorial
from aggregator.model import Also, Article, Publication
from aggregator.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
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
        self, page: Sequence[Article], publication: Publication, now: datetime
    ) -> Iterator[tuple[Article, tuple[Also, ...]]]:
        """Yield the articles of a page that stand, with the others they stand for."""
        verdicts = self.verdicts(page, publication, now)
        for article in page:
            verdict = verdicts[article.id]
            if verdict.chosen.id == article.id:
                yield article, self._editorial.also(verdict.twins)

    def verdicts(
        self, page: Sequence[Article], publication: Publication, now: datetime
    ) -> dict[str, Verdict]:
        """Return what becomes of each article of a page, by its id."""
        alone = {each.id: Verdict(chosen=each) for each in page}
        if not self._editorial.can_repeat(publication):
            return alone
        known = self._store.twins.of(page)
        rule = self._editorial.duplicates(publication)
        found = self._editorial.families(known, rule)
        several = {
            each.id for family in found.values() if len(family) > 1 for each in family
        }
        taken = self._taken(several, found, publication, now)
        for each in page:
            family = [twin for twin in found[each.id] if twin.id in taken]
            if len(family) > 1:
                chosen = rule.chosen(family)
                others = tuple(twin for twin in family if twin.id != chosen.id)
                alone[each.id] = Verdict(chosen=chosen, twins=others)
        return alone

    def _taken(
        self,
        ids: Collection[str],
        found: Mapping[str, Sequence[Article]],
        publication: Publication,
        now: datetime,
    ) -> set[str]:
        """Return which of these members of families the publication would show."""
        members = {twin.id: twin for id_ in ids for twin in found[id_]}
        if self._editorial.reads_text(publication):
            members = {each.id: each for each in self._store.whole(list(members))}
        return {
            id_
            for id_, each in members.items()
            if not self._editorial.refusal(each, publication, now)
        }
