"""What a poll leaves in the store, and what it costs."""

import pytest
from msgspec.structs import replace
from newsroom import (
    HOUR,
    MINUTE,
    NOW,
    article,
    document,
    id_of,
    left_at_default,
    polled,
    source,
)
from sqlalchemy import event

from aggregator.errors import StoreError
from aggregator.model import (
    Article,
    Attribution,
    Document,
    Dropped,
    Enclosure,
    Image,
    Selection,
    Tag,
    Via,
    Withdrawn,
)

EVERYTHING = article(
    keys=("guid: 42\t", "link:https://bbc.example/flood", "text:ab"),
    source_title="سیل در ایران",
    title="Flood «in» Iran",
    rules=("house-style",),
    authors=("A", "B"),
    tags=(Tag(term="x", scheme="s", label="l"), Tag(term="y")),
    desk_tags=("world", "iran"),
    language="fa-IR",
    source_type="application/xhtml+xml",
    summary="In short.",
    enclosures=(
        Enclosure(
            url="https://e.example/a.mp3",
            type="audio/mpeg",
            length=2**40,
            title="t",
            credit="c",
            duration=3,
        ),
        Enclosure(url="https://e.example/b"),
    ),
    image=Image(
        url="https://i.example/",
        type="image/png",
        width=1,
        height=2,
        alt="a",
        credit="c",
    ),
    attribution=Attribution(
        source_id="bbc",
        title="BBC",
        feed_url="https://bbc.example/feed",
        site_url="https://bbc.example/",
        feed_id="tag:bbc",
        author="BBC",
        rights="© BBC",
        feed_rights="© All",
        license="https://l.example/",
        via=Via(
            title="AP",
            feed_url="https://a/",
            site_url="https://s/",
            id="tag:ap",
            rights="",
        ),
    ),
    dated=NOW - HOUR,
    published=NOW - 2 * MINUTE,
    updated=NOW - MINUTE,
    first_seen=NOW - 3 * MINUTE,
    listed_at=NOW - 4 * MINUTE,
    raw=b"<item>\x00\xff raw</item>",
    source_body="<p>متن</p>",
    body="<p>متن</p>",
    text_sha256="ab" * 32,
    changes=("made absolute",),
    revision=3,
    dropped=Dropped(rule="no-sport", reason="football"),
    withdrawn=Withdrawn(at=NOW, reason="mistaken", by="desk"),
    override="The desk's own headline",
    stand_in="Water stood in the streets of…",
    taken_by=("floods",),
)


@pytest.fixture
def desk(store):
    """A store with two configured sources."""
    store.put_states([source("bbc"), source("ap")], configured={"bbc", "ap"})
    return store


@pytest.fixture
def statements(desk):
    """Every statement that reaches the database, with how many rows it was for."""
    seen: list[tuple[str, int]] = []

    def note(_connection, _cursor, statement, parameters, _context, many):
        seen.append((statement, len(parameters) if many else 1))

    event.listen(desk._engine, "before_cursor_execute", note)
    yield seen
    event.remove(desk._engine, "before_cursor_execute", note)


def test_every_field_of_an_article_comes_back_as_it_was(desk):
    desk.record([polled(new=(EVERYTHING,))])

    assert not left_at_default(EVERYTHING)
    assert desk.article(EVERYTHING.id) == EVERYTHING


def test_an_article_with_nothing_but_the_needful_comes_back_as_it_was(desk):
    bare = article(url=None, keys=(), body="", source_body="", raw=b"")

    desk.record([polled(new=(bare,))])

    assert desk.article(bare.id) == bare


def test_no_statement_for_many_rows_asks_for_anything_back(desk, statements):
    """sqlite3 of Python 3.12 and later refuses it, and then nothing is stored."""
    desk.record([polled(new=(article("one"), article("two")))])

    written = [statement for statement, _ in statements if "INSERT" in statement]
    assert any("INTO search" in statement for statement in written)
    assert not [statement for statement in written if "RETURNING" in statement]


