"""Whatever flips in the rows of an article is found, and named."""

import pytest
from msgspec.structs import replace
from newsroom import HOUR, NOW, article, document, polled, source
from sqlalchemy import text

from aggregator.errors import StoreDamaged
from aggregator.model import Dropped, Tag
from aggregator.text import markup

REPORT = article(
    "flood",
    body="<p>Words.</p>",
    source_body="<p>Words.</p>",
    text_sha256=markup.text_sha256("<p>Words.</p>"),
    tags=(Tag(term="rain"),),
    desk_tags=("europe",),
    language="en-GB",
    summary="In short",
    authors=("A. Reporter",),
    changes=("made addresses absolute",),
    rules=("house",),
    dated=NOW,
)
LATER = replace(REPORT, source_title="Another", revision=1, updated=NOW + HOUR)

TEXTS = (
    *("published_id", "keys", "url", "source_title", "title", "rules", "authors"),
    *("tags", "desk_tags", "language", "attribution", "text_sha256"),
)
NUMBERS = ("dated", "published", "updated", "first_seen", "listed_at", "revision")


@pytest.fixture
def desk(store):
    store.put_states([source()], configured={"bbc"})
    store.record([polled(new=(REPORT,), document=document(REPORT))])
    return store


def flip(store, statement, **values):
    with store._writing() as connection:
        connection.execute(text(statement), values)


def wrong(store):
    return [sentence for proof in store.evidence.proofs() for sentence in proof.wrong]


def test_what_is_as_it_was_written_has_nothing_wrong(desk):
    desk.record([polled(at=NOW + HOUR, changed=(LATER,))])
    ours = replace(LATER, title="Ours", rules=("house",), taken_by=("wire",))
    desk.retitle([ours])
    desk.retag("bbc", ("world",))
    desk.override(REPORT.id, "The desk's own")
    desk.retitle([replace(ours, rules=(), dropped=Dropped(rule="no", reason="so"))])
    desk.withdraw(REPORT.id, at=NOW, reason="mistaken", by="desk")

    assert wrong(desk) == []
    assert desk.evidence.dangling() == []
    assert len(desk.revisions(REPORT.id)) == 1


@pytest.mark.parametrize("column", TEXTS)
def test_a_flipped_character_is_found_and_its_column_named(desk, column):
    flip(desk, f"UPDATE articles SET {column} = replace({column}, 'e', 'f')")

    assert any(column in sentence for sentence in wrong(desk))


