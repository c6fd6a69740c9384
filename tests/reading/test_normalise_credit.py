"""Attribution: whose words an article is, and through whom it came."""

from datetime import UTC, datetime

import pytest

from aggregator.model import Rights, Source, Trust, Via
from aggregator.reading import address, normalise
from aggregator.reading.parsed import Entry, Feed, Link, Origin, Text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://source.example/feed")


def article(entry=Entry(guid="1"), *, source=SOURCE, **feed):  # noqa: B008 - frozen
    feed = Feed(**{"version": "rss20", "entries": (entry,), **feed})
    (made,) = normalise.articles(feed, source, url=source.url, now=NOW).articles
    return made


def credit(*args, **kwargs):
    return article(*args, **kwargs).attribution


def test_the_configured_name_goes_before_the_feeds_and_that_before_the_host():
    named = Source(id="harbour", url=SOURCE.url, title="Harbour Press")
    title = Text(value="Harbour &amp;amp; Sea")

    assert credit(source=named, title=title).title == "Harbour Press"
    assert credit(title=Text(value="Harbour &amp; Sea")).title == "Harbour & Sea"
    assert credit(title=Text(value="\u200b")).title == "source.example"
    assert credit().title == "source.example"


@pytest.mark.parametrize(
    ("configured", "shown"),
    [
        ("https://user:SECRETPW@h.example/f?token=SECRETTOK", "https://h.example/f"),
        ("https://h.example/f?a=1&api_key=S&b=2", "https://h.example/f?a=1&b=2"),
        ("https://h.example/f?X-Amz-Signature=S&id=3#x", "https://h.example/f?id=3"),
        ("https://h.example/f?PASSWORD=S", "https://h.example/f"),
        ("https://h.example/f?id=3&cat=a%20b", "https://h.example/f?id=3&cat=a%20b"),
        ("https://h.example:8443/f", "https://h.example:8443/f"),
    ],
)
def test_no_credential_stands_in_a_shown_address(configured, shown):
    """A5."""
    assert address.public(configured) == shown
    assert credit(source=Source(id="s", url=configured)).feed_url == shown


def test_no_credential_leaks_through_a_relative_address():
    """A5: an empty or query-less reference takes over its base's query."""
    source = Source(id="s", url="https://u:SECRETPW@h.example/f?token=SECRETTOK")
    body = Text(
        value='<a href="">x</a><a href="#n">y</a><a href="?p=1">z</a>', type="text/html"
    )

    for version in ("rss20", "atom10"):
        made = article(
            Entry(guid="1", link="#x", contents=(body,)), source=source, version=version
        )

        assert "SECRET" not in repr(made).replace(body.value, "")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "https://u:SECRETPW@h.example/f?id=3&token=SECRET%20T",
            "https://h.example/f?id=3",
        ),
        ("https://www.h.example/?t=SECRET+T#top", "https://www.h.example/#top"),
        (
            "https://h.example/?token=other#/news",
            "https://h.example/?token=other#/news",
        ),
        ("https://h.example/a?b=&c&b=%20", "https://h.example/a?b=&c&b=%20"),
        ("https://h.example/a?page=1&sid=1", "https://h.example/a?page=1"),
    ],
)
def test_a_feed_that_repeats_a_secret_of_its_address_does_not_publish_it(said, kept):
    """A5: servers write the address that they were asked for into the feed's head."""
    source = Source(
        id="s", url="https://u:SECRETPW@h.example/f?token=SECRET%20T&sid=1&id=3"
    )
    feed = Feed(version="atom10", site=said, image=said, feed_id=said)

    made = normalise.articles(feed, source, url="https://h.example/f?id=3", now=NOW)

    assert (made.feed.site, made.feed.image) == (kept, kept)
    assert made.feed.feed_id == (said if said == kept else None)


@pytest.mark.parametrize(
    ("feed", "shown"),
    [
        (
            {"links": (Link(href="https://s.example/rss", rel="self"),)},
            "https://s.example/rss",
        ),
        ({"site": "https://s.example/"}, "https://s.example/"),
        ({}, "https://feed.invalid/harbour"),
    ],
)
def test_a_file_is_credited_under_a_public_address(feed, shown):
    source = Source(id="harbour", url="file:///home/desk/a.xml")

    made = credit(source=source, **feed)

    assert made.feed_url == shown


def test_site_rights_and_licence_are_the_operators_word_first():
    source = Source(
        id="harbour",
        url=SOURCE.url,
        site="https://site.example/",
        rights=Rights(notice="© Harbour", license="https://l.example/cc"),
    )
    feed = {
        "site": "https://feed.example/",
        "rights": "all",
        "license": "https://l.example/x",
    }
    entry = Entry(guid="1", rights="none", license="https://l.example/y")

    ours = credit(entry, source=source, **feed)
    theirs = credit(entry, **feed)
    feeds = credit(**feed)

    assert (ours.site_url, ours.rights, ours.license) == (
        "https://site.example/",
        "© Harbour",
        "https://l.example/cc",
    )
    assert (theirs.site_url, theirs.rights, theirs.license) == (
        "https://feed.example/",
        "none",
        "https://l.example/y",
    )
    assert (feeds.rights, feeds.license) == ("all", "https://l.example/x")


