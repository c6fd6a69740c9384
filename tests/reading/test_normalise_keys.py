"""Identity: the names of an entry, and the ids that follow from the first."""

from datetime import UTC, datetime

import pytest

from aggregator.model import Source, Trust
from aggregator.reading import guid_key, keys, named, normalise
from aggregator.reading.parsed import Entry, Feed, Text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://source.example/feed")


def article(entry, *, source=SOURCE, url=SOURCE.url, **feed):
    feed = Feed(**{"version": "rss20", "entries": (entry,), **feed})
    (made,) = normalise.articles(feed, source, url=url, now=NOW).articles
    return made


def test_a_bare_guid_names_the_same_entry_wherever_the_feed_lives():
    """I21."""
    entry = Entry(guid="42", guid_is_permalink=True, title=Text(value="A"))

    old = article(entry, url="http://old.example/rss")
    new = article(entry, url="https://new.example/feeds/rss")

    assert old.keys[0] == new.keys[0] == "guid:42"
    assert (old.id, old.published_id) == (new.id, new.published_id)


def test_keys_stand_strongest_first_each_with_its_kind():
    made = article(
        Entry(guid=" a b ", link="HTTP://S.example/x", title=Text(value="T"))
    )

    kinds = [key.partition(":")[0] for key in made.keys]
    assert kinds == ["guid", "link", "text"]
    assert made.keys[0] == "guid:a b"


def test_without_guid_the_link_names_the_entry_whatever_its_scheme_or_tracking():
    one = article(
        Entry(link="http://s.example/x?a=1&utm_source=rss", title=Text(value="T"))
    )
    two = article(Entry(link="https://s.example/x?a=1", title=Text(value="Another")))

    assert one.keys[0] == two.keys[0]
    assert one.id == two.id


def test_queries_tell_entries_apart():
    one = article(Entry(link="http://s.example/view?id=1"))
    two = article(Entry(link="http://s.example/view?id=2"))

    assert one.id != two.id


def test_the_front_page_names_no_entry():
    links = {"site": "http://s.example/"}
    one = article(Entry(link="http://s.example/", title=Text(value="One")), **links)
    two = article(Entry(link="http://s.example/", title=Text(value="Two")), **links)

    assert one.keys[0].startswith("text:")
    assert one.id != two.id


def test_without_guid_the_fragment_of_a_link_counts_and_with_one_it_does_not():
    """All of a day's reports may stand on one page."""
    page = "http://s.example/2026/01/01"
    one = article(Entry(link=f"{page}#storm", title=Text(value="Storm")))
    two = article(Entry(link=f"{page}#calm", title=Text(value="Calm")))
    named_one = article(Entry(guid="1", link=f"{page}#storm"))

    assert one.keys[0] == "link:https://s.example/2026/01/01#storm"
    assert two.keys[0] == "link:https://s.example/2026/01/01#calm"
    assert named_one.keys == ("guid:1", "link:https://s.example/2026/01/01")


def test_without_guid_and_link_headline_and_date_name_the_entry_through_an_edit():
    first = Entry(
        title=Text(value="Storm"),
        published="2026-01-01T10:00:00Z",
        summary=Text(value="a"),
    )
    edited = Entry(
        title=Text(value="STORM "),
        published="2026-01-01T10:00:00Z",
        summary=Text(value="b"),
    )
    later = Entry(
        title=Text(value="Storm"),
        published="2026-01-02T10:00:00Z",
        summary=Text(value="a"),
    )

    assert article(first).id == article(edited).id
    assert article(first).id != article(later).id


def test_without_a_date_the_text_is_the_witness():
    one = Entry(title=Text(value="Storm"), summary=Text(value="a"))
    two = Entry(title=Text(value="Storm"), summary=Text(value="b"))

    assert article(one).id != article(two).id


@pytest.mark.parametrize("guid", ["x" * 10_000, "a\x00b", "a\ud800b", "a\nb"])
def test_a_guid_that_nothing_can_hold_is_known_by_its_digest(guid):
    """I21: 10 KB of guid."""
    key = guid_key(guid)

    assert key == guid_key(f"  {guid} ")
    assert len(key) < 60
    assert key.isprintable()
    assert key != guid_key(guid + "x")


