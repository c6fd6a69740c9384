"""What readers find on the pages about reports and sources."""

import json
import re
import unicodedata
from datetime import timedelta
from hashlib import sha256

import pytest
from builders import ANY_RIGHTS, NOON, article, attribution, publication, report
from edition import DISCLAIMER, PERSIAN, SOURCES, WIRE, long_read, stories, story
from house import AGENCY, House, path_of, served
from msgspec.structs import replace
from reading_pages import links, metas, one, strict, text, texts

from aggregator.corrections import LONGEST_WAIT
from aggregator.errors import StoreError
from aggregator.fetching.cadence.rows import MOVE_POLLS, MOVE_TIME
from aggregator.identity import FLOOD
from aggregator.model import (
    Also,
    Dropped,
    Enclosure,
    HostLimits,
    Image,
    Rights,
    Selection,
    Tag,
    Via,
)
from aggregator.publishing import Publisher
from aggregator.text import markup
from aggregator.web.language import playing
from tests import damage
from tests.text import witness

ARTICLE = f"/articles/{long_read().id}"


def page(site, path, status=200):
    answer = site.get(path, accept="text/html")
    assert answer.status == status
    return strict(answer.text)


def page_of(house, article, status=200):
    with served(house) as site:
        return page(site, f"/articles/{article.id}", status)


def agency(**rights):
    return replace(AGENCY, rights=Rights(**rights))


# the section


def test_a_section_says_what_it_is_and_lists_reports_with_source_and_age(site):
    """O8: label, disclaimer, headline, 15 words, source, age."""
    section = page(site, "/feeds/wire")
    first = section.findall(".//ol[@class='reports']/li")[0]

    assert text(one(section, ".//h1")) == WIRE.title
    assert texts(section, ".//p[@class='about']") == [WIRE.description]
    assert texts(section, ".//p[@class='disclaimer']") == [DISCLAIMER]
    assert text(one(first, "h2")) == long_read().title
    assert text(one(first, "p[@class='lead']")) == (
        "The ferry to Gull Island sailed again this morning. Captain Ada Brink said the ice…"
    )
    assert (
        text(one(first, "p[@class='origin']")) == "The Harbour Gazette · 7 minutes ago"
    )
    assert one(first, ".//time").attrib == {
        "datetime": "2026-11-24T11:53:00Z",
        "title": "24 November 2026, 11:53 UTC",
    }


def test_a_report_that_was_updated_is_as_old_as_before(house):
    updated = article(60, updated=NOON)
    with served(house.take(updated)) as site:
        section = page(site, "/feeds/wire")
        found = page(site, f"/articles/{updated.id}")

    assert texts(section, ".//ol//time") == ["1 hour ago"]
    assert text(one(found, ".//header/p[@class='origin']")) == (
        "Example Agency · 24 November 2026, 11:00 UTC (1 hour ago) · "
        "updated 24 November 2026, 12:00 UTC (1 second ago)"
    )


def test_ages_are_told_in_the_language_of_the_section(site):
    section = page(site, "/feeds/persian")
    ages = texts(section, ".//ol[@class='reports']/li//time")

    assert ages[0] == "۲۸ دقیقه پیش"
    assert ages[-1] == "۴ نوامبر ۲۰۲۶"
    assert (section.get("lang"), section.get("dir")) == ("fa", "rtl")


def spoken(tree, tongue=None):
    """Return (its language, the text) of each piece of a page that people read."""
    tongue = tree.get("lang", tongue)
    pieces = [(tongue, tree.text or "")]
    for child in tree:
        if child.tag in {"head", "script"}:
            continue
        pieces += [*spoken(child, tongue), (tongue, child.tail or "")]
    return pieces


