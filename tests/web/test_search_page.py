"""The page that finds reports by their words."""

from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from builders import NOON, article, publication
from house import AGENCY, House, served
from msgspec.structs import replace
from reading_pages import links, metas, one, strict, text, texts

from aggregator.model import Rights
from aggregator.text.folding import spans
from aggregator.web.search import passage


def found(site, query, status=200):
    """Return the page of what a query finds."""
    answer = site.get(f"/search?q={quote(query)}")
    assert answer.status == status
    assert len(answer.body) < 60_000
    return strict(answer.body)


def headlines(tree):
    return texts(tree, ".//ol[@class='reports']/li/h2")


def marked(tree):
    return texts(tree, ".//main//mark")


def test_every_page_for_readers_has_the_form_and_tells_browsers_of_it(site):
    for path in ("/", "/feeds/wire", "/sources/", "/about", "/nothing"):
        tree = strict(site.get(path, accept="text/html").body)
        form = one(tree, ".//form")

        assert (form.get("role"), form.get("action")) == ("search", "/search")
        assert one(form, ".//input").get("name") == "q"
        (told,) = links(tree, "search")
        assert told["href"] == "/opensearch.xml"


def test_opensearch_names_the_address_of_the_search(site):
    answer = site.get("/opensearch.xml")
    url = ET.fromstring(answer.body)[-1]

    assert answer.type == "application/opensearchdescription+xml"
    assert url.get("template") == "https://wire.example/search?q={searchTerms}"


def test_reports_are_found_by_their_words_which_are_marked(site):
    tree = found(site, "crane mooring -ferry")

    assert set(headlines(tree)) == {"Council votes to keep the old crane"}
    assert set(marked(tree)) == {"crane", "mooring"}
    assert metas(tree)["robots"] == "noindex"
    assert one(tree, ".//main//input[@name='q']").get("value") == "crane mooring -ferry"


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("كشتي", "کشتی"),  # Arabic kaf and yeh for the Persian ones
        ("اسكلة 4", "اسکله ۴"),
        ("العباره", "العبّارة"),
        ("GRÜNDEN grundungsjahr*", None),
        ("strassenbahn", "Straßenbahn"),
        ("渡し船", "渡し船"),
    ],
)
def test_words_are_found_and_marked_however_they_are_written(site, query, word):
    tree = found(site, query)

    assert bool(headlines(tree)) is bool(word)
    if word:
        assert set(word.split()) <= {each for m in marked(tree) for each in m.split()}


def test_a_mark_is_all_that_a_query_can_bring_into_a_page(tmp_path):
    evil = article(
        title='<script>x()</script> & "flood"', body="<p>a &lt;b&gt; flood &amp; c</p>"
    )
    with served(House(tmp_path).take(evil)) as site:
        tree = found(site, 'flood <img src=x> "b c script')
        again = found(site, "script flood")

    assert headlines(tree) == []
    assert headlines(again) == ['<script>x()</script> & "flood"']
    assert one(again, ".//p[@class='lead']").find("mark") is not None
    assert not again.findall(".//main//script")
    assert not tree.findall(".//img")


def test_an_empty_search_and_one_without_results_say_what_can_be_done(site):
    empty, nothing = found(site, " "), found(site, "zeppelin")

    assert "in quotes stand side by side" in text(one(empty, ".//main"))
    assert empty.findall(".//p[@role='status']") == []
    assert "No report here holds all" in text(one(nothing, ".//p[@role='status']"))


@pytest.mark.parametrize("query", ["-zeppelin", '"', "- *", "😀"])
def test_a_search_for_no_word_does_not_say_that_no_report_holds_it(site, query):
    main = one(found(site, query), ".//main")

    assert "No report here holds all" not in text(main)
    assert "in quotes stand side by side" in text(main)


@pytest.mark.parametrize(
    "query",
    [
        "a" * 9_000,
        "a " * 4_000,
        "-" * 3_000,
        "* " * 3_000,
        '"' * 501,
        "( OR NEAR/3 ) AND ^a:b",
        "\x00'; DROP TABLE articles--",
        "%_\\",
        "\u202e\u0301\ufffd",
        "ﷺ" * 100,
        "-flood",
    ],
)
def test_nothing_that_is_typed_is_an_error(site, query):
    found(site, query)


