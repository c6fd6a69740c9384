"""What publications show, as whole reports, for pages and for a second look.

In: the store, the desk, a publication, the time, a place to begin below. Out: Reports,
newest first. `editions` is the quicker way to the same for publishing, which knows what
it printed last.
"""

from datetime import datetime

from aggregator.app.candidates import Candidates
from aggregator.app.editorial import Editorial
from aggregator.model import Article, Publication, Report
from aggregator.store import Store


class Shelf:
    """The reports of a store, as this desk shows them."""

    def __init__(self, store: Store, editorial: Editorial) -> None:
        self._editorial = editorial
        self._candidates = Candidates(store, editorial)
        self.families = self._candidates.families

    def reports(
        self,
        publication: Publication,
        now: datetime,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> list[Report]:
        """Return what a publication shows, newest first, from before a place on.

        A place is the (`listed_at`, `id`) of an article.
        """
        reports: list[Report] = []
        candidates = self._candidates.of(publication, now, limit=limit, before=before)
        for article, also in candidates:
            shown = self._editorial.report(article, publication, now=now, also=also)
            if shown:
                reports.append(shown)
            if len(reports) == limit:
                break
        return reports

    def report(
        self, article: Article, publication: Publication, now: datetime
    ) -> Report | None:
        """Return an article as a publication shows it, also where a twin stands for it.

        None if the publication does not show it, whatever its age.
        """
        verdict = self.families.verdicts([article], publication, now)[article.id]
        others = (verdict.chosen, *verdict.twins)
        also = self._editorial.also([a for a in others if a.id != article.id])
        return self._editorial.report(article, publication, now=now, also=also)
