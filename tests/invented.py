"""Articles as strangers might send them, invented by Hypothesis.

Texts are what reading lets through: any characters XML allows, markup or not. What it
must never let through is `illegal_characters`, for tests that show what happens then.
"""

from datetime import UTC, datetime, timedelta
from html import escape

from builders import article, attribution
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.model import Article, Enclosure, Image, Tag, Via

TRAPS = [
    *("]]>", "<![CDATA[", "--", "?>", "<!--", "&amp;", "&#11;", "<b>bold</b>", "</p>"),
    *("<script>x</script>", "AT&T", "1 < 2", '"quoted"', "'", "\u202eevil\u202c"),
    *(
        "سلام دنیا",
        "שלום",
        "日本語",
        "👩‍👩‍👧",
        "e\u0301",
        "\u200b",
        "\x7f\x85",
        "\U0001fffd",
    ),
    *("&copy;", "%s", "{{ x }}", "\\u0000", "–", "https://x.example/?a=1&b=2"),
]

legal_characters = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[
        *(chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"),
        "\ufffe",
        "\uffff",
    ],
)
illegal_characters = st.sampled_from("\x00\x01\x08\x0b\x0c\x1b\ufffe\uffff\ud800\udfff")

texts = st.lists(
    st.sampled_from(TRAPS) | st.text(legal_characters, max_size=20), max_size=4
).map("".join)
names = texts.filter(lambda text: text.strip() and text == text.strip())
bodies = st.lists(
    texts.map(lambda text: f"<p>{escape(text)}</p>")
    | st.sampled_from(
        [
            '<figure><img src="https://a.example/i.png"><figcaption>Who</figcaption></figure>',
            "<p>]]&gt;</p>",
            "<ul><li>one</li></ul>",
            "<p><br></p>",
        ]
    ),
    max_size=4,
).map("".join)
addresses = st.sampled_from(
    [
        "https://a.example/",
        "https://a.example/b?c=d&e=f",
        "http://xn--a-example.example/%D8%B3#x",
        "https://a.example/it's",
        "http://192.0.2.1:8080/~x/(y)",
    ]
)
times = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
tags = st.builds(
    Tag,
    term=names,
    scheme=st.none() | addresses | st.just("no address"),
    label=st.none() | names,
)
enclosures = st.builds(
    Enclosure,
    url=addresses | st.just("ftp://a.example/x"),
    type=st.sampled_from(
        [None, "", "abc", "audio/mpeg", "image/png", "Video/MP4; x=y"]
    ),
    length=st.sampled_from([None, -1, 0, 5, 20 * 2**30]),
    title=st.none() | names,
)
images = st.builds(
    Image,
    url=addresses,
    width=st.sampled_from([None, 0, 640]),
    height=st.sampled_from([None, 480]),
    alt=st.none() | texts,
    credit=st.none() | names,
)
vias = st.builds(
    Via,
    title=texts,
    feed_url=st.none() | addresses,
    site_url=st.none() | addresses,
    id=st.sampled_from([None, "no iri", "tag:first.example,2026:feed"]),
)
attributions = st.builds(
    attribution,
    title=names,
    feed_url=addresses | st.just("file:///srv/feeds/a.xml"),
    site_url=st.none() | addresses,
    feed_id=st.sampled_from([None, "no iri", "tag:a.example,2026:feed"]),
    author=st.none() | names,
    rights=st.none() | names,
    license=st.none() | addresses,
    via=st.none() | vias,
)


@st.composite
def articles(draw) -> Article:
    """Any article that reading and identity could hand over."""
    published = draw(times)
    number = draw(st.integers(1, 10**6))
    url = draw(st.none() | st.just(f"https://agency.example/{number}?a=1&b=2"))
    drawn = article(
        number,
        url=url,
        source_title=draw(names),
        title=draw(texts),
        body=draw(bodies),
        authors=tuple(draw(st.lists(texts, max_size=2))),
        tags=tuple(draw(st.lists(tags, max_size=3))),
        language=draw(
            st.sampled_from([None, "", "en", "fa", "en-GB", "xx", "english"])
        ),
        summary=draw(st.none() | texts),
        enclosures=tuple(draw(st.lists(enclosures, max_size=3))),
        image=draw(st.none() | images),
        attribution=draw(attributions),
        published=published,
        updated=published + draw(st.timedeltas(timedelta(0), timedelta(days=9))),
    )
    if draw(st.booleans()):
        return drawn
    return replace(drawn, published_id=f"urn:example:{number}")
