"""`mediawire source`: from an address to a line in the config, and out again."""

import json

import pytest
from click.testing import CliRunner

from aggregator.cli import mediawire
from aggregator.errors import ConfigError, FetchError, MediaWireError, ReadError
from tests.installation import Installation

RSS = b"""<?xml version="1.0"?>
<rss version="2.0"><channel><title>The Gazette</title>
<link>https://gazette.example/</link><description>News</description><language>en</language>
<item><title>Bridge opens</title><link>https://gazette.example/1</link>
<pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate></item>
<item><title>Bridge closes</title><link>https://gazette.example/2</link></item>
</channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>The Gazette</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">
<link rel=stylesheet href=x.css>
<LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="feeds/all">
</head><body>News</body></html>"""
BARE = b"<!doctype html><html><body>News</body></html>"


class Desk(Installation):
    """An installation whose commands run in this process: they start none."""

    def __init__(self, folder, sources):
        super().__init__(folder, {})
        self.write("sources.yaml", sources)

    def says(self, *arguments, code=0):
        done = CliRunner().invoke(mediawire, ["-c", str(self.config), *arguments])
        assert done.exit_code == code, done.output + repr(done.exception)
        return done.stdout

    def refuses(self, error, *arguments):
        """Return the sentence of the error that a command ends with."""
        done = CliRunner().invoke(mediawire, ["-c", str(self.config), *arguments])
        assert isinstance(done.exception, error), done.output + repr(done.exception)
        return str(done.exception)

    def sources(self):
        return (self.config / "sources.yaml").read_text()

    def listed(self):
        return json.loads(self.says("source", "list", "--json"))


SOURCES = """\
# what we read
groups:
  west: {tags: [europe]}
sources:
  - id: wire     # the first
    url: https://wire.example/feed
    title: Wire
"""


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, SOURCES)


def test_the_feed_behind_a_page_is_added_and_nothing_else_changes(desk, origin):
    origin.answers("/", PAGE, headers=[("Content-Type", "text/html")])
    origin.answers("/feeds/all", RSS)

    said = desk.says("source", "add", origin.url("/"), "--tag", "x", "--group", "west")

    assert said == (
        "the-gazette is added to sources.yaml: The Gazette, "
        f"2 entries at {origin.url('/feeds/all')}\n"
    )
    assert desk.sources() == SOURCES + (
        f"  - id: the-gazette\n    url: {origin.url('/feeds/all')}\n"
        "    group: west\n    tags: [x]\n"
    )
    assert desk.listed()[1]["tags"] == ["europe", "x"]
    assert [heard.path for heard in origin.heard] == ["/", "/feeds/all"]


@pytest.mark.parametrize(
    ("id_", "sentence"),
    [
        ("The Gazette", '"The Gazette" is no id: use letters a-z, digits, - and _'),
        ("", '"" is no id'),
        ("Wire", "wire is the id of a source already"),
    ],
)
def test_an_id_that_cannot_be_is_wrong_use_and_troubles_nobody(
    desk, origin, id_, sentence
):
    said = desk.run("source", "add", origin.url("/"), "--id", id_, code=2).stderr

    assert f"Invalid value for '--id': {sentence}" in said
    assert desk.sources() == SOURCES
    assert origin.heard == []


def test_a_page_that_names_no_feed_is_asked_at_the_usual_addresses(desk, origin):
    origin.answers("/news/", BARE)
    origin.answers("/rss.xml", RSS)

    desk.says("source", "add", origin.url("/news/"), "--id", "g", "--title", "G")

    assert f"url: {origin.url('/rss.xml')}\n    title: G\n" in desk.sources()
    assert [heard.path for heard in origin.heard] == [
        "/news/",
        "/feed",
        "/rss",
        "/rss.xml",
    ]


def test_a_page_that_only_links_to_its_feed_leads_to_it(desk, origin):
    foot = b'<a href="/">Home</a><a href="/rss">Feeds</a><a href="/rss/world.xml">R</a>'
    origin.answers("/rss", BARE.replace(b"News", foot))
    origin.answers("/rss/world.xml", RSS)

    desk.says("source", "add", origin.url("/rss"))

    assert [heard.path for heard in origin.heard] == ["/rss", "/rss/world.xml"]
    assert f"url: {origin.url('/rss/world.xml')}\n" in desk.sources()


