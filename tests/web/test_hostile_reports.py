"""Whatever sources send, no script runs in a browser that opens what we serve.

Every vector goes the whole way: read, stored, published, served, opened, clicked. Pages
are opened in frames without our Content-Security-Policy, so that the policy does not
do the work of the cleaning; a last test shows that the policy would.
"""

import json
import re

import pytest
from browser import window_of
from builders import NOON, publication
from hostile import documents
from house import House, path_of, served
from text.vectors import VECTORS

from aggregator.model import Source
from aggregator.reading import ReadRequest, read

# Opens each document in a frame where X() tells that it ran, clicks every element, and
# leads nowhere: what a link or form to another page would do is not asked here. A link to
# about: or to no address at all (:, as here those of our own pages) runs nothing, and
# following them took half of the time.
OPEN_AND_CLICK = """async (documents) => {
  window.ran = [];
  const frames = documents.map(([name, html]) => new Promise((opened) => {
    const frame = document.createElement("iframe");
    const start = `<script>window.X = () => parent.ran.push(${JSON.stringify(name)});
      addEventListener("click", (e) => {
        const link = e.target.closest && e.target.closest("a");
        if (link && /^(https?|about)?:$/.test(link.protocol)) e.preventDefault();
      }, true);</script>`;
    frame.onload = () => opened(frame);
    frame.srcdoc = html.includes("<head>")
      ? html.replace("<head>", "<head>" + start) : start + html;
    document.body.append(frame);
  }));
  for (const frame of await Promise.all(frames)) {
    for (const element of frame.contentDocument.querySelectorAll("*")) {
      if (element.click) element.click();
      else element.dispatchEvent(new MouseEvent("click", {bubbles: true}));
    }
  }
  await new Promise((done) => setTimeout(done, 200));
  document.body.replaceChildren();
  return [...new Set(window.ran)];
}"""

# The same for pieces of HTML set as innerHTML, as feed readers do.
SET_AND_CLICK = """async (pieces) => {
  window.ran = [];
  window.X = () => window.ran.push("ran");
  addEventListener("click", (e) => {
    const link = e.target.closest && e.target.closest("a");
    if (link && /^(https?|about)?:$/.test(link.protocol)) e.preventDefault();
  }, true);
  for (const piece of pieces) {
    const place = document.createElement("div");
    document.body.append(place);
    place.innerHTML = piece;
    for (const element of place.querySelectorAll("*")) {
      if (element.click) element.click();
    }
  }
  await new Promise((done) => setTimeout(done, 200));
  return window.ran;
}"""

SMUGGLED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><script '
    b'xmlns="http://www.w3.org/1999/xhtml">document.documentElement.id = "ran"</script>'
    b"</feed>"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every page and feed of a house that believed what it read, by its path."""
    sources = [
        Source(id=f"evil-{n}", url=f"https://evil.example/{n}", tags=("x",))
        for n in range(3)
    ]
    house = House(
        tmp_path_factory.mktemp("hostile"),
        sources=sources,
        publications=(publication(limit=400),),
    )
    for source, (media_type, body) in zip(sources, documents(), strict=True):
        reading = read(
            ReadRequest(
                source=source,
                url=source.url,
                body=body,
                content_type=media_type,
                now=NOON,
            )
        )
        house.take(*[article for _, article in reading.items if article])
    house.publish()
    with served(house) as site:
        paths = [f"/articles/{article.id}" for article in house.store.articles()]
        paths += ["/", "/sources/", *[f"/sources/{s.id}" for s in sources]]
        paths += [f"/feeds/wire.{name}" for name in ("atom", "rss", "json")]
        found = {path: site.get(path) for path in paths}
        path = "/feeds/wire"
        while path:
            found[path] = site.get(path, accept="text/html")
            older = re.search('href="([^"]*)" rel="next"', found[path].text)
            path = path_of(older[1]) if older else None
    assert {answer.status for answer in found.values()} == {200}
    return found


@pytest.fixture(scope="module")
def offline(browser):
    """A window from which nothing can be asked of the world."""
    window = browser.new_context(offline=True)
    yield window
    window.close()


@pytest.fixture
def blank(offline):
    """An empty page; whatever it asks of the world fails."""
    page = offline.new_page()
    page.set_default_timeout(30_000)
    yield page
    page.close()


def html_pages(pages):
    """Pages as the browser test opens them: all pictures at once, common parts once."""
    for path, answer in pages.items():
        if answer.type == "text/html":
            html = answer.text.replace(' loading="lazy"', "")
            if path.startswith("/articles/"):  # what is beside it has pages of its own
                html = re.sub(
                    "<aside.*</aside>|<footer class=.*</footer>",
                    "",
                    html,
                    flags=re.DOTALL,
                )
            yield path, html


def test_the_house_believed_all_three_feeds(pages):
    articles = [path for path in pages if path.startswith("/articles/")]

    assert len(articles) > 3 * len(VECTORS) - 10


def test_the_browser_would_have_run_half_of_the_vectors(blank):
    """I1: the measure itself: uncleaned, at least 45 of 113 run."""
    assert len(blank.evaluate(OPEN_AND_CLICK, list(VECTORS.items()))) > 45


def test_no_script_runs_on_any_page(blank, pages):
    """I1: no script runs from any field of any report on any page, also when clicked."""
    opened = list(html_pages(pages))

    ran = [
        name
        for start in range(0, len(opened), 60)
        for name in blank.evaluate(OPEN_AND_CLICK, opened[start : start + 60])
    ]

    assert ran == []


def test_no_script_runs_from_a_feed_set_as_inner_html(blank, pages):
    """I1: bodies, titles and summaries of the JSON Feed, set as a feed reader does."""
    items = json.loads(pages["/feeds/wire.json"].body)["items"]
    pieces = [item["content_html"] for item in items]

    assert blank.evaluate(SET_AND_CLICK, pieces) == []


@pytest.mark.parametrize("name", ["atom", "rss", "json"])
@pytest.mark.parametrize("as_xml", [False, True], ids=["as served", "as XML"])
def test_no_script_runs_in_a_feed_that_is_opened(browser, pages, name, as_xml):
    """A11: feeds opened in Chromium as served, and as the XML they might be taken for."""
    answer = pages[f"/feeds/wire.{name}"]
    headers = {} if as_xml else answer.headers
    media_type = "application/xml" if as_xml else answer.headers["content-type"]

    page, ran = opened(browser, answer.body, {**headers, "content-type": media_type})

    assert not ran
    page.close()


@pytest.mark.parametrize(("kept", "runs"), [(False, True), (True, False)])
def test_what_gets_past_cleaning_is_stopped_by_the_policy(browser, pages, kept, runs):
    """A11: XHTML script smuggled into a feed runs as XML, and does not with our headers."""
    headers = pages["/feeds/wire.atom"].headers if kept else {}

    page, ran = opened(
        browser, SMUGGLED, {**headers, "content-type": "application/xml"}
    )

    assert ran is runs
    page.close()


def opened(browser, body, headers):
    """Open bytes in a new page, and tell whether a script ran in it."""
    page = window_of(browser).new_page()
    said = {k: v for k, v in headers.items() if k not in {"content-length", "etag"}}
    said.setdefault("content-type", "text/plain")
    page.route("**", lambda route: route.fulfill(body=body, headers=said))
    ran = []
    page.expose_function("X", lambda *_: ran.append("X"))
    page.goto("https://wire.example/feed")
    return page, bool(ran) or page.content().find('id="ran"') >= 0
