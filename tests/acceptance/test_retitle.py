"""A headline of the desk's own stands, whatever the rules say, and the original too."""

import json

import pytest

from tests.installation import Installation

RULES = """\
publications:
  - {{id: wire, title: Media Wire, rules: [house]}}
rules:
  house: {{kind: headline, strip_prefix: ["{prefix}"]}}
"""
FEED = b"""<rss version="2.0"><channel><title>A</title><link>https://a.example/</link>
<item><guid>https://a.example/1</guid><link>https://a.example/1</link>
<title>LIVE: Rain in Rome</title><description>It %s.</description></item>
</channel></rss>"""


@pytest.fixture
def at(tmp_path, origin):
    origin.answers("/feed", FEED % b"rained")
    origin.answers("/feed", FEED % b"poured")
    at = Installation(
        tmp_path,
        {"a": origin.url("/feed")},
        publications=RULES.format(prefix="LIVE: "),
    )
    at.poll()
    return at


def item(at):
    (only,) = json.loads(at.published("feeds/wire.json"))["items"]
    return only


def test_a_headline_of_the_desk_survives_rules_and_edits_until_it_is_reset(at):
    before = item(at)
    assert before["title"] == "Rain in Rome"

    at.run("article", "retitle", "https://a.example/1", "Wet in Rome")
    assert item(at)["title"] == "Wet in Rome"
    assert item(at)["_mediawire"]["source_title"] == "LIVE: Rain in Rome"

    at.write("publications.yaml", RULES.format(prefix="LIVE: Rain "))
    at.poll("--force")
    assert item(at)["title"] == "Wet in Rome"
    assert "poured" in item(at)["content_html"]
    assert [article["title"] for article in at.articles()] == ["Wet in Rome"]

    at.run("article", "retitle", "--reset", "https://a.example/1")
    after = item(at)
    assert after["title"] == "in Rome"
    assert after["id"] == before["id"]
    assert after["date_published"] == before["date_published"]


def test_a_report_of_a_former_source_gets_its_own_headline_back(at):
    """No rule decides of it any more, and it kept the desk's for good."""
    at.run("article", "retitle", "https://a.example/1", "Wet in Rome")
    at.write("sources.yaml", "sources: []\n")

    at.run("article", "retitle", "--reset", "https://a.example/1")

    assert [each["title"] for each in at.articles()] == ["LIVE: Rain in Rome"]


def test_nothing_to_say_is_wrong_use(at):
    at.run("article", "retitle", "https://a.example/1", code=2)
    at.run("article", "retitle", "https://a.example/9", "Anything", code=1)


def test_a_mark_of_origin_follows_the_name_we_credit_and_leaves_the_original(
    at, origin
):
    at.write(
        "publications.yaml",
        RULES.format(prefix="{source}: ")
        .replace('["', '"')
        .replace('"]', '"')
        .replace("strip_prefix", "prefix"),
    )
    at.run("publish")
    first = item(at)["title"]
    at.write_sources({"a": {"url": origin.url("/feed"), "title": "Il Corriere"}})
    at.run("publish")
    (listed,) = at.articles()

    assert first == "A: LIVE: Rain in Rome"
    assert item(at)["title"] == listed["title"] == "Il Corriere: LIVE: Rain in Rome"
    assert item(at)["_mediawire"]["source_title"] == "LIVE: Rain in Rome"


def test_a_headline_that_was_pasted_harms_no_document(at):
    """I7, I10: characters that XML forbids go, a change of direction is closed."""
    at.run(
        "article",
        "retitle",
        "https://a.example/1",
        "Wet\x01 in \u202b\u05e8\u05d5\u05de\u05d0",
    )

    assert item(at)["title"] == "Wet in \u202b\u05e8\u05d5\u05de\u05d0\u202c"
