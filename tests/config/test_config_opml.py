"""Subscription lists become sources: ids from addresses, tags from folders."""

from contextlib import suppress
from pathlib import Path

import pytest
from desk import Desk

from aggregator.config.opml import identity_of, read_any_opml, read_opml
from aggregator.errors import ConfigError

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "opml"

LIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Desk</title></head>
  <body>
    <outline text="Asia">
      <outline text="Wires">
        <outline type="rss" text="A news" title="A News" xmlUrl="https://a.example/news.xml"
          htmlUrl="https://a.example/" language="en" category="/politics,war"/>
      </outline>
      <outline text="B" XMLURL="feed://b.example/rss" htmlUrl="https://u:p@b.example/" language="english!"/>
    </outline>
    <outline text="a link" type="link" url="https://c.example/"/>
    <outline text="C" xmlUrl="https://user:SECRET@c.example/feed?id=1" htmlUrl="no address"/>
    <outline text="again" xmlUrl="https://a.example/news.xml"/>
  </body>
</opml>
"""


def test_outlines_become_sources(desk: Desk):
    desk.writes("sources.yaml", "defaults: {interval: 2h, rights: {body: excerpt}}")
    desk.writes("sources.d/desk.opml", LIST)

    a, b, c = desk.reads().sources

    assert (a.id, a.url, a.title) == (
        "a-example-news",
        "https://a.example/news.xml",
        "A News",
    )
    assert (a.site, a.language) == ("https://a.example/", "en")
    assert a.tags == ("Asia", "Wires", "politics", "war")
    assert (a.interval.total_seconds(), a.rights.body) == (7200, "excerpt")
    assert (b.id, b.url, b.site, b.language) == (
        "b-example-rss",
        "http://b.example/rss",
        None,
        None,
    )
    assert b.tags == ("Asia",)
    assert (c.title, c.site, c.tags) == ("C", None, ())
    assert "secret" not in c.id


def test_a_feed_that_yaml_already_has_is_taken_once(desk: Desk):
    desk.writes(
        "sources.yaml", "sources: [{id: mine, url: https://a.example/news.xml}]"
    )
    desk.writes("sources.d/desk.opml", LIST)

    ids = [source.id for source in desk.reads().sources]

    assert ids[:2] == ["mine", "b-example-rss"]
    assert len(ids) == 3


def test_an_id_does_not_change_with_the_title_or_the_order(desk: Desk):
    desk.writes("sources.yaml", "")
    desk.writes("sources.d/desk.opml", LIST)
    before = {source.url: source.id for source in desk.reads().sources}
    lines = LIST.replace("A News", "Renamed").splitlines()
    lines.insert(4, '<outline text="new" xmlUrl="https://new.example/"/>')
    desk.writes("sources.d/desk.opml", "\n".join(lines))

    after = {source.url: source.id for source in desk.reads().sources}

    assert before.items() <= after.items()


@pytest.mark.parametrize(
    ("url", "id_"),
    [
        ("https://www.a.example/news.xml", "a-example-news"),
        ("http://feeds.a.example/", "feeds-a-example"),
        ("https://u:p@a.example/x", "a-example-x"),
    ],
)
def test_an_id_is_made_of_the_address(url, id_):
    assert identity_of(url) == id_


def test_addresses_that_differ_only_in_the_query_get_different_ids():
    one, two = (identity_of(f"https://a.example/rss?id={i}") for i in (1, 2))

    assert one != two
    assert one.startswith("a-example-rss-")


def test_a_bad_address_in_a_list_is_a_complaint_with_its_place(desk: Desk):
    desk.writes("sources.yaml", "")
    desk.writes(
        "sources.d/desk.opml",
        '<opml><body>\n <outline text="x" xmlUrl="javascript:alert(1)"/></body></opml>',
    )

    assert desk.complaint().startswith("sources.d/desk.opml:2:2: sources.0.url: ")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"<opml><body>", "1:13: this is no well-formed OPML: no element found"),
        (b"", "1:1: this is no well-formed OPML: no element found"),
        (b"<rss/>", "1:1: this is no OPML: there is no <opml> in it; export the list as OPML"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "1:1: the encoding that this list declares is not read; save it as UTF-8"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "1:28: this list declares entities; take the <!ENTITY …> lines out"),
        (b'<!DOCTYPE opml [<!ENTITY % a SYSTEM "file:///etc/passwd">]><opml/>', "1:57: this list declares entities; take the <!ENTITY …> lines out"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_explained(content, complaint):
    with pytest.raises(ConfigError) as caught:
        read_opml("f.opml", content, known=())

    assert str(caught.value) == f"f.opml:{complaint}"


def test_a_bare_ampersand_is_read_as_one():
    outline = b'<outline text="A & B" xmlUrl="https://a.example/?x=1&y=2&amp;z=3"/>'

    written = read_opml("f.opml", b"<opml>%s</opml>" % outline, known=())

    [source] = written.values["sources"]
    assert (source["title"], source["url"]) == (
        "A & B",
        "https://a.example/?x=1&y=2&z=3",
    )


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not beside the project")
def test_every_list_of_the_corpus_is_read_or_refused_in_words():
    read = 0
    for path in sorted(filter(Path.is_file, CORPUS.rglob("*"))):
        with suppress(ConfigError):
            written = read_opml(path.name, path.read_bytes(), known=())
            sources = written.values["sources"]
            assert len({source["id"] for source in sources}) == len(sources)
            read += len(sources)

    assert read > 2900


def test_a_list_that_is_not_well_formed_is_refused_where_it_stays_and_read_where_not():
    outline = '<outline text="" a quote"" XMLURL="https://a.example/x?a=1&amp;b=2"/>'
    content = f"<opml><body><outline text='T'>\n{outline}</outline>".encode()

    with pytest.raises(ConfigError, match=r"f\.opml:2:20: this is no well-formed OPML"):
        read_opml("f.opml", content, known=())
    written, _, flaw = read_any_opml("f.opml", content)

    [source] = written.values["sources"]
    assert (source["url"], source["tags"]) == ("https://a.example/x?a=1&b=2", ["T"])
    assert str(written.place(("sources", 0))) == "f.opml:2:1"
    assert "no well-formed OPML" in str(flaw)


def test_bytes_of_another_encoding_are_read_as_what_they_are_declared_to_be():
    outline = '<outline text="caf\xe9 <" xmlUrl="https://a.example/"/>'
    content = f"<?xml version='1.0' encoding='latin-1'?><opml>{outline}</opml>"

    written, _, _ = read_any_opml("f.opml", content.encode("latin-1"))

    assert written.values["sources"][0]["title"] == "café <"


def test_entities_are_not_expanded_however_forgivingly_a_list_is_read():
    with pytest.raises(ConfigError, match="declares entities"):
        read_any_opml("f.opml", b'<!DOCTYPE a [<!ENTITY b "c">]><opml><')