@pytest.mark.parametrize(
    "path", ["/", "/feeds/migdal", f"/articles/{story(4).id}", "/about", "/nothing"]
)
def test_words_in_a_language_we_do_not_speak_say_which_it_is(tmp_path, path):
    """Else they are read out as English, and set in the letters of another country."""
    hebrew = publication(
        id="migdal",
        title="המגדלור",
        description="ידיעות",
        disclaimer="הדעות אינן שלנו",
        language="he",
    )
    house = House(tmp_path, publications=(hebrew,), sources=SOURCES)
    house.take(story(4)).publish()
    with served(house) as site:
        tree = page(site, path, 404 if path == "/nothing" else 200)

    said = [
        (tongue, said)
        for tongue, said in spoken(tree)
        if "HEBREW" in "".join(map(unicodedata.name, filter(str.isalpha, said)))
    ]
    names = {"המגדלור", "© המגדלור"}  # the source's: nobody says in which language
    assert [piece for piece in said if piece[0] != "he" and piece[1] not in names] == []
    assert ("he", "המגדלור") in said
    assert tree.get("lang") == "en"


def test_a_section_shows_the_picture_that_stands_for_it(site, tmp_path):
    logo = "https://wire.example/logo.png"
    with served(House(tmp_path, publications=(publication(image=logo),))) as other:
        section = page(other, "/feeds/wire")
        told = json.loads(other.get("/api/v1/publications/wire").body)

    assert one(section, ".//main/header/img").get("src") == logo
    assert metas(section)["og:image"] == told["image"] == logo
    assert not page(site, "/feeds/wire").findall(".//main/header/img")


def test_a_section_pages_through_its_whole_history_without_a_gap_or_a_twin(site):
    seen, path = [], "/feeds/wire"
    while path:
        section = page(site, path)
        seen += texts(section, ".//ol[@class='reports']/li//time")
        titles = section.findall(".//ol[@class='reports']/li//h2/a")
        assert len(titles) <= 30
        (*older,) = section.findall(".//nav[@class='paging']/a[@rel='next']")
        path = path_of(older[0].get("href")) if older else None

    assert len(seen) == 64


def test_what_comes_in_meanwhile_does_not_move_the_older_pages(tmp_path):
    house = House(tmp_path).take(*[article(n) for n in range(1, 41)])
    with served(house) as site:
        (older,) = links(page(site, "/feeds/wire"), "next")
        before = texts(page(site, older["href"]), ".//ol//h2")
        house.take(article(0))
        after = texts(page(site, older["href"]), ".//ol//h2")

    assert before == after == [f"Report number {n}" for n in range(31, 41)]


@pytest.mark.parametrize(
    "place", ["x", "1-", "-1-a", "99999999999999999999-a", "1-a/b"]
)
def test_a_place_that_is_none_is_not_found(site, place):
    page(site, f"/feeds/wire?before={place}", status=404)


def test_a_section_tells_browsers_and_people_where_its_feeds_are(site):
    """O9: link rel=alternate for each format, and addresses to copy."""
    section = page(site, "/feeds/wire")
    feeds = {link["type"]: link["href"] for link in links(section, "alternate")}

    assert feeds == {
        "application/rss+xml": "https://wire.example/feeds/wire.rss",
        "application/atom+xml": "https://wire.example/feeds/wire.atom",
        "application/feed+json": "https://wire.example/feeds/wire.json",
    }
    assert texts(section, ".//code[@class='address']") == list(feeds.values())


def test_a_section_without_reports_says_so(house):
    with served(house) as site:
        assert "No reports yet" in text(page(site, "/feeds/wire"))


# the first page


def test_the_first_page_shows_each_section_with_its_newest_headlines(site):
    front = page(site, "/")

    assert texts(front, ".//h2") == ["Media Wire", PERSIAN.title]
    assert len(front.findall(".//ol[@class='reports']/li")) == 16
    assert len(links(front, "alternate")) == 6


@pytest.mark.parametrize(
    ("languages", "spoken"),
    [
        (("fa", "fa-IR"), ("fa", "rtl", "همهٔ بخش‌ها")),
        (("de",), ("de", "ltr", "Alle Rubriken")),
        (("fa", "de"), ("en", "ltr", "All sections")),
        (("fa", None), ("en", "ltr", "All sections")),
        (("ja",), ("en", "ltr", "All sections")),
    ],
)
def test_the_first_page_and_search_speak_the_language_of_all_sections(
    tmp_path, languages, spoken
):
    wires = [publication(id=f"p{n}", language=each) for n, each in enumerate(languages)]
    with served(House(tmp_path, publications=tuple(wires))) as site:
        for path in ("/", "/search", "/search?q=x"):
            seen = page(site, path)
            (words, *_) = texts(seen, ".//footer[@class='colophon']/ul/li")

            assert (seen.get("lang"), seen.get("dir"), words) == spoken