@pytest.mark.parametrize("column", NUMBERS)
def test_a_moved_number_is_found(desk, column):
    flip(desk, f"UPDATE articles SET {column} = {column} + 1")

    assert any(column in sentence for sentence in wrong(desk))


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("articles", "tags", '["f"]'),
        ("articles", "dropped", "x"),
        ("articles", "withdrawn", "[1]"),
        ("articles", "attribution", "[]"),
        ("articles", "image", '{"a":1}'),
        ("articles", "published", 2**62),
        ("bodies", "texts", b"no words"),
        ("bodies", "changes", "{"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_article(desk, table, column, value):
    flip(desk, f"UPDATE {table} SET {column} = :value", value=value)

    assert f"its {column} cannot be read" in wrong(desk)
    with pytest.raises(StoreDamaged, match=f"{REPORT.id}: its {column} cannot"):
        desk.article(REPORT.id)


@pytest.mark.parametrize(
    ("column", "value"), [("keys", "[5]"), ("tags", '[{"term":5}]')]
)
def test_what_is_of_another_type_is_named(desk, column, value):
    flip(desk, f"UPDATE articles SET {column} = :value", value=value)

    assert any(f"$.{column}[0]" in sentence for sentence in wrong(desk))


@pytest.mark.parametrize("column", ["summary", "changes", "source_type"])
def test_a_flip_beside_the_words_is_found(desk, column):
    flip(desk, f"UPDATE bodies SET {column} = replace({column}, 't', 'd')")

    assert any(column in sentence for sentence in wrong(desk))


def test_every_flipped_byte_of_the_words_is_found(desk):
    with desk._reading() as connection:
        words = bytes(connection.scalar(text("SELECT texts FROM bodies")))

    for at in range(len(words)):
        flipped = words[:at] + bytes([words[at] ^ 1]) + words[at + 1 :]
        flip(desk, "UPDATE bodies SET texts = :texts", texts=flipped)
        assert wrong(desk), f"byte {at}"


def test_articles_that_change_places_are_found(desk):
    other = article("storm", title=REPORT.title, source_title=REPORT.source_title)
    desk.record([polled(new=(other,))])
    flip(
        desk,
        "UPDATE bodies SET texts = (SELECT texts FROM bodies WHERE article_id = :a) "
        "WHERE article_id = :b",
        a=REPORT.id,
        b=other.id,
    )

    assert wrong(desk)


def test_what_hides_an_article_is_found(desk):
    flip(desk, "UPDATE articles SET shown = (1 = 0)")

    assert "shown does not follow from dropped and withdrawn" in wrong(desk)


@pytest.mark.parametrize("is_dropped", [True, False])
def test_what_shows_an_article_that_is_not_to_be_shown_is_found(desk, is_dropped):
    if is_dropped:
        desk.retitle([replace(REPORT, dropped=Dropped(rule="no", reason="so"))])
    else:
        desk.withdraw(REPORT.id, at=NOW, reason="mistaken", by="desk")
    assert wrong(desk) == []

    flip(desk, "UPDATE articles SET shown = (1 = 1)")

    assert "shown does not follow from dropped and withdrawn" in wrong(desk)


def test_lost_words_are_told_and_nothing_that_follows_from_that(desk):
    flip(desk, "DELETE FROM bodies")

    assert wrong(desk) == ["its words are missing"]


@pytest.mark.parametrize("table", ["keys", "refs", "listing"])
def test_a_lost_name_or_list_entry_is_found(desk, table):
    flip(desk, f"DELETE FROM {table}")

    assert wrong(desk)


def test_a_lost_key_is_found_though_another_source_has_an_entry_of_that_id(desk):
    """Its source's entry would come as a new report."""
    theirs = replace(article("flood", "ap"), keys=REPORT.keys)
    desk.put_states([source("ap")], configured={"bbc", "ap"})
    desk.record([polled("ap", new=(theirs,))])
    assert wrong(desk) == []

    flip(desk, "DELETE FROM keys WHERE source_id = 'bbc'")

    assert wrong(desk) == [
        "a key under which its source's entry is recognised is missing"
    ]


@pytest.mark.parametrize("table", ["keys", "listing"])
def test_a_name_that_leads_nowhere_is_found(desk, table):
    flip(desk, f"UPDATE {table} SET article_id = '0123456789abcdef0123'")

    assert desk.evidence.dangling() == [f"{table}: 0123456789abcdef0123 is no article"]


@pytest.mark.parametrize("column", ["title", "url", "source_type", "source_title"])
def test_a_flip_in_an_earlier_revision_is_found(desk, column):
    desk.record([polled(at=NOW + HOUR, changed=(LATER,))])
    flip(desk, f"UPDATE revisions SET {column} = replace({column}, 'e', 'f')")

    assert any(s.startswith("revision 0: ") and column in s for s in wrong(desk))


def test_a_key_that_was_held_by_a_pruned_article_is_not_missed(desk):
    """The first article to hold a key keeps it, and takes it along."""
    early = NOW - 9 * HOUR
    first = replace(article("first"), listed_at=early, first_seen=early)
    second = article("second")
    second = replace(second, keys=(*second.keys, "text:first"))
    desk.record([polled(new=(first, second), document=document(second))])

    assert desk.prune(NOW - HOUR) == 1

    assert wrong(desk) == []
