"""What a publication may show of an article: rights, credit, excerpts."""

from datetime import timedelta

import pytest
from builders import ANY_RIGHTS, NOON, article, attribution, publication, report
from msgspec.structs import replace

from aggregator.model import Also, Enclosure, Image, Rights, Tag, Via
from aggregator.publishing import credit_block, credit_line, showing
from aggregator.publishing.particulars import related
from aggregator.publishing.showing import fingerprint

CREDIT = (
    '<p class="mediawire-credit">Source: Example Agency – '
    '<a href="https://agency.example/reports/1">https://agency.example/reports/1</a></p>'
)
PLAIN_CREDIT = "Source: Example Agency – https://agency.example/reports/1"
FILM = '<video src="https://a.example/v"></video>'
LONG = "<p>" + " ".join(f"word{n}" for n in range(1, 101)) + "</p>"


def words(first, last):
    return " ".join(f"word{n}" for n in range(first, last + 1))


# -- rights


@pytest.mark.parametrize(
    ("wanted", "allowed", "shown"),
    [
        ("full", "full", "full"),
        ("full", "excerpt", "excerpt"),
        ("full", "headline", "headline"),
        ("excerpt", "full", "excerpt"),
        ("headline", "full", "headline"),
        ("headline", "excerpt", "headline"),
    ],
)
def test_the_lower_of_wish_and_right_is_shown(wanted, allowed, shown):
    made = report(article(1), publication(body=wanted), Rights(body=allowed))

    assert made.body == shown


def test_a_full_body_is_the_article_and_the_credit():
    made = report(article(1, body="<p>All of it.</p>"), publication(), ANY_RIGHTS)

    assert made.content == "<p>All of it.</p>" + CREDIT


def test_an_excerpt_has_fifty_words_unless_the_rights_say_another_number():
    by_default = report(article(1, body=LONG), publication(body="excerpt"), ANY_RIGHTS)
    by_right = report(
        article(1, body=LONG), publication(), Rights(body="excerpt", words=3)
    )

    assert by_default.content == f"<p>{words(1, 50)}…</p>{CREDIT}"
    assert by_default.excerpt == f"{words(1, 50)}… {PLAIN_CREDIT}"
    assert by_right.content == f"<p>{words(1, 3)}…</p>{CREDIT}"


def test_a_headline_shows_no_word_of_the_body():
    made = report(article(1, body=LONG), publication(body="headline"), ANY_RIGHTS)

    assert made.content == CREDIT
    assert made.excerpt == PLAIN_CREDIT
    assert made.lead == ""


def test_what_is_not_shown_is_not_in_the_report_at_all():
    secret = article(
        1, body=LONG, source_body=LONG, raw=LONG.encode(), summary="word99"
    )

    made = report(secret, publication(), Rights(body="excerpt", words=5))

    assert "word99" not in repr(made)


def test_an_excerpt_is_text_even_where_the_text_looks_like_markup():
    body = '<p>"1" &lt; 2 &amp; &lt;script&gt;x&lt;/script&gt;</p>'

    made = report(article(1, body=body), publication(body="excerpt"), ANY_RIGHTS)

    assert made.content == body + CREDIT
    assert made.excerpt == f'"1" < 2 & <script>x</script> {PLAIN_CREDIT}'


def test_a_lead_has_fifteen_words_and_an_ellipsis_only_if_cut():
    long = report(article(1, body=LONG), publication(), ANY_RIGHTS)
    short = report(article(1, body="<p>Just this.</p>"), publication(), ANY_RIGHTS)

    assert long.lead == words(1, 15) + "…"
    assert short.lead == "Just this."


def test_words_are_found_behind_any_amount_of_markup():
    markup = "<p><img src='https://a.example/x.png'></p>" * 200

    made = report(article(1, body=markup + LONG), publication(), ANY_RIGHTS)

    assert made.lead == words(1, 15) + "…"


def test_a_word_cut_in_two_by_the_end_of_the_opening_is_read_whole():
    body = "<p>" + "x " * 995 + "un<b>believ</b>able</p>"

    made = report(
        article(1, body=body), publication(), Rights(body="excerpt", words=996)
    )

    assert made.content.split("</p>")[0].endswith("x unbelievable")


def test_a_report_without_body_shows_the_summary_of_its_source():
    made = report(article(1, body="", summary="In short."), publication(), ANY_RIGHTS)

    assert made.lead == "In short."


