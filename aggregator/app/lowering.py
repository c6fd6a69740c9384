"""Note where less may be shown than before: what was archived must follow.

In: what was said of sources and publications before and now, the time. Out: what each
publication's months have to give up. What a live document shows follows the config by
itself; a month that is closed does not, for readers hold it to be as it was. Only where
rights were lowered, values come before it.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, json

from aggregator.app.grants import granted
from aggregator.model import BODY_MODES, BodyMode, Config, Publication, Rights
from aggregator.store import Store

# Another text whenever any rights are lowered.
LOWERED: Final = "lowered rights"
# As `formats.atom` writes them, within an entry and within its source.
_LINK = re.compile(rb'<link href="([^"]*)" rel="(alternate|via)"')
_HREF = re.compile(rb'<link href="([^"]*)"')
_NEVER = timedelta.max
# By a source of which the config says nothing.
_GRANTED = Rights()


class Minded(Struct, frozen=True):
    """What a publication's months follow already.

    `times` are when rights of sources were lowered, `body` is how much it showed itself.
    """

    times: dict[str, datetime]
    body: BodyMode


# Of a publication that was never published since months follow rights.
_NOTHING_MINDED = Minded({}, "full")


class Lowered(Struct, frozen=True, kw_only=True):
    """What the months of a publication have to give up.

    `feeds` are addresses of which one stands in `source` of each entry of a source whose
    rights were lowered, `ways` are those by which an entry may have come through it;
    `all_of_it`: the publication itself shows less than it did.
    """

    feeds: frozenset[bytes] = frozenset()
    ways: frozenset[bytes] = frozenset()
    all_of_it: bool = False

    def bars(self, entry: bytes) -> bool:
        """Return whether an entry that cannot be written anew may not stand any more.

        One that came through an aggregate names its first source as its source, and the
        aggregate, whose rights count, as a way beside its own address.
        """
        # What is in a body is escaped: this is the element, and the only one.
        at = entry.find(b"<source>")
        links = _LINK.findall(entry, 0, at)
        own = {href for href, rel in links if rel == b"alternate"}
        ways = {href for href, rel in links if rel == b"via"} - own
        if self.all_of_it or not ways.isdisjoint(self.ways):
            return True
        if own and ways:
            return False
        return not self.feeds.isdisjoint(_HREF.findall(entry, at))


class Lowering:
    """Keeps in the store when rights were lowered, and which months follow already."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._config = config

    def note(self, known: Collection[str], *, now: datetime) -> None:
        """Remember what the config says of sources, and whose rights were lowered by it.

        Only a source that was `known` before can have anything in a month.
        """
        said = {
            source.id: granted(source)
            for source in self._config.sources
            if source.title or source.site or source.rules or source.rights != _GRANTED
        }
        configured = {source.id for source in self._config.sources}
        before = self._store.changed_grants(said, configured=configured)
        lowered = {
            id_: now
            for id_, grant in before.items()
            if id_ in known
            and is_lower(said[id_].rights if id_ in said else _GRANTED, grant.rights)
        }
        # First what follows from it: whoever is killed between finds it out again.
        if lowered:
            self._store.put_meta(LOWERED, _written(self._times() | lowered))
        if before:
            self._store.note_grants(said, changed=before)

    def of(self, publication: Publication) -> Lowered | None:
        """Return what a publication's months have to give up, None if nothing."""
        minded = self._minded(publication.id) or Minded({}, publication.body)
        all_of_it = BODY_MODES.index(publication.body) < BODY_MODES.index(minded.body)
        lowered = self._lowered_since(minded)
        if not (lowered or all_of_it):
            return None
        return self._lowered(lowered, all_of_it=all_of_it)

    def followed(self, publication: Publication) -> None:
        """Note that a publication's months show no more than may be shown now."""
        minded = self._minded(publication.id)
        is_known = minded is not None and minded.body == publication.body
        if not is_known or self.of(publication):
            self._mind(publication.id, publication.body)

    def of_former(self, publication_id: str) -> Lowered | None:
        """Return what the months of a publication that is no more have to give up."""
        lowered = self._lowered_since(self._minded(publication_id) or _NOTHING_MINDED)
        return self._lowered(lowered) if lowered else None

    def followed_by_former(self, publication_id: str) -> None:
        """Note that months of a publication that is no more gave up what they had to."""
        minded = self._minded(publication_id) or _NOTHING_MINDED
        self._mind(publication_id, minded.body)

    def _minded(self, publication_id: str) -> Minded | None:
        written = self._store.meta(_name(publication_id))
        return json.decode(written, type=Minded) if written else None

    def _mind(self, publication_id: str, body: BodyMode) -> None:
        minded = json.encode(Minded(self._times(), body)).decode()
        self._store.put_meta(_name(publication_id), minded)

    def _lowered(
        self, source_ids: Iterable[str], *, all_of_it: bool = False
    ) -> Lowered:
        """Return what tells the entries of sources."""
        feeds, ways = set[str](), set[str]()
        for source_id in source_ids:
            feeds |= self._feeds(source_id)
            ways |= feeds | self._homes(source_id)
        return Lowered(feeds=_in_atom(feeds), ways=_in_atom(ways), all_of_it=all_of_it)

    def _lowered_since(self, minded: Minded) -> list[str]:
        """Return the sources whose rights were lowered since then."""
        times = self._times()
        return [id_ for id_, at in times.items() if at != minded.times.get(id_)]

    def _times(self) -> dict[str, datetime]:
        written = self._store.meta(LOWERED)
        return json.decode(written, type=dict[str, datetime]) if written else {}

    def _homes(self, source_id: str) -> set[str]:
        """Return the addresses of a source's site."""
        state = self._store.state(source_id)
        said = {each.site for each in self._config.sources if each.id == source_id}
        return {url for url in {*said, state and state.feed.site} if url}

    def _feeds(self, source_id: str) -> set[str]:
        """Return the addresses by which a source may be named."""
        from aggregator.publishing.credit import showable
        from aggregator.reading.address import public

        state = self._store.state(source_id)
        asked = {state.url, state.fetch_url} if state else set()
        urls = asked | set(map(public, asked))
        ours = f"{self._config.base_url.rstrip('/')}/sources/{source_id}"
        return {ours, *filter(None, map(showable, urls))}


def _in_atom(urls: Iterable[str]) -> frozenset[bytes]:
    """Return addresses as they stand in an Atom document."""
    return frozenset(url.replace("&", "&amp;").encode() for url in urls)


def is_lower(now: Rights, before: Rights) -> bool:
    """Return whether anything may be shown less, or not so long, than before."""
    shows, showed = BODY_MODES.index(now.body), BODY_MODES.index(before.body)
    return (
        shows < showed
        or (now.body == "excerpt" == before.body and _words(now) < _words(before))
        or now.images < before.images
        or (now.embargo or timedelta(0)) > (before.embargo or timedelta(0))
        or (now.expires or _NEVER) < (before.expires or _NEVER)
    )


def _words(rights: Rights) -> int:
    from aggregator.publishing.showing import EXCERPT_WORDS

    return rights.words or EXCERPT_WORDS


def _name(publication_id: str) -> str:
    return f"minded {publication_id}"


def _written(times: Mapping[str, datetime]) -> str:
    return json.encode(dict(sorted(times.items()))).decode()
