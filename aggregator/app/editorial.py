"""What the desk of this config makes of an article: where it stands, and under which words.

In: the config, articles. Out: articles with tags and headline, Reports for publications.
Pure: nothing here reads or writes a store.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aggregator import __version__
from aggregator.app.grants import NOBODY, Grants, still_ruled
from aggregator.editing import Desk, Duplicates, Step, families, refusal
from aggregator.model import (
    Also,
    Article,
    Config,
    Grant,
    Publication,
    Report,
    Rights,
)

if TYPE_CHECKING:
    from aggregator.store.twins import Twins


class Editorial:
    """The desk, its sources and its publications; `grants` is what sources allow.

    `former` is what was last said of sources that are not in the config any more.
    """

    def __init__(self, config: Config, former: Mapping[str, Grant] = NOBODY) -> None:
        self._sources = {source.id: source for source in config.sources}
        self.grants = Grants(self._sources, still_ruled(former, config.rules))
        self._publications = config.publications
        self._base_url = config.base_url
        self._rules = config.rules
        self._desk = Desk(config.rules)

    def edit(self, article: Article) -> Article:
        """Return the article as the desk lists it: tags, headline, dropped, taken by whom.

        The headline is that of the source's rules and of the first publication that
        takes the article; only a source's own rules can drop it everywhere.
        """
        source = self._sources[article.source_id]
        tagged = replace(article, desk_tags=source.tags)
        name = self.credited(article)
        edited = self._desk.edit(tagged, source.rules, credited=name)
        publication = None if edited.dropped else self.first_taking(tagged)
        if publication and publication.rules:
            rules = (*source.rules, *publication.rules)
            both = self._desk.edit(tagged, rules, credited=name)
            edited = edited if both.dropped else both
        # Tags that rules add are made anew for each publication: what is stored is what
        # the source said.
        return replace(edited, tags=article.tags, taken_by=self._takers(tagged))

    def is_choosy(self, publication: Publication) -> bool:
        """Return whether rules of a publication leave articles out.

        Which ones take an article then stands with it in the store (`taken_by`). Else,
        for one that takes little all is read whenever it is published: of 20,000
        articles 20, in 0.76 s of CPU.
        """
        return self._desk.leaves_out(publication.rules)

    def first_taking(self, article: Article) -> Publication | None:
        """Return the first publication whose selection takes the article."""
        for publication in self._publications:
            if not refusal(publication.select, article, now=article.listed_at):
                return publication
        return None

    def report(
        self,
        article: Article,
        publication: Publication,
        *,
        now: datetime,
        also: Sequence[Also] = (),
    ) -> Report | None:
        """Return an article as a publication shows it now.

        None if a rule drops it, or its source does not allow it (any more, or yet).
        """
        from aggregator.publishing import report

        terms = self.terms(article, publication, now)
        if terms is None:
            return None
        edited, rights = terms
        return report(edited, publication, rights, now=now, also=also)

    def refusal(
        self, article: Article, publication: Publication, now: datetime
    ) -> str | None:
        """Return why a publication never shows an article at this time, None if it may.

        Age and length of the list do not count here.
        """
        from aggregator.publishing import withheld

        if gone := article.withdrawn:
            who = f"withdrawn by the {gone.by}"
            # A source need not say why; its reason reads like this then.
            return who if gone.reason == who else f"{who}: {gone.reason}"
        if reason := refusal(publication.select, article, now=article.listed_at):
            return reason
        dropped = self._edited(article, publication).dropped
        if dropped:
            return f"rule {dropped.rule}: {dropped.reason}"
        return withheld(article, self.grants.rights(article), now)

    def too_old(
        self, article: Article, publication: Publication, now: datetime
    ) -> str | None:
        """Return why an article has left a publication by its age, None if not."""
        return refusal(publication.select, article, now=now)

    def reads_text(self, publication: Publication | None = None) -> bool:
        """Return whether rules need bodies to decide what a publication shows.

        Without a publication: whether any rule in use does.
        """
        offered = (publication,) if publication else self._publications
        rules = [each.rules for each in offered]
        rules += [source.rules for source in self._sources.values()]
        return self._desk.reads_text({id_ for ids in rules for id_ in ids})

    def steps(self, article: Article, publication: Publication) -> list[Step]:
        """Return what each rule makes of an article in a publication."""
        rules = self.rules(article, publication)
        return list(self._desk.steps(article, rules, credited=self.credited(article)))

    def joins_near(self) -> bool:
        """Return whether any rule joins near-duplicates."""
        return self._desk.joins_near()

    def can_repeat(self, publication: Publication) -> bool:
        """Return whether a publication may be offered an article twice."""
        return len(publication.select.sources or self.grants) > 1

    def duplicates(self, publication: Publication) -> Duplicates:
        """Return how a publication deals with twins."""
        return self._desk.duplicates(publication.rules)

    def families(
        self, known: "Twins", rule: Duplicates
    ) -> dict[str, tuple[Article, ...]]:
        """Return by id which articles are one; near-duplicates if the rule has any."""
        near = rule.near
        alike = [join[:2] for join in known.joins if near and join.likeness >= near]
        return families(known.articles, alike=alike, alone=known.split)

    def also(self, twins: Sequence[Article]) -> tuple[Also, ...]:
        """Return the credit of articles that another one stands for."""
        return tuple(
            Also(
                source_id=each.source_id,
                title=self.credited(each),
                url=each.url,
                feed_url=each.attribution.feed_url,
            )
            for each in twins
        )

    def terms(
        self, article: Article, publication: Publication, now: datetime
    ) -> tuple[Article, Rights] | None:
        """Return an article as edited and credited today, and the rights it is under.

        None if a rule drops it, or its source does not allow it now. Its body is not
        looked at.
        """
        from aggregator.publishing import withheld

        edited = self._edited(article, publication)
        if edited.dropped or withheld(article, self.grants.rights(article), now):
            return None
        attribution = self.grants.attribution(article)
        if attribution != edited.attribution:
            edited = replace(edited, attribution=attribution)
        return edited, self.grants.rights(article)

    def basis(self, publication: Publication) -> str:
        """Return 32 digits for all that decides about articles, but them and sources."""
        digest = blake2b(self.depends(publication), digest_size=16)
        digest.update(repr(self._rules).encode("utf-8", "surrogatepass"))
        digest.update(str(self.can_repeat(publication)).encode())
        return digest.hexdigest()

    def depends(self, publication: Publication) -> bytes:
        """Return what every entry of a publication depends on beside its article."""
        common = (__version__, self._base_url, publication)
        return repr(common).encode("utf-8", "surrogatepass")

    def rules(self, article: Article, publication: Publication) -> tuple[str, ...]:
        """Return the rules an article meets in a publication, in their order."""
        return (*self.grants.of(article.source_id).rules, *publication.rules)

    def credited(self, article: Article) -> str:
        """Return the name that the source of an article is credited by today."""
        return self.grants.attribution(article).title

    def _takers(self, article: Article) -> tuple[str, ...]:
        """Return the choosy publications that take an article, by their ids."""
        return tuple(
            publication.id
            for publication in self._choosy
            if not refusal(publication.select, article, now=article.listed_at)
            and not self._edited(article, publication).dropped
        )

    @cached_property
    def _choosy(self) -> list[Publication]:
        return [each for each in self._publications if self.is_choosy(each)]

    def _edited(self, article: Article, publication: Publication) -> Article:
        rules = self.rules(article, publication)
        return self._desk.edit(article, rules, credited=self.credited(article))

    @cached_property
    def digest(self) -> str:
        """Return a digest of everything that `edit` goes by: of this program, too."""
        written = repr(
            (
                __version__,
                self._rules,
                [(p.id, p.select, p.rules) for p in self._publications],
                [(s.id, s.rules, s.tags, s.title) for s in self._sources.values()],
            )
        )
        return blake2b(written.encode(), digest_size=16).hexdigest()

    def edits(self, articles: Iterable[Article]) -> Iterator[tuple[Article, Article]]:
        """Yield those articles that another desk edited otherwise: as they were, and are.

        Headlines move, and what is dropped or taken; ids, dates and order never do. Of
        former sources only the latter: the rest stays as it was left.
        """
        for old in articles:
            known = old.source_id in self._sources
            new = self.edit(old) if known else replace(old, taken_by=self._takers(old))
            if new != old:
                yield old, new
