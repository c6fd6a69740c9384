"""Joined pieces are what feedgen itself writes for the whole, byte for byte."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import ANY_RIGHTS, NOON, article, publication, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import articles, names

from aggregator import __version__
from aggregator.model import Enclosure, Image, Tag
from aggregator.publishing import formats
from aggregator.publishing.document import compose, latest, masthead
from aggregator.publishing.formats import _feedgen, atom, rss
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint

BASE = "https://wire.example"


def by_feedgen_alone(name, reports, language):
    """The whole document in one go: no slicing, no joining, no keeping."""
    top = masthead(publication(), name, BASE)
    format_ = {"rss": rss, "atom": atom}[name]
    feed = _feedgen.titled(top, format_.media_type, language, latest(reports))
    if name == "rss":
        feed.generator(f"Media Wire {__version__}")
        feed.entry([rss.item(each, top) for each in reports])
        return feed.rss_str()
    if not reports:
        feed.author(name=top.title)
    feed.entry([atom.feed_entry(each, top) for each in reports])
    return feed.atom_str()


def joined(name, reports, kept):
    pairs = [(each, fingerprint(each)) for each in reports]
    return compose(publication(), name, pairs, base_url=BASE, kept=kept).body


def head_by_feedgen_alone(name, top, language, updated):
    format_ = {"rss": rss, "atom": atom}[name]
    feed = _feedgen.titled(top, format_.media_type, language, updated)
    if name == "rss":
        feed.generator(f"Media Wire {__version__}")
        return feed.rss_str()
    if not updated:
        feed.author(name=top.title)
    return feed.atom_str()


def rich(number):
    return article(
        number,
        body="<p>سلام &amp; ]]&gt; 日本語</p>" * number,
        source_title="LOUD",
        tags=(Tag(term="a", scheme="https://a.example/", label="A"),),
        authors=("Ann", "Ben"),
        enclosures=(Enclosure(url="https://a.example/x.mp3", length=5),),
        image=Image(url="https://a.example/i.png", credit="Cid"),
    )


@pytest.mark.parametrize("name", ["rss", "atom"])
@pytest.mark.parametrize("count", [0, 1, 2, 30])
def test_the_join_is_feedgens_own_document(name, count):
    reports = [report(rich(n), publication(), ANY_RIGHTS) for n in range(1, count + 1)]

    language = "en" if reports else None
    assert joined(name, reports, Pieces()) == by_feedgen_alone(name, reports, language)


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_the_join_is_the_same_when_most_of_it_was_kept(name):
    kept = Pieces()
    reports = [report(rich(n), publication(), ANY_RIGHTS) for n in range(1, 20)]
    joined(name, reports, kept)
    reports[6] = report(
        article(7, title="Changed", updated=NOON + timedelta(days=1)),
        publication(),
        ANY_RIGHTS,
    )

    assert joined(name, reports, kept) == by_feedgen_alone(name, reports, "en")


@pytest.mark.parametrize("name", ["rss", "atom"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(invented=st.lists(articles(), max_size=3, unique_by=lambda a: a.published_id))
def test_the_join_is_feedgens_own_whatever_came_in(name, invented):
    reports = [
        report(each, publication(language="en"), ANY_RIGHTS) for each in invented
    ]
    pairs = [(each, fingerprint(each)) for each in reports]

    document = compose(
        publication(language="en"), name, pairs, base_url=BASE, kept=Pieces()
    )

    assert document.left_out == ()
    assert document.body == by_feedgen_alone(name, reports, "en")


@pytest.mark.parametrize("name", ["rss", "atom"])
@settings(max_examples=60, deadline=None)
@given(
    said=st.tuples(names, names),
    image=st.sampled_from([None, "https://a.example/logo.png?a=1&b=<2>"]),
    language=st.sampled_from([None, "en", "fa-IR"]),
    dates=st.lists(st.datetimes(timezones=st.just(UTC)) | st.none(), min_size=1),
)
def test_a_head_is_feedgens_own_at_any_date(name, said, image, language, dates):
    shown = publication(title=said[0], description=said[1], image=image)
    top = masthead(shown, name, BASE)
    for date in dates:
        head = formats.named(name).head(top, language=language, updated=date)

        feedgens = head_by_feedgen_alone(name, top, language, date)
        assert head.before + head.after == feedgens


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_a_publication_that_says_dates_of_itself_keeps_them(name):
    said = "<updated>1999</updated> <lastBuildDate>1999</lastBuildDate>"
    top = masthead(publication(title=said, description=said), name, BASE)

    head = formats.named(name).head(top, language="en", updated=NOON)

    assert head.before + head.after == head_by_feedgen_alone(name, top, "en", NOON)


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_feedgen_writes_a_head_once_for_all_dates(name, monkeypatch):
    top = masthead(publication(title="Only here"), name, BASE)
    titled, written = _feedgen.titled, []
    format_ = formats.named(name)
    monkeypatch.setattr(format_, "titled", lambda *a: written.append(a) or titled(*a))

    for minute in range(3):
        date = datetime(2026, 11, 24, 12, minute, tzinfo=UTC)
        format_.head(top, language="en", updated=date)

    assert len(written) == 1