def test_a_feed_that_moved_for_good_is_added_where_it_is(desk, origin):
    origin.answers("/old", status=301, headers=[("Location", "/new")])
    origin.answers("/new", RSS)

    desk.says("source", "add", origin.url("/old"))

    assert f"url: {origin.url('/new')}\n" in desk.sources()


def test_test_shows_what_would_come_and_writes_nothing(desk, origin):
    origin.answers("/", PAGE)
    origin.answers("/feeds/all", RSS)

    shown = json.loads(desk.says("source", "test", origin.url("/"), "--json"))

    assert (shown["title"], shown["entries"], shown["known_as"]) == (
        "The Gazette",
        2,
        None,
    )
    assert [headline["title"] for headline in shown["headlines"]] == [
        "Bridge opens",
        "Bridge closes",
    ]
    assert shown["others"] == [origin.url("/comments")]
    assert desk.sources() == SOURCES
    assert {path.name for path in desk.folder.iterdir()} == {"config"}


@pytest.mark.parametrize("verb", ["test", "add"])
def test_an_id_where_an_address_is_wanted_is_wrong_use(tmp_path, verb):
    desk = Desk(
        tmp_path,
        "sources:\n  - {id: wire, url: 'https://u:pw@wire.example/feed?token=pw&x=1'}\n",
    )

    said = desk.run("source", verb, "wire", code=2).stderr

    assert (
        "wire is the id of a source, and an address is wanted here; "
        "that of wire is https://***@wire.example/feed?token=***&x=1"
    ) in said
    assert "pw" not in said


def test_where_there_is_no_feed_everything_that_was_tried_is_told(desk, origin):
    origin.answers("/", PAGE)
    origin.answers("/comments", BARE)

    said = desk.refuses(ReadError, "source", "add", origin.url("/"))

    assert "is a web page; tried the feeds it names:" in said
    assert f"{origin.url('/feeds/all')}: answered 404" in said
    assert f"{origin.url('/comments')}: a web page instead of the feed" in said
    assert desk.sources() == SOURCES


def test_what_a_server_repeats_of_the_address_that_is_tried_is_not_told(desk, origin):
    """A5: neither string in any exception text."""
    origin.answers("/feed", b"{'error': 'token SECRETTOK is not allowed'}")
    url = origin.url("/feed?token=SECRETTOK")

    tried = desk.refuses(ReadError, "source", "test", url)

    assert "'token *** is not allowed'" in tried


def test_what_is_polled_already_is_not_added_again(desk, origin):
    origin.answers("/feed", RSS)
    desk.says("source", "add", origin.url("/feed"))
    before = desk.sources()

    desk.says("source", "add", origin.url("/feed#top"), code=1)

    assert desk.sources() == before


def test_nobody_is_asked_for_what_is_polled_already(desk, origin):
    """P1: no second GET. Only where else an address leads has to be found out."""
    origin.answers("/feed", RSS)
    origin.answers("/moved", status=301, headers=[("Location", "/feed")])
    desk.says("source", "add", origin.url("/feed"))

    desk.says("source", "add", origin.url("/feed#top"), code=1)
    desk.says("source", "add", origin.url("/moved"), code=1)

    assert [each.path for each in origin.heard] == ["/feed", "/moved", "/feed"]


@pytest.mark.parametrize("verb", ["test", "add"])
def test_a_page_leads_to_no_source_that_wants_to_be_left_alone(desk, origin, verb):
    """P23: refused with the time left while a Retry-After is running."""
    page = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    origin.answers("/page", b"<!doctype html><html><head>" + page)
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    desk.write_sources({"a": origin.url("/feed")})
    desk.says("poll")

    done = CliRunner().invoke(
        mediawire, ["-c", str(desk.config), "source", verb, origin.url("/page")]
    )

    assert "is polled as a: Retry-After until" in f"{done.output}{done.exception}"
    assert [heard.path for heard in origin.heard] == ["/feed", "/page"]


