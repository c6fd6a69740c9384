"""Pages for everybody: judged by axe-core, used by keyboard alone, read by machines.

The rules of axe are those of WCAG 2.0 and 2.1, levels A and AA, and its best practices.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import opened
from builders import NOON
from edition import PERSIAN, SOURCES, WIRE, long_read, stories, story
from house import House, served
from msgspec.structs import replace

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
TAKEN_BACK = story(20)
PAGES = {
    "front": "/",
    "section": "/feeds/wire",
    "section, older": None,
    "persian section": "/feeds/persian",
    "article": f"/articles/{long_read().id}",
    "persian article": f"/articles/{story(2).id}",
    "hebrew article": f"/articles/{story(4).id}",
    "sources": "/sources/",
    "source": "/sources/fanus",
    "about": "/about",
    "search": "/search",
    "search, found": "/search?q=ferry",
    "search, nothing": "/search?q=zeppelin",
    "persian search": "/search?q=%DA%A9%D8%B4%D8%AA%DB%8C&lang=fa",
    "not found": "/nothing",
    "withdrawn": f"/articles/{TAKEN_BACK.id}",
}


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """The newspaper with a report taken back, and Persian pages with all they can have."""
    house = House(
        tmp_path_factory.mktemp("paper"), publications=(PERSIAN, WIRE), sources=SOURCES
    )
    persian = replace(
        long_read(),
        **{
            name: getattr(story(2), name)
            for name in ("id", "published_id", "url", "language", "source_id")
        },
        attribution=story(2).attribution,
        title=story(2).title,
        keys=("guid:2",),
        listed_at=story(2).listed_at,
    )
    house.take(long_read(), persian, *stories(64)[2:]).publish()
    house.store.withdraw(TAKEN_BACK.id, at=NOON, reason="printed in error", by="desk")
    return house


@pytest.fixture(scope="module")
def kiosk(paper):
    """The paper, served."""
    with served(paper) as running:
        yield running


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
def test_axe_finds_nothing_on_any_page(browser, kiosk, scheme, width):
    """0 findings of WCAG 2.1 AA, in both directions."""
    axe, findings = Axe(), []
    with opened(browser, kiosk, "/feeds/wire", width=width, scheme=scheme) as sight:
        older = sight.page.locator("a[rel=next]").get_attribute("href")
        for name, path in PAGES.items():
            sight.page.goto(kiosk.base + (path or older), wait_until="load")
            for found in axe.run(sight.page, options=RULES).response["violations"]:
                where = [node["html"][:120] for node in found["nodes"]]
                findings.append((name, found["id"], found["help"], where))

    assert findings == []


def walk(page, most=200):
    """Press Tab to the end of a page; yield what has the focus, and how it shows."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const s = getComputedStyle(e), box = e.getBoundingClientRect();
              const order = [...document.querySelectorAll("*")].indexOf(e);
              return {order, tag: e.localName, name: e.className, type: e.type,
                html: e.outerHTML.slice(0, 80),
                opacity: s.opacity, outline: s.outlineStyle !== "none" ? parseFloat(s.outlineWidth) : 0,
                seen: box.width > 1 && box.bottom > 0 && box.top < innerHeight};
            }"""
        )
        if at is None:
            return
        yield at


@pytest.mark.parametrize("name", ["section", "persian article", "search, found"])
def test_tab_walks_a_page_in_its_order_and_the_focus_is_always_seen(
    browser, kiosk, name
):
    with opened(browser, kiosk, PAGES[name], width=768) as sight:
        steps = list(walk(sight.page))
        all_of_it = sight.page.locator(
            "a[href], button, input:not([type=hidden]), [tabindex='0']"
        ).count()

    assert steps[0]["name"] == "skip"
    assert [s["order"] for s in steps] == sorted(s["order"] for s in steps)
    assert len(steps) == all_of_it
    assert [
        s for s in steps if s["outline"] < 2 or not s["seen"] or s["opacity"] != "1"
    ] == []


def test_the_skip_link_passes_over_the_masthead(browser, kiosk):
    with opened(browser, kiosk, PAGES["article"]) as sight:
        sight.page.keyboard.press("Tab")
        sight.page.keyboard.press("Enter")
        sight.page.keyboard.press("Tab")
        within = sight.page.evaluate("!!document.activeElement.closest('main')")

    assert within


def test_an_address_is_selected_and_copied_by_keyboard_alone(browser, kiosk):
    """O9: the address of a feed, without pointer and without script."""
    with opened(
        browser,
        kiosk,
        PAGES["section"],
        permissions=["clipboard-read", "clipboard-write"],
    ) as sight:
        page = sight.page
        for step in walk(page):
            if step["tag"] == "input":
                break
        page.keyboard.press("Control+c")
        copied = page.evaluate("navigator.clipboard.readText()")

    assert copied == "https://wire.example/feeds/wire.rss"


def test_a_search_is_made_by_keyboard_alone(browser, kiosk):
    with opened(browser, kiosk, "/about") as sight:
        page = sight.page
        for step in walk(page):
            if step["type"] == "search":
                break
        page.keyboard.type("اسكلة")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")

        assert page.locator("mark").first.inner_text() == "اسکله"
        assert sight.complaints == []
