"""`explain` and `rule test`: why an article is where it is, and what a rule would do."""

import json

import pytest

from tests.installation import Installation
from tests.origin import Origin

PUBLICATIONS = """\
publications:
  - {id: wire, title: Media Wire, rules: [house]}
  - {id: dry, title: No Rain, rules: [no-rain]}
  - {id: wet, title: Weather, rules: [mark, no-mark]}
  - {id: other, title: Other, select: {sources: [b]}}
  - {id: once, title: Once, rules: [one-each]}
rules:
  one-each: {kind: duplicates, prefer: [b]}
  house: {kind: headline, strip_prefix: ["LIVE: "]}
  no-rain: {kind: select, drop: {words: [rain]}}
  mark: {kind: select, if: {words: [rain]}, tags: [weather]}
  no-mark: {kind: select, drop: {tag: weather}}
"""
TWICE = "its own id stood on another entry, too, and names neither"
FEED = b"""<rss version="2.0"><channel><title>%s</title><link>https://%s.example/</link>
<item><guid isPermaLink="false">42</guid><link>https://story.example/1</link>
<title>LIVE: Rain in Rome</title><description>It rained.</description></item>
</channel></rss>"""


@pytest.fixture
def at(tmp_path):
    """Two sources that carry the same story; it came from `a` first."""
    with Origin() as origin:
        for name in ("a", "b"):
            origin.answers(f"/{name}", FEED % (name.encode(), name.encode()))
        sources = {name: origin.url(f"/{name}") for name in ("a", "b")}
        at = Installation(tmp_path, sources, publications=PUBLICATIONS)
        at.poll("a")
        at.poll("b")
    return at


def explained(at):
    found = json.loads(at.run("explain", "https://story.example/1", "--json").stdout)
    return {each["source"]: each for each in found}


@pytest.mark.parametrize("behind", ["", "/", "?utm_source=x", "#top"])
def test_an_article_is_found_by_its_page_here(at, behind):
    id_ = explained(at)["a"]["id"]
    page = f"http://127.0.0.1:8080/articles/{id_}{behind}"

    (told,) = json.loads(at.run("explain", page, "--json").stdout)
    (shown,) = json.loads(at.run("article", "show", page, "--json").stdout)

    assert told["id"] == shown["id"] == id_


def test_a_page_here_that_is_nobodys_names_no_article(at):
    page = "http://127.0.0.1:8080/articles/nobody"

    assert page in at.run("explain", page, code=1).stderr


def test_explain_tells_polls_names_rules_duplicates_and_publications(at):
    first, second = explained(at)["a"], explained(at)["b"]
    where = {each["publication"]: each for each in first["publications"]}
    also = {each["publication"]: each for each in second["publications"]}

    assert [poll["what"] for poll in first["polls"]] == [
        "came as new",
        "still in the document",
    ]
    assert first["polls"][0]["status"] == 200
    assert first["identity"][0] == "recognised by guid:42"
    assert "no IRI to pass on" in first["identity"][-1]
    assert [(r["rule"], r["before"], r["after"]) for r in first["rules"]] == [
        ("house", "LIVE: Rain in Rome", "Rain in Rome"),
        ("no-rain", "LIVE: Rain in Rome", "LIVE: Rain in Rome"),
        ("mark", "LIVE: Rain in Rome", "LIVE: Rain in Rome"),
        ("no-mark", "LIVE: Rain in Rome", "LIVE: Rain in Rome"),
        ("one-each", "LIVE: Rain in Rome", "LIVE: Rain in Rome"),
    ]
    assert where["wire"]["shown"]
    assert where["wire"]["reason"] == "it is number 1 of at most 100"
    assert where["wire"]["duplicate"] == f"stands for {second['id']}"
    assert where["dry"]["reason"] == 'rule no-rain: words has "Rain"'
    assert where["other"]["reason"] == "source a is not selected"
    assert also["wire"]["reason"] == f"{first['id']} of a stands for it"
    assert where["other"]["duplicate"] == "not looked for, as it may not stand there"
    assert also["other"]["shown"]