def test_who_shares_the_first_page_shows_what_it_is(site):
    told = metas(page(site, "/"))

    assert {name: told.get(name) for name in told if name.startswith("og:")} == {
        "og:type": "website",
        "og:title": "Media Wire",
        "og:description": "Reports from other agencies, in their own words.",
        "og:url": "https://wire.example/",
    }


def test_of_many_sections_the_first_page_shows_some_and_names_all(tmp_path):
    many = tuple(publication(id=f"p{n}", title=f"Section {n}") for n in range(11))
    house = House(tmp_path, publications=many).take(article())
    with served(house) as site:
        front = page(site, "/")

    assert len(front.findall(".//ol[@class='reports']")) == 8
    assert texts(front, ".//section[@aria-labelledby='further']//li") == [
        "Section 8",
        "Section 9",
        "Section 10",
    ]


@pytest.mark.parametrize(("number", "more"), [(8, []), (9, ["All sections"])])
def test_a_masthead_that_names_some_sections_leads_to_all(tmp_path, number, more):
    many = tuple(publication(id=f"p{n}", title=f"Section {n}") for n in range(number))
    with served(House(tmp_path, publications=many)) as site:
        front = page(site, "/about")

    named = texts(front, ".//header[@class='masthead']//li")
    assert named == [*[f"Section {n}" for n in range(8)], *more]


@pytest.mark.parametrize("path", ["/", "/feeds/wire", "/about", "/nothing"])
def test_the_name_of_a_section_runs_as_its_language_does(tmp_path, path):
    """By its first letters alone, "Media Wire به فارسی" ran from left to right."""
    persian = publication(title="Media Wire به فارسی", language="fa")
    with served(House(tmp_path, publications=(persian,))) as site:
        tree = page(site, path, 404 if path == "/nothing" else 200)

    names = [each for each in tree.iter("bdi") if each.text == persian.title]
    assert {(name.get("lang"), name.get("dir")) for name in names} == {("fa", "rtl")}


@pytest.mark.parametrize("path", ["/", "/feeds/wire", "/about"])
def test_the_name_of_the_site_stands_alone_on_pages_of_any_direction(tmp_path, path):
    """Else `Rev & <Wire>` ends in `<` on a page that runs from right to left."""
    house = House(
        tmp_path, title="Rev & <Wire>", publications=(publication(language="fa"),)
    )
    with served(house) as site:
        seen = page(site, path)

    names = [seen.find(".//p[@class='name']"), *seen.findall(".//h1")]
    for name in names:
        if "Rev & <Wire>" in text(name):
            assert texts(name, ".//bdi") == ["Rev & <Wire>"]


# one report


def test_an_article_says_whose_words_it_is_and_ends_in_the_credit(site):
    found = page(site, ARTICLE)
    body = one(found, ".//div[@class='body']")

    assert text(one(found, ".//p[@class='label']")) == "Media Wire"
    assert text(one(found, ".//h1")) == long_read().title
    assert texts(found, ".//p[@class='original']") == [
        "Original headline: FERRY RETURNS AFTER THE LONGEST WINTER IN TEN YEARS"
    ]
    assert text(one(found, ".//header/p[@class='origin']")) == (
        "The Harbour Gazette · Ada Brink, محمد رضایی · "
        "24 November 2026, 11:53 UTC (7 minutes ago)"
    )
    assert text(list(body)[-1]) == (
        "Source: The Harbour Gazette – https://gazette.example/reports/1"
    )
    assert texts(found, ".//ul[@class='tags']/li") == ["shipping", "Winter", "جزیره"]
    assert DISCLAIMER in texts(found, ".//footer/p[@class='disclaimer']")


