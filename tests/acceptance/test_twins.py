"""An article that several sources carried stands once, and credits all of them."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.feedrules import problems
from tests.installation import Installation
from tests.origin import Origin
from tests.text.labelled import STORIES

REPOSITORY = Path(__file__).parents[2]
SHIPPED = ["config", "aggregator/config/starter"]

ATOM = "{http://www.w3.org/2005/Atom}"
STORY = "https://agency.example/quake"

PUBLICATIONS = """\
publications:
  - {{id: wire, title: Media Wire, rules: [{rules}]}}
rules:
  prefer-b: {{kind: duplicates, prefer: [b]}}
"""


def feed(name, *items):
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link>"
        f"<title>{title}</title><description>{title}, says {name}.</description></item>"
        for guid, link, title in items
    )
    head = f"<title>{name}</title><link>https://{name}.example/</link>"
    return f"<rss version='2.0'><channel>{head}{entries}</channel></rss>".encode()


A = feed("A", ("a1", STORY, "Quake"), ("a2", "https://a.example/own", "Only A"))
B = feed(
    "B", ("b1", f"{STORY}?utm_source=b", "Quake!"), ("b2", "https://b.example/", "B")
)


@pytest.fixture
def wire(tmp_path):
    def polled(*, first=A, second=B, rules=""):
        with Origin() as origin:
            origin.answers("/a", first)
            origin.answers("/b", second)
            at = Installation(
                tmp_path,
                {"a": origin.url("/a"), "b": origin.url("/b")},
                publications=PUBLICATIONS.format(rules=rules),
            )
            at.poll("a")
            at.poll("b")
        return at

    return polled


def items(at):
    return json.loads(at.published("feeds/wire.json"))["items"]


def test_one_link_from_two_sources_stands_once_with_both_credited(wire):
    at = wire()

    quakes = [item for item in items(at) if "Quake" in item["title"]]

    (quake,) = quakes
    assert len(items(at)) == 3
    assert quake["_mediawire"]["source"]["id"] == "a"
    assert [also["id"] for also in quake["_mediawire"]["also"]] == ["b"]
    assert quake["content_html"].endswith(
        f'<p class="mediawire-also">Also: <a href="{STORY}?utm_source=b">B</a></p>'
        f'<p class="mediawire-credit">Source: A – <a href="{STORY}">{STORY}</a></p>'
    )
    assert quake["summary"].endswith(
        f"Also: B – {STORY}?utm_source=b · Source: A – {STORY}"
    )


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_the_other_source_is_a_related_link_that_validators_take(wire, kind):
    document = wire().published(f"feeds/wire.{kind}")
    related = [
        (link.get("title"), link.get("href"))
        for link in ET.fromstring(document).iter(f"{ATOM}link")
        if link.get("rel") == "related"
    ]

    assert related == [("B", f"{STORY}?utm_source=b")]
    assert problems(document, kind) == []


def test_a_rule_chooses_by_the_order_of_sources(wire):
    at = wire(rules="prefer-b")

    (quake,) = [item for item in items(at) if "Quake" in item["title"]]

    assert quake["_mediawire"]["source"]["id"] == "b"
    assert [also["id"] for also in quake["_mediawire"]["also"]] == ["a"]


def test_a_link_under_which_a_source_has_several_articles_joins_nothing(wire):
    live = feed("B", ("b1", STORY, "Live: one"), ("b2", STORY, "Live: two"))

    at = wire(second=live)

    assert len(items(at)) == 4


def test_an_article_that_the_desk_splits_stands_alone_and_stays_so(wire):
    at = wire()
    (twin,) = [a for a in at.articles() if a["title"] == "Quake!"]

    first = at.run("article", "split", twin["id"]).stdout
    assert len(items(at)) == 4
    at.run("publish")
    assert len(items(at)) == 4
    second = at.run("article", "split", twin["id"]).stdout

    reset = at.run("article", "split", "--reset", twin["id"]).stdout
    assert len(items(at)) == 3
    assert first == f"{twin['id']} stands alone now\n"
    assert second == f"{twin['id']} was split before; it stays alone\n"
    assert reset == f"{twin['id']} may be a duplicate again\n"


def test_what_was_no_duplicate_is_told_so_and_kept_apart_from_what_comes(wire):
    at = wire()
    (lonely,) = [a for a in at.articles() if a["title"] == "Only A"]

    split = at.run("article", "split", lonely["id"]).stdout
    reset = at.run("article", "split", "--reset", lonely["id"]).stdout
    again = at.run("article", "split", "--reset", lonely["id"]).stdout

    assert "was joined with no other; it stays alone from now on" in split
    assert "may be a duplicate again" in reset
    assert "was not split; nothing was changed" in again


NEAR = """\
publications:
  - {id: wire, title: Media Wire, rules: [near]}
  - {id: plain, title: Without}