def test_where_images_are_barred_none_is_left():
    body = (
        '<p>Before <img src="https://a.example/1.png" alt="one"> after</p>'
        "<figure><picture><img src='https://a.example/2.png'></picture>"
        "<figcaption>Caption</figcaption></figure>"
        '<video poster="https://a.example/3.png" src="https://a.example/v"></video>'
    )
    pictured = article(
        1,
        body=body,
        image=Image(url="https://a.example/4.png"),
        enclosures=(
            Enclosure(url="https://a.example/5", type="IMAGE/png"),
            Enclosure(url="https://a.example/6.png"),
            Enclosure(url="https://a.example/7.mp3", type="audio/mpeg"),
        ),
    )

    made = report(pictured, publication(), Rights(images=False))

    assert made.content == (
        '<p>Before  after</p><video src="https://a.example/v"></video>' + CREDIT
    )
    assert made.article.image is None
    assert [file.url for file in made.article.enclosures] == ["https://a.example/7.mp3"]
    assert "Caption" not in made.excerpt


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("<figure><table><tr><td>41 %</td></tr></table></figure>", None),
        ("<figure><pre>code</pre><figcaption>Listing</figcaption></figure>", None),
        ("<figure><blockquote>Quoted</blockquote></figure>", None),
        ('<figure><audio src="https://a.example/a"></audio></figure>', None),
        (
            "<figure><img src='https://a.example/1'><pre>x</pre></figure>",
            "<figure><pre>x</pre></figure>",
        ),
        (
            f"<figure><img src='https://a.example/1'>{FILM}</figure>",
            f"<figure>{FILM}</figure>",
        ),
        (
            f"<p><a href='https://a.example/'><img src='https://a.example/1'>{FILM}</a></p>",
            f'<p><a href="https://a.example/">{FILM}</a></p>',
        ),
        (
            "<figure><figure><img src='https://a.example/1'></figure><figcaption>All</figcaption></figure>",
            "",
        ),
        (
            "<p><a href='https://a.example/'><img src='https://a.example/1' alt='A'></a> On.</p>",
            "<p> On.</p>",
        ),
        (
            "<p><a href='https://a.example/'><img src='https://a.example/1'>More</a></p>",
            '<p><a href="https://a.example/">More</a></p>',
        ),
    ],
)
def test_no_word_but_a_pictures_own_goes_with_it(body, left):
    """Of figures, many hold tables, code or quotations, and no picture."""
    made = report(article(1, body=body), publication(), Rights(images=False))

    assert made.content == (body if left is None else left) + CREDIT


@pytest.mark.parametrize(
    ("rights", "alt"),
    [
        (ANY_RIGHTS, "one two three four"),
        (Rights(body="excerpt", words=2), "one two…"),
        (Rights(body="headline"), None),
    ],
)
def test_what_describes_a_picture_is_no_longer_than_an_excerpt(rights, alt):
    """`media:description` holds whole paragraphs, and pages print it."""
    image = Image(url="https://a.example/1.png", alt="one two three four")

    made = report(article(1, image=image), publication(), rights)

    assert made.article.image == replace(image, alt=alt)


# -- headlines


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Storm", None),
        (" Storm\n", None),
        ("", None),
        (" ", None),
        ("STORM", "STORM"),
    ],
)
def test_the_original_headline_is_told_only_where_ours_differs(said, told):
    ours = article(1, title="Storm ", source_title=said)

    made = report(ours, publication(), ANY_RIGHTS)

    assert (made.title, made.original) == ("Storm", told)


def test_a_report_without_headline_is_called_by_its_first_words():
    untitled = article(1, title="", source_title="", body="<p>A short note.</p>")
    bare = article(1, title="", source_title="", body="")

    assert report(untitled, publication(), ANY_RIGHTS).title == "A short note."
    assert report(bare, publication(), ANY_RIGHTS).title == "Example Agency"


@pytest.mark.parametrize(
    ("said", "rights", "title"),
    [
        ({}, Rights(body="excerpt", words=2), "one two…"),
        ({}, Rights(body="headline"), "Example Agency"),
        ({"override": "one two three"}, Rights(body="headline"), "one two three"),
    ],
)
def test_a_headline_is_of_the_text_unless_source_or_desk_wrote_it(said, rights, title):
    """The first words of the text stand in for one that the source did not send."""
    untitled = article(1, source_title="", title="one two three", **said)

    made = report(untitled, publication(body="headline"), rights)

    assert made.title == title


def test_of_a_text_without_markup_only_its_opening_is_read(monkeypatch):
    """A megabyte of it was kept for each report, to know fifteen words of it."""
    read = []

    def shown_text(html):
        read.append(len(html))
        return html

    monkeypatch.setattr(showing, "shown_text", shown_text)

    assert showing.first_words("word " * 100_000, None, 2) == ["word word…"]
    assert read == [showing.OPENINGS[0]]