def test_a_persian_text_runs_from_right_to_left_below_a_latin_headline(house):
    latin = article(
        title="Windows 11 (24H2)", body="<p>ویندوز (۱۱) آمد.</p>", language="fa"
    )
    with served(house.take(latin)) as site:
        page, listed, found = (
            strict(site.get(path, accept="text/html").body)
            for path in (f"/articles/{latin.id}", "/feeds/wire", "/search?q=windows")
        )

    assert one(page, ".//article/header").get("dir") == "ltr"
    assert one(page, ".//div[@class='body']").get("dir") == "rtl"
    for each in (listed, found):
        assert one(each, ".//ol[@class='reports']/li").get("dir") == "ltr"
        assert one(each, ".//p[@class='lead']").get("dir") == "rtl"


def test_the_size_of_a_file_is_told_in_the_language_of_the_page(tmp_path):
    french = publication(language="fr")
    film = Enclosure(
        url="https://a.example/film.mp4", type="video/mp4", length=12_345_678
    )
    with served(
        House(tmp_path, publications=(french,)).take(article(enclosures=(film,)))
    ) as site:
        found = page(site, f"/articles/{article().id}")

    assert texts(found, ".//ul[@class='files']/li") == ["film.mp4 video/mp4 12,3 Mo"]


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [("en", 3723, "1:02:03"), ("en", 65, "1:05"), ("fa", 65, "۱:۰۵")],
)
def test_how_long_a_file_plays_is_told_in_the_digits_of_the_page(
    language, seconds, said
):
    assert playing(seconds, language) == said


def test_a_file_says_how_long_it_plays(house):
    told = article(enclosures=(Enclosure(url="https://a.example/2.mp3", duration=65),))

    seen = page_of(house.take(told), told)

    assert texts(seen, ".//ul[@class='files']/li") == ["2.mp3 1:05"]


def test_a_picture_among_the_files_of_a_report_is_credited(house):
    file = Enclosure(url="https://a.example/2.jpg", credit="<b>Kim</b>")
    told = article(enclosures=(file,))

    seen = page_of(house.take(told), told)

    assert texts(seen, ".//ul[@class='files']/li") == ["2.jpg <b>Kim</b>"]


def test_names_are_listed_as_the_language_of_the_page_does(tmp_path):
    persian = publication(language="fa")
    written = article(authors=("مینا", "رضا"), language="fa")
    with served(House(tmp_path, publications=(persian,)).take(written)) as site:
        found = page(site, f"/articles/{written.id}")

    assert "· مینا، رضا ·" in text(one(found, ".//header/p[@class='origin']"))


def test_an_old_report_says_its_date_once(house):
    old = article()
    house.take(old).at += timedelta(days=9)

    assert text(one(page_of(house, old), ".//header/p[@class='origin']")) == (
        "Example Agency · 24 November 2026, 11:59 UTC"
    )


def test_the_picture_of_an_article_stands_above_it_with_its_credit(site):
    figure = one(page(site, ARTICLE), ".//figure[@class='picture']")

    assert one(figure, "img").get("src") == "https://gazette.example/ferry.svg"
    assert one(figure, "img").get("alt") == "The ferry leaves the harbour"
    assert text(one(figure, "figcaption")) == "Picture: Harbour Gazette / A. Brink"


@pytest.mark.parametrize(
    ("image", "in_body", "pictures"),
    [
        ("https://agency.example/a.jpg", "https://agency.example/a.jpg", 1),
        ("https://agency.example/a.jpg?w=90", "https://agency.example/a.jpg?w=900", 1),
        (
            "https://a.example/240/harbour-at-dawn.jpg",
            "https://a.example/9/harbour-at-dawn.jpg",
            1,
        ),
        ("https://agency.example/1", "https://agency.example/2?1", 2),
    ],
)
def test_a_picture_that_the_body_shows_is_not_shown_twice(
    house, image, in_body, pictures
):
    shown = article(image=Image(url=image), body=f'<p><img src="{in_body}" alt=""></p>')

    assert len(page_of(house.take(shown), shown).findall(".//main//img")) == pictures


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ep%201.mp3", "ep 1.mp3"),
        ("%DA%A9%D8%B4%D8%AA%DB%8C.mp3", "کشتی.mp3"),
        ("a%E2%80%AE3pm.exe", "a3pm.exe"),
        ("a%00%0A%1Bb.mp3", "a b.mp3"),
        ("a%3Cb%3E.mp3", "a<b>.mp3"),
        ("a%FF%FE.mp3", "a%FF%FE.mp3"),
        ("a%2.mp3", "a%2.mp3"),
        ("%E2%80%AE", "https://agency.example/%E2%80%AE"),
        ("", "https://agency.example/"),
    ],
)
def test_a_file_is_named_as_people_write_it_and_leads_where_it_lies(house, name, shown):
    url = f"https://agency.example/{name}"
    told = article(enclosures=(Enclosure(url=url),))
    seen = page_of(house.take(told), told)

    link = one(seen, ".//ul[@class='files']//a")
    assert link.get("href") == url
    assert texts(link, "bdi") == [shown]