rules:
  near: {kind: duplicates, near: 0.7}
"""


def told(name, title, text):
    return (
        f"<rss version='2.0'><channel><title>{name}</title>"
        f"<link>https://{name}.example/</link><item><guid isPermaLink='false'>{name}1"
        f"</guid><link>https://{name}.example/1</link><title>{title}</title>"
        f"<description>{text}</description></item></channel></rss>"
    ).encode()


def test_near_duplicates_join_where_a_rule_says_so_and_a_split_stays(tmp_path):
    story = STORIES["harbour"]
    with Origin() as origin:
        origin.answers("/a", told("a", "Harbour of Port Ellery closes", story))
        origin.answers("/b", told("b", "Port Ellery harbour to close", f"B - {story}"))
        sources = {name: origin.url(f"/{name}") for name in ("a", "b")}
        at = Installation(tmp_path, sources, publications=NEAR)
        at.poll("a")
        at.poll("b")
        (only,) = items(at)
        plain = json.loads(at.published("feeds/plain.json"))["items"]
        (copy,) = [a["id"] for a in at.articles() if a["source"] == "b"]

        at.run("article", "split", copy)
        at.poll("--force")

    assert only["_mediawire"]["source"]["id"] == "a"
    assert [also["id"] for also in only["_mediawire"]["also"]] == ["b"]
    assert len(plain) == 2
    assert len(items(at)) == 2


@pytest.fixture
def near(tmp_path):
    """Polls papers that print these reports, by their ids, each a headline and a text."""
    with Origin() as origin:
        at = None

        def polled(**printed):
            nonlocal at
            for name, report in printed.items():
                origin.forgets(f"/{name}")
                origin.answers(f"/{name}", told(name, *report))
            sources = {name: origin.url(f"/{name}") for name in "abc"}
            at = at or Installation(tmp_path, sources, publications=NEAR)
            for name in printed:
                at.poll("--force", name)
            return at

        yield polled


def credited(at):
    """Return the sources that each entry is credited to, the one it is of first."""
    said = [item["_mediawire"] for item in items(at)]
    return {
        (each["source"]["id"], *(also["id"] for also in each.get("also", ())))
        for each in said
    }


def test_a_report_that_is_edited_into_another_is_joined_no_more(near):
    at = near(b=("Harbour closes", STORIES["harbour"]))
    near(a=("Harbour to close", STORIES["harbour"]))
    assert credited(at) == {("b", "a")}

    near(a=("Seeds to borrow", STORIES["library"]))

    assert credited(at) == {("a",), ("b",)}


def test_a_report_that_is_edited_into_a_near_copy_stands_once(near):
    at = near(b=("Harbour closes", STORIES["harbour"]))
    near(a=("Seeds to borrow", STORIES["library"]))
    assert credited(at) == {("a",), ("b",)}

    near(a=("Harbour to close", STORIES["harbour"]))

    assert credited(at) == {("b", "a")}


@pytest.mark.parametrize("leave", [("withdraw", "--reason", "a hoax"), ("split",)])
def test_the_rest_of_near_duplicates_stays_one_when_one_leaves(near, leave):
    story = STORIES["harbour"]
    at = near(a=("Harbour closes", story))
    near(b=("Harbour to close", f"{story} Agency B."), c=("Harbour closes", story))
    assert credited(at) == {("a", "b", "c")}
    (first,) = [each["id"] for each in at.articles() if each["source"] == "a"]

    at.run("article", leave[0], first, *leave[1:])

    assert credited(at) - {("a",)} == {("b", "c")}


@pytest.mark.parametrize("folder", SHIPPED)
def test_a_wire_as_we_ship_it_shows_what_two_sources_carried_once(tmp_path, folder):
    story = STORIES["harbour"]
    shipped = (REPOSITORY / folder / "publications.yaml").read_text(encoding="utf-8")
    with Origin() as origin:
        origin.answers("/a", told("a", "Harbour of Port Ellery closes", story))
        origin.answers("/b", told("b", "Port Ellery harbour to close", story))
        sources = {
            name: {"url": origin.url(f"/{name}"), "tags": ["middle-east"]}
            for name in ("a", "b")
        }
        at = Installation(tmp_path, sources, publications=shipped)
        at.poll("a")
        at.poll("b")

    (only,) = items(at)

    assert [also["id"] for also in only["_mediawire"]["also"]] == ["b"]


def test_who_withdraws_one_copy_hears_of_the_one_that_stands_then(wire):
    at = wire()
    one, other = (a for a in at.articles() if a["title"].startswith("Quake"))

    said = at.run("article", "withdraw", one["id"], "--reason", "printed in error")

    assert f"{other['source']} carried it, too, and its copy stands" in said.stdout
    again = at.run("article", "withdraw", other["id"], "--reason", "printed in error")
    assert again.stdout.count("carried") == 0