def test_bytes_that_are_no_text_are_no_error_either(site):
    assert site.get("/search?q=%ff%fe%ed%a0%80&q=2&lang=%00").status == 200
    assert site.get("/search?q=a&before=nothing").status == 404
    far = "9" * 17 + "-" + "f" * 20
    assert site.get(f"/search?q=ferry&before={far}").status == 200


def test_how_many_reports_were_found_is_told_as_far_as_it_is_known(site, tmp_path):
    few = found(site, "crane")
    persian = strict(site.get("/search?q=crane&lang=fa").body)
    with served(House(tmp_path).take(*[article(n) for n in range(21)])) as other:
        many = found(other, "report")
        following = one(many, ".//main//a[@rel='next']").get("href")
        older = strict(other.get(following).body)

    assert texts(few, ".//p[@role='status']") == ["Reports found: 8"]
    assert texts(many, ".//p[@role='status']") == ["Reports found: 20+"]
    assert texts(persian, ".//p[@role='status']") == ["گزارش‌های یافته‌شده: ۸"]
    assert older.findall(".//p[@role='status']") == []


def test_what_is_found_is_paged_to_its_end(tmp_path):
    house = House(tmp_path).take(*[article(n) for n in range(45)])
    with served(house) as site:
        path, pages = "/search?q=report", []
        while path:
            tree = strict(site.get(path).body)
            pages.append(headlines(tree))
            following = tree.findall(".//main//a[@rel='next']")
            path = following[0].get("href") if following else None
        last = tree

    assert [len(each) for each in pages] == [20, 20, 5]
    assert len({title for each in pages for title in each}) == 45
    assert one(last, ".//nav[@class='paging']/a").get("href") == "/search?q=report"


@pytest.mark.parametrize("body", ["excerpt", "headline"])
def test_a_passage_shows_no_more_than_the_source_allows(tmp_path, body):
    rights = Rights(body=body, words=3)
    one_two = article(body="<p>One two three four flood five</p>", title="Ferry")
    house = House(tmp_path, sources=(replace(AGENCY, rights=rights),)).take(one_two)
    with served(house) as site:
        tree = found(site, "flood")

    assert headlines(tree) == ["Ferry"]
    assert "four" not in text(one(tree, ".//ol"))
    assert marked(tree) == []


def test_what_is_taken_back_is_not_found(house):
    house.take(article(1, title="Ferry one"), article(2, title="Ferry two"))
    house.store.withdraw(article(1, title="").id, at=NOON, reason="wrong", by="desk")
    with served(house) as site:
        assert headlines(found(site, "ferry")) == ["Ferry two"]


def test_a_search_from_a_persian_page_is_answered_in_persian(tmp_path):
    house = House(tmp_path, publications=(publication(language="fa"),))
    with served(house) as site:
        page = strict(site.get("/feeds/wire", accept="text/html").body)
        form = one(page, ".//form")
        hidden = one(form, "./input[@type='hidden']")
        answer = strict(site.get("/search?q=x&lang=" + hidden.get("value")).body)

    assert (answer.get("lang"), answer.get("dir")) == ("fa", "rtl")


def test_places_of_words_are_those_of_the_text_as_it_stands():
    said = "Die Straße, die ﬁnale STRASSE und المدينة"

    assert [said[a:b] for a, b in spans(said, "strasse")] == ["Straße", "STRASSE"]
    assert [said[a:b] for a, b in spans(said, "fin*")] == ["ﬁnale"]
    assert [said[a:b] for a, b in spans(said, "المدينه")] == ["المدينة"]
    assert [said[a:b] for a, b in spans(said, '"strasse und" und')] == ["STRASSE und"]
    assert spans(said, "tras -die") == []


def test_a_passage_is_what_stands_around_the_first_hit():
    text_ = "before " * 100 + "flood " + "after " * 100

    around = passage(text_, "flood")

    assert around[0] == ("… ", False)
    assert ("flood", True) in around
    assert around[-1] == ("…", False)
    assert 150 < sum(len(part) for part, _ in around) < 320
    assert passage(text_, "zeppelin") == []


def test_a_passage_that_goes_on_ends_in_three_dots_where_a_sentence_ended():
    around = passage("A flood. " + "Rain. " * 60, "flood")

    assert "".join(part for part, _ in around).endswith(" Rain. Rain…")
    assert passage("A flood.", "flood")[-1] == (".", False)
