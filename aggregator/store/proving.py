"""Read every row back and find what no longer is what was written.

In: a store. Out: each article with what is wrong with its rows; and what of the names
and lists that are made from articles is missing or leads nowhere. Reads in short
transactions and writes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct, convert, to_builtins
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError

from aggregator.errors import StoreDamaged
from aggregator.model import Article, content_digest
from aggregator.store import seals
from aggregator.store.articles import existing, page
from aggregator.store.bodies import bodies, revisions, texts_in
from aggregator.store.columns import AnyRow, chunks, digest
from aggregator.store.isolating import one_by_one, undecoded
from aggregator.store.keys import keys, refs, refs_of
from aggregator.store.listing import entries_of, listing
from aggregator.store.marks import marks
from aggregator.store.pruned import listed_before_pruned
from aggregator.store.rows import article

_bodies = select(bodies).where(
    bodies.c.article_id.in_(bindparam("which", expanding=True))
)
_revisions = select(revisions).where(
    revisions.c.article_id.in_(bindparam("which", expanding=True))
)
_keys = select(keys.c.source_id, keys.c.digest).where(
    keys.c.digest.in_(bindparam("which", expanding=True))
)
_refs = select(refs).where(refs.c.digest.in_(bindparam("which", expanding=True)))
_listed = select(listing).where(
    listing.c.article_id.in_(bindparam("which", expanding=True))
)
_pointers = {
    "keys": select(keys.c.article_id).distinct(),
    "listing": select(listing.c.article_id).distinct(),
}


class Proof(Struct, frozen=True, kw_only=True):
    """One article as it was read back, and every sentence that is to be said of it.

    `article` is None where its rows cannot even be read.
    """

    article_id: str
    source_id: str
    article: Article | None
    wrong: tuple[str, ...]


def proofs(
    connection: Connection, above: tuple[int, str], rows: int
) -> tuple[list[Proof], tuple[int, str] | None]:
    """Return the next articles below a place, proved, and where more may follow."""
    left: list[StoreDamaged] = []
    found, below = page(connection, above, rows, None, leave_out=left.append)
    ids = [row.article_id for row in found]
    spoiled: list[StoreDamaged] = []
    words = {row[0]: row for row in _isolated(connection, _bodies, ids, spoiled)}
    earlier: dict[str, list[AnyRow]] = {}
    for row in _isolated(connection, _revisions, ids, spoiled):
        earlier.setdefault(row.article_id, []).append(row)
    named = _Names(connection, found)
    wrong = {each.id: each.what for each in spoiled}
    proved = [
        Proof(
            article_id=row.article_id,
            source_id=row.source_id,
            article=None,
            wrong=(wrong[row.article_id],),
        )
        if row.article_id in wrong
        else _proof(
            row, words.get(row.article_id), earlier.get(row.article_id, ()), named
        )
        for row in found
    ]
    return [*proved, *_undecodable(connection, left)], below


def _undecodable(
    connection: Connection, left: Sequence[StoreDamaged]
) -> Iterator[Proof]:
    """Yield what is to be said of articles whose rows cannot be decoded."""
    for damaged in left:
        try:
            source_id = marks(connection, [damaged.id])[0].source_id
        except DBAPIError as error:
            undecoded(error)
            source_id = "?"
        yield Proof(
            article_id=damaged.id,
            source_id=source_id,
            article=None,
            wrong=(damaged.what,),
        )


def dangling(connection: Connection) -> list[str]:
    """Return a sentence for each name or list entry that leads to no article."""
    wrong = []
    for table, pointers in _pointers.items():
        pointed = list(connection.scalars(pointers))
        gone = set(pointed) - existing(connection, pointed)
        wrong += [f"{table}: {id_} is no article" for id_ in sorted(gone)]
    return wrong


class _Names:
    """The names and list entries that stand in the store for a page of articles."""

    def __init__(self, connection: Connection, rows: Sequence[AnyRow]) -> None:
        told = [each for row in rows if not isinstance(each := _read(row), str)]
        held = [digest(key) for each in told for key in each.keys]
        # Another source may have an entry of the same id: its key is none of ours.
        self._keys = {(r.source_id, r.digest) for r in _of(connection, _keys, held)}
        for each in told:
            self._keys |= _pruned_with_another(connection, each, self._keys)
        asked = [digest(ref) for each in told for ref in refs_of(each)]
        self._refs = {(r.digest, r.article_id) for r in _of(connection, _refs, asked)}
        ids = [row.article_id for row in rows]
        self._listed: dict[str, set[tuple[str, int, str]]] = {}
        for entry in _of(connection, _listed, ids):
            self._listed.setdefault(entry.article_id, set()).add(
                (entry.scope, entry.listed_at, entry.article_id)
            )

    def wrong(self, row: AnyRow, told: Article) -> Iterator[str]:
        """Yield what is missing of an article's names and lists, or too much."""
        if any((told.source_id, digest(key)) not in self._keys for key in told.keys):
            yield "a key under which its source's entry is recognised is missing"
        if any((digest(ref), told.id) not in self._refs for ref in refs_of(told)):
            yield "a name under which it is found is missing"
        expected = set(entries_of(row)) if row.shown else set()
        if self._listed.get(told.id, set()) != expected:
            yield "it is not listed under its tags, language and publications as it should be"


