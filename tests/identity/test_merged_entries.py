"""Whatever stands in a document becomes an article, or leaves a reason that can be read.

Random documents, full of entries that share ids, links and words, that say nothing, that
stand twice or are taken back at once, go through the real rooms of random configs.
"""

import re
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.app.editorial import Editorial
from aggregator.fetching import cadence
from aggregator.poll import Rooms, poll
from aggregator.store import open_store
from tests import emptystore
from tests.app.worlds import configs
from tests.builders import NOON
from tests.identity.stubs import Publisher, Reader

LEFT_OUT = re.compile(r"(\d+) entries (?:left out|say nothing)")
few = st.sampled_from


def entry(id_, link, title, text):
    said = "".join(
        (
            f"<id>{id_}</id>" if id_ else "",
            f'<link href="https://ap.example/{link}"/>' if link else "",
            f"<title>{title}</title>" if title else "",
            f"<content>{text}</content>" if text else "",
        )
    )
    return f"<entry>{said}</entry>"


entries = st.builds(
    entry,
    few(["", "urn:x:1", "urn:x:2", "3"]),
    few(["", "", "a", "b"]),
    few(["", "RAIN AGAIN", "Sun", "Wind"]),
    few(["", "It did.", "It did, all day long."]),
)
documents = st.tuples(st.lists(entries, max_size=8), few(["", "", "urn:x:1"]))


@contextmanager
def rooms_of(config):
    """Give the rooms of a config, over a store of their own."""
    with TemporaryDirectory() as folder, open_store(emptystore.at(folder)) as store:
        source = config.sources[0]
        state = cadence.initial(source, now=NOON)
        store.put_states([state], configured={source.id})
        yield Rooms(
            fetching=Publisher(),
            readers=Reader(),
            memory=store,
            edit=Editorial(config).edit,
            max_body=config.fetch.max_body,
        )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(config=configs(), polls=st.lists(documents, min_size=1, max_size=3))
def test_every_entry_is_an_article_or_has_a_recorded_reason(config, polls):
    """Conservation: fetched = stored + dropped, merged or left out for a reason."""
    with rooms_of(config) as rooms:
        source, store = config.sources[0], rooms.memory
        for number, (entries_, deleted) in enumerate(polls):
            now = NOON + timedelta(hours=number)
            stone = (
                f"<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0'"
                f" ref='{deleted}' when='2026-11-01T00:00:00Z'/>"
            )
            rooms.fetching.body = (
                "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:f</id><title>A</title>"
                f"{stone if deleted else ''}{''.join(entries_)}</feed>"
            ).encode()
            state = store.state(source.id)

            result = poll(source, state, rooms, now=now, jitter=0.0)
            store.record([result])

            if result.document is None:
                continue
            stored = {article.id: article for article in store.articles()}
            became = Counter(id_ for _, id_ in result.document.items if id_ in stored)
            left = sum(int(n) for n in LEFT_OUT.findall(" / ".join(result.notes)))
            assert became.total() + left == len(entries_), result.notes
            for id_, times in became.items():
                said = [what for _, what in store.sightings(id_)]
                assert times == 1 or "more in the same document" in " ".join(said)
            assert all(a.dropped is None or a.dropped.reason for a in stored.values())