def test_a_picture_in_the_body_is_credited_below_it(house):
    url, credit = "https://agency.example/a.jpg", "<b>A. Brink</b> \u202e& Co"
    shown = article(
        image=Image(url=url, credit=credit), body=f'<p><img src="{url}" alt=""></p>'
    )

    line, *_ = page_of(house.take(shown), shown).findall(".//footer/p[@class='rights']")

    assert text(line) == f"Picture: {credit}"
    assert one(line, "bdi").text == credit


def test_a_digest_leads_to_how_it_is_checked(site):
    digest = one(page(site, ARTICLE), ".//p[@class='digest']")

    assert text(one(digest, "code")) == long_read().text_sha256
    assert one(digest, "a").get("href") == "/about#how-it-is-checked"
    assert page(site, "/about").find(".//h2[@id='how-it-is-checked']") is not None


def test_recent_posts_stand_beside_an_article_without_itself(site):
    recent = texts(page(site, ARTICLE), ".//aside//ul[@class='brief']/li/a")

    assert len(recent) == 8
    assert recent[0] == story(2).title


def test_recent_posts_say_how_they_begin_where_they_are_from_and_how_old_they_are(site):
    """The mission: beside a report the recent posts with a short excerpt and their age."""
    section = page(site, "/feeds/wire").findall(".//ol[@class='reports']/li")
    beside = page(site, ARTICLE).findall(".//aside//ul[@class='brief']/li")

    told = [texts(line, "p") for line in beside]
    assert all(line in [texts(each, "p") for each in section] for line in told)
    assert {len(paragraphs) for paragraphs in told} == {2}


def test_a_headline_that_was_not_changed_has_no_original(house):
    unchanged = article()

    assert not texts(
        page_of(house.take(unchanged), unchanged), ".//p[@class='original']"
    )


@pytest.mark.parametrize(
    ("policy", "robots", "canonical"),
    [
        ("noindex", "noindex", None),
        ("canonical", None, "https://agency.example/reports/1"),
        ("index", None, "https://wire.example/articles/{}"),
    ],
)
def test_search_engines_are_told_what_the_source_allows(
    tmp_path, policy, robots, canonical
):
    shown = article()
    house = House(tmp_path, sources=(agency(index=policy),)).take(shown)
    found = page_of(house, shown)

    assert metas(found).get("robots") == robots
    assert [link["href"] for link in links(found, "canonical")] == [
        *([canonical.format(shown.id)] if canonical else [])
    ]


def test_machines_read_whose_words_an_article_is(site):
    found = page(site, ARTICLE)
    said = json.loads(found.findtext(".//head/script"))

    assert said["@type"] == "NewsArticle"
    assert said["headline"] == long_read().title
    assert said["alternativeHeadline"] == long_read().source_title
    assert said["isBasedOn"] == "https://gazette.example/reports/1"
    assert said["sourceOrganization"] == {
        "@type": "Organization",
        "name": "The Harbour Gazette",
        "url": "https://gazette.example/",
    }
    assert said["creditText"] == (
        "Source: The Harbour Gazette – https://gazette.example/reports/1"
    )
    assert said["sdPublisher"]["name"] == "Media Wire"
    assert said["copyrightHolder"]["name"] == "The Harbour Gazette"
    assert said["datePublished"] == "2026-11-24T11:53:00+00:00"
    assert metas(found)["og:title"] == long_read().title
    assert metas(found)["og:image"] == "https://gazette.example/ferry.svg"
    assert metas(found)["og:image:alt"] == "The ferry leaves the harbour"


