"""Search finds the same on both databases, and always what articles say now."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from newsroom import HOUR, MINUTE, NOW, article, document, id_of, polled, source
from sqlalchemy import text

from aggregator.model import Dropped
from aggregator.store import migrate, open_store, schema_version
from aggregator.store.connecting import connect, parsed_url
from aggregator.store.migrations import VERSIONS
from tests.earlier import back_to


@pytest.fixture
def desk(store):
    store.put_states([source("bbc")], configured={"bbc"})
    return store


def report(name, title="", body="", **changes):
    return article(name, source_title=title, title=title, body=body, **changes)


def names(desk, query, **more):
    """Return the names of the articles that a query finds, in its order."""
    found = desk.search(query, limit=more.pop("limit", 99), **more)
    return [each.published_id.rpartition(":")[2] for each in found]


def written(desk, *reports):
    desk.record([polled(new=reports)])


def test_words_are_found_in_headlines_and_texts_without_their_markup(desk):
    written(
        desk,
        report("a", "Flood in Rome"),
        report("b", "Other", '<p class="flood">The <b>fl</b>ood&#8217;s end</p>'),
        report("c", "Flooded", "<p>class</p>"),
    )

    assert names(desk, "FLOOD") == ["b", "a"]
    assert names(desk, "flood rome") == ["a"]
    assert names(desk, "class") == ["c"]
    assert names(desk, "8217") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ايران", "fa"),
        ("ایران", "fa"),
        ("كتابهای", ""),
        ("كتاب‌هاى", "fa"),
        ("1404", "fa"),
        ("١٤٠٤", "fa"),
        ("cafe", "fr"),
        ("CAFÉ", "fr"),
        ('"ecole normale"', "fr"),
        ('"normale ecole"', ""),
        ("normal*", "fr"),
        ("normal", ""),
        ("cafe -ecole", ""),
        ("cafe -normal", "fr"),
        ("cafe -normal*", ""),
        ("東京", "ja"),
        ("京都", ""),
        ("東京 -塔", "ja"),
        ("हिन्दी", "hi"),
        ("हन्दी", ""),
    ],
)
def test_a_query_finds_what_a_reader_means(desk, query, found):
    written(
        desk,
        report("fa", "کتاب‌های ایران در ۱۴۰۴"),
        report("fr", "Café", "<p>L’école normale</p>"),
        report("ja", "東京タワーと都"),
        report("hi", "हिन्दी में"),
    )

    assert names(desk, query) == ([found] if found else [])


@pytest.mark.parametrize("query", ["", "   ", "-flood", '"', "*", "-", "''", "()"])
def test_a_query_that_asks_for_nothing_finds_nothing(desk, query):
    written(desk, report("a", "Flood"))

    assert names(desk, query) == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text("ab \"'*-()^:{}&|!<>\\+\0\n%\u200cک١", max_size=12))
def test_nothing_that_is_typed_is_an_error(desk, query):
    desk.search(query, limit=3)


def test_results_come_newest_listed_first_and_page_by_page(desk):
    when = {name: NOW - n * MINUTE for n, name in enumerate("abcde")}
    reports = [report(name, "Flood", listed_at=at) for name, at in when.items()]
    written(desk, reports[3], reports[0])
    written(desk, reports[4], reports[2], reports[1])

    first = desk.search("flood", limit=2)
    place = (first[-1].listed_at, first[-1].id)

    assert names(desk, "flood") == ["a", "b", "c", "d", "e"]
    assert names(desk, "flood", limit=2, before=place) == ["c", "d"]
    gone = (when["c"], id_of("nobody"))
    assert names(desk, "flood", before=gone) == ["d", "e"]


def test_articles_listed_at_the_same_moment_come_once_each(desk):
    written(desk, *(report(f"n{n}", "Flood") for n in range(30)))

    pages, place = [], None
    while page := desk.search("flood", limit=7, before=place):
        pages += page
        place = (page[-1].listed_at, page[-1].id)

    assert len(pages) == len({each.id for each in pages}) == 30


def test_an_article_is_found_by_what_its_source_says_now(desk):
    written(desk, report("a", "Flood", "<p>old words</p>"))
    changed = report("a", "Drought", "<p>new words</p>", revision=1)
    desk.record([polled(changed=(changed,))])

    assert names(desk, "drought new") == ["a"]
    assert names(desk, "flood") == names(desk, "old") == []


def test_an_article_is_found_by_its_own_headline_and_by_ours(desk):
    hits = replace(report("a", "FLOOD HITS"), title="Flood hits")
    written(desk, hits)
    desk.retitle([replace(hits, title="Waters rise", rules=("desk",))])

    assert names(desk, "hits") == names(desk, "rise") == ["a"]


def test_what_is_taken_back_or_dropped_is_not_found(desk):
    dropped = Dropped(rule="r", reason="x")
    written(desk, report("a", "Flood"), report("b", "Flood", dropped=dropped))
    desk.withdraw(id_of("bbc a"), at=NOW, reason="x", by="desk")

    assert names(desk, "flood") == []


def test_what_is_pruned_leaves_no_words_behind(desk):
    old = report("a", "Flood", listed_at=NOW - timedelta(days=9))
    written(desk, old, report("b", "Flood"))

    assert desk.prune(NOW - HOUR) == 1

    assert names(desk, "flood") == ["b"]
    if desk._engine.dialect.name == "sqlite":
        check_index(desk)


@pytest.mark.parametrize(("days", "found"), [(-99_999, []), (999_999, ["b", "a"])])
def test_a_place_outside_of_all_time_is_the_nearest(desk, days, found):
    written(desk, report("a", "Flood"), report("b", "Flood"))

    assert names(desk, "flood", before=(NOW + timedelta(days=days), "")) == found


def test_a_very_long_report_is_taken_in(desk):
    written(desk, report("a", "Flood", f"<p>{'ﷺ' * 99_000} {'x' * 9_000} end</p>"))

    assert names(desk, "flood") == ["a"]


def test_a_store_from_before_is_indexed_when_it_is_migrated(store_url):
    with open_store(store_url) as store:
        store.put_states([source("bbc")], configured={"bbc"})
        flood = report("a", "Flood", "<p>Rome</p>")
        store.record([polled(new=(flood,), document=document(flood))])
    before(store_url, "0002", "DROP TABLE IF EXISTS search_index", "DROP TABLE search")

    assert schema_version(store_url) == "0001"
    migrate(store_url)

    with open_store(store_url) as store:
        assert names(store, "flood rome") == ["a"]


def test_what_was_folded_by_earlier_rules_is_folded_anew(store_url):
    with open_store(store_url) as store:
        store.put_states([source("bbc")], configured={"bbc"})
        styled, plain = report("a", "𝐅𝐥𝐨𝐨𝐝 at 9℃"), report("b", "Rome")
        crying = report("c", "ㅋㅠ")
        new = (styled, plain, crying)
        store.record([polled(new=new, document=document(styled))])
    folded = (
        (styled, "F l o o d at 9 C"),
        (plain, "paris"),
        (crying, "\u110f\u1172"),  # a consonant and a vowel
    )
    was = [
        f"UPDATE search SET words = '{words}' WHERE article_id = '{each.id}'"
        for each, words in folded
    ]
    before(store_url, "0010", *was)

    migrate(store_url)

    with open_store(store_url) as store:
        assert names(store, "flood 9 c") == ["a"]
        assert names(store, "paris") == ["b"]
        assert names(store, "ㅋㅠ") == ["c"]


def test_a_damaged_article_keeps_no_store_from_being_folded_anew(store_url):
    with open_store(store_url) as store:
        store.put_states([source("bbc")], configured={"bbc"})
        new = report("a", "𝐅𝐥𝐨𝐨𝐝"), report("b", "𝐑𝐨𝐦𝐞")
        store.record([polled(new=new, document=document(*new))])
    torn = f"UPDATE bodies SET texts = 'torn' WHERE article_id = '{new[0].id}'"
    before(store_url, "0010", torn, "UPDATE search SET words = 'R o m e'")

    migrate(store_url)

    with open_store(store_url) as store:
        assert names(store, "rome") == ["b"]


TRIGGER = """CREATE TRIGGER IF NOT EXISTS search_added AFTER INSERT ON search BEGIN
    INSERT INTO search_index(rowid, words) VALUES (new.number, new.words);
END"""


def test_what_a_trigger_indexed_is_found_after_the_migration_too(sqlite_url):
    reports = [report(name, f"Flood in {name}") for name in ("Rome", "Bonn")]
    with open_store(sqlite_url) as store:
        store.put_states([source("bbc")], configured={"bbc"})
        store.record([polled(new=(reports[0],))])
    before(sqlite_url, "0003", TRIGGER)

    with open_store(sqlite_url) as store:
        store.record([polled(new=(reports[1],))])

        assert names(store, "flood rome") == ["Rome"]
        assert names(store, "flood") == ["Bonn", "Rome"]
        check_index(store)


def check_index(store):
    """Let SQLite compare its index with what stands in the table beside it."""
    with store._writing() as connection:
        check = (
            "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
        )
        connection.execute(text(check))


def before(store_url, version, *undone):
    """Take a store back to the schema before a version."""
    engine = connect(parsed_url(store_url), "work")
    earlier = VERSIONS[VERSIONS.index(version) - 1]
    with engine.execution_options(writes=True).begin() as connection:
        for statement in (*undone, *back_to(earlier, but=(version,))):
            connection.execute(text(statement))
    engine.dispose()
