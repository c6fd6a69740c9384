"""What must be true of an installation after any end of its process.

In: what agencies served, and an installation. Out: sentences, one for each thing that
is not as it must be; none if all is well.
"""

import gzip
import json
import xml.etree.ElementTree as ET
from collections import Counter

from aggregator.store import open_store

ATOM = "{http://www.w3.org/2005/Atom}"


class Truth:
    """Looks at one installation again and again, and remembers what it saw."""

    def __init__(self, installation, agencies):
        self._at = installation
        self._agencies = agencies
        self._seen = {}

    def after_a_kill(self):
        """Return faults that may not be seen even before the next poll."""
        with open_store(self._at.store, create=False, read_only=True) as store:
            held = _held(store, self._agencies.names)
            yield from self._once_and_the_same(held)
            for name, state in store.states().items():
                entries, _ = _promised(state.validators)
                missing = set(_guids(name, entries)) - set(held[name])
                if missing:
                    yield f"{name}: validators promise {sorted(missing)}"
        yield from self._files()

    def after_the_next_poll(self):
        """Return faults that the next poll must have mended."""
        with open_store(self._at.store, create=False, read_only=True) as store:
            held = _held(store, self._agencies.names)
            yield from self._once_and_the_same(held)
            for name, served in self._agencies.served.items():
                titles = {
                    guid: found[0].source_title for guid, found in held[name].items()
                }
                yield from (f"lost: {guid}" for guid in set(served) - set(titles))
                yield from (
                    f"not corrected: {guid} is {titles[guid]!r}, not {title!r}"
                    for guid, title in served.items()
                    if titles.get(guid, title) != title
                )
            listed = [each.published_id for each in store.articles(limit=100)]
        yield from self._files()
        published = ids_in(self._at.published("feeds/wire.atom"))
        if published != listed:
            yield "the published document is not what the store lists"
        for path in self._documents():
            if gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) != (
                path.read_bytes()
            ):
                yield f"{path.name}.gz is another document"

    def _once_and_the_same(self, held):
        for found in held.values():
            for guid, articles in found.items():
                if len(articles) > 1:
                    yield f"doubled: {guid}"
                first = articles[0]
                names = (first.id, first.published_id)
                names_before, place = self._seen.setdefault(
                    guid, (names, first.listed_at)
                )
                if names_before != names:
                    yield f"renamed: {guid} is {names}, was {names_before}"
                if place != first.listed_at:
                    yield f"moved: {guid} to {first.listed_at}"

    def _files(self):
        for path in self._documents():
            try:
                ids = ids_in(path.read_bytes())
                ids_in(gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()))
            except (ValueError, OSError, ET.ParseError, EOFError) as error:
                yield f"{path.name} is broken: {error}"
                continue
            if ids and max(Counter(ids).values()) > 1:
                yield f"{path.name} shows an entry twice"

    def _documents(self):
        feeds = self._at.folder / "public" / "feeds"
        return [
            feeds / f"wire.{name}"
            for name in ("rss", "atom", "json")
            if (feeds / f"wire.{name}").exists()
        ]


def ids_in(document):
    """Return the ids of a document's entries; raises for one that is not whole."""
    if document.startswith(b"{"):
        return [item["id"] for item in json.loads(document)["items"]]
    root = ET.fromstring(document)
    return [
        *(entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")),
        *(item.findtext("guid") for item in root.iter("item")),
    ]


def _held(store, names):
    """Return articles by source and guid."""
    held = {name: {} for name in names}
    for article in store.articles():
        guid = article.keys[0].removeprefix("guid:")
        held[article.source_id].setdefault(guid, []).append(article)
    return held


def _promised(validators):
    """Return the entries and corrections that an agency's ETag counts."""
    if validators.etag is None:
        return 0, 0
    entries, corrections = validators.etag.strip(b'"').split(b".")
    return int(entries), int(corrections)


def _guids(name, entries):
    return (f"{name}-{n}" for n in range(entries))