def test_json_ld_cannot_leave_its_element(house):
    """I1: `</script>` in a headline, a name or a tag stays text."""
    trap = "</script><script>X()</script><!--\u2028&"
    hostile = article(
        title=trap,
        authors=(trap,),
        tags=(Tag(term=trap),),
        attribution=attribution(title=trap, rights=trap),
    )
    found = page_of(house.take(hostile), hostile)

    (script,) = found.iter("script")
    assert json.loads(script.text)["headline"] == trap


def test_rights_of_the_source_bound_what_a_page_shows(tmp_path):
    shown = article(
        body="<p>one two three four</p>",
        image=Image(url="https://agency.example/i.png"),
    )
    sources = (agency(body="excerpt", words=2, images=False),)
    found = page_of(House(tmp_path, sources=sources).take(shown), shown)

    assert "one two…" in text(found)
    assert "three" not in text(found)
    assert not list(found.iter("img"))
    assert "og:image" not in metas(found)


def test_a_withdrawn_report_is_gone_with_the_reason_and_none_of_its_words(house):
    gone = article(title="Secret headline", body="<p>Secret body</p>")
    house.take(gone)
    house.store.withdraw(gone.id, at=NOON, reason="Wrong & <sorry>", by="source")
    house.at = NOON + timedelta(hours=3)
    found = page_of(house, gone, status=410)

    assert text(one(found, ".//q")) == "Wrong & <sorry>"
    assert "Example Agency, whose report it was, took it back 3 hours ago." in text(
        found
    )
    assert "Secret" not in text(found)


def test_a_report_that_was_taken_back_long_ago_says_on_which_day(house):
    gone = article()
    house.take(gone)
    house.store.withdraw(gone.id, at=NOON, reason="wrong", by="desk")
    house.at = NOON + timedelta(days=30)

    assert "of Example Agency back on 24 November 2026." in text(
        page_of(house, gone, status=410)
    )


def test_a_report_whose_time_is_over_is_not_found(tmp_path):
    shown = article()
    house = House(tmp_path, sources=(agency(expires=timedelta(hours=1)),)).take(shown)
    page_of(house, shown)
    house.at += timedelta(hours=2)

    page_of(house, shown, status=404)


def test_a_report_that_no_section_shows_is_not_found(tmp_path):
    dropped = article(1, dropped=Dropped(rule="no-sport", reason="sport"))
    unselected = article(2, language="de")
    house = House(
        tmp_path, publications=(publication(select=Selection(languages=("en",))),)
    ).take(dropped, unselected)
    with served(house) as site:
        for each in (dropped, unselected):
            found = page(site, f"/articles/{each.id}", status=404)
            assert "does not show this report" in text(found)
            assert "sport" not in text(found)


def test_a_report_is_shown_as_the_first_section_that_takes_it_shows_it(tmp_path):
    persian = story(2)
    house = House(
        tmp_path,
        publications=(PERSIAN, WIRE),
        sources=[replace(AGENCY, id="fanus")],
    ).take(persian)

    assert text(one(page_of(house, persian), ".//p[@class='label']")) == PERSIAN.title


def test_the_page_of_a_report_outlives_its_place_in_the_list(tmp_path):
    old = article()
    house = House(
        tmp_path,
        publications=(publication(select=Selection(max_age=timedelta(days=1))),),
    ).take(old)
    house.at = NOON + timedelta(days=9)

    assert text(one(page_of(house, old), ".//h1")) == old.title


# sources


def test_a_licence_has_one_name_on_all_pages(site):
    source, found = page(site, "/sources/gazette"), page(site, ARTICLE)

    assert "Licence" in texts(source, ".//dl[@class='facts']/dt")
    assert "Licence" in texts(found, ".//p[@class='rights']/a")


