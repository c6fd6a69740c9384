"""A finished entry is read once more against the rights of its source."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.model import Also, Enclosure, Image, Rights
from aggregator.publishing import Publisher, credit_block, formats, withheld
from aggregator.publishing import report as shown
from aggregator.publishing.document import masthead
from aggregator.publishing.pieces import piece
from aggregator.text import markup
from tests.builders import ANY_RIGHTS, NOON, article, publication, report

LONG = "<p>" + " ".join(f"word{n}" for n in range(1, 100)) + "</p>"
each_format = pytest.mark.parametrize("name", formats.names())


CREDIT = credit_block(article(1), "Source", None)


def finished(made, name):
    """Return why an entry is left out, None if it stands."""
    return piece(made, name, masthead(publication(), name, "https://w.example")).unfit


@each_format
def test_what_keeps_to_its_rights_stands(name):
    rights = Rights(
        body="excerpt",
        words=7,
        images=False,
        notice="© A & B",
        license="https://l.example/?a=1&b=2",
    )
    credited = replace(
        article(1).attribution, rights=rights.notice, license=rights.license
    )

    others = (Also(source_id="b", title="B", url=None, feed_url="https://b/"),)

    made = report(
        article(1, body=LONG, attribution=credited), publication(), rights, also=others
    )

    assert finished(made, name) is None
    assert finished(replace(made, rights=replace(rights, words=None)), name) is None
    bare = replace(
        made, content=made.content[made.content.index("</p>") + 4 :], lead=""
    )
    none = replace(rights, body="headline")
    assert finished(replace(bare, rights=none), name) is None


@each_format
@pytest.mark.parametrize(
    ("rights", "changes", "reason"),
    [
        (Rights(body="excerpt", words=9), {}, "more than the 9 words"),
        (Rights(body="excerpt"), {}, "more than the 50 words"),
        (Rights(body="headline"), {}, "more than the 0 words"),
        (Rights(body="headline"), {"content": CREDIT}, "more than the 0 words"),
        (Rights(license="https://l.example/"), {}, "https://l.example/"),
        (Rights(notice="© Nobody"), {}, "© Nobody"),
    ],
)
def test_what_breaks_its_rights_is_left_out_whoever_made_it(
    name, rights, changes, reason
):
    full = report(article(1, body=LONG), publication(), ANY_RIGHTS)

    assert reason in finished(replace(full, rights=rights, **changes), name)


@each_format
@pytest.mark.parametrize(
    "pictured",
    [
        {"body": '<p><img src="https://a.example/1.png"></p>'},
        {"body": '<picture><source srcset="https://a.example/1.png"></picture>'},
        {"image": Image(url="https://a.example/1.png")},
        {"image": Image(url="https://a.example/1", type="a/b")},
        {"enclosures": (Enclosure(url="https://a.example/1", type="image/png"),)},
        {"enclosures": (Enclosure(url="https://a.example/1.jpg", type="a/b"),)},
        {
            "body": '<video src="https://a.example/v" poster="https://a.example/1"></video>'
        },
    ],
)
def test_a_barred_picture_is_found_wherever_it_is(name, pictured):
    full = report(article(1, **pictured), publication(), ANY_RIGHTS)

    assert "picture" in finished(replace(full, rights=Rights(images=False)), name)


@each_format
@pytest.mark.parametrize(
    "body",
    [
        '<video src="https://a.example/v" poster="https://a.example/1"></video>',
        '<p title="so: <img src=x>">Words</p>',
        "<p>&lt;img src=x&gt;</p>",
        "<figure><pre>code</pre></figure>",
        '<figure><img src="https://a.example/1"><pre>code</pre></figure>',
    ],
)
def test_a_report_whose_pictures_were_taken_away_stands(name, body):
    made = report(article(1, body=body), publication(), Rights(images=False))

    assert finished(made, name) is None


@each_format
def test_an_address_that_ends_like_a_picture_is_none(name):
    """Of the page of a picture, for example: only what a document shows is barred."""
    page = "https://a.example/wiki/File:1.png"
    others = (Also(source_id="b", title="B", url=page, feed_url=page),)

    made = report(
        article(1, url=page), publication(), Rights(images=False), also=others
    )

    assert finished(made, name) is None


@pytest.mark.parametrize(
    ("rights", "title"),
    [
        (ANY_RIGHTS, "word1 word2 word3…"),
        (Rights(body="excerpt", words=2), "word1 word2…"),
        (Rights(body="headline"), "Example Agency"),
    ],
)
def test_a_headline_made_of_the_text_is_no_longer_than_an_excerpt(rights, title):
    untitled = article(1, source_title="", title="word1 word2 word3…", body=LONG)

    made = report(untitled, publication(), rights)

    assert made.title == title
    assert finished(made, "rss") is None
    if rights != ANY_RIGHTS:
        ours = replace(made, title=untitled.title)
        assert "words" in finished(ours, "rss")
        by_desk = replace(ours, article=replace(ours.article, override=ours.title))
        assert finished(by_desk, "rss") is None


@pytest.mark.parametrize(
    ("rights", "after", "reason"),
    [
        (
            Rights(embargo=timedelta(hours=2)),
            timedelta(hours=1),
            "its source allows it from 2026-11-24 13:59 UTC on",
        ),
        (Rights(embargo=timedelta(hours=2)), timedelta(hours=2), None),
        (Rights(expires=timedelta(days=3)), timedelta(days=2), None),
        (
            Rights(expires=timedelta(days=3)),
            timedelta(days=3),
            "its source allowed it until 2026-11-27 11:59 UTC",
        ),
    ],
)
def test_an_article_is_shown_from_its_embargo_until_it_expires(
    rights, after, reason, tmp_path
):
    one, stands = article(1), reason is None
    now = one.published + after
    made = replace(report(one, publication(), ANY_RIGHTS), rights=rights)

    (status, *_) = Publisher(tmp_path, base_url="https://w.example").publish(
        publication(), [made], now=now
    )

    assert withheld(one, rights, now) == reason
    assert (shown(one, publication(), rights, now=now) is not None) == stands
    assert (status.entries == 1) == stands
    assert status.left_out == (() if stands else ((one.id, reason),))


@pytest.mark.parametrize("credit", ["Source", "منبع", "Quelle"])
def test_the_content_says_what_the_body_says_and_then_the_credit(credit):
    """Fidelity: visible text of the content, without credit = that of the body."""
    body = "<h2>One</h2><p>Two <b>three</b>.<br>Four &amp; five</p><ul><li>six</ul>"
    others = (Also(source_id="b", title="B & <C>", url=None, feed_url="https://b/"),)

    made = report(
        article(1, body=body), publication(credit=credit), ANY_RIGHTS, also=others
    )
    words = made.content.partition('<p class="mediawire-also">')[0]

    assert markup.text_sha256(words) == article(1, body=body).text_sha256
    assert made.content.count('<p class="mediawire-credit">') == 1
    assert "Also: B &amp; &lt;C&gt;</p>" in made.content
    assert markup.visible_text(made.content).startswith(markup.visible_text(body))
    assert f"{credit}: Example Agency – https://" in markup.visible_text(made.content)


@pytest.mark.parametrize("at", [NOON, NOON + timedelta(days=400)])
def test_without_terms_an_article_stands_for_ever(at):
    assert withheld(article(1), ANY_RIGHTS, at) is None