@pytest.mark.parametrize(
    ("entrys", "feeds", "kept"),
    [
        ("(c) Luc", "(c) B", ("(c) Luc", "(c) B")),
        ("(c) Luc", None, ("(c) Luc", "")),
        ("(c) B", "(c) B", ("(c) B", None)),
        (None, "(c) B", ("(c) B", None)),
        (None, None, (None, None)),
    ],
)
def test_an_entrys_own_rights_are_not_its_feeds(entrys, feeds, kept):
    """RFC 4287, 4.2.11: a source's rights are the feed's."""
    made = credit(Entry(guid="1", rights=entrys), rights=feeds)

    assert (made.rights, made.feed_rights) == kept


def test_an_entry_from_elsewhere_keeps_the_rights_of_all_three():
    origin = Origin(title="Wire", rights="(c) Wire")

    made = credit(Entry(guid="1", origin=origin, rights="(c) Luc"), rights="(c) Planet")

    assert (made.rights, made.via.rights) == ("(c) Luc", "(c) Wire")
    assert made.feed_rights == "(c) Planet"


def test_the_operators_notice_is_that_of_the_feed_too():
    source = Source(id="s", url=SOURCE.url, rights=Rights(notice="(c) Desk"))

    made = credit(Entry(guid="1", rights="(c) Luc"), source=source, rights="(c) B")

    assert (made.rights, made.feed_rights) == ("(c) Desk", None)


@pytest.mark.parametrize("licence", ["javascript:alert(1)", "data:,x", "CC BY"])
def test_a_licence_is_an_address_or_nothing(licence):
    """I4."""
    found = credit(Entry(guid="1", license=licence)).license

    assert found is None or found.startswith("https://source.example/")


def test_the_feeds_author_stands_in_the_attribution_and_the_entrys_in_the_article():
    made = article(
        Entry(guid="1", authors=("Ann",)), author="desk@s.example (The Desk)"
    )

    assert (made.authors, made.attribution.author) == (("Ann",), "The Desk")


@pytest.mark.parametrize(
    "entry",
    [
        Entry(guid="1", authors=("only@s.example",)),
        Entry(guid="1", origin=Origin(title="Harbour", author="only@s.example")),
    ],
)
def test_an_author_who_is_not_published_is_not_another_one(entry):
    made = article(entry, author="The Desk", title=Text(value="Harbour"))

    assert (made.authors, made.attribution.author) == ((), None)
    assert made.attribution.via is None


def test_authors_that_are_not_trusted_are_nowhere():
    source = Source(id="s", url=SOURCE.url, trust=Trust(authors=False))

    made = article(Entry(guid="1", authors=("admin",)), source=source, author="admin")

    assert (made.authors, made.attribution.author) == ((), None)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("ann@s.example (Ann Other)", "Ann Other"),
        ("Ann Other <ann@s.example>", "Ann Other"),
        ("Ann Other (ann@s.example)", "Ann Other"),
        ("Ann Other (mailto:ann@s.example)", "Ann Other"),
        ("Ann Other, Desk(ann@s.example", "Ann Other, Desk"),
        ('"Ann Other" <ann@s.example>', "Ann Other"),
        ("Ann &amp; Bob", "Ann & Bob"),
        ("<b>Ann</b>", "Ann"),
        ("@ann", "@ann"),
        ("ann@s.example", None),
        ("mailto:ann@s.example", None),
        ("ann@s.example ()", None),
        ("  ", None),
    ],
)
def test_an_author_is_a_name_and_never_a_bare_mail_address(raw, name):
    assert article(Entry(guid="1", authors=(raw,))).authors == ((name,) if name else ())


def test_a_name_that_stands_in_two_vocabularies_is_one_author():
    entry = Entry(guid="1", authors=("Ann", "a@b.example (Ann)", "ANN", "a@b.example"))

    assert article(entry).authors == ("Ann",)


def test_an_entry_from_elsewhere_names_its_first_source():
    """WISHES 3: and takes over nothing of the aggregate's author and rights."""
    origin = Origin(
        title="The &lt;Wire&gt;",
        feed_url="http://wire.example/rss?key=S",
        site_url="javascript:x",
        id="urn:wire:1",
        rights="(c) Wire",
        author="W. Ire",
    )

    made = article(
        Entry(guid="1", origin=origin),
        author="Planet",
        rights="(c) Planet",
        license="https://l.example/planet",
    )

    assert made.attribution.via == Via(
        title="The <Wire>", feed_url="http://wire.example/rss", id="urn:wire:1"
    )
    assert made.attribution.feed_rights == "(c) Planet"
    assert made.authors == ("W. Ire",)
    assert made.attribution.author == "W. Ire"
    assert made.attribution.rights == "(c) Wire"
    assert made.attribution.license is None