def test_sources_are_listed_with_how_they_are_doing(tmp_path):
    house = House(tmp_path).take(article())
    house.states["agency"], house.problems["agency"] = "failing", "timeout"
    with served(house) as site:
        row = one(page(site, "/sources/"), ".//ul[@class='sources']/li")
        assert text(row) == (
            "Example Agency cannot be reached at the moment · 1 report · "
            "last read 1 second ago"
        )
        assert "cannot be reached" in text(page(site, "/sources/agency"))


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("html-page", "answers with a web page instead of its feed"),
        ("captcha", "lets no program read its feed"),
        ("not-a-feed", "answers with something else than its feed"),
        ("empty", "answers with nothing"),
        ("gone", "says that its feed has ended"),
        ("dns", "cannot be reached"),
        ("status", "cannot be read"),
        ("too-complex", "cannot be read"),
    ],
)
def test_readers_are_told_what_a_failing_source_does(house, problem, told):
    house.states["agency"], house.problems["agency"] = "failing", problem
    with served(house) as site:
        assert f"Example Agency {told}" in text(page(site, "/sources/"))
        facts = texts(page(site, "/sources/agency"), ".//dl[@class='facts']/dd")

    assert facts[0].startswith(told)


def test_a_source_leads_to_its_site_as_its_feed_says_where_the_config_does_not(
    tmp_path,
):
    house = House(tmp_path, sources=(agency(notice="© Example, all of it"),))
    house.sites["agency"] = "https://agency.example/"
    facts = ".//dl[@class='facts']/dd"
    with served(house) as site:
        found = page(site, "/sources/agency")
        told = json.loads(site.get("/api/v1/sources/agency").body)
        house.sites["agency"] = "javascript:alert(1)"
        house.reconfigure(sources=house.config.sources[:])
        house.at += timedelta(minutes=1)
        harmless = page(site, "/sources/agency")

    assert one(found, f"{facts}/a").get("href") == "https://agency.example/"
    assert told["home_page_url"] == "https://agency.example/"
    assert "© Example, all of it" in texts(found, facts)
    assert not harmless.findall(f"{facts}/a")


def test_a_source_that_left_the_config_leads_to_the_site_its_reports_name(house):
    house.take(article()).reconfigure(sources=())
    house.report = lambda *_: None
    with served(house) as site:
        found = page(site, "/sources/agency")

    assert one(found, ".//dl/dd/a").get("href") == "https://agency.example/"


def test_a_source_pages_through_all_its_reports_and_names_itself_once(tmp_path):
    via = attribution(via=Via(title="Paper"))
    many = [article(n) for n in range(1, 45)]
    house = House(tmp_path).take(*many, article(45, attribution=via))
    titles, names, path = [], [], "/sources/agency"
    with served(house) as site:
        page(site, "/sources/agency?before=nothing", status=404)
        while path:
            found = page(site, path)
            titles += texts(found, ".//ol[@class='reports']/li/h3")
            names += texts(found, ".//ol[@class='reports']/li/p[@class='origin']/a")
            robots = metas(found).get("robots")
            assert robots == ("noindex, follow" if "before" in path else None)
            (*older,) = found.findall(".//nav[@class='paging']/a[@rel='next']")
            path = older[0].get("href") if older else None

    assert titles == [f"Report number {n}" for n in range(1, 46)]
    assert names == ["Paper (via Example Agency)"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "We read no source yet."),
        (1, "This is the one source whose reports we carry."),
        (2, "These are the 2 sources whose reports we carry."),
    ],
)
def test_the_list_of_sources_counts_as_people_do(tmp_path, number, said):
    some = [replace(AGENCY, id=f"s{n}") for n in range(number)]
    with served(House(tmp_path, sources=some)) as site:
        assert text(one(page(site, "/sources/"), ".//main/p")).startswith(said)


def test_many_sources_are_listed_on_several_pages(tmp_path):
    many = [replace(AGENCY, id=f"s{n:03}") for n in range(150)]
    with served(House(tmp_path, sources=many)) as site:
        first = page(site, "/sources/")
        more = one(first, ".//a[@rel='next']").get("href")
        second = page(site, more)
        page(site, "/sources/?after=nothing", status=404)

    counts = [len(p.findall(".//ul[@class='sources']/li")) for p in (first, second)]
    assert counts == [100, 50]


