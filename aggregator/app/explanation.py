"""Tell the life of one article, from the polls that brought it to where it stands.

In: a Wire, an article. Out: an Explanation that says of each poll, name, rule, duplicate
and publication what happened, and of everything that did not happen why not. It asks
the same functions that decided, so it cannot tell another story than what was done.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from aggregator.app.wire import Wire
from aggregator.model import Article, PastPoll, Publication
from aggregator.reading import carries_id

# How many lines of the log are looked through for the polls of an article.
LOG = 1000


class Sighting(Struct, frozen=True, kw_only=True):
    """A poll in which the article showed itself: when, what, and how the poll went."""

    at: datetime
    what: str
    status: int | None = None
    new: int | None = None
    changed: int | None = None


class Ruling(Struct, frozen=True, kw_only=True):
    """What one rule made of the headline in one publication.

    `unfinished` are its expressions that took too long on this article.
    """

    publication: str
    rule: str
    kind: str
    before: str
    after: str
    tags: tuple[str, ...]
    dropped: str | None
    unfinished: tuple[str, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """Whether a publication shows the article; `place` counts from the top, from 1.

    `reason` is why, either way; `duplicate` what was found out about twins.
    """

    publication: str
    shown: bool
    place: int | None
    reason: str
    duplicate: str


class Explanation(Struct, frozen=True, kw_only=True):
    """All of it. `identity` are sentences on how the article is named."""

    article: Article
    polls: tuple[Sighting, ...]
    identity: tuple[str, ...]
    rules: tuple[Ruling, ...]
    publications: tuple[Standing, ...]


def explain(wire: Wire, article: Article) -> Explanation:
    """Return the life of a stored article."""
    now = wire.clock()
    return Explanation(
        article=article,
        polls=tuple(_polls(wire, article)),
        identity=tuple(_identity(wire, article)),
        rules=tuple(_rulings(wire, article)),
        publications=tuple(
            _standing(wire, article, publication, now)
            for publication in wire.config.publications
        ),
    )


def _polls(wire: Wire, article: Article) -> Iterator[Sighting]:
    """Yield when the article came, when it showed itself again, and whether it still does."""
    log = {
        past.at: past
        for past in wire.store.journal.poll_log(article.source_id, limit=LOG)
    }
    yield _sighting(article.first_seen, "came as new", log, _brought_by(article, log))
    for at, what in wire.store.sightings(article.id):
        yield _sighting(at, what, log)
    state = wire.store.state(article.source_id)
    document = wire.store.document(article.source_id)
    if state is None or state.last_success_at is None or document is None:
        return
    listed = article.id in {article_id for _, article_id in document.items}
    what = "still in the document" if listed else "no longer in the document"
    yield _sighting(state.last_success_at, what, log)


def _brought_by(article: Article, log: Iterable[datetime]) -> datetime | None:
    """Return when the poll began that an article came with: seen then, or a bit later."""
    return max((at for at in log if at <= article.first_seen), default=None)


def _sighting(
    at: datetime,
    what: str,
    log: dict[datetime, PastPoll],
    began: datetime | None = None,
) -> Sighting:
    past = log.get(began or at)
    if past is None:
        return Sighting(at=at, what=what)
    return Sighting(
        at=at, what=what, status=past.status, new=past.new, changed=past.changed
    )


def _identity(wire: Wire, article: Article) -> Iterator[str]:
    """Yield how the article is recognised, and where its ids come from."""
    first, *others = article.keys
    yield f"recognised by {_key(first)}"
    for key in others:
        yield f"else by {_key(key)}"
    for at, what in wire.store.sightings(article.id):
        if "another name" in what:
            yield f"{what} (since {at:%Y-%m-%d %H:%M} UTC)"
    yield _outside(wire, article)


def _outside(wire: Wire, article: Article) -> str:
    """Return the name that all outputs know it by, and why it is not the source's own."""
    kind, _, name = article.keys[0].partition(":")
    source = wire.sources.get(article.source_id)
    if article.published_id == name:
        return f"published under the source's own id {name}"
    if kind == "guid":
        why = "its own id is no IRI to pass on"
    elif source and not source.trust.ids:
        why = "ids of its source are not trusted"
    elif carries_id(article.raw):
        why = "its own id stood on another entry, too, and names neither"
    else:
        why = "it came without an id of its own"
    return f"published under {article.published_id}: {why}"


def _key(key: str) -> str:
    """Return a key as it is told: a link has another form there than it was sent in."""
    kind, _, name = key.partition(":")
    return f"its link, compared in the form {name}" if kind == "link" else key


def _rulings(wire: Wire, article: Article) -> Iterator[Ruling]:
    kinds = {spec.id: spec.kind for spec in wire.config.rules}
    for publication in wire.config.publications:
        for step in wire.editorial.steps(article, publication):
            yield Ruling(
                publication=publication.id,
                rule=step.rule,
                kind=kinds[step.rule],
                before=step.before,
                after=step.after,
                tags=step.tags,
                dropped=step.dropped.reason if step.dropped else None,
                unfinished=step.unfinished,
            )


def _standing(
    wire: Wire, article: Article, publication: Publication, now: datetime
) -> Standing:
    """Tell whether a publication shows the article, where, and why there or not."""
    edition = wire.printing.editions.of(publication, now)
    ids = [each.id for each in edition.articles]
    place = ids.index(article.id) + 1 if article.id in ids else None
    left_out = _left_out(wire, article, publication) if place else {}
    families = wire.printing.shelf.families
    verdict = families.verdicts([article], publication, now)[article.id]
    twin = verdict.chosen if verdict.chosen.id != article.id else None
    barred = _barred(wire, article, publication, now)
    return Standing(
        publication=publication.id,
        shown=place is not None and len(left_out) < len(publication.formats),
        place=place,
        reason=(
            _stands(place, publication, left_out)
            if place
            else barred
            or (f"{twin.id} of {twin.source_id} stands for it" if twin else None)
            or wire.editorial.too_old(article, publication, now)
            or f"{publication.limit} newer ones fill the list"
        ),
        duplicate=(
            "not looked for, as it may not stand there"
            if barred
            else _duplicate(article, twin, [each.id for each in verdict.twins])
        ),
    )


def _stands(place: int, publication: Publication, left_out: dict[str, str]) -> str:
    """Tell the place of an article that stands there, and the formats it is not in."""
    stands = f"it is number {place} of at most {publication.limit}"
    if not left_out:
        return stands
    without = "; ".join(f"{path}: {reason}" for path, reason in left_out.items())
    if len(left_out) < len(publication.formats):
        return f"{stands}, but left out of {without}"
    return without


def _barred(
    wire: Wire, article: Article, publication: Publication, now: datetime
) -> str | None:
    """Return why an article may not stand there at all, None if it may."""
    if dropped := article.dropped:
        return f"rule {dropped.rule}: {dropped.reason}"
    return wire.editorial.refusal(article, publication, now)


def _left_out(wire: Wire, article: Article, publication: Publication) -> dict[str, str]:
    """Return why the last publishing left the article out, by the path of each format."""
    paths = set(publication.paths.values())
    return {
        status.path: reason
        for status in wire.store.publication_status()
        if status.path in paths
        for article_id, reason in status.left_out
        if article_id == article.id
    }


def _duplicate(article: Article, twin: Article | None, others: list[str]) -> str:
    if twin:
        return f"{twin.id} of {twin.source_id} was chosen among {len(others) + 1}"
    if others:
        return f"stands for {', '.join(others)}"
    return "no other source carried it" if article.url else "no twin is known"
