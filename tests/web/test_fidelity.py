"""The words are the source's own, as a browser reads them: in every format, on the page.

Chromium is the witness: it reads what the source sent and what stands in each output
with one parser that has no part in ours. What is hidden and what stands apart is
written down once more in `tests/text/witness.py`.
"""

import json
import re
from html import escape
from itertools import count

import pytest
from builders import ANY_RIGHTS, NOON, publication
from house import AGENCY, House, served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.publishing import Publisher, report
from aggregator.reading import ReadRequest, read
from tests.text import dirt, witness

# Returns for each HTML: its words, its elements, the names of their attributes, and how
# many credits stand in it, if one of them is the last thing with any text.
WITNESS = """([texts, hidden, apart]) => {
  const words = (node, out) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) out.push(child.data);
      if (child.nodeType !== Node.ELEMENT_NODE) continue;
      const edge = apart.includes(child.localName) ? " " : "";
      out.push(edge);
      if (!hidden.includes(child.localName)) words(child, out);
      out.push(edge);
    }
    return out;
  };
  return texts.map((html) => {
    const page = new DOMParser().parseFromString("<!DOCTYPE html><body>" + html, "text/html");
    const body = page.body;
    const credits = body.querySelectorAll(".mediawire-credit");
    const last = body.lastChild && body.lastChild === credits[credits.length - 1];
    const credited = last ? credits.length : 0;
    if (last) body.lastChild.remove();
    const elements = [...body.querySelectorAll("*")];
    const names = elements.flatMap((e) =>
      e.getAttributeNames().map((name) => `${e.localName} ${name}`));
    return {
      words: words(body, []).join(""),
      elements: [...new Set(elements.map((e) => e.localName))],
      attributes: [...new Set(names)],
      credited,
    };
  });
}"""
NUMBERS = count()
# Elements that may go with a change that names no elements.
IMAGES = ("removed images without address", "removed tracking pixels")


@pytest.fixture(scope="module")
def reader(browser):
    """What Chromium makes of some HTML."""
    page = browser.new_page()

    def read_by_chromium(*texts):
        named = [list(texts), sorted(witness.HIDDEN), sorted(witness.APART)]
        return page.evaluate(WITNESS, named)

    yield read_by_chromium
    page.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A house, and the site it is served as."""
    house = House(tmp_path_factory.mktemp("fidelity"))
    with served(house) as site:
        yield house, site


def rss(bodies, written):
    items = "".join(
        f"<item><guid isPermaLink='false'>n{next(NUMBERS)}</guid><title>T</title>"
        f"<link>https://agency.example/{next(NUMBERS)}</link>"
        f"<description>{written(body)}</description></item>"
        for body in bodies
    )
    return f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>"


def atom(bodies):
    entries = "".join(
        f"<entry><id>tag:a.example,2026:{next(NUMBERS)}</id><title>T</title>"
        f"<link href='https://agency.example/{next(NUMBERS)}'/>"
        f"<content type='html'>{escape(body)}</content></entry>"
        for body in bodies
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>{entries}</feed>"


def json_feed(bodies):
    items = [{"id": f"j{next(NUMBERS)}", "content_html": body} for body in bodies]
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "A", "items": items})


def in_cdata(body):
    return f"<![CDATA[{body.replace(']]>', ']]]]><![CDATA[>')}]]>"


WAYS = {
    "rss": lambda bodies: rss(bodies, escape),
    "rss with cdata": lambda bodies: rss(bodies, in_cdata),
    "atom": atom,
    "json": json_feed,
}


def taken_in(document):
    """Return the articles that the reading room makes of a document."""
    found = read(
        ReadRequest(source=AGENCY, url=AGENCY.url, body=document.encode(), now=NOON)
    )
    return [article for _, article in found.items]


def contents(output, articles, site):
    """Return the bodies of these articles in every format and on their pages."""
    reports = [report(a, publication(), ANY_RIGHTS, now=NOON) for a in articles]
    made = Publisher(output, base_url="https://w.example").render(
        publication(), reports
    )
    said = {each.path.rpartition(".")[2]: each.body for each in made}
    items = json.loads(said["json"])["items"]
    atom_ns = "{http://www.w3.org/2005/Atom}"
    encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
    yield [e.text for e in etree.fromstring(said["rss"]).iter(encoded)]
    yield [e.text for e in etree.fromstring(said["atom"]).iter(f"{atom_ns}content")]
    yield [item["content_html"] for item in items]
    yield [page_body(site.get(f"/articles/{a.id}").text) for a in articles]


def page_body(page):
    start = page.index('<div class="body"')
    start = page.index(">", start) + 1
    return page[start : page.index("</p>\n</div>", start) + len("</p>")].lstrip()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    bodies=st.lists(dirt.bodies.filter(str.strip), min_size=1, max_size=4),
    way=st.sampled_from(sorted(WAYS)),
)
def test_every_output_says_what_the_source_said_and_names_what_it_changed(
    reader, pages, tmp_path_factory, bodies, way
):
    house, site = pages
    articles = taken_in(WAYS[way](bodies))
    house.take(*articles)
    assert len(articles) == len(bodies)

    sent = reader(*bodies)

    for found in contents(tmp_path_factory.getbasetemp(), articles, site):
        published = reader(*found)
        for source, one, article in zip(sent, published, articles, strict=True):
            assert one["credited"] == 1
            same_words(source, one)
            everything_gone_is_named(source, one, article.changes)


def same_words(source, published):
    said, shown = source["words"].split(), published["words"].split()
    assert "".join(said) == "".join(shown)
    # A blank may stand where markup that was taken away stood apart from the words.
    if not witness.APART & set(source["elements"]):
        assert said == shown


def everything_gone_is_named(source, published, changes):
    told = " ".join(changes)
    if "the words only" in told:
        return
    gone = set(source["elements"]) - set(published["elements"])
    if any(change in told for change in IMAGES):
        gone.discard("img")
    for name in gone:
        assert re.match("[a-z0-9:-]+", name)[0] in told
    for said in source["attributes"]:
        element, name = said.split(" ", 1)
        if element in published["elements"] and f"{element} {name}" not in set(
            published["attributes"]
        ):
            assert name in told or "removed addresses" in told or element == "img"
