"""Pages as readers see them: in Chromium, at three widths, in the light and in the dark.

Pictures of all of them are written to `artefacts/web`.
"""

import pytest
from browser import opened, photograph
from builders import NOON, article
from edition import long_read, story
from house import House, served

from aggregator.model import Also
from aggregator.text import markup

PAGES = {
    "front": "/",
    "section": "/feeds/wire",
    "persian": "/feeds/persian",
    "article": f"/articles/{long_read().id}",
    "persian-article": f"/articles/{story(2).id}",
    "sources": "/sources/",
    "source": "/sources/fanus",
    "about": "/about",
    "search": "/search?q=ferry",
}
PICTURES = {"https://gazette.example/ferry.svg", "https://gazette.example/ice.svg"}

# The lowest contrast of any text on a page with what is behind it (WCAG 2.2, 1.4.3).
LOWEST_CONTRAST = """() => {
  const light = (rgb) => rgb.map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const color = parts(getComputedStyle(element).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };
  let lowest = [21, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color).slice(0, 3)),
      light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < lowest[0]) lowest = [ratio, element.outerHTML.slice(0, 80)];
  }
  return lowest;
}"""


# Colours do not move anything: each width in one scheme is enough.
@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "dark"), (768, "light"), (1440, "dark")]
)
def test_pages_fit_any_window_and_ask_nobody_but_for_pictures(
    browser, site, width, scheme
):
    """O8, A11: no sideways scrolling, no complaint, no request to third parties."""
    with opened(browser, site, "/", width=width, scheme=scheme) as sight:
        for name, path in PAGES.items():
            sight.page.goto(site.base + path, wait_until="load")
            photograph(sight.page, f"{name}-{width}-{scheme}")
            needed = sight.page.evaluate("document.documentElement.scrollWidth")
            contrast, where = sight.page.evaluate(LOWEST_CONTRAST)

            assert needed == width, name
            assert contrast >= 4.5, (name, where)
        assert sight.complaints == []
        assert {kind for kind, _ in sight.strangers} == {"image"}
        assert {url for _, url in sight.strangers} == PICTURES


def test_pictures_are_asked_for_when_scrolled_to_and_without_a_referrer(browser, site):
    with opened(browser, site, "/about", width=1440) as sight:
        asked = []
        # Playwright marks what it calls, which a built-in method cannot bear.
        sight.page.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        # A lazy picture is asked for when the page has loaded, or a moment later.
        with sight.page.expect_request(lambda request: "example/" in request.url):
            sight.page.goto(site.base + PAGES["article"])
        lazy = sight.page.evaluate("[...document.images].map((i) => i.loading)")
        pictures = [
            r for r in asked if r.resource_type == "image" and "example" in r.url
        ]

    assert set(lazy) == {"lazy"}
    assert pictures
    assert not any("referer" in request.headers for request in pictures)


def test_every_report_of_a_mixed_list_reads_in_its_own_direction(browser, site):
    with opened(browser, site, "/feeds/wire") as sight:
        found = sight.page.evaluate(
            """[...document.querySelectorAll(".reports li")].slice(0, 7).map((li) => {
              const title = li.querySelector("h2"), text = document.createRange();
              text.selectNodeContents(title);
              const [box, words] = [title, text].map((x) => x.getBoundingClientRect());
              return [title.lang, getComputedStyle(title).direction,
                words.left - box.left > box.right - words.right ? "end" : "start"];
            })"""
        )

    assert found == [
        ["en", "ltr", "start"],
        ["fa", "rtl", "end"],
        ["de", "ltr", "start"],
        ["he", "rtl", "end"],
        ["en", "ltr", "start"],
        ["ar", "rtl", "end"],
        ["ja", "ltr", "start"],
    ]