def test_ids_that_are_not_trusted_name_nothing():
    source = Source(id="s", url=SOURCE.url, trust=Trust(ids=False))

    made = article(
        Entry(guid="http://s.example/g", link="http://s.example/x"), source=source
    )

    assert [key.partition(":")[0] for key in made.keys] == ["link"]
    assert made.published_id.startswith("tag:")


@pytest.mark.parametrize(
    "guid",
    [
        "http://s.example/2026/storm",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "tag:s.example,2026:storm",
    ],
)
def test_an_id_that_is_an_iri_is_published_as_it_is(guid):
    made = article(Entry(guid=guid, title=Text(value="T")))

    assert made.published_id == guid


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://source.example/feed", "source.example"),
        ("http://127.0.0.1:9001/feed", "127.0.0.1"),
        ("http://[::1]/feed", "feed.invalid"),
        ("file:///srv/feeds/a.xml", "feed.invalid"),
    ],
)
def test_any_other_id_becomes_one_tag_uri(url, authority):
    source = Source(id="harbour", url=url)

    made = article(Entry(guid="42", title=Text(value="T")), source=source, url=url)

    assert made.published_id == f"tag:{authority},2026:mediawire/harbour/{made.id}"


def test_article_ids_are_twenty_hex_digits_and_differ_by_source():
    one = keys.article_id("a", "guid:1")

    assert len(bytes.fromhex(one)) == 10
    assert one != keys.article_id("b", "guid:1")


def test_an_article_named_anew_has_the_ids_of_its_new_first_key():
    """The id of a guid that several entries share goes with the guid."""
    made = article(Entry(guid="http://s.example/all", link="http://s.example/1"))

    other = named(made, made.keys[1:])

    assert other.keys == made.keys[1:]
    assert other.id == keys.article_id("harbour", made.keys[1])
    assert other.published_id.startswith("tag:source.example,2026:")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        (
            Entry(guid="http://s.example/g", guid_is_permalink=True),
            "http://s.example/g",
        ),
        (Entry(guid="http://s.example/g"), None),
        (Entry(guid="42", guid_is_permalink=True), None),
        (Entry(guid="g", link="/x"), "https://source.example/x"),
        (Entry(guid="g", link="javascript:alert(1)"), None),
        (Entry(guid="g", link="#top"), None),
        (Entry(guid="g", link="x" * 5000), None),
        (
            Entry(guid="https://s.example/g", guid_is_permalink=True, link="data:,x"),
            "https://s.example/g",
        ),
    ],
)
def test_the_address_is_the_link_or_else_a_permalink_guid(entry, url):
    """I4: other schemes are dropped, the entry is kept."""
    assert article(entry).url == url


def test_an_entry_that_says_nothing_is_rejected_and_the_rest_stand():
    feed = Feed(entries=(Entry(), Entry(guid="1"), Entry(published="2026-01-01")))

    found = normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW)

    assert [type(one).__name__ for one in found.articles] == [
        "Rejected",
        "Article",
        "Rejected",
    ]
    assert found.notes == ("2 entries say nothing: left out",)


def test_a_draft_is_left_out_and_the_operator_is_told():
    """RFC 5023 section 13.1.1: its publisher does not want it to be seen yet."""
    entries = (Entry(guid="1", draft=True), Entry(guid="2"))
    feed = Feed(version="atom10", entries=entries)

    made = normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW)

    assert isinstance(made.articles[0], normalise.Rejected)
    assert made.articles[1].keys[0] == "guid:2"
    assert made.notes == (
        "1 entries are drafts that their source does not show yet (app:draft): left out",
    )


def test_folding_a_letter_makes_no_blank_of_it():
    """So a text on one line is still on one when its case is folded."""
    letters = [c for c in map(chr, range(0x110000)) if not c.isspace()]

    assert not any(b.isspace() for letter in letters for b in letter.casefold())
