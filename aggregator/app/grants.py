"""What is said of a source's reports: how they are credited, and what may be shown.

In: the sources of a config, and what was last said of those that left it: their reports
stay, under the rights they came with. Out: the Grant of any source, and what follows from
it for an article: its attribution, its rights, when readers may have it. Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain

from msgspec.structs import replace

from aggregator.model import Article, Attribution, Grant, Rights, RuleSpec, Source

NOBODY: Mapping[str, Grant] = {}
# Not even the store knows it: a report of nobody is shown as little as may be.
UNHEARD_OF = Grant(rights=Rights(body="excerpt", images=False))


class Grants:
    """What is said of all sources today; `former` ones are not in the config any more."""

    def __init__(
        self, sources: Mapping[str, Source], former: Mapping[str, Grant]
    ) -> None:
        self._sources = sources
        self._former = former
        # Made when they are asked for: most rounds ask for few.
        self._made: dict[str, Grant] = {}
        self._bases: dict[str, str] = {}
        # The articles of a source have few attributions, and publications ask for each.
        self._attribution = lru_cache(maxsize=4096)(self._attribution_today)

    def __len__(self) -> int:
        """Return of how many sources anything is known."""
        return len(self._sources) + len(self._former)

    def of(self, source_id: str) -> Grant:
        """Return what is said of a source; of one that was never heard of, the least."""
        grant = self._made.get(source_id)
        if grant is None:
            source = self._sources.get(source_id)
            former = self._former.get(source_id, UNHEARD_OF)
            grant = self._made[source_id] = granted(source) if source else former
        return grant

    def rights(self, article: Article) -> Rights:
        """Return the rights that an article is under."""
        return self.of(article.source_id).rights

    def attribution(self, article: Article) -> Attribution:
        """Return the attribution of an article with what is said of its source today."""
        return self._attribution(article.attribution, article.source_id)

    def released(self, article: Article) -> datetime:
        """Return when its source lets readers have an article: as it is listed, or later."""
        embargo = self.rights(article).embargo
        lifted = article.published + embargo if embargo else article.listed_at
        return max(article.listed_at, lifted)

    @cached_property
    def embargoes(self) -> dict[str, timedelta]:
        """Return how long sources hold reports back, of those that do."""
        said = {id_: source.rights for id_, source in self._sources.items()}
        said = {id_: grant.rights for id_, grant in self._former.items()} | said
        return {id_: each.embargo for id_, each in said.items() if each.embargo}

    def is_timed(self, source_id: str | None = None) -> bool:
        """Return whether a source, or any, allows its articles only at some times."""
        asked: Iterable[Grant | Source] = chain(
            self._sources.values(), self._former.values()
        )
        if source_id:
            asked = [self.of(source_id)]
        return any(each.rights.embargo or each.rights.expires for each in asked)

    def basis_of(self, source_id: str) -> str:
        """Return 16 digits that stand for what is said of a source's reports."""
        if source_id not in self._bases:
            said = repr(self.of(source_id)).encode("utf-8", "surrogatepass")
            self._bases[source_id] = blake2b(said, digest_size=8).hexdigest()
        return self._bases[source_id]

    def basis_of_all(self) -> str:
        """Return 16 digits that stand for what is said of any source's reports."""
        known = sorted({*self._sources, *self._former})
        said = repr([*map(self.basis_of, known), known]).encode()
        return blake2b(said, digest_size=8).hexdigest()

    def _attribution_today(self, sent: Attribution, source_id: str) -> Attribution:
        grant = self.of(source_id)
        notice = grant.rights.notice
        return replace(
            sent,
            title=grant.title or sent.title,
            site_url=grant.site or sent.site_url,
            rights=notice or sent.rights,
            feed_rights=None if notice else sent.feed_rights,
            license=grant.rights.license or sent.license,
        )


def granted(source: Source) -> Grant:
    """Return what the config says of a source's reports."""
    return Grant(
        title=source.title, site=source.site, rights=source.rights, rules=source.rules
    )


def still_ruled(
    former: Mapping[str, Grant], rules: Iterable[RuleSpec]
) -> dict[str, Grant]:
    """Return the same without rules that are gone, too."""
    there = {rule.id for rule in rules}
    return {
        source_id: replace(grant, rules=tuple(filter(there.__contains__, grant.rules)))
        for source_id, grant in former.items()
    }