def test_an_unknown_article_is_none(desk):
    assert desk.article("0" * 20) is None


def test_a_document_is_remembered_with_the_articles_it_listed(desk):
    first, second = article("one"), article("two")

    desk.record([polled(new=(first, second), document=document(second, first))])

    assert desk.document("bbc") == document(second, first)
    assert desk.document("ap") is None


def test_a_poll_that_read_nothing_keeps_the_document(desk):
    report = article()
    desk.record([polled(new=(report,), document=document(report))])

    desk.record([polled(at=NOW + HOUR)])

    assert desk.document("bbc") == document(report)


def test_an_empty_document_replaces_the_last_one(desk):
    """D18: a source that turns empty keeps its articles."""
    report = article()
    desk.record([polled(new=(report,), document=document(report))])

    empty = Document(context=b"rss", items=())
    desk.record([polled(at=NOW + HOUR, document=empty)])

    assert desk.document("bbc") == empty
    assert desk.article(report.id) == report


def test_unchanged_sources_cost_one_statement_for_all_of_them(desk, statements):
    desk.record([polled("bbc"), polled("ap")])

    # On PostgreSQL a transaction that writes waits for its turn first.
    said = [(text.split()[:2], n) for text, n in statements if "xact_lock" not in text]
    assert said == [(["UPDATE", "sources"], 2)]


def test_new_articles_are_written_row_by_row_of_one_statement_a_table(desk, statements):
    reports = tuple(article(f"n{n}") for n in range(30))

    desk.record([polled(new=reports, document=document(*reports))])

    inserts = [text.split()[2] for text, _ in statements if text.startswith("INSERT")]
    assert sorted(inserts) == sorted(set(inserts))
    assert all(text.count("VALUES") <= 1 for text, _ in statements)


def test_the_same_poll_recorded_twice_leaves_one_article(desk):
    """D1: a crash between the commit and its answer doubles nothing."""
    report = article(desk_tags=("world",))
    found = polled(new=(report,), document=document(report))

    desk.record([found])
    desk.record([found])

    assert list(desk.articles(bodies=True)) == [report]
    assert desk.latest(Selection(tags=("world",)), now=NOW, limit=9) == [report]
    assert len(desk.journal.poll_log("bbc")) == 1


def test_recording_an_article_again_does_not_undo_what_the_desk_decided(desk):
    report = article()
    desk.record([polled(new=(report,))])
    desk.withdraw(report.id, at=NOW, reason="mistaken", by="desk")

    desk.record([polled(new=(report,))])

    assert desk.article(report.id).withdrawn.by == "desk"
    assert desk.latest(Selection(), now=NOW, limit=9) == []


def test_the_same_article_twice_in_one_batch_is_stored_once(desk):
    report = article()

    desk.record([polled(new=(report,)), polled(at=NOW + MINUTE, new=(report,))])

    assert desk.count() == 1


def test_a_change_is_seen_and_what_stood_before_is_kept(desk):
    """D16: updated in place; first seen, published id and position stay."""
    before = article(title="Old")
    desk.record([polled(new=(before,))])
    after = replace(
        before,
        title="New",
        source_title="New",
        url="https://bbc.example/moved",
        body="<p>More words.</p>",
        updated=NOW + HOUR,
        revision=1,
        first_seen=NOW + HOUR,
        listed_at=NOW + HOUR,
        published_id="tag:other",
    )

    desk.record([polled(at=NOW + HOUR, changed=(after,))])

    assert desk.article(before.id) == replace(
        after,
        first_seen=before.first_seen,
        listed_at=before.listed_at,
        published_id=before.published_id,
    )
    assert desk.revisions(before.id) == [before]


def test_recording_a_change_twice_keeps_one_revision(desk):
    before = article()
    desk.record([polled(new=(before,))])
    change = polled(at=NOW + HOUR, changed=(replace(before, title="New", revision=1),))

    desk.record([change])
    desk.record([change])

    assert [old.title for old in desk.revisions(before.id)] == [before.title]