# -- credit


def test_the_credit_stands_to_the_character():
    assert credit_block(article(1), "Source", None) == CREDIT
    assert credit_line(article(1), "Source", None) == PLAIN_CREDIT


def test_words_names_and_addresses_are_escaped_in_the_credit():
    odd = article(
        1,
        url='https://a.example/?a=1&b="2"',
        attribution=attribution(title='"Fish & <Chips>"'),
    )

    assert credit_block(odd, '<The> "Source"', None) == (
        '<p class="mediawire-credit">&lt;The&gt; "Source": "Fish &amp; &lt;Chips&gt;" – '
        '<a href="https://a.example/?a=1&amp;b=&quot;2&quot;">'
        'https://a.example/?a=1&amp;b="2"</a></p>'
    )


def test_a_publication_words_its_credit():
    made = report(article(1), publication(credit="Quelle"), ANY_RIGHTS)

    assert made.content.endswith(CREDIT.replace("Source:", "Quelle:"))
    assert made.excerpt.endswith(PLAIN_CREDIT.replace("Source:", "Quelle:"))


def test_a_report_without_address_is_credited_to_its_site_or_else_its_feed():
    at_site = article(1, url=None)
    at_feed = article(1, url=None, attribution=attribution(site_url=None))

    assert credit_line(at_site, "Source", None).endswith("– https://agency.example/")
    assert credit_line(at_feed, "Source", None).endswith(
        "– https://agency.example/feed.xml"
    )


@pytest.mark.parametrize(
    "feed_url", ["file:///srv/secret/feed.xml", "https://feed.invalid/agency"]
)
def test_where_there_is_no_public_address_the_name_is_credited_alone(feed_url):
    """Neither the path of a local file nor an address of nobody's is shown."""
    local = attribution(feed_url=feed_url, site_url=None)

    assert credit_block(article(1, url=None, attribution=local), "Source", None) == (
        '<p class="mediawire-credit">Source: Example Agency</p>'
    )


@pytest.mark.parametrize("of_paper", ["site_url", "feed_url"])
def test_the_first_source_is_credited_first_and_ours_as_the_way_it_came(of_paper):
    via = Via(title="Paper", **{of_paper: "https://paper.example/"})
    passed = attribution(title="Planet", via=via)

    assert credit_line(article(1, attribution=passed), "Source", None) == (
        "Source: Paper (via Planet) – https://agency.example/reports/1"
    )
    assert credit_line(article(1, url=None, attribution=passed), "Source", None) == (
        "Source: Paper (via Planet) – https://paper.example/"
    )


@pytest.mark.parametrize(
    ("language", "also", "name"),
    [
        ("fa", "همچنین", "Paper (به نقل از Planet)"),
        ("de-AT", "Auch bei", "Paper (über Planet)"),
        ("ja", "Also", "Paper (via Planet)"),
        (None, "Also", "Paper (via Planet)"),
    ],
)
def test_our_words_beside_the_credit_are_in_the_language_of_the_publication(
    language, also, name
):
    passed = attribution(title="Planet", via=Via(title="Paper"))
    others = (Also(source_id="b", title="B", url=None, feed_url="https://b/"),)
    shown_in = publication(language=language)

    made = report(article(1, attribution=passed), shown_in, ANY_RIGHTS, also=others)

    assert f'<p class="mediawire-also">{also}: B</p>' in made.content
    assert f'<p class="mediawire-credit">Source: {name} – <a' in made.content
    assert f"{also}: B · Source: {name} – https" in made.excerpt


def test_sections_of_one_agency_are_named_once_for_one_address():
    """Their feeds bear one title; who reads the JSON Feed is told of each."""
    at, there = "https://agency.example/reports/1", "https://b.example/1"
    carried = [
        *(("world", "Example Agency", at), ("b", "B", there), ("b-all", "B", there)),
        *(("c", "B", "https://c.example/1"), ("d", "D", None), ("d-all", "D", None)),
    ]
    also = [
        Also(source_id=source, title=title, url=url, feed_url="https://x.example/feed")
        for source, title, url in carried
    ]

    made = report(article(1), publication(), ANY_RIGHTS, also=also)

    assert (
        f'<p class="mediawire-also">Also: <a href="{there}">B</a>, '
        '<a href="https://c.example/1">B</a>, D</p>'
    ) in made.content
    assert f"Also: B – {there}, B – https://c.example/1, D · Source" in made.excerpt
    assert related(made) == [(there, "B"), ("https://c.example/1", "B")]
    assert made.also == tuple(also)
    alone = report(article(1), publication(), ANY_RIGHTS, also=also[:1])
    assert "Also" not in alone.content + alone.excerpt


