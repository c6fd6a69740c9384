"""What the operator sees in the console, and what happens when a button is pressed."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from browser import opened, photograph
from builders import NOON, article, publication
from console_house import (
    ERRORS,
    GUARDED,
    STATES,
    TOKEN,
    Listening,
    Operator,
    alarmed,
    troubled,
)
from house import AGENCY, House, served
from msgspec.structs import replace
from reading_pages import one, strict, text, texts
from test_in_browser import LOWEST_CONTRAST

from aggregator.model import ConsoleAccess, Dropped, Outcome, PollResult, Rights, Source
from aggregator.web.console.advice import advice
from aggregator.web.console.drawing import strip

UNCOUNTED = "asked for early, while our network was down, or at an earlier address"
SVG = "{http://www.w3.org/2000/svg}"
PAGES = {
    "console": "/status/",
    "console-failing": "/status/?state=failing&sort=name&q=nord",
    "console-source": "/status/sources/fanus",
}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    return troubled(tmp_path_factory.mktemp("console"))


@pytest.fixture
def house(furnished):
    furnished.at, furnished.desk, furnished.troubles = NOON, Listening(), []
    return furnished


@pytest.fixture
def site(house):
    with served(house) as running:
        yield running


@pytest.fixture
def operator(site):
    return Operator(site)


def page(operator, path="/status/", status=200):
    answer = operator.gets(path)
    assert answer.status == status
    return strict(answer.text)


def listed(operator, query=""):
    """The ids of the sources in the list, in order."""
    rows = page(operator, f"/status/?{query}").findall(".//ul[@class='rows']/li")
    return [one(row, ".//h3/a").get("href").rpartition("/")[2] for row in rows]


def test_one_look_says_what_is_not_well_since_when_and_what_now(house, operator):
    alarmed(house)
    seen = page(operator)
    said = text(seen)

    assert text(one(seen, ".//h1")) == "Something needs a look"
    assert "no tick since 2026-11-24 11:48:02 UTC" in said
    assert "waiting for 7m" in said
    assert "nordlicht: not read for 3 days since 3 days ago" in said
    assert "its certificate has expired" in said
    assert "It is asked again by itself" in said
    assert "refused the document reads back without 2 of its entries" in said


def test_a_refused_config_is_shown_by_file_and_line(house, operator):
    alarmed(house)

    assert (
        'sources.yaml:13:15 sources.2.interval "5" has no unit; write 90s, 30m, 6h or 7d'
        in text(page(operator))
    )


def test_a_house_in_order_says_so(tmp_path):
    house = House(tmp_path).publish()
    house.desk = Listening()
    with served(house) as site:
        assert text(one(page(Operator(site)), ".//h1")) == "All is well"


def test_what_needs_a_look_stands_on_top(operator):
    order = ["nordlicht", "kawa", "fanus", "manara", "migdal", "gazette"]

    assert listed(operator) == order
    assert listed(operator, "sort=nonsense&state=nonsense&page=x") == order


@pytest.mark.parametrize("state", ["failing", "gone", "held", "ok"])
def test_the_list_is_filtered_by_state(operator, state):
    assert listed(operator, f"state={state}") == [
        id_ for id_, each in STATES.items() if each == state
    ]


def test_the_list_is_filtered_by_words_and_sorted(operator):
    assert listed(operator, f"q={quote('فانوس')}") == ["fanus"]
    assert listed(operator, "q=NORD+example") == ["nordlicht"]
    assert listed(operator, "sort=name")[:2] == ["nordlicht", "gazette"]
    assert set(listed(operator, "sort=articles")[:2]) == {"gazette", "fanus"}
    assert listed(operator, "q=<b>") == []


def test_a_long_list_has_pages(tmp_path):
    sources = [Source(id=f"s{n:03}", url=f"https://s{n}.example/") for n in range(120)]
    house = House(tmp_path, sources=sources)
    house.desk = Listening()
    with served(house) as site:
        operator = Operator(site)
        first, last = listed(operator), listed(operator, "page=3")
        beyond = operator.gets("/status/?page=4").status
        links = [
            a.get("href") for a in page(operator, "/status/?sort=name&page=2").iter("a")
        ]

    assert (len(first), len(last), beyond) == (50, 20, 404)
    assert "/status/?sort=name&page=3#sources" in links
    assert "/status/?sort=name&page=1#sources" in links


def test_the_last_fifty_polls_are_drawn(operator):
    seen = page(operator, "/status/?q=gazette")
    strip = next(e for e in seen.iter(f"{SVG}svg") if e.get("class") == "strip")

    assert (
        strip.get("aria-label") == "Last 50 polls: 26 unchanged, 12 updated, 12 failed"
    )
    assert {path.get("class") for path in strip.iter(f"{SVG}path")} == {
        "updated",
        "unchanged",
        "failed",
    }


def test_one_poll_is_told_as_one():
    assert strip([(NOON, "failed")]).label == "Last poll: failed"
    assert strip([(NOON, "failed")] * 2).label == "Last 2 polls: 2 failed"
    assert strip([]).label == "No polls yet"


def test_a_source_without_a_title_is_called_by_its_id_once(tmp_path):
    house = House(tmp_path, sources=[Source(id="bare", url="https://b.example/")])
    house.desk = Listening()
    with served(house) as site:
        operator = Operator(site)
        row = one(page(operator), ".//ul[@class='rows']/li")
        own = page(operator, "/status/sources/bare")

    assert text(row).split().count("bare") == 1
    assert text(one(own, ".//main")).split().count("bare") == 1


def test_the_console_links_to_itself_from_elsewhere_only(operator):
    def homes(path):
        return texts(page(operator, path), ".//nav[@class='bar']//a")

    assert homes("/status/") == []
    assert homes("/status/sources/fanus") == ["Console"]


@pytest.mark.parametrize("problem", ["gone", "html-page", "dns", "status"])
def test_what_is_gone_is_not_said_to_be_asked_again_and_again(problem):
    told = advice({"state": "failing", "problem": problem})

    assert told
    assert ("again by itself" in told) == (problem == "status")
    assert ("remove it" in told) == (problem == "gone")


def test_who_chooses_a_state_sees_its_sources(browser, tmp_path):
    """Many documents stand above the list: it must not have to be looked for."""
    wires = [publication(id=f"wire-{n}") for n in range(12)]
    house = House(tmp_path, publications=wires).take(article(1)).publish()
    house.desk = Listening()
    list_is_seen = """() => {
      const list = document.querySelector(".rows").getBoundingClientRect();
      return list.top > 0 && list.top < innerHeight;
    }"""
    with (
        served(house) as site,
        opened(browser, site, "/status/") as sight,
    ):
        sight.page.locator(".states a.is-ok").click()
        sight.page.wait_for_url("**/status/?state=ok*")
        after_a_state = sight.page.evaluate(list_is_seen)
        sight.page.locator(".filter button").click()
        sight.page.wait_for_url("**/status/?*sort=*")
        after_the_form = sight.page.evaluate(list_is_seen)

    assert (after_a_state, after_the_form) == (True, True)


def test_forced_colours_show_which_state_is_chosen(browser, house):
    look = """(chosen) => {
      const link = document.querySelector(
        `.states a${chosen ? "[aria-current]" : ":not([aria-current])"}`);
      const style = getComputedStyle(link);
      return [style.borderColor, style.outlineStyle];
    }"""
    with (
        served(house) as site,
        opened(browser, site, "/status/", forced_colors="active") as sight,
    ):
        chosen, other = (sight.page.evaluate(look, each) for each in (True, False))

    assert chosen != other


def test_tables_of_a_narrow_window_hide_no_column(browser, house):
    with served(house) as site:
        for path in ("/status/", "/status/sources/fanus"):
            with opened(browser, site, path, width=390) as sight:
                wide = sight.page.evaluate(
                    """() => [...document.querySelectorAll(".wide")]
                      .map((e) => [e.scrollWidth <= e.clientWidth, e.innerText])"""
                )

                assert [fits for fits, _ in wide] == [True]
                if path.endswith("fanus"):
                    assert "no answer within 30 s" in wide[0][1]


@pytest.mark.parametrize(
    "path", ["/status/", "/status/sources/fanus", "/sources/fanus"]
)
def test_large_letters_fit_a_narrow_window(browser, house, path):
    """WCAG 2.2, 1.4.4: a telephone whose owner reads letters of twice the size."""
    with (
        served(house) as site,
        opened(browser, site, path, width=320, bypass_csp=True) as sight,
    ):
        sight.page.add_style_tag(content="html { font-size: 200% }")

        assert sight.page.evaluate("document.documentElement.scrollWidth") == 320


def test_articles_are_counted_by_the_hour(operator):
    assert "48 hours up to now: 20 articles, at most 2 in one hour." in text(
        page(operator)
    )


def test_a_source_shows_its_polls_with_time_and_size(operator):
    seen = page(operator, "/status/sources/fanus")
    rows = [texts(row, "td") for row in seen.findall(".//tbody/tr")]

    assert [
        "1 hour ago",
        "failed",
        "0",
        "0",
        "0.24 s",
        "–",
        "no answer within 30 s",
    ] in rows
    assert ["2 hours ago", "updated", "3", "0", "0.28 s", "48.0 kB", ""] in rows
    assert one(seen, ".//h1").get("dir") == "rtl"


@pytest.mark.parametrize("path", PAGES.values())
def test_every_page_is_valid_html_without_anything_inline(house, operator, path):
    alarmed(house)
    seen = page(operator, path)
    ids = [element.get("id") for element in seen.iter() if element.get("id")]

    assert len(ids) == len(set(ids))
    assert all(element.get("style") is None for element in seen.iter())
    assert all(script.get("src") and not script.text for script in seen.iter("script"))
    assert all(not name.startswith("on") for e in seen.iter() for name in e.attrib)
    assert len(operator.gets(path).body) < 60_000
    assert b"s3cret" not in operator.gets(path).body


def test_an_unknown_source_is_not_there(operator):
    for path in ("/status/sources/nobody", "/status/sources/nobody/poll"):
        assert operator.asks("GET", path).status in {404, 405}
    operator.gets()
    assert operator.posts("/status/sources/nobody/poll").status == 404


def test_a_source_that_an_edit_removes_while_it_is_shown_is_not_there(
    house, operator, monkeypatch
):
    operator.gets()
    monkeypatch.setattr(house, "standings", list)

    assert operator.asks("GET", "/status/sources/fanus").status == 404


@pytest.mark.parametrize(
    ("verb", "form", "told"),
    [
        ("poll", {}, ("poll", "fanus")),
        ("pause", {"why": " too\nmany \x1b[31m "}, ("pause", "fanus", "too many [31m")),
        ("pause", {"why": "می\u200cرویم"}, ("pause", "fanus", "می\u200cرویم")),
        ("pause", {}, ("pause", "fanus", "")),
        ("resume", {}, ("resume", "fanus")),
        ("release", {}, ("release", "fanus")),
        ("reject", {}, ("reject", "fanus")),
    ],
)
def test_a_button_tells_the_desk_and_leads_back(house, operator, verb, form, told):
    operator.gets()
    answer = operator.posts(f"/status/sources/fanus/{verb}", form)
    after = operator.gets(answer.headers["location"])

    assert answer.status == 303
    assert house.desk.told == [told]
    assert one(strict(after.text), ".//p[@role='status']") is not None


def test_what_cannot_be_done_now_is_said(house, operator):
    """P23: refused with the time left."""
    operator.gets()
    house.desk.refuses = "fanus is not polled: Retry-After until 12:40 UTC, 40m left"
    answer = operator.posts("/status/sources/fanus/poll")

    assert answer.status == 409
    assert house.desk.refuses in text(strict(answer.text))
    assert house.desk.told == []


@pytest.mark.parametrize(
    ("failures", "said"),
    [(2, "2"), (1, f"1, and 1 not counted: {UNCOUNTED}")],
)
def test_failures_that_do_not_count_are_told_from_those_that_do(
    tmp_path, failures, said
):
    """A forced poll that fails is drawn as failed, and makes no wait longer."""
    house = House(tmp_path).take(article())
    house.desk, house.failures = Listening(), {"agency": failures}
    for minute in (1, 2):
        at = NOON + timedelta(minutes=minute)
        failed = PollResult(
            source_id="agency",
            at=at,
            outcome=Outcome(kind="failed", error="no answer within 30 s"),
            state=replace(house.store.state("agency"), last_polled_at=at),
        )
        house.store.record([failed])
    with served(house) as site:
        seen = page(Operator(site), "/status/sources/agency")

    facts = [
        text(each) for each in one(seen, ".//dl").iter() if each.tag in {"dt", "dd"}
    ]
    assert facts[facts.index("Failures in a row") + 1] == said


def test_an_article_without_a_page_is_named_with_what_says_why(tmp_path):
    """A link would lead to "There is no such page"."""
    source = replace(AGENCY, rights=Rights(embargo=timedelta(days=1)))
    ago = NOON - timedelta(days=2)
    held_back, gone = article(1), article(3)
    shown = article(2, dated=ago, published=ago)
    dropped = article(4, dropped=Dropped(rule="no-sport", reason="sport"))
    house = House(tmp_path, sources=(source,)).take(held_back, shown, gone, dropped)
    house.store.withdraw(gone.id, at=NOON, reason="wrong", by="desk")
    house.desk = Listening()
    with served(house) as site:
        seen = page(Operator(site), "/status/sources/agency")
    rows = seen.findall(".//ul[@class='plainly']/li")
    told = {
        number: (row.find("a") is not None, text(one(row, "span")).partition(" ago")[2])
        for number in (1, 2, 3, 4)
        for row in rows
        if f"Report number {number}" in text(row)
    }

    assert told == {
        1: (False, f" not shown: mediawire explain {held_back.id} says why"),
        2: (True, ""),
        3: (True, " withdrawn"),
        4: (False, f" dropped: mediawire explain {dropped.id} says why"),
    }


def test_an_address_is_tested_and_shown(house, operator):
    operator.gets()
    answer = operator.posts("/status/test", {"url": "https://fanus.example/feed"})
    seen = strict(answer.text)

    assert answer.status == 200
    assert house.desk.told == [("test", "https://fanus.example/feed")]
    assert [li.get("dir") for li in seen.findall(".//ul[@class='plainly']/li")][:2] == [
        "rtl",
        "ltr",
    ]


@pytest.mark.parametrize(
    ("known_as", "url", "typed"),
    [
        (None, "https://fanus.example/feed", "https://fanus.example/feed"),
        (
            None,
            "https://fanus.example/?a=1&b='2'",
            """'https://fanus.example/?a=1&b='"'"'2'"'"''""",
        ),
        ("fanus", "https://fanus.example/feed", None),
    ],
    ids=["plain", "quoted", "known"],
)
def test_a_new_address_comes_with_the_command_that_takes_it_in(
    house, operator, known_as, url, typed
):
    """As it can be pasted into a shell; what is polled already needs none."""
    operator.gets()
    house.desk.known_as = known_as
    seen = strict(operator.posts("/status/test", {"url": url}).text)

    commands = [t for t in texts(seen, ".//code") if t.startswith("mediawire ")]
    assert commands == ([f"mediawire source add {typed}"] if typed else [])


@pytest.mark.parametrize("form", [{}, {"article": "a"}, {"why": "b"}])
def test_nothing_is_withdrawn_without_an_article_and_a_reason(house, operator, form):
    operator.gets()

    assert operator.posts("/status/withdraw", form).status == 409
    assert house.desk.told == []


def test_an_article_is_withdrawn_with_a_reason(house, operator):
    operator.gets()
    answer = operator.posts("/status/withdraw", {"article": "abc", "why": "a mistake"})

    assert answer.headers["location"] == "/status/?did=withdraw"
    assert house.desk.told == [("withdraw", "abc", "a mistake")]


# Colours do not move anything: each width in one scheme is enough.
@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (768, "dark"), (1440, "light")]
)
def test_the_console_fits_any_window_and_asks_nobody_else(
    browser, house, width, scheme
):
    alarmed(house)
    with (
        served(house) as site,
        opened(browser, site, "/status/", width=width, scheme=scheme) as sight,
    ):
        for name, path in PAGES.items():
            sight.page.goto(site.base + path, wait_until="load")
            photograph(sight.page, f"{name}-{width}-{scheme}")
            contrast, where = sight.page.evaluate(LOWEST_CONTRAST)

            assert sight.page.evaluate("document.documentElement.scrollWidth") == width
            assert contrast >= 4.5, (name, where)
        assert sight.complaints == []
        assert sight.strangers == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_operator_signs_in_and_pauses_a_source_by_keyboard(browser, house, script):
    """With a real browser: cookies, Origin and policy as it has them."""
    house.reconfigure(console=GUARDED, base_url="http://127.0.0.1")
    try:
        with (
            served(house) as site,
            opened(browser, site, "/status/", java_script_enabled=script) as sight,
        ):
            page = sight.page
            page.get_by_label("token").press_sequentially(TOKEN)
            page.keyboard.press("Enter")
            page.wait_for_url("**/status/")
            page.get_by_role("link", name="خبرگزاری فانوس").press("Enter")
            page.wait_for_url("**/sources/fanus")
            page.get_by_label("Reason").press_sequentially("looks odd")
            page.keyboard.press("Enter")
            page.wait_for_selector("[role=status]")
    finally:
        house.reconfigure(console=ConsoleAccess(), base_url="https://wire.example")

    assert house.desk.told == [("pause", "fanus", "looks odd")]


@pytest.mark.parametrize("works_in", ["", "a focus", "a selection"])
def test_the_console_is_up_to_date_but_where_somebody_works(browser, house, works_in):
    half_a_minute = 31_000
    try:
        with (
            served(house) as site,
            opened(browser, site, "/status/sources/nordlicht") as sight,
        ):
            page = sight.page
            page.clock.install()
            page.reload()
            seen = page.locator("header p.error").first
            before = seen.inner_text()
            if works_in == "a focus":
                page.locator("header[data-refresh]").evaluate(
                    "part => { part.tabIndex = -1; part.focus(); }"
                )
            if works_in == "a selection":
                seen.select_text()
            house.errors = {"nordlicht": "another error"}
            # All parts are changed at once: the last one tells of the first.
            page.locator("[data-refresh]").last.evaluate("e => { e.lang = 'xx'; }")
            page.clock.run_for(half_a_minute)
            page.wait_for_selector("[data-refresh][lang]", state="detached")
            after = seen.inner_text()
    finally:
        house.errors = dict(ERRORS)

    assert before == ERRORS["nordlicht"]
    assert after == (before if works_in else "another error")


def test_figures_count_alerts_by_kind_and_name_none(house, site):
    alarmed(house)
    figures = site.get("/metrics").text

    assert 'mediawire_alerts{kind="held"} 1.0' in figures
    assert 'mediawire_alerts{kind="disk"} 0.0' in figures
    assert "fanus" not in figures