def test_a_change_that_counts_for_no_revision_leaves_none(desk):
    """D16: a counter in the text changes at each poll."""
    before = article()
    desk.record([polled(new=(before,))])

    desk.record([polled(changed=(replace(before, body="<p>2 views</p>"),))])

    assert desk.article(before.id).body == "<p>2 views</p>"
    assert desk.revisions(before.id) == []


def test_a_change_moves_an_article_between_lists(desk):
    before = article(language="en", desk_tags=("world",))
    desk.record([polled(new=(before,))])

    dropped = Dropped(rule="r", reason="x")
    desk.record([polled(changed=(replace(before, language="fa"),))])
    persian = desk.latest(Selection(languages=("fa",)), now=NOW, limit=9)
    english = desk.latest(Selection(languages=("en",)), now=NOW, limit=9)
    desk.record([polled(changed=(replace(before, dropped=dropped),))])

    assert [found.id for found in persian] == [before.id]
    assert english == []
    assert desk.latest(Selection(tags=("world",)), now=NOW, limit=9) == []
    assert desk.latest(Selection(), now=NOW, limit=9) == []


def test_a_changed_article_that_was_pruned_meanwhile_comes_back(desk):
    report = article()

    desk.record([polled(changed=(report,), aliases=(("guid:new", report.id),))])

    assert desk.article(report.id) == report
    assert desk.known("bbc", ["guid:new"])["guid:new"].id == report.id


def test_a_source_takes_an_article_back(desk):
    """D18: at:deleted-entry removes it from the outputs; it stays recognisable."""
    report = article(desk_tags=("world",))
    desk.record([polled(new=(report,))])

    desk.record([polled(at=NOW + HOUR, deletions=((report.id, "withdrawn in error"),))])

    assert desk.article(report.id).withdrawn == Withdrawn(
        at=NOW + HOUR, reason="withdrawn in error", by="source"
    )
    assert desk.latest(Selection(), now=NOW, limit=9) == []
    assert desk.latest(Selection(tags=("world",)), now=NOW, limit=9) == []
    assert desk.known("bbc", report.keys)[report.keys[0]].withdrawn


def test_a_change_does_not_bring_a_withdrawn_article_back(desk):
    report = article(desk_tags=("world",))
    desk.record([polled(new=(report,))])
    desk.withdraw(report.id, at=NOW, reason="mistaken", by="desk")

    desk.record([polled(changed=(replace(report, title="New", revision=1),))])

    assert desk.article(report.id).withdrawn.reason == "mistaken"
    assert desk.latest(Selection(), now=NOW, limit=9) == []
    assert desk.latest(Selection(tags=("world",)), now=NOW, limit=9) == []


def test_an_article_is_known_by_each_of_its_keys_and_by_its_aliases(desk):
    report = article()
    desk.record([polled(new=(report,))])
    desk.record([polled(aliases=(("guid:new form", report.id),))])

    known = desk.known("bbc", [*report.keys, "guid:new form", "guid:nobody"])

    assert set(known) == {*report.keys, "guid:new form"}
    assert {found.id for found in known.values()} == {report.id}
    assert known["guid:new form"].keys == report.keys


def test_keys_belong_to_one_source(desk):
    """The same guid from two agencies is two articles."""
    ours, theirs = article(), article(source_id="ap", keys=article().keys)
    desk.record([polled("bbc", new=(ours,)), polled("ap", new=(theirs,))])

    assert desk.known("bbc", ours.keys)["guid:flood"].id == ours.id
    assert desk.known("ap", ours.keys)["guid:flood"].id == theirs.id


def test_a_long_first_document_of_a_source_is_known_by_nothing(desk, statements):
    reports = tuple(article(f"n{n}") for n in range(40))
    desk.record([polled(new=reports)])
    statements.clear()

    known = desk.known("ap", [key for report in reports for key in report.keys])

    assert known == {}
    assert len([text for text, _ in statements if text.startswith("SELECT")]) == 1