@pytest.mark.parametrize(
    "origin",
    [
        Origin(title="x", feed_url="http://source.example/feed"),
        Origin(title="x", feed_url="https://site.example/"),
        Origin(title="Harbour News"),
        Origin(title="x", id="urn:harbour:9"),
        Origin(title="x", feed_url="https://self.example/rss"),
        Origin(feed_url="javascript:x"),
    ],
)
def test_a_feed_that_names_itself_is_no_other_source(origin):
    made = credit(
        Entry(guid="1", origin=origin),
        title=Text(value="Harbour News"),
        site="https://site.example/",
        feed_id="urn:harbour:9",
        links=(Link(href="https://self.example/rss", rel="self"),),
    )

    assert made.via is None


def test_addresses_of_a_first_source_are_its_own_not_the_aggregates():
    """RFC 4287 section 2: `xml:base` holds for the links of a `source`, too."""
    origin = Origin(
        title="Luc", feed_url="/rss", site_url="blog", base="https://luc.example/s/"
    )

    via = credit(Entry(guid="1", origin=origin)).via

    named = (via.feed_url, via.site_url)
    assert named == ("https://luc.example/rss", "https://luc.example/s/blog")


def test_a_source_without_name_is_called_by_its_host():
    made = credit(Entry(guid="1", origin=Origin(feed_url="http://wire.example/rss")))

    assert made.via.title == "wire.example"


def test_what_the_feed_says_of_itself_is_text_and_absolute_addresses():
    feed = Feed(
        version="atom10",
        title=Text(value="<b>x</b>", type="text/html"),
        site="/home",
        image="pic.png",
        feed_id="not an iri",
        language="EN_us",
        author="desk@s.example",
    )

    info = normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW).feed

    assert (info.title, info.site) == ("x", "https://source.example/home")
    assert info.image == "https://source.example/pic.png"
    assert (info.feed_id, info.language, info.author) == (None, "en-US", None)


@pytest.mark.parametrize(
    ("entry", "source", "feed", "language"),
    [
        ("fa", "en", "de", "fa"),
        (None, "en", "de", "en"),
        (None, None, "de", "de"),
        ("zh_hant_TW", None, None, "zh-Hant-TW"),
        ("english", None, None, None),
        ("x" * 300, None, "-", None),
    ],
)
def test_the_entrys_language_goes_first_then_the_operators_word(
    entry, source, feed, language
):
    made = article(
        Entry(guid="1", language=entry),
        source=Source(id="s", url=SOURCE.url, language=source),
        language=feed,
    )

    assert made.language == language


def test_the_desks_tags_are_not_the_sources():
    made = article(source=Source(id="s", url=SOURCE.url, tags=("sea",)))

    assert (made.desk_tags, made.tags) == (("sea",), ())


def told(url=SOURCE.url, *links, **feed):
    feed = Feed(version="atom10", links=links, **feed)
    source = Source(id="harbour", url=url)
    info = normalise.articles(feed, source, url=url, now=NOW).feed
    return info.hub, info.topic


HUB = Link(rel="hub", href="https://hub.example/")


@pytest.mark.parametrize(
    ("links", "topic"),
    [
        (
            [Link(rel="self", href="https://x.example/F?b=%7e")],
            "https://x.example/F?b=%7e",
        ),
        ([Link(rel="self", href="../news")], "https://source.example/news"),
        ([], SOURCE.url),
    ],
)
def test_a_feed_is_known_to_its_hub_by_the_name_that_it_gives_itself(links, topic):
    """To the letter: a hub compares texts."""
    other = Link(rel="hub", href="https://second.example/")

    assert told(SOURCE.url, HUB, *links, other) == (HUB.href, topic)


@pytest.mark.parametrize(
    "links",
    [
        [],
        [Link(rel="hub", href="javascript:x")],
        [HUB, Link(rel="self", href="urn:x:1")],
        [HUB, Link(rel="self", href="https://x.example/?" + "a" * 5000)],
    ],
)
def test_a_feed_without_a_hub_or_a_name_has_none(links):
    assert told(SOURCE.url, *links) == (None, None)


def test_no_hub_is_told_of_an_address_that_is_a_secret():
    """A5: of none that repeats a secret; what was asked with one is told without it."""
    url = "https://source.example/feed?token=SECRETTOK"

    assert told(url, HUB, Link(rel="self", href=url)) == (None, None)
    assert told(url, HUB) == (HUB.href, "https://source.example/feed")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"finished": True}, ["the feed says that nothing new will come"]),
        (
            {"moved_to": "/new"},
            ["the feed says that it has moved to https://source.example/new"],
        ),
        (
            {"moved_to": "https://u:SECRET@new.example/?token=SECRET&a=1"},
            ["the feed says that it has moved to https://new.example/?a=1"],
        ),
        ({"moved_to": "http://source.example/feed#top"}, []),
        ({"moved_to": "javascript:x"}, []),
        ({}, []),
    ],
)
def test_the_operator_hears_what_a_feed_says_of_its_future(said, told):
    """A5: not the secrets of an address, though."""
    feed = Feed(version="rss20", entries=(Entry(guid="1"),), **said)

    notes = normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW).notes

    assert list(notes) == told