def test_the_site_of_a_first_source_is_nearer_to_a_report_than_its_feed():
    site, feed = "https://paper.example/", "https://paper.example/feed"
    via = Via(title="Paper", site_url=site, feed_url=feed)
    passed = article(1, url=None, attribution=attribution(via=via))

    assert credit_line(passed, "Source", None).endswith(f"– {site}")


def test_who_else_carried_a_report_is_named_in_one_piece_and_escaped():
    """A name in right-to-left letters would take its neighbours along."""
    also = [
        Also(source_id=name, title=name, url=url, feed_url="https://b/")
        for name, url in (
            ('"A" & <B>', 'https://b.example/?a=1&b="2"'),
            ("فانوس", "https://c.example/"),
            ("שלום", None),
        )
    ]

    made = report(article(1), publication(), ANY_RIGHTS, also=also)

    assert made.content.removesuffix(CREDIT).endswith(
        '<p class="mediawire-also">Also: '
        '<a href="https://b.example/?a=1&amp;b=&quot;2&quot;">"A" &amp; &lt;B&gt;</a>, '
        '<a href="https://c.example/"><bdi>فانوس</bdi></a>, <bdi>שלום</bdi></p>'
    )


def test_a_first_source_without_name_is_none():
    passed = attribution(via=Via(title=" "))

    assert credit_line(article(1, attribution=passed), "Source", None) == PLAIN_CREDIT


PERSIAN = "خبرگزاری فانوس"
LINK = '<a href="https://agency.example/reports/1">https://agency.example/reports/1</a>'


@pytest.mark.parametrize(
    ("said", "word", "named"),
    [
        ({"language": "fa", "title": "باران"}, "Source", "Example Agency"),
        ({}, "منبع", "Example Agency"),
        ({"attribution": attribution(title=PERSIAN)}, "Source", PERSIAN),
    ],
)
def test_a_credit_near_right_to_left_text_is_the_same_to_the_character(
    said, word, named
):
    made = report(article(1, **said), publication(credit=word), ANY_RIGHTS)

    block = f'<p class="mediawire-credit">{word}: {named} – {LINK}</p>'
    assert made.content.endswith(block)
    assert made.excerpt.endswith("– https://agency.example/reports/1")


# -- fingerprints

OTHERS = {
    "id": "f" * 20,
    "published_id": "urn:example:other",
    "url": "https://other.example/",
    "title": "Other",
    "source_title": "Other",
    "rules": ("other",),
    "authors": ("Other",),
    "tags": (Tag(term="other"),),
    "language": "fa",
    "body": "<p>Other</p>",
    "enclosures": (Enclosure(url="https://other.example/x"),),
    "image": Image(url="https://other.example/x.png"),
    "attribution": attribution(title="Other"),
    "published": NOON + timedelta(days=1),
    "updated": NOON + timedelta(days=1),
    "text_sha256": "0" * 64,
}


@pytest.mark.parametrize("field", OTHERS)
def test_whatever_a_format_may_write_changes_the_fingerprint(field):
    def made(one):
        return fingerprint(report(one, publication(), ANY_RIGHTS))

    one = article(1)

    assert made(replace(one, **{field: OTHERS[field]})) != made(one)
    assert made(replace(one)) == made(one)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("title", "Other"),
        ("original", "Other"),
        ("content", "<p>Other</p>"),
        ("excerpt", "Other"),
        ("lead", "Other"),
        ("body", "excerpt"),
        ("rights", Rights(license="https://l.example/")),
        ("also", (Also(source_id="b", title="B", url=None, feed_url="https://b/"),)),
    ],
)
def test_whatever_a_report_shows_or_was_made_under_changes_the_fingerprint(
    field, other
):
    """An entry that stands is checked against new rights only if it is another."""
    one = report(article(1), publication(), ANY_RIGHTS)

    assert fingerprint(replace(one, **{field: other})) != fingerprint(one)


def test_no_field_of_an_article_was_forgotten_in_the_fingerprint():
    untold = {
        *("source_id", "keys", "desk_tags", "source_body", "source_type", "raw"),
        *("dated", "first_seen", "listed_at", "revision", "dropped", "withdrawn"),
        *("summary", "changes", "override", "stand_in", "taken_by"),
    }

    assert set(article(1).__struct_fields__) - untold == set(OTHERS)