def test_addresses_and_examples_break_between_their_parts(browser, house):
    """An address goes on in the next line with its last part; `-sport` stays whole."""
    rows = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
      const text = document.createRange(), lines = [];
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        text.selectNodeContents(walker.currentNode);
        lines.push(text.getClientRects().length);
      }
      return Math.max(...lines);
    })"""
    house.reconfigure(base_url="https://wire-of-a-long-name.example")
    with (
        served(house) as site,
        opened(browser, site, "/feeds/wire", width=1280) as sight,
    ):
        addresses = sight.page.evaluate(rows, ".address")
        examples = []
        for width in range(320, 480, 10):
            sight.page.set_viewport_size({"width": width, "height": 900})
            sight.page.goto(site.base + "/search")
            examples += sight.page.evaluate(rows, ".hint .unbroken")

    assert addresses == [1, 1, 1]
    assert set(examples) == {1}


@pytest.mark.parametrize(
    "code",
    [
        "<pre>x = 1;</pre>",
        "<p><code>x = 1;</code></p>",
        "<pre><code>x = 1;</code></pre>",
    ],
)
def test_code_in_a_text_from_right_to_left_reads_from_left_to_right(
    browser, house, code
):
    body = f"<p>کشتی بازگشت</p>{code}"
    semicolon = """() => {
      const text = document.querySelector(".body :is(code, pre:not(:has(code)))");
      return [0, text.firstChild.length - 1].map((at) => {
        const sign = document.createRange();
        sign.setStart(text.firstChild, at);
        sign.setEnd(text.firstChild, at + 1);
        return sign.getBoundingClientRect().left;
      });
    }"""
    with (
        served(house.take(article(body=body, title="کشتی", language="fa"))) as site,
        opened(browser, site, f"/articles/{article().id}") as sight,
    ):
        first, last = sight.page.evaluate(semicolon)

    assert first < last


def test_a_long_word_is_parted_in_a_headline_as_in_a_list(browser, site):
    """German ones fill a telephone; where the language has rules, they break by them."""
    parting = """() => [...document.querySelectorAll("h1, .reports h2")].map((title) => {
      const style = getComputedStyle(title);
      return [style.hyphens, style.hyphenateLimitChars];
    })"""
    found = []
    for path in (f"/articles/{story(3).id}", "/feeds/wire"):
        with opened(browser, site, path, width=360) as sight:
            found.append(sight.page.evaluate(parting)[-1])

    assert found == [["auto", "16 6 6"]] * 2


def test_no_hyphen_is_put_into_an_address_or_into_code(browser, house):
    body = "<p>Words</p><p><code>x</code></p><pre>x</pre>"
    parting = """() => [".body p", ".body code", ".body pre", ".mediawire-credit a"]
      .map((name) => getComputedStyle(document.querySelector(name)).hyphens)"""
    with (
        served(house.take(article(body=body))) as site,
        opened(browser, site, f"/articles/{article().id}") as sight,
    ):
        assert sight.page.evaluate(parting) == ["auto", *["manual"] * 3]


def test_a_page_in_persian_runs_from_right_to_left(browser, site):
    with opened(browser, site, "/feeds/persian") as sight:
        main, aside = (
            sight.page.locator(name).bounding_box() for name in ("main", "aside")
        )

        assert sight.page.evaluate("document.documentElement.dir") == "rtl"
        assert main["x"] > aside["x"] + aside["width"]
        assert sight.page.locator(".paging, .hint").first.inner_text().startswith("با")


def test_one_click_on_an_address_selects_it_whole(browser, site):
    """O9: a working copy-the-address, without script."""
    with opened(browser, site, "/feeds/wire") as sight:
        sight.page.locator(".address").first.click()
        selected = sight.page.evaluate("getSelection().toString()")

    assert selected == "https://wire.example/feeds/wire.rss"


def test_the_keyboard_alone_reaches_the_first_report(browser, site):
    with opened(browser, site, "/feeds/wire") as sight:
        sight.page.keyboard.press("Tab")
        skip = sight.page.evaluate("document.activeElement.className")
        sight.page.keyboard.press("Enter")
        sight.page.keyboard.press("Tab")
        reached = sight.page.evaluate("document.activeElement.textContent")

    assert skip == "skip"
    assert reached.startswith("Ferry returns")


def test_who_else_carried_a_report_is_told_as_its_source_is(browser, house):
    """A body of bare words: nothing but style keeps ours apart from them."""
    carried = article(body="The ferry sailed.")
    house.others[carried.id] = (
        Also(
            source_id="b", title="B", url="https://b.example/1", feed_url="https://b/"
        ),
    )
    look = """() => ["also", "credit"].map((name) => {
      const style = getComputedStyle(document.querySelector(`.mediawire-${name}`));
      return [style.fontFamily, style.fontSize, style.lineHeight];
    })"""
    with (
        served(house.take(carried)) as site,
        opened(browser, site, f"/articles/{carried.id}") as sight,
    ):
        also, credit = sight.page.evaluate(look)
        gap = sight.page.evaluate("""() => {
          const words = document.createRange();
          words.selectNode(document.querySelector(".body").firstChild);
          const also = document.querySelector(".mediawire-also");
          return also.getBoundingClientRect().top - words.getBoundingClientRect().bottom;
        }""")

    assert also == credit
    assert gap > 20


@pytest.mark.parametrize(
    "body",
    [
        "<p>One.</p><figure><img src='https://a.example/a.svg' alt='A'></figure>",
        "<figure><img src='https://a.example/a.svg' alt='A'></figure><p>One.</p>",
        "<blockquote><p>One.</p><p>Two.</p></blockquote>",
        "<blockquote><p>One.</p><ul><li>Two.</li></ul></blockquote>",
        "<article><p>One.</p><p>Two.</p></article>",
        "<ul><li><p>One.</p><p>Two.</p></li></ul>",
        "<table><tr><td><p>One.</p><p>Two.</p></td></tr></table>",
    ],
)
def test_the_parts_of_a_body_stand_apart_wherever_they_are(browser, house, body):
    gap = """() => {
      const [one, two] = [...document.querySelectorAll(".body :is(p, figure, ul)")]
        .filter((part) => part.querySelector("p, ul") === null)
        .map((part) => part.getBoundingClientRect());
      return two.top - one.bottom;
    }"""
    with (
        served(house.take(article(body=body))) as site,
        opened(browser, site, f"/articles/{article().id}") as sight,
    ):
        assert sight.page.evaluate(gap) > 8


def test_a_printed_report_is_the_report_and_nothing_else(browser, site):
    with opened(browser, site, PAGES["article"], width=768) as sight:
        sight.page.emulate_media(media="print")
        photograph(sight.page, "article-print")
        hidden = [".beside", ".colophon", ".masthead nav", ".skip"]

        assert not any(sight.page.locator(name).is_visible() for name in hidden)
        assert sight.page.locator(".mediawire-credit").is_visible()


def test_paper_cuts_nothing_off_a_report(browser, house):
    """What scrolls on a screen breaks into lines where nobody can scroll."""
    cells = "".join(f"<td>value {n}</td>" for n in range(16))
    body = f"<table><tr>{cells}</tr></table><pre>{'wide ' * 60}</pre>"
    beyond = """() => [...document.querySelectorAll(".body pre, .body td")].some(
      (part) => part.scrollWidth > part.clientWidth
        || part.getBoundingClientRect().right > innerWidth)"""
    with (
        served(house.take(article(body=body))) as site,
        opened(browser, site, f"/articles/{article().id}", width=640) as sight,
    ):
        sight.page.emulate_media(media="print")

        assert not sight.page.evaluate(beyond)


def test_what_a_reader_would_unfold_is_on_paper(browser, house):
    body = "<details><summary>Background</summary><p>All of it.</p></details>"
    with (
        served(house.take(article(body=body))) as site,
        opened(browser, site, f"/articles/{article().id}", width=640) as sight,
    ):
        folded = sight.page.get_by_text("All of it.").is_visible()
        sight.page.emulate_media(media="print")

        assert not folded
        assert sight.page.get_by_text("All of it.").is_visible()


@pytest.mark.parametrize(
    "title",
    [
        "\u202eevil \u2066headline",
        "\u200frtl mark and \u202b open",
        "zero" + "\u200b" * 300 + "width",
        "Zalgo z" + "\u0301" * 2000,
    ],
    ids=["override", "open embedding", "zero-width", "marks"],
)
def test_a_headline_of_traps_leaves_its_neighbours_alone(browser, tmp_path, title):
    """I10: unpaired bidi controls and runs of marks; neighbours look the same."""

    def neighbours(folder, second):
        folder.mkdir()
        house = House(folder).take(
            article(1), article(2, title=second, body=f"<p>{second}</p>"), article(3)
        )
        assert house.at == NOON
        with (
            served(house) as site,
            opened(browser, site, "/feeds/wire", width=768) as sight,
        ):
            rows = sight.page.locator(".reports > li")
            heading = rows.nth(1).locator("h2").bounding_box()["height"]
            return [rows.nth(n).screenshot() for n in (0, 2)], heading

    calm, height = neighbours(tmp_path / "calm", "harmless")
    beside, same = neighbours(tmp_path / "wild", markup.plain(title, "text/plain"))

    assert beside == calm
    assert same == height