def test_a_source_that_is_no_longer_configured_still_has_its_page(house):
    house.take(article())
    house.reconfigure(sources=())
    house.report = lambda *_: None
    with served(house) as site:
        found = text(page(site, "/sources/agency"))

    assert "Example Agency" in found
    assert "no longer read" in found


# when something is not there


def test_a_missing_page_leads_to_what_there_is(site):
    found = page(site, "/feeds/wyre", status=404)

    assert "There is no such page" in text(found)
    assert "/feeds/wire" in {a.get("href") for a in one(found, ".//main").iter("a")}


def test_a_store_that_cannot_be_read_is_a_pause_and_not_a_traceback(house):
    house.publish()

    def broken(*_, **__):
        raise StoreError("the disk at /srv/secret is full")

    house.store.latest = broken
    with served(house) as site:
        answer = site.get("/")
        feed = site.get("/feeds/wire.atom")

    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert "secret" not in answer.text
    assert feed.status == 200


@pytest.mark.parametrize("place", ["articles.tags", "bodies.texts"])
def test_an_article_that_cannot_be_read_is_missing_where_all_others_stand(
    tmp_path, place
):
    house = House(tmp_path).take(*map(article, range(3)))
    spoiled = article(1)
    damage.put(tmp_path, place, spoiled.id)

    with served(house) as site:
        lists = [
            page(site, path)
            for path in ("/", "/feeds/wire", "/sources/agency", "/search?q=report")
        ]
        listed = site.get("/api/v1/articles").text
        own = site.get(f"/articles/{spoiled.id}")

    for shown in [*(text(each) for each in lists), listed]:
        assert article(0).title in shown
        assert article(2).title in shown
        assert spoiled.title not in shown
    assert own.status == 503


def test_about_says_how_to_reach_us(tmp_path):
    with served(House(tmp_path, contact="desk@press.example")) as site:
        about = page(site, "/about")

    hrefs = {link.get("href") for link in about.iter("a")}
    assert "mailto:desk@press.example" in hrefs
    assert {h.get("id") for h in about.iter("h2")} >= {"how-it-is-checked", "removal"}


def test_about_tells_authors_of_feeds_how_their_feeds_are_taken(site):
    """Each number is the one that the code goes by."""
    manners = " ".join(texts(page(site, "/about"), ".//main/ul/li"))

    assert f"more than {FLOOD} come at once" in manners
    assert (timedelta(days=2), 5) == (MOVE_TIME, MOVE_POLLS)
    assert "remembered after two days and five visits" in manners
    assert timedelta(days=1) == LONGEST_WAIT
    assert "less and less often, once a day at least" in manners
    assert HostLimits().spacing == timedelta(seconds=2)
    assert "one request at a time, two seconds apart" in manners
    assert AGENCY.interval == timedelta(hours=1)
    assert "once an hour at most" in manners


@pytest.mark.parametrize("others", [(), ("B",), ("B", "C & <D>")])
def test_the_digest_is_checked_as_about_says_whoever_else_carried_the_report(
    site, tmp_path, others
):
    """The paragraphs to take out are those that the page names."""
    recipe = one(page(site, "/about"), ".//ol/li[1]").itertext()
    ours = re.findall(r'class="([a-z-]+)"', "".join(recipe))
    carried = replace(long_read(), body=f"{long_read().body} and bare words")
    carried = replace(carried, text_sha256=markup.text_sha256(carried.body))
    also = [Also(source_id=n, title=n, url=None, feed_url="https://b/") for n in others]
    shown = report(carried, WIRE, ANY_RIGHTS, also=also)
    publisher = Publisher(tmp_path, base_url="https://wire.example")

    made = publisher.render(replace(WIRE, formats=("json",)), [shown])
    (item,) = json.loads(made[0].body)["items"]
    body = item["content_html"]
    for each in ours:
        body = re.sub(f'<p class="{each}">.*?</p>', "", body)
    found = sha256(witness.words(body).encode()).hexdigest()

    assert found == item["_mediawire"]["text_sha256"]


def test_all_stories_have_pages_in_valid_html(site):
    for each in stories(8):
        page(site, f"/articles/{each.id}")
