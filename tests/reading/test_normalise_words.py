"""Headline, body and summary of an entry."""

from datetime import UTC, datetime

import pytest

from aggregator.model import Source
from aggregator.reading import normalise, parse
from aggregator.reading.normalise import caps, words
from aggregator.reading.parsed import Entry, Feed, Text
from aggregator.text import markup

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://source.example/feed")


def read(feed):
    return normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW)


def article(entry, **feed):
    (made,) = read(Feed(**{"version": "rss20", "entries": (entry,), **feed})).articles
    return made


def from_rss(inner):
    document = f'<rss version="2.0"><channel><item><guid>1</guid>{inner}</item></channel></rss>'
    (made,) = read(parse.feed(document.encode(), url=SOURCE.url)).articles
    return made


def from_atom(inner):
    document = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{inner}</entry></feed>'
    (made,) = read(parse.feed(document.encode(), url=SOURCE.url)).articles
    return made


@pytest.mark.parametrize(
    ("title", "as_read"),
    [
        ("&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("1 &lt; 2", "1 < 2"),
        ("a &amp;lt;b&amp;gt; c", "a <b> c"),
        ("&lt;b&gt;Big&lt;/b&gt; news", "Big news"),
        ("<![CDATA[AT&amp;T <i>rings</i>]]>", "AT&T rings"),
        ("  two\n lines ", "two lines"),
        ("a <b>bold</b> move", "a bold move"),
    ],
)
def test_an_rss_title_is_read_as_a_person_would(title, as_read):
    """I3."""
    assert from_rss(f"<title>{title}</title>").title == as_read


@pytest.mark.parametrize(
    ("title", "as_read"),
    [
        ("<title>AT&amp;amp;T</title>", "AT&amp;T"),
        ('<title type="text">a &lt;b&gt; c</title>', "a <b> c"),
        ('<title type="text">&lt;b&gt;x&lt;/b&gt;</title>', "<b>x</b>"),
        ('<title type="html">AT&amp;amp;T &lt;b&gt;x&lt;/b&gt;</title>', "AT&T x"),
        ('<title type="html">&lt;script&gt;x&lt;/script&gt;y</title>', "y"),
        ('<title type="html">1 &amp;lt; 2</title>', "1 < 2"),
        (
            (
                '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">1 &lt; '
                "<em>2</em></div></title>"
            ),
            "1 < 2",
        ),
    ],
)
def test_an_atom_title_is_read_by_its_type(title, as_read):
    """I3."""
    assert from_atom(title).title == as_read


def test_a_missing_headline_is_made_of_the_first_words_and_says_so():
    made = article(
        Entry(guid="1", summary=Text(value="<p>one two</p> three", type="text/html"))
    )

    assert (made.source_title, made.title) == ("", "one two three")
    assert words.DERIVED in made.changes


def test_a_headline_or_text_of_which_nothing_can_be_seen_is_none():
    unseen = Text(value="\u200b\u3164")

    titled = article(Entry(guid="1", title=unseen, summary=Text(value="Words.")))
    blank = article(Entry(guid="2", summary=unseen), title=Text(value="Harbour News"))

    assert (titled.source_title, titled.title) == ("", "Words.")
    assert blank.title == "Harbour News"


def test_long_text_gives_a_short_headline_with_an_ellipsis():
    made = article(Entry(guid="1", summary=Text(value="word " * 100)))

    assert made.title == " ".join(["word"] * words.DERIVED_WORDS) + "…"


def test_an_entry_without_any_words_is_published_under_its_sources_name():
    made = article(Entry(guid="1"), title=Text(value="Harbour News"))

    assert (made.title, made.body, made.source_title) == ("Harbour News", "", "")


def test_a_given_headline_is_the_sources_and_ours():
    made = article(Entry(title=Text(value="Storm")))

    assert (made.title, made.source_title, made.changes) == ("Storm", "Storm", ())


@pytest.mark.parametrize(
    ("contents", "summary", "body", "left"),
    [
        (["<p>long text here</p>"], "short", "<p>long text here</p>", "short"),
        (["<p>Full body</p>"], "a longer summary", "<p>Full body</p>", True),
        ([], "<p>only this</p>", "<p>only this</p>", None),
        (["<p>same words</p>"], "same words", "<p>same words</p>", None),
        (["<p>same words.</p>"], "same words....", "<p>same words.</p>", True),
        (["  "], "<p>text</p>", "<p>text</p>", None),
        (["<p> </p>"], "<p>text</p>", "<p>text</p>", None),
        (["<img src='/p.png' width=1 height=1>"], "text", "text", None),
        (
            ["<img src='http://s.example/p.png'>"],
            "text",
            '<img src="http://s.example/p.png">',
            "text",
        ),
    ],
)
def test_the_content_is_the_body_however_long_the_summary(
    contents, summary, body, left
):
    made = article(
        Entry(
            guid="1",
            contents=tuple(Text(value=one, type="text/html") for one in contents),
            summary=Text(value=summary, type="text/html"),
        )
    )

    assert (made.body, made.summary) == (body, summary if left is True else left)


MORE = "<a href='/x'>Continue reading <em>The ships</em></a>"


@pytest.mark.parametrize(
    "beginning",
    [
        "<p>Ten ships</p>",
        "<p>Ten ships…</p>",
        "<p>Ten ships came [...]</p>",
        "<p>Ten ships came [&#8230;]</p> <p>Read the whole story</p>",
        f"<p>Ten ships came in. {MORE}</p>",
        f"<p>Ten ships came… {MORE} &raquo;</p>",
    ],
)
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_content_that_is_only_the_beginning_gives_way_to_the_whole(beginning, kind):
    """Some feeds put the excerpt into `content:encoded`."""
    content = Text(value=beginning, type="text/html")
    whole = Text(value="Ten ships came in. " + "They brought tea. " * 5, type=kind)

    made = article(Entry(guid="1", contents=(content,), summary=whole))

    assert markup.visible_text(made.body) == whole.value.strip()
    assert made.summary.startswith("Ten ships")


@pytest.mark.parametrize(
    "content",
    [
        "<p>Ten boats…</p>",
        f"<p>{MORE}</p>",
        "<p>Ten ships came in, with tea. A long report on all of them follows.</p>",
        "<p>Ten ships came in. They brought… tea</p>",
    ],
)
def test_content_that_says_something_else_stays_the_body(content):
    summary = Text(value="Ten ships came in. They brought… tea", type="text/html")

    made = article(
        Entry(
            guid="1",
            contents=(Text(value=content, type="text/html"),),
            summary=summary,
        )
    )

    assert markup.visible_text(made.body) == markup.visible_text(content)


def test_an_excerpt_is_told_in_one_go_however_it_ends():
    """I13: no quadratic search."""
    end = "..a" * 300_000 + "<a href=x></a>" * 70_000 + "." * 300_000

    made = article(
        Entry(
            guid="1",
            contents=(Text(value=end, type="text/html"),),
            summary=Text(value=end + "b" * 1000, type="text/html"),
        )
    )

    assert made.body


def test_plain_text_does_not_displace_marked_up_text_that_says_the_same():
    html = Text(
        value="<p>Ten ships came in, <a href='/x'>more</a></p>", type="text/html"
    )
    spoken = Text(value="Ten ships came in, more. And so")

    made = article(Entry(guid="1", retold=spoken, summary=html))

    assert "<a " in made.body


def test_a_short_note_gives_way_to_a_long_plain_text():
    note = Text(value="Episode 7", type="text/html")
    spoken = Text(value="In this episode we talk to the harbour master at length.")

    made = article(Entry(guid="1", retold=spoken, summary=note))

    assert made.body.startswith("<p>In this episode")
    assert made.summary == "Episode 7"


@pytest.mark.parametrize(
    ("version", "entry_base", "link", "image"),
    [
        ("rss20", None, "http://s.example/a/b", "http://s.example/a/i.png"),
        ("rss20", None, None, "http://site.example/i.png"),
        (
            "rss20",
            "http://base.example/x/",
            "http://s.example/",
            "http://base.example/x/i.png",
        ),
        ("atom10", None, "http://s.example/a/b", "https://source.example/i.png"),
    ],
)
def test_relative_addresses_in_the_body_become_absolute(
    version, entry_base, link, image
):
    body = Text(value='<img src="i.png">', type="text/html")

    made = article(
        Entry(guid="1", link=link, base=entry_base, contents=(body,)),
        version=version,
        site="http://site.example/",
    )

    assert f'src="{image}"' in made.body


def test_the_body_as_sent_is_kept_beside_the_cleaned_one():
    sent = '<p onclick="x()">Hi<script>y</script></p>'

    made = article(Entry(guid="1", contents=(Text(value=sent, type="text/html"),)))

    assert (made.source_body, made.source_type) == (sent, "text/html")
    assert made.body == "<p>Hi</p>"
    assert made.text_sha256 == markup.text_sha256("<p>Hi</p>")
    assert any("script" in change for change in made.changes)


def test_text_that_was_encoded_twice_is_named_among_the_changes():
    broken = "Grüße".encode().decode("latin-1")

    made = from_rss(f"<description>{broken}</description>")

    assert words.REPAIRED in made.changes
    assert "Grüße" in made.body


def test_titles_and_bodies_are_capped_on_a_character_and_the_operator_told():
    """I20."""
    found = read(
        Feed(
            entries=(
                Entry(
                    guid="1",
                    title=Text(value="e\u0301" * 50_000),
                    contents=(Text(value="<p>" + "word " * 250_000, type="text/html"),),
                ),
            )
        )
    )

    (made,) = found.articles
    assert len(made.title) <= caps.TITLE
    assert made.title.endswith("e\u0301…")
    assert len(made.body.encode()) <= caps.BODY
    assert any("titles cut" in note for note in found.notes)
    assert any("bodies cut" in note for note in found.notes)


LANGUAGES = {
    "en": "The harbour opens",
    "fr": "Le port s’ouvre à l’été",
    "de": "Der Hafen öffnet",
    "es": "¿Abre el puerto mañana?",
    "pt": "O porto abre amanhã",
    "pl": "Port się otwiera",
    "tr": "Liman açılıyor",
    "ru": "Порт открывается",
    "el": "Το λιμάνι ανοίγει",
    "fa": "می\u200cخواهیم بندر باز شود",
    "ar": "يفتح الميناء غدًا",
    "ur": "بندرگاہ کھل رہی ہے",
    "he": "הנמל נפתח",
    "ps": "بندر پرانستل کیږي",
    "hi": "बंदरगाह खुल रहा है",
    "zh": "港口明天开放",
    "ja": "港が明日開く",
    "ko": "항구가 열린다",
}


@pytest.mark.parametrize(("language", "text"), LANGUAGES.items(), ids=LANGUAGES)
def test_every_script_survives_with_its_joiners(language, text):
    """Persian needs its zero-width non-joiner."""
    made = from_rss(
        f'<title>{text}</title><description xml:lang="{language}">'
        f"&lt;p dir='auto'&gt;{text}&lt;/p&gt;</description>"
    )

    assert made.title == text
    assert markup.visible_text(made.body) == text
    assert made.language == language