def test_the_first_article_to_hold_a_key_keeps_it(desk):
    first, second = article("one"), article("two", keys=("guid:one", "guid:two"))

    desk.record([polled(new=(first, second))])

    known = desk.known("bbc", ["guid:one", "guid:two"])
    assert [known["guid:one"].id, known["guid:two"].id] == [first.id, second.id]


def test_thousands_of_keys_are_asked_for_at_once(desk, statements):
    reports = tuple(article(f"n{n}") for n in range(700))
    desk.record([polled(new=reports)])
    statements.clear()
    asked = [key for report in reports for key in report.keys]

    known = desk.known("bbc", asked)

    assert len(known) == 2_100
    assert len([text for text, _ in statements if text.startswith("SELECT")]) <= 5


def test_keys_of_ten_thousand_characters_are_keys_like_others(desk):
    """I21: a guid with 10 KB."""
    long = "guid:https://bbc.example/" + "x" * 10_000
    report = article(keys=(long,), published_id=long, url=long[5:])

    desk.record([polled(new=(report,))])

    assert desk.known("bbc", [long])[long].id == report.id
    assert desk.find(long) == [report]


@pytest.mark.parametrize("field", ["title", "url", "language"])
def test_a_nul_character_is_refused_and_nothing_is_written(desk, field):
    good = article("good")
    bad = article("bad", **{field: "a\0b"})

    with pytest.raises(StoreError, match="U\\+0000"):
        desk.record([polled(new=(good, bad), document=document(good, bad))])

    assert desk.count() == 0
    assert desk.document("bbc") is None
    assert desk.state("bbc") == source()


@pytest.mark.parametrize("field", ["title", "body", "source_body", "published_id"])
def test_half_a_surrogate_pair_is_refused_and_nothing_is_written(desk, field):
    bad = article("bad", **{field: "a\ud800b"})

    with pytest.raises(StoreError, match="surrogate"):
        desk.record([polled(new=(article("good"), bad))])

    assert desk.count() == 0
    assert desk.state("bbc") == source()


def test_an_article_of_no_source_is_refused(desk):
    with pytest.raises(StoreError):
        desk.record([polled(new=(article(source_id="nobody"),))])

    assert desk.count() == 0


def test_a_document_with_an_id_that_is_none_is_refused(desk):
    odd = Document(context=b"rss", items=((b"0" * 16, "not an id"),))

    with pytest.raises(StoreError, match="not an id"):
        desk.record([polled(document=odd)])


def test_nothing_recorded_is_nothing_done(desk, statements):
    desk.record([])

    assert statements == []


def test_the_raw_item_and_the_bodies_are_compressed_as_one(desk):
    """Said three times, kept once: source body and body cost a few bytes more."""
    words = " ".join(id_of(str(n)) for n in range(100))
    thrice = article(raw=words.encode(), source_body=words, body=words)
    once = article("once", raw=words.encode(), source_body="", body="")
    desk.record([polled(new=(thrice, once))])

    with desk._reading() as connection:
        sizes = connection.exec_driver_sql("SELECT length(texts) FROM bodies").scalars()
        small, large = sorted(sizes)

    assert large - small < 100
    assert isinstance(desk.article(thrice.id), Article)


def test_a_headline_that_the_desk_took_back_meanwhile_does_not_come_back(store):
    """A poll that had read the article before recorded it with what it had read."""
    store.put_states([source()], configured={"bbc"})
    before = article("flood", title="Flood", source_title="FLOOD")
    store.record([polled(new=(before,))])
    store.override(before.id, "The desk's own")
    (read,) = store.whole([before.id])
    read = replace(read, title="The desk's own")

    store.override(before.id, None)
    store.retitle([replace(read, title="Flood", override=None)])
    edited = replace(read, body="<p>More.</p>", revision=1, updated=NOW + HOUR)
    store.record([polled(at=NOW + HOUR, changed=(edited,))])

    (stored,) = store.whole([before.id])
    assert (stored.title, stored.override) == ("Flood", None)