def test_an_addition_that_would_not_be_valid_is_refused(desk, origin):
    """The folder is loaded with the change before it is made."""
    origin.answers("/feed", RSS)

    said = desk.refuses(
        ConfigError, "source", "add", origin.url("/feed"), "--group", "east"
    )

    assert 'there is no group "east"' in said
    assert desk.sources() == SOURCES


def test_what_our_guard_refuses_is_not_asked(desk, origin):
    desk.write("mediawire.yaml", "contact: https://desk.news.example/\n")

    said = desk.refuses(FetchError, "source", "test", origin.url("/feed"))

    assert "127.0.0.1" in said
    assert origin.heard == []


def test_a_source_is_paused_shown_and_resumed(desk):
    desk.says("source", "pause", "wire", "--until", "2999-01-01", "--why", "on strike")

    [row] = json.loads(desk.says("status", "--json"))
    shown = json.loads(desk.says("source", "show", "wire", "--json"))
    assert (row["state"], shown["line"]) == ("paused", 5)
    assert shown["paused"] == {"until": "2999-01-01T00:00:00Z", "why": "on strike"}
    assert "on strike" in desk.says("source", "show", "wire")
    assert "until 2999-01-01 00:00 UTC: on strike" in desk.says("source", "list")

    desk.says("source", "resume", "wire")

    assert desk.sources() == SOURCES
    desk.says("source", "resume", "wire", code=1)


def test_a_source_is_paused_whose_secret_stands_outside_the_folder(desk):
    (desk.folder / "password").write_text("x")
    auth = '    auth: {username: u, password: "file:../password"}\n'
    desk.write("sources.yaml", SOURCES + auth)

    desk.says("source", "pause", "wire", "--why", "on strike")

    assert desk.sources() == SOURCES + auth + "    paused: {why: on strike}\n"


def test_a_source_that_is_paused_again_keeps_what_is_not_said_anew(desk):
    desk.says("source", "pause", "wire", "--until", "2999-01-01", "--why", "strike")

    said = desk.says("source", "pause", "wire")

    assert said == "wire is paused until 2999-01-01T00:00:00Z (sources.yaml)\n"
    assert desk.listed()[0]["paused"] == {
        "until": "2999-01-01T00:00:00Z",
        "why": "strike",
    }
    desk.says("source", "pause", "wire", "--why", "still on strike")
    assert "until 2999-01-01 00:00 UTC: still on strike" in desk.says("source", "list")


def test_a_reason_of_several_lines_leaves_a_source_its_one_row(desk):
    desk.says("source", "pause", "wire", "--why", "on strike\nask Ann\n")

    assert len(desk.says("source", "list").splitlines()) == 2
    [_, row] = desk.says("status").splitlines()
    assert row.endswith("paused: on strike ask Ann")


def test_a_pause_without_a_reason_is_told_once(desk):
    desk.says("source", "pause", "wire")

    [_, row] = desk.says("status").splitlines()
    assert row.split()[-2:] == ["-", "paused"]


def test_a_pause_that_is_over_says_nothing_of_the_next(desk):
    ended = SOURCES + "    paused: {until: 2020-01-01, why: strike}\n"
    desk.write("sources.yaml", ended)

    desk.says("source", "pause", "wire")

    assert desk.listed()[0]["paused"] == {"until": None, "why": "paused"}


def test_a_pause_that_would_be_over_already_is_wrong_use(desk):
    said = desk.run("source", "pause", "wire", "--until", "2020-01-01", code=2).stderr

    assert "2020-01-01 has passed" in said
    assert desk.sources() == SOURCES


def test_a_source_that_is_removed_leaves_its_articles(tmp_path, origin):
    words = b"<description>%s</description><pubDate>" % (b"many words " * 50)
    origin.answers("/feed", RSS.replace(b"<pubDate>", words))
    desk = Desk(tmp_path, f"sources:\n  - id: a\n    url: {origin.url('/feed')}\n")
    desk.poll()
    whole = desk.published("feeds/wire.json").count(b"many words")

    said = desk.says("source", "remove", "a")

    assert desk.listed() == []
    assert len(desk.articles()) == 2
    desk.run("publish")
    left = desk.published("feeds/wire.json")
    assert b"Bridge opens" in left
    assert left.count(b"many words") == whole
    assert "stay in the store and in the feeds, under the rights they came with" in said
    assert "`mediawire article list --source a` names them" in said
    assert len(desk.articles("--source", "a")) == 2