def test_explain_reads_as_a_story_too(at):
    (article,) = [each for each in at.articles() if each["source"] == "a"]
    (other,) = [each for each in at.articles() if each["source"] == "b"]

    story = at.run("explain", article["id"]).stdout

    assert "wire: house (headline): 'LIVE: Rain in Rome' → 'Rain in Rome'" in story
    chosen = f"{other['id']} of b was chosen among 2"
    assert f"once: one-each (duplicates): {chosen}" in story
    link = "its link, compared in the form https://story.example/1"
    assert f"else by {link}" in story
    assert at.run("explain", "nobody", code=1).stdout == ""


def test_explain_says_what_else_in_a_document_was_the_same_article(tmp_path):
    """Conservation: an entry that became part of another leaves a reason."""
    entry = FEED[FEED.index(b"<item>") : FEED.index(b"</channel>")]
    other = entry.replace(b"It rained.", b"It did rain.")
    twice = FEED.replace(entry, entry + other)
    with Origin() as origin:
        origin.answers("/a", twice % (b"a", b"a"))
        at = Installation(tmp_path, {"a": origin.url("/a")})
        at.poll()

    assert [poll["what"] for poll in explained(at)["a"]["polls"]] == [
        "came as new",
        "1 more in the same document, with the same id",
        "still in the document",
    ]


def test_explain_says_once_that_a_source_took_its_report_back(tmp_path):
    """It said "withdrawn by the source: withdrawn by the source"."""
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a</id><title>A</title>'
    entry = (
        "<entry><id>urn:1</id><title>Rain</title><content>It rained.</content></entry>"
    )
    gone = (
        '<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        'ref="urn:1" when="2026-01-01T00:00:00Z"/>'
    )
    with Origin() as origin:
        for held in (entry, gone):
            origin.answers("/a", f"{head}{held}</feed>".encode())
        at = Installation(tmp_path, {"a": origin.url("/a")})
        at.poll()
        (found,) = json.loads(at.run("article", "list", "--json").stdout)
        at.run("poll", "--force", "a")

    story = at.run("explain", found["id"]).stdout
    assert "no, withdrawn by the source\n" in story


@pytest.mark.parametrize(
    ("guid", "others", "why"),
    [
        (b"<guid>https://a.example/</guid>", b"<guid>https://a.example/</guid>", TWICE),
        (b"", b"", "it came without an id of its own"),
        (b"<guid>42</guid>", b"", "its own id is no IRI to pass on"),
    ],
    ids=["twice", "none", "no IRI"],
)
def test_explain_says_why_the_id_of_a_source_is_not_passed_on(
    tmp_path, guid, others, why
):
    entry = b"<item>%s<link>https://story.example/%d</link><title>%s</title></item>"
    items = entry % (guid, 1, b"Rain") + entry % (others, 2, b"Sun")
    head = b'<rss version="2.0"><channel><title>A</title>'
    with Origin() as origin:
        origin.answers("/a", head + items + b"</channel></rss>")
        at = Installation(tmp_path, {"a": origin.url("/a")})
        at.poll()

    said = explained(at)["a"]["identity"][-1]
    assert said.startswith("published under tag:127.0.0.1,")
    assert said.endswith(f": {why}")


def test_a_rule_is_tried_on_what_is_stored_before_it_counts(at):
    before = at.files()

    tried = json.loads(at.run("rule", "test", "no-rain", "--json").stdout)
    house = at.run("rule", "test", "house").stdout
    behind = at.run("rule", "test", "no-mark").stdout

    assert tried["articles"] == 2
    assert {act["does"] for act in tried["touched"]} == {'drop: words has "Rain"'}
    assert "to: Rain in Rome" in house
    assert behind.count('drop: tag has "weather"') == 2
    assert at.files() == before
    assert "did you mean house?" in at.run("rule", "test", "hose", code=2).stderr