def _pruned_with_another(
    connection: Connection, told: Article, held: AbstractSet[tuple[str, bytes]]
) -> set[tuple[str, bytes]]:
    """Return the keys that went when an older article, which held them, was pruned.

    A key that two articles of a source have is that of the first.
    """
    lost = {key for key in told.keys if (told.source_id, digest(key)) not in held}
    gone = listed_before_pruned(connection, told.source_id, lost) if lost else ()
    return {(told.source_id, digest(key)) for key in gone}


def _proof(
    row: AnyRow, words: AnyRow | None, earlier: Sequence[AnyRow], names: _Names
) -> Proof:
    wrong = list(_sentences(row, seals.OF_ARTICLES))
    told = _read(row, words)
    if words is None:
        wrong.append("its words are missing")
    else:
        wrong += _sentences(words, seals.OF_BODIES)
    for revision in earlier:
        wrong += (
            f"revision {revision.revision}: {sentence}"
            for sentence in _sentences(revision, seals.OF_REVISIONS)
        )
    if bool(row.shown) != (row.dropped is None and row.withdrawn is None):
        wrong.append("shown does not follow from dropped and withdrawn")
    if isinstance(told, str):
        wrong.append(told)
    elif words is not None:
        wrong += names.wrong(row, told)
        if content_digest(told) != row.content_digest:
            wrong.append("what the source said has another digest than is stored")
    return Proof(
        article_id=row.article_id,
        source_id=row.source_id,
        article=None if words is None or isinstance(told, str) else told,
        wrong=tuple(wrong),
    )


def _sentences(row: AnyRow, names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for columns in seals.broken(row.article_id, row._asdict(), names):
        yield f"changed since it was written: {columns}"


def _read(row: AnyRow, words: AnyRow | None = None) -> Article | str:
    """Return the article of rows, or what of them nobody wrote, as a sentence."""
    try:
        told = article(row, **(texts_in(words) if words else {}))
        # What is JSON need not be of the type that it should be.
        convert(to_builtins(replace(told, raw=b"", source_body="", body="")), Article)
    except StoreDamaged as damaged:
        return damaged.what
    except Exception as error:  # noqa: BLE001 - flipped bytes break whatever reads them
        return f"its rows cannot be read: {error}"
    return told


def _of(connection: Connection, statement: Any, values: Sequence[Any]) -> list[AnyRow]:  # noqa: ANN401 - any select
    return [
        row
        for some in chunks(sorted(set(values)))
        for row in connection.execute(statement, {"which": some})
    ]


def _isolated(
    connection: Connection,
    statement: Any,  # noqa: ANN401 - any select
    ids: Sequence[str],
    spoiled: list[StoreDamaged],
) -> Iterator[AnyRow]:
    """Yield rows of articles, of which one may have several: all of them, or none."""
    for some in chunks(sorted(ids)):
        try:
            rows = connection.execute(statement, {"which": some}).all()
        except DBAPIError as error:
            undecoded(error)
            keep = spoiled.append
            rows = [*one_by_one(connection, statement, some, leave_out=keep)]
        yield from rows