def test_a_source_that_a_publication_names_is_not_removed(desk):
    desk.write(
        "publications.yaml", "publications: [{id: w, select: {sources: [wire]}}]"
    )

    said = desk.refuses(ConfigError, "source", "remove", "wire")

    assert said == (
        "sources.yaml: nothing was changed, for the config would not be valid then\n"
        'publications.yaml:1:43: publications.0.select.sources.0: there is no source "wire"\n'
        "publications.yaml: it is selected by its id in w: take it out there first, and "
        "its reports leave these feeds; `mediawire source pause wire` stops polling it "
        "and leaves them there"
    )
    assert desk.sources() == SOURCES


def test_an_unknown_source_is_wrong_use_and_the_nearest_is_named(desk):
    done = desk.run("source", "pause", "wires", code=2)

    assert "did you mean wire?" in done.stderr


def test_a_list_is_taken_in_and_comes_out_again(desk, tmp_path):
    """A5: no credentials in an export."""
    list_ = tmp_path / "My Feeds.opml"
    list_.write_text(
        '<opml><body><outline text="Asia"><outline text="A &amp; B" '
        'xmlUrl="https://u:SECRETPW@a.example/f?token=SECRETTOK&amp;x=1"/></outline>'
        '<outline text="W" xmlUrl="https://wire.example/feed"/></body></opml>'
    )

    said = desk.says("source", "import", str(list_))

    assert said == ("1 source is added in sources.d/my-feeds.yaml; polled already: 1\n")
    assert [row["tags"] for row in desk.listed()] == [[], ["Asia"]]
    assert desk.sources() == SOURCES
    exported = desk.says("source", "export")
    assert "https://a.example/f?x=1" in exported
    assert "SECRET" not in exported + desk.says("source", "list", "--json")
    # Sources of a list can be edited like all others.
    [_, row] = desk.listed()
    desk.says("source", "pause", row["id"])
    assert desk.listed()[1]["paused"] == {"until": None, "why": "paused"}


def test_a_list_that_is_given_out_says_what_the_feeds_say(desk, origin):
    origin.answers("/feed", RSS)
    desk.write("sources.yaml", f"sources: [{{id: a, url: '{origin.url()}'}}]")
    before = desk.says("source", "export")
    desk.run("-q", "poll")

    exported = desk.says("source", "export")

    assert 'text="a"' in before
    assert 'text="The Gazette"' in exported
    assert 'htmlUrl="https://gazette.example/"' in exported


def test_a_list_is_given_out_though_the_store_is_broken(desk):
    (desk.folder / "wire.db").write_bytes(b"x" * 9_000)

    done = desk.run("source", "export")

    assert "https://wire.example/feed" in done.stdout
    assert "not an SQLite database" in done.stderr


def test_a_list_in_sources_d_is_not_edited_by_program(desk):
    (desk.config / "sources.d").mkdir()
    desk.write(
        "sources.d/x.opml",
        '<opml><body><outline text="x" xmlUrl="https://x.example/f"/></body></opml>',
    )

    said = desk.refuses(MediaWireError, "source", "pause", "x-example-f")

    assert "stands in the list sources.d/x.opml:1:13" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<rss/>", "1:1: this is no OPML: there is no <opml> in it"),
        ("nothing", "this is no OPML: there is no <opml> in it"),
    ],
)
def test_a_file_that_is_no_list_fails_by_its_own_path_and_is_no_fault_of_the_config(
    desk, tmp_path, content, sentence
):
    file = tmp_path / "bad.xml"
    file.write_text(content)

    said = desk.run("source", "import", str(file), code=1).stderr

    assert f"{file}:1:1: " in said
    assert sentence in said
    assert not (desk.config / "sources.d").exists()
