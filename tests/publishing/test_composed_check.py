"""Entries that were read back one by one need not be read back together."""

import gc
from datetime import timedelta

import pytest
from builders import ANY_RIGHTS, NOON, article, publication, report
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import articles

from aggregator.errors import PublishError
from aggregator.publishing import Publisher, formats
from aggregator.publishing.check import check
from aggregator.publishing.document import compose
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint

NAMES = ("rss", "atom", "json")


def composed(name, shown):
    reports = [report(each, publication(), ANY_RIGHTS) for each in shown]
    pairs = [(each, fingerprint(each)) for each in reports]
    return compose(
        publication(), name, pairs, base_url="https://wire.example", kept=Pieces()
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    invented=st.lists(
        articles(), min_size=1, max_size=4, unique_by=lambda a: a.published_id
    )
)
def test_entries_that_read_well_alone_read_well_together(name, invented):
    document = composed(name, invented)
    for piece in document.pieces:
        alone = b"".join(document.head.parts([piece.entry]))
        check(alone, formats.named(name), [piece.essentials])

    check(document.body, formats.named(name), document.essentials)


def lengths_read(name, monkeypatch):
    """Let a format note the length of what it reads back."""
    read, lengths = formats.named(name).read, []

    def noted(document):
        lengths.append(len(document))
        return read(document)

    monkeypatch.setattr(formats.named(name), "read", noted)
    return lengths


@pytest.mark.parametrize("name", NAMES)
def test_the_first_document_is_read_back_whole_later_ones_where_they_are_new(
    name, tmp_path, monkeypatch
):
    publisher = Publisher(tmp_path, base_url="https://wire.example")
    of_this = publication(formats=(name,))
    shown = [report(article(n), of_this, ANY_RIGHTS) for n in range(1, 22)]
    file = tmp_path / f"feeds/wire.{name}"
    lengths = lengths_read(name, monkeypatch)

    publisher.publish(of_this, shown[1:], now=NOON)
    first, whole = max(lengths), len(file.read_bytes())
    lengths.clear()
    publisher.publish(of_this, shown, now=NOON + timedelta(hours=1))

    assert first == whole
    assert max(lengths) < whole / 4


@pytest.mark.parametrize("name", NAMES)
def test_a_document_that_does_not_pass_stays_out(name, tmp_path, monkeypatch):
    publisher = Publisher(tmp_path, base_url="https://wire.example")
    of_this = publication(formats=(name,))
    shown = [report(article(n), of_this, ANY_RIGHTS) for n in range(1, 4)]
    publisher.publish(of_this, shown[1:], now=NOON)
    file = tmp_path / f"feeds/wire.{name}"
    before = file.read_bytes()

    def broken(_document):
        raise PublishError("the document is not well-formed")

    monkeypatch.setattr(formats.named(name), "read", broken)
    # Every piece of it passed before, so that only the head is new.
    (status,) = publisher.publish(of_this, shown[1:2], now=NOON + timedelta(hours=1))

    assert "not well-formed" in status.refused
    assert file.read_bytes() == before


def readers():
    """Return how many readers and parsers there are, whoever holds them."""
    kinds = [type(each).__name__ for each in gc.get_objects()]
    return kinds.count("_Reader"), kinds.count("xmlparser")


@pytest.mark.parametrize("name", NAMES)
def test_reading_back_leaves_nothing_for_the_garbage_collector(name):
    """O4: a month of 30,000 entries left 150 MB of readers to be collected later."""
    body = composed(name, [article()]).body
    formats.named(name).read(body)
    gc.collect()

    gc.disable()
    try:
        before = readers()
        formats.named(name).read(body)
        assert readers() == before
    finally:
        gc.enable()


@pytest.mark.parametrize("field", ["id", "title", "content"])
def test_what_an_entry_says_twice_is_not_what_was_meant(field):
    """Of two titles, each reader takes another."""
    document = composed("atom", [article(1)])
    twice = document.body.replace(
        f"<{field}".encode(), f"<{field}>Other</{field}><{field}".encode()
    )

    with pytest.raises(PublishError, match=f"another {field} than was meant"):
        check(twice, formats.named("atom"), document.essentials)
