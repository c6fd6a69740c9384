"""Whole installations, invented: sources with rights and rules, publications, articles.

A world is a Wire with everything stored and published once, at noon.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.app.wire import Wire
from aggregator.model import (
    Article,
    Config,
    Enclosure,
    Image,
    Publication,
    Rights,
    RuleSpec,
    Selection,
    Source,
)
from tests import emptystore
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

SOURCES = ("ap", "bbc", "cnn")
RULES = (
    RuleSpec(id="quiet", kind="headline", options={"unshout": "yes"}),
    RuleSpec(id="no-rain", kind="select", options={"drop": {"words": ["rain"]}}),
    RuleSpec(id="only-en", kind="select", options={"keep": {"language": "^en"}}),
    RuleSpec(id="tagged", kind="select", options={"tags": ["Desk"]}),
    RuleSpec(id="prefer", kind="duplicates", options={"prefer": ["cnn", "bbc"]}),
)
PICTURE = "https://pics.example/1.jpg"
BODIES = (
    "<p>Rain fell on the city all day long and into the night, and nobody went out.</p>",
    f'<p>Sun <img src="{PICTURE}"> shone on all of them, as it had the day before.</p>',
    "<p>Short.</p>",
)
spans = st.sampled_from([None, timedelta(minutes=3), timedelta(minutes=9)])
rule_ids = st.lists(st.sampled_from([r.id for r in RULES]), max_size=3, unique=True)
modes = st.sampled_from(["full", "excerpt", "headline"])
rights = st.builds(
    Rights,
    body=modes,
    words=st.sampled_from([None, 1, 5]),
    images=st.booleans(),
    embargo=spans,
    expires=spans,
    notice=st.sampled_from([None, "© The agency <all> & rights"]),
    license=st.sampled_from([None, "https://licences.example/by?a=1&b=2"]),
)
selections = st.builds(
    Selection,
    sources=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True).map(tuple),
    languages=st.sampled_from([(), ("en",), ("fa", "de")]),
    max_age=st.sampled_from([None, timedelta(minutes=6)]),
)


@st.composite
def configs(draw) -> Config:
    """A config of three sources and two publications."""
    return Config(
        folder=Path("/nowhere"),
        sources=tuple(
            Source(
                id=id_,
                url=f"https://{id_}.example/feed",
                rights=draw(rights),
                rules=tuple(draw(rule_ids)),
            )
            for id_ in SOURCES
        ),
        publications=tuple(
            Publication(
                id=id_,
                title=id_,
                select=draw(selections),
                rules=tuple(draw(rule_ids)),
                limit=draw(st.sampled_from([2, 100])),
                body=draw(modes),
            )
            for id_ in ("wire", "local")
        ),
        rules=RULES,
    )


@st.composite
def articles(draw) -> Article:
    """An article of one of the sources; some share a link, some carry pictures."""
    number = draw(st.integers(0, 10))
    id_ = draw(st.sampled_from(SOURCES))
    pictured = draw(st.booleans())
    story = draw(st.sampled_from([None, "https://story.example/1"]))
    return article(
        number,
        url=story or f"https://{id_}.example/{number}",
        published_id=f"tag:{id_}.example,2026:{number}",
        keys=(f"guid:{number}",),
        attribution=attribution(source_id=id_, title=id_.upper()),
        body=draw(st.sampled_from(BODIES)),
        title=draw(st.sampled_from(["RAIN IN ROME AGAIN", "Sun in Siena"])),
        language=draw(st.sampled_from(["en", "fa", None])),
        image=Image(url=PICTURE) if pictured else None,
        enclosures=(Enclosure(url=PICTURE, type="image/jpeg"),) if pictured else (),
    )


@dataclass(frozen=True)
class World:
    """A Wire, what was fetched for it, and what it published."""

    wire: Wire
    fetched: tuple[Article, ...]
    output: Path


@contextmanager
def world(config: Config, fetched: list[Article]):
    """Give a world in which all these articles came and were published."""
    once = {(a.source_id, a.published_id): a for a in fetched}
    unique = tuple({a.id: a for a in once.values()}.values())
    with TemporaryDirectory() as folder:
        here = replace(
            config, store=emptystore.at(folder), output=Path(folder) / "public"
        )
        wire = Wire(here, clock=lambda: NOON)
        try:
            wire.store.put_states(map(state_of, SOURCES), configured=set(SOURCES))
            wire.enlist()
            for id_ in SOURCES:
                new = [wire.editorial.edit(a) for a in unique if a.source_id == id_]
                wire.store.record([polled(id_, at=NOON, new=tuple(new))])
            wire.publish()
            yield World(wire, unique, here.output)
        finally:
            wire.close()
